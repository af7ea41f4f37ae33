// `npm run check`: everything that can be said about the code without running the product.
// All checks run even when an early one fails; the exit code is 1 when any did.
import { spawnSync } from 'node:child_process'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '..')

/** `next typegen` writes the types of routes that tsc needs; it is no check of its own. */
const CHECKS = [
  { name: 'biome', command: ['biome', 'ci'] },
  { name: 'knip', command: ['knip'] },
  { name: 'route types', command: ['next', 'typegen'] },
  { name: 'tsc', command: ['tsc', '--noEmit'] },
  { name: 'structure', command: ['vitest', 'run', 'tests/structure.test.ts'] },
] as const

const outcomes = CHECKS.map(({ name, command: [tool, ...args] }) => {
  console.log(`\n== ${name}`)
  const startMs = Date.now()
  const { status } = spawnSync(path.join(ROOT, 'node_modules/.bin', tool), args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  })
  return { name, isFine: status === 0, durationMs: Date.now() - startMs }
})

console.log('')
for (const { name, isFine, durationMs } of outcomes)
  console.log(`${isFine ? 'ok    ' : 'FAILED'} ${name} (${(durationMs / 1000).toFixed(1)} s)`)
const failed = outcomes.filter((outcome) => !outcome.isFine).length
console.log(failed === 0 ? 'check: all fine' : `check: ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
