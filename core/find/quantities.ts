// Numbers of the find language and their units. What is read is rounded so that its printed form reads back as
// the same number.
import type { NumberOperand } from './operands.ts'

type Units = { readonly [unit: string]: number }

const DURATIONS: Units = {
  ...{ us: 0.001, ms: 1, s: 1000, sec: 1000, m: 60_000, min: 60_000 },
  ...{ h: 3_600_000, d: 86_400_000, w: 604_800_000 },
}
const UNITS: { readonly [type in NumberOperand['type']]: Units } = {
  count: { '': 1, k: 1e3, m: 1e6, g: 1e9 },
  percent: { '': 1, '%': 1 },
  duration: { '': 1, ...DURATIONS },
  age: DURATIONS,
}
const EXPECTED: { readonly [type in NumberOperand['type']]: string } = {
  count: 'a number such as 100 or 1.5k',
  percent: 'a percentage such as 5 or 0.5%',
  duration: 'a time such as 250ms, 2s or 250 (ms)',
  age: 'an age such as 30m, 24h or 7d',
}
const QUANTITY = /^(\d{1,15}(?:\.\d{1,15})?)([a-z%]*)$/
const QUANTITY_MAX = 1e15

/** The number in its base unit (durations and ages: ms); null: it is none, see expectedQuantity. */
export function parseQuantity(type: NumberOperand['type'], text: string): number | null {
  const [, digits, unit = ''] = QUANTITY.exec(text.toLowerCase()) ?? []
  const units = UNITS[type]
  if (digits === undefined || !Object.hasOwn(units, unit)) return null
  const value = Number(digits) * (units[unit] ?? Number.NaN)
  return value <= QUANTITY_MAX ? round(value) : null
}

export function expectedQuantity(type: NumberOperand['type']): string {
  return EXPECTED[type]
}

/** In the largest unit that gives a whole number. */
export function printQuantity(type: NumberOperand['type'], value: number): string {
  if (type !== 'duration' && type !== 'age') return String(value)
  const unit = ['w', 'd', 'h', 'm', 's'].find((one) => {
    const size = DURATIONS[one] ?? 1
    return value >= size && value % size === 0
  })
  return unit ? `${value / (DURATIONS[unit] ?? 1)}${unit}` : `${value}ms`
}

function round(value: number): number {
  return value >= 1e6 ? Math.round(value) : Math.round(value * 1e6) / 1e6
}
