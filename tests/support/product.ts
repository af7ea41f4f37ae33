// Starts the whole product as a person does (`strayline serve`), on free ports and a data directory of
// its own, and reads its addresses and the setup link from what it prints.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')
const READY_WITHIN_MS = 90_000

export type Product = {
  readonly webUrl: string
  /** Null once there is an account. */
  readonly setupUrl: string | null
  readonly otlpGrpcPort: number
  readonly otlpHttpPort: number
  /** Everything it printed so far, both streams. */
  readonly output: () => string
  /** Ctrl-C; gives the exit code. */
  readonly stop: () => Promise<number | null>
}

/** A directory that the embedded server's user can enter, too; the caller removes it. */
export function makeDataDir(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-'))
  chmodSync(folder, 0o755)
  return {
    path: path.join(folder, 'data'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export async function startProduct(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Product> {
  let output = ''
  const child = spawn(process.execPath, [path.join(ROOT, 'cli/main.ts'), 'serve', ...args], {
    cwd: ROOT,
    env: {
      ...withoutOurs(process.env),
      STRAYLINE_DATA_DIR: dataDir,
      STRAYLINE_WEB_PORT: '0',
      STRAYLINE_OTLP_GRPC_PORT: '0',
      STRAYLINE_OTLP_HTTP_PORT: '0',
      STRAYLINE_HOLD: '3s',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  await untilReady(child, () => output)
  const run = JSON.parse(readFileSync(path.join(dataDir, 'run.json'), 'utf8'))
  return {
    webUrl: String(run.webUrl),
    setupUrl: /setup\s+(\S+)/.exec(output)?.[1] ?? null,
    otlpGrpcPort: Number(run.otlpGrpcPort),
    otlpHttpPort: Number(run.otlpHttpPort),
    output: () => output,
    stop: () => stop(child),
  }
}

/** Settings of whoever runs the tests must not reach the product under test. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(STRAYLINE|OTEL)_|DATABASE_URL$/.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_ENV: 'production' }
}

function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`the product ${what}:\n${output()}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail('was not ready in time')
    }, READY_WITHIN_MS)
    const onExit = (code: number | null) => fail(`ended with ${code}`)
    child.once('exit', onExit)
    const look = () => {
      if (!output().includes('Stop with Ctrl-C')) return
      clearTimeout(timer)
      child.off('exit', onExit)
      child.stdout?.off('data', look)
      resolve()
    }
    child.stdout?.on('data', look)
  })
}

function stop(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode)
    child.once('exit', (code) => resolve(code))
    child.kill('SIGINT')
  })
}
