// Faults planted into core/fold, one at a time: each must make a conformance case or a test of the fold fail.
// A mutant that lives means that a test is missing.
import { beforeAll, expect, test } from 'vitest'
import { MUTANTS } from './all-mutants.ts'
import { runMutants } from './run.ts'

const THREADS = 2

let outcome: Awaited<ReturnType<typeof runMutants>>
beforeAll(async () => {
  outcome = await runMutants(MUTANTS, THREADS)
}, 1_200_000)

test('without a fault nothing fails', () => {
  expect(outcome.control).toEqual({ kind: 'survived' })
})

test.each(MUTANTS.map(({ rule, file, name }, i) => [`${rule}, ${file}: ${name}`, i] as const))(
  '%s',
  (_, i) => {
    expect(outcome.verdicts[i]).toMatchObject({ kind: 'killed' })
  },
)
