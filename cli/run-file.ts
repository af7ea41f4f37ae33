// <dataDir>/run.json: who serves this data directory, and where. It is claimed before anything starts,
// so that two Straylines never share a directory, and removed last. What a killed one left is taken over.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export type RunFile = {
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** Processes that `serve` started; they end by themselves when it is killed. */
  readonly childPids: readonly number[]
  /** Set, like the ports, once everything is ready. */
  readonly webUrl?: string
  readonly webPort?: number
  readonly otlpGrpcPort?: number
  readonly otlpHttpPort?: number
}

export type Claim =
  | { readonly ok: true; readonly leftover: RunFile | null }
  | { readonly ok: false; readonly running: RunFile }

/**
 * Takes the data directory for this process. `leftover` is what a killed Strayline left behind.
 * Errors: throws when the directory cannot be made or written.
 */
export function claimDataDir(dataDir: string): Claim {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const file = runFilePath(dataDir)
  const mine = `${file}.${process.pid}`
  const run: RunFile = { pid: process.pid, startedAt: new Date().toISOString(), childPids: [] }
  let leftover: RunFile | null = null
  for (;;) {
    // Linked into place: the file is there with its content or not at all, and only one gets it.
    writeFileSync(mine, JSON.stringify(run))
    try {
      linkSync(mine, file)
      return { ok: true, leftover }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(mine)
    }
    const found = readRunFile(dataDir)
    if (found && isServing(found)) return { ok: false, running: found }
    leftover = found ?? leftover
    // Renamed before it is removed: of two that start at once only one takes the stale file away.
    try {
      renameSync(file, mine)
      rmSync(mine)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** Replaces the file as a whole, so that a reader never sees half of it. */
export function writeRunFile(dataDir: string, run: RunFile): void {
  const next = `${runFilePath(dataDir)}.next`
  writeFileSync(next, `${JSON.stringify(run, null, 2)}\n`)
  renameSync(next, runFilePath(dataDir))
}

/** Removes the file when it is this process's. */
export function releaseDataDir(dataDir: string): void {
  if (readRunFile(dataDir)?.pid === process.pid) rmSync(runFilePath(dataDir), { force: true })
}

/** null when there is none, or what is there is no run file. */
export function readRunFile(dataDir: string): RunFile | null {
  try {
    const content: unknown = JSON.parse(readFileSync(runFilePath(dataDir), 'utf8'))
    return isRunFile(content) ? content : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** By hand: loading a library of checks would take longer than everything else here. */
function isRunFile(content: unknown): content is RunFile {
  if (typeof content !== 'object' || content === null) return false
  const { pid, startedAt, childPids, webUrl, webPort, otlpGrpcPort, otlpHttpPort } = content as {
    readonly [key: string]: unknown
  }
  const ports = [webPort, otlpGrpcPort, otlpHttpPort]
  return (
    isWhole(pid) &&
    typeof startedAt === 'string' &&
    (webUrl === undefined || typeof webUrl === 'string') &&
    ports.every((port) => port === undefined || isWhole(port)) &&
    Array.isArray(childPids) &&
    childPids.every(isWhole)
  )
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value)
}

/** Whether the Strayline of a run file still lives. A pid is used again after a while. */
export function isServing(run: RunFile): boolean {
  return (
    run.pid !== process.pid && isRunning(run.pid) && (commandOf(run.pid)?.includes('serve') ?? true)
  )
}

/** Whether a process exists and still runs; one that ended and waits to be noticed does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return commandOf(pid) !== ''
}

/** The command line of a process, '' for one that has ended; undefined where the system does not tell. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return undefined // no /proc here, or gone in between
  }
}

function runFilePath(dataDir: string): string {
  return path.join(dataDir, 'run.json')
}
