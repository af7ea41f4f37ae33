// The counts of the closing line: what the runners report, and what they must not hide.
import { expect, test } from 'vitest'
import { countPlaywright, countVitest } from '../../scripts/test-reports.ts'

const file = (status: string, ...statuses: string[]) => ({
  name: '/repo/tests/a.test.ts',
  status,
  assertionResults: statuses.map((one) => ({ fullName: `a ${one} test`, status: one })),
})

test('vitest: passed and failed are counted, skipped and todo are named', () => {
  const report = { success: false, testResults: [file('failed', 'passed', 'failed', 'pending')] }
  expect(countVitest(report, '/repo')).toEqual({
    passed: 1,
    failed: 1,
    skipped: ['tests/a.test.ts: a pending test'],
  })
})

test('vitest: a file that did not load is one failure', () => {
  const report = { success: false, testResults: [file('failed'), file('passed', 'passed')] }
  expect(countVitest(report, '/repo')).toEqual({ passed: 1, failed: 1, skipped: [] })
})

const spec = (title: string, status: string) => ({
  title,
  file: 'map.spec.ts',
  tests: [{ status }],
})

test('Playwright: nested suites are counted, a flaky test and an error outside are failures', () => {
  const inner = { specs: [spec('b', 'unexpected'), spec('c', 'flaky'), spec('d', 'skipped')] }
  const report = { suites: [{ specs: [spec('a', 'expected')], suites: [inner] }], errors: [{}] }
  expect(countPlaywright(report)).toEqual({
    passed: 1,
    failed: 3,
    skipped: ['tests/e2e/map.spec.ts: d'],
  })
})

test('a report of another shape is refused', () => {
  expect(() => countVitest({ results: [] }, '/repo')).toThrow()
  expect(() => countPlaywright({})).toThrow()
})
