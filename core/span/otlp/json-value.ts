// AnyValue of OTLP/JSON: its text where it has one, and the bound of its nesting.
import { field, isObject } from './json-field.ts'
import { Malformed } from './malformed.ts'

const INT64 = /^[+-]?\d{1,20}$/

/** The text of a string, int, double or bool; null for arrays, kvlists, bytes and nothing at all. */
export function valueText(value: unknown): string | null {
  if (!isObject(value)) return null
  const text = field(value, 'stringValue', 'string_value')
  if (typeof text === 'string') return text
  const int = field(value, 'intValue', 'int_value')
  if (typeof int === 'string' || typeof int === 'number') return intText(int)
  const double = field(value, 'doubleValue', 'double_value')
  if (typeof double === 'string' || typeof double === 'number') return doubleText(double)
  const bool = field(value, 'boolValue', 'bool_value')
  return typeof bool === 'boolean' ? String(bool) : null
}

/**
 * A number, or a string that holds one; 0 otherwise. Never Number(value) alone: it calls the toString and
 * valueOf that an object of the sender may have, and follows nested arrays down the stack.
 */
export function plainNumber(value: unknown): number {
  if (typeof value !== 'number' && typeof value !== 'string') return 0
  return Number(value) || 0
}

/** Throws Malformed when arrays and kvlists nest deeper than depthMax. */
export function checkDepth(value: unknown, depthMax: number): void {
  if (!isObject(value)) return
  const array = field(value, 'arrayValue', 'array_value')
  const kvlist = field(value, 'kvlistValue', 'kvlist_value')
  if (!isObject(array) && !isObject(kvlist)) return
  if (depthMax <= 0) throw new Malformed('attribute values nest too deeply (depthMax)')
  for (const item of items(array)) checkDepth(item, depthMax - 1)
  for (const item of items(kvlist)) {
    if (isObject(item)) checkDepth(field(item, 'value', 'value'), depthMax - 1)
  }
}

function items(list: unknown): readonly unknown[] {
  const values = isObject(list) ? field(list, 'values', 'values') : undefined
  return Array.isArray(values) ? values : []
}

function intText(value: string | number): string | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? String(BigInt.asIntN(64, BigInt(Math.trunc(value)))) : null
  }
  const text = value.trim()
  if (!INT64.test(text)) return null
  return String(BigInt.asIntN(64, BigInt(text.startsWith('+') ? text.slice(1) : text)))
}

function doubleText(value: string | number): string | null {
  if (typeof value === 'number') return String(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
  const number = value.trim() === '' ? Number.NaN : Number(value)
  return Number.isNaN(number) ? null : String(number)
}
