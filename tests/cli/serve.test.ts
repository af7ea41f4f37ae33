// The life of the whole product, as real processes on free ports: one a data directory, a dead child comes
// back, a killed parent leaves only Postgres behind, and Ctrl-C ends everything in order.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isListening } from '../../cli/database.ts'
import { isRunning, type RunFile, readRunFile } from '../../cli/run-file.ts'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { ROOT, runStrayline } from './run-command.ts'

const isBuilt = existsSync(path.join(ROOT, '.next/BUILD_ID'))
const TIMEOUT_MS = 120_000

const dataDir = makeDataDir()
let product: Product | null = null

beforeAll(async () => {
  if (isBuilt) product = await startProduct(dataDir.path)
}, TIMEOUT_MS)
afterAll(async () => {
  await product?.stop()
  dataDir.remove()
}, TIMEOUT_MS)

function run(): RunFile {
  const found = readRunFile(dataDir.path)
  if (!found) throw new Error('there is no run.json')
  return found
}

function postmasterPid(): number {
  return Number(
    readFileSync(path.join(dataDir.path, 'postgres/postmaster.pid'), 'utf8').split('\n')[0],
  )
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const untilMs = Date.now() + 30_000
  while (!(await holds()) && Date.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await holds()).toBe(true)
}

async function isReady(port: number | undefined): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
  return answer?.status === 200
}

const environment = { STRAYLINE_DATA_DIR: dataDir.path }

test.skipIf(!isBuilt)('a second one on the same data directory is refused', async () => {
  const { exitCode, stderr } = await runStrayline(['serve'], { environment })
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`another Strayline (process ${run().pid}) runs on ${dataDir.path}`)
})

test.skipIf(!isBuilt)('doctor finds it by its data directory, and tells no secret', async () => {
  const { exitCode, stdout } = await runStrayline(['doctor'], { environment })
  expect(exitCode).toBe(0)
  expect(stdout).toContain(`process ${run().pid}, since`)
  expect(stdout).toMatch(/^database +embedded: PostgreSQL \d+/m)
  expect(stdout).toMatch(/migrations applied, none missing/)
  expect(stdout).toMatch(/^web .* 200/m)
  const secret = readFileSync(path.join(dataDir.path, 'postgres.password'), 'utf8').trim()
  expect(stdout).not.toContain(secret)
})

test.skipIf(!isBuilt)('the key of secrets is made at the first start, for its owner alone', () => {
  const file = path.join(dataDir.path, 'secrets.key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(Buffer.from(readFileSync(file, 'utf8'), 'base64')).toHaveLength(32)
})

test.skipIf(!isBuilt)(
  'a collector that is killed comes back on the same ports',
  async () => {
    const before = run()
    const collector = before.childPids[1] ?? 0 // started after notify
    process.kill(collector, 'SIGKILL')
    await until(() => run().childPids.every((pid) => pid !== collector && isRunning(pid)))
    await until(() => isReady(before.otlpHttpPort))
    expect(run()).toMatchObject({ otlpHttpPort: before.otlpHttpPort, webUrl: before.webUrl })
  },
  TIMEOUT_MS,
)

test.skipIf(!isBuilt)(
  'after kill -9 of the parent only Postgres stays, and the next start uses it again',
  async () => {
    const { pid, childPids } = run()
    const postmaster = postmasterPid()
    process.kill(pid, 'SIGKILL')
    await until(() => !childPids.some(isRunning))
    expect(isRunning(postmaster)).toBe(true)
    product = await startProduct(dataDir.path)
    expect(postmasterPid()).toBe(postmaster)
    expect(await isReady(run().webPort)).toBe(true)
  },
  TIMEOUT_MS,
)

test.skipIf(!isBuilt)(
  'Ctrl-C ends everything in order, the database last, with exit code 0',
  async () => {
    const { childPids } = run()
    const postmaster = postmasterPid()
    expect(await product?.stop()).toBe(0)
    product = null
    expect([...childPids, postmaster].filter(isRunning)).toEqual([])
    expect(readRunFile(dataDir.path)).toBeNull()
  },
  TIMEOUT_MS,
)

test.skipIf(!isBuilt)(
  'a port in use is one clear sentence, exit code 1, and nothing stays behind',
  async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const settings = { STRAYLINE_WEB_PORT: '0', STRAYLINE_OTLP_HTTP_PORT: '0' }
    const { exitCode, stderr } = await runStrayline(['serve'], {
      environment: { ...environment, ...settings, STRAYLINE_OTLP_GRPC_PORT: String(port) },
    })
    taken.close()
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`Port ${port}`)
    expect(stderr).toContain('STRAYLINE_OTLP_GRPC_PORT')
    expect(existsSync(path.join(dataDir.path, 'postgres/postmaster.pid'))).toBe(false)
    expect(await isListening(port)).toBe(false)
  },
  TIMEOUT_MS,
)
