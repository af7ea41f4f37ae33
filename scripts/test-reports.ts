// Reads the JSON reports of the two test runners, as far as counting needs them.
// The shapes are outside data: zod checks what is read, so that a changed reporter fails loudly.
import path from 'node:path'
import { z } from 'zod'

export type Counts = {
  readonly passed: number
  readonly failed: number
  /** Names of tests that were there but did not run. */
  readonly skipped: readonly string[]
}

const VitestReport = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

/** A file that failed without a failed test in it (it did not load) counts as one failure. */
export function countVitest(report: unknown, root: string): Counts {
  const { testResults } = VitestReport.parse(report)
  let [passed, failed] = [0, 0]
  const skipped: string[] = []
  for (const file of testResults) {
    const failedBefore = failed
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') passed++
      else if (status === 'failed') failed++
      else skipped.push(`${path.relative(root, file.name)}: ${fullName}`)
    }
    if (file.status === 'failed' && failed === failedBefore) failed++
  }
  return { passed, failed, skipped }
}

const PlaywrightSpec = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(z.object({ status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']) })),
})
const PlaywrightSuite = z.object({
  specs: z.array(PlaywrightSpec).default([]),
  get suites() {
    return z.array(PlaywrightSuite).default([])
  },
})
const PlaywrightReport = z.object({
  suites: z.array(PlaywrightSuite),
  errors: z.array(z.unknown()),
})

/** A flaky test is a failure: it failed once. Errors outside of tests count one each. */
export function countPlaywright(report: unknown): Counts {
  const { suites, errors } = PlaywrightReport.parse(report)
  let passed = 0
  let failed = errors.length
  const skipped: string[] = []
  for (const spec of suites.flatMap(listSpecs)) {
    for (const { status } of spec.tests) {
      if (status === 'expected') passed++
      else if (status === 'skipped') skipped.push(`tests/e2e/${spec.file}: ${spec.title}`)
      else failed++
    }
  }
  return { passed, failed, skipped }
}

function listSpecs(suite: z.infer<typeof PlaywrightSuite>): z.infer<typeof PlaywrightSpec>[] {
  return [...suite.specs, ...suite.suites.flatMap(listSpecs)]
}
