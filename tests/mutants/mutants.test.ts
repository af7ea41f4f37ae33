// Faults planted into the core, one at a time: each must make a test of its subject fail.
// A mutant that lives means that a test is missing.
import { beforeAll, describe, expect, test } from 'vitest'
import { SUBJECTS } from './all-mutants.ts'
import { runMutants } from './run.ts'

const THREADS = 2

describe.each(SUBJECTS.map((subject) => [subject.folder, subject] as const))('%s', (_, subject) => {
  let outcome: Awaited<ReturnType<typeof runMutants>>
  beforeAll(async () => {
    outcome = await runMutants(subject, THREADS)
  }, 1_200_000)

  test('without a fault nothing fails', () => {
    expect(outcome.control).toEqual({ kind: 'survived' })
  })

  test.each(
    subject.mutants.map(({ rule, file, name }, i) => [`${rule}, ${file}: ${name}`, i] as const),
  )('%s', (_mutant, i) => {
    expect(outcome.verdicts[i]).toMatchObject({ kind: 'killed' })
  })
})
