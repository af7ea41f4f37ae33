// Every mutant still fits the code it is planted into: its text is there once, and the file is TypeScript with it.
import { expect, test } from 'vitest'
import { FOLD, ROUTING, SUBJECTS } from './all-mutants.ts'
import type { Subject } from './mutant.ts'
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

const PARTS = ['match', 'quiet', 'zone', 'plan', 'tell', 'turn', 'budget', 'check']

function expectMutants({ mutants }: Subject, rules: readonly string[], atLeast: number): void {
  expect(mutants.length).toBeGreaterThanOrEqual(atLeast)
  expect(new Set(mutants.map(({ rule }) => rule))).toEqual(new Set(rules))
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
}

test('there are enough of them, of every rule of the fold and every part of routing', () => {
  expectMutants(FOLD, RULES, 60)
  expectMutants(ROUTING, PARTS, 40)
})

test.each(
  SUBJECTS.flatMap(({ folder, mutants }) =>
    mutants.map((mutant) => [mutant.file, mutant.name, folder, mutant] as const),
  ),
)('%s: %s', (_file, _name, folder, mutant) => {
  expect(timesFound(folder, mutant), mutant.find).toBe(1)
  expect(mutatedSource(folder, mutant)).not.toBe('')
})
