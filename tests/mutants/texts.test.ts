// Every mutant still fits the code it is planted into: its text is there once, and the file is TypeScript with it.
import { expect, test } from 'vitest'
import { MUTANTS } from './all-mutants.ts'
import { mutatedSource, timesFound } from './mutated-source.ts'

const numbers = (letter: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${letter}${i + 1}`)
/** R14 is the streaming part; what it consists of has names of its own. */
const RULES = [
  ...numbers('R', 14),
  ...numbers('N', 4),
  ...[
    'hold',
    'quiet',
    'late window',
    'correction',
    'presence',
    'identity',
    'time',
    'bounds',
    'evidence',
  ],
]

test('there are enough of them, of every rule', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(60)
  expect(new Set(MUTANTS.map(({ rule }) => rule))).toEqual(new Set(RULES))
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
})

test.each(MUTANTS.map((mutant) => [mutant.file, mutant.name, mutant] as const))(
  '%s: %s',
  (_file, _name, mutant) => {
    expect(timesFound(mutant), mutant.find).toBe(1)
    expect(mutatedSource(mutant)).not.toBe('')
  },
)
