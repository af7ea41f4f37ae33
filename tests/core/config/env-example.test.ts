// .env.example and the declared settings say the same: variable, default, unit and bounds.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { SETTINGS } from '../../../core/config/settings.ts'

const FILE = path.join(import.meta.dirname, '../../../.env.example')

/** Variable, default and the line "# Value: ..." right above it. */
function readExample(): { variable: string; value: string; accepts: string }[] {
  const shape = /^# Value: (.*)\n#([A-Z_]+)=(.*)$/gm
  return [...readFileSync(FILE, 'utf8').matchAll(shape)].map((match) => ({
    accepts: match[1] ?? '',
    variable: match[2] ?? '',
    value: match[3] ?? '',
  }))
}

test('.env.example lists every setting with its default, unit and bounds, and nothing else', () => {
  const declared = Object.values(SETTINGS).map((setting) => ({
    variable: setting.variable,
    value: setting.default ?? '',
    accepts: setting.accepts,
  }))
  const byVariable = (a: { variable: string }, b: { variable: string }) =>
    a.variable < b.variable ? -1 : 1
  expect(readExample().sort(byVariable)).toEqual(declared.sort(byVariable))
})

test('no line of .env.example sets anything before it is edited', () => {
  const lines = readFileSync(FILE, 'utf8').split('\n')
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
})
