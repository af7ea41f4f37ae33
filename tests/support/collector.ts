// A real collector process on free ports, for tests: started, asked, killed, stopped.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ProcessUnderTest, startProcess } from './process.ts'

export type TestCollector = {
  readonly httpUrl: string
  readonly grpcPort: number
  readonly dataDir: string
  readonly pid: number
  /** What it wrote: JSON lines on standard output, sentences on standard error. */
  readonly output: () => string
  /** The exit code, once it has ended. */
  readonly exited: Promise<number | null>
  readonly kill: (signal?: NodeJS.Signals) => Promise<number | null>
  /** SIGTERM; the exit code. */
  readonly stop: () => Promise<number | null>
}

export type CollectorStart = {
  readonly databaseUrl: string
  readonly dataDir: string
  /** STRAYLINE_* variables. */
  readonly variables?: Readonly<Record<string, string>>
  /** A module of tests/ that breaks something in the process, such as its disk. */
  readonly preload?: string
}

/** Resolves when it is ready. Errors: rejects with what it wrote when it ends first. */
export async function startCollector(start: CollectorStart): Promise<TestCollector> {
  const { child, output, end, exited, ready } = spawnCollector(start)
  const { grpcPort, httpPort } = await ready
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    grpcPort: Number(grpcPort),
    dataDir: start.dataDir,
    pid: child.pid ?? 0,
    output,
    exited,
    kill: (signal = 'SIGKILL') => end(signal),
    stop: () => end('SIGTERM'),
  }
}

/** Runs a collector that is expected to refuse: its exit code and what it wrote. */
export async function runCollectorToEnd(
  start: CollectorStart,
): Promise<{ code: number | null; output: string }> {
  const { output, exited, ready } = spawnCollector(start)
  ready.catch(() => {})
  const code = await exited
  return { code, output: output() }
}

/** A folder that is gone when the test file is done. */
export function makeDataDir(): { readonly dataDir: string; readonly remove: () => void } {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'strayline-collector-'))
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

function spawnCollector(start: CollectorStart): ProcessUnderTest {
  const variables = {
    COLLECTOR_DATABASE_URL: start.databaseUrl,
    STRAYLINE_DATA_DIR: start.dataDir,
    STRAYLINE_OTLP_GRPC_PORT: '0',
    STRAYLINE_OTLP_HTTP_PORT: '0',
    ...start.variables,
  }
  return startProcess('collector/main.ts', variables, start.preload)
}
