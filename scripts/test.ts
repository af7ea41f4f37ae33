// `npm test`: vitest, then Playwright, both in full view. Counts come from the runners' JSON reports.
// A runner that crashed, or ran nothing, counts as one failure. Skips are named above the last line,
// which is always `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findChromium } from './find-chromium.mjs'
import { type Counts, countPlaywright, countVitest } from './test-reports.ts'

const ROOT = path.join(import.meta.dirname, '..')

const folder = mkdtempSync(path.join(tmpdir(), 'strayline-test-'))
const unit = runVitest(path.join(folder, 'vitest.json'))
const browser = runPlaywright(path.join(folder, 'playwright.json'))
rmSync(folder, { recursive: true, force: true })
report([unit, browser])

function runVitest(file: string): Counts {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const status = runTool('vitest', ['run', ...reporters], {})
  return settle('vitest', status, () => countVitest(JSON.parse(readFileSync(file, 'utf8')), ROOT))
}

function runPlaywright(file: string): Counts {
  if (!findChromium(process.env)) {
    console.log('\nPlaywright has no browser to run in: install Chromium or set CHROMIUM.')
    return { passed: 0, failed: 1, skipped: [] }
  }
  const status = runTool('playwright', ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  })
  return settle('playwright', status, () => countPlaywright(JSON.parse(readFileSync(file, 'utf8'))))
}

function runTool(tool: string, args: readonly string[], more: NodeJS.Dict<string>): number | null {
  console.log(`\n== ${tool}`)
  const { status } = spawnSync(path.join(ROOT, 'node_modules/.bin', tool), args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...more, NEXT_TELEMETRY_DISABLED: '1' },
  })
  return status
}

/** No report, nothing run, or a bad exit with no failed test to show for it: one failure. */
function settle(runner: string, status: number | null, count: () => Counts): Counts {
  let counts: Counts = { passed: 0, failed: 0, skipped: [] }
  try {
    counts = count()
  } catch (error) {
    console.log(`${runner} left no report that can be read: ${(error as Error).message}`)
  }
  const ranNothing = counts.passed + counts.failed + counts.skipped.length === 0
  if (counts.failed > 0 || (status === 0 && !ranNothing)) return counts
  console.log(ranNothing ? `${runner} ran no test.` : `${runner} failed outside of any test.`)
  return { ...counts, failed: 1 }
}

function report(all: readonly Counts[]): void {
  const skipped = all.flatMap((counts) => counts.skipped)
  const passed = all.reduce((sum, counts) => sum + counts.passed, 0)
  const failed = all.reduce((sum, counts) => sum + counts.failed, 0)
  console.log('')
  for (const name of skipped) console.log(`skipped: ${name}`)
  console.log(`${skipped.length} skipped`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}
