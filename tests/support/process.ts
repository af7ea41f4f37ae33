// A real process of the product under test: forked as `serve` does it, with an environment of its own.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '..', '..')

export type ProcessUnderTest = {
  readonly child: ChildProcess
  /** What it sent when it served. Rejects, with what it wrote, when it ended first. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>
  /** Everything on standard output and standard error so far. */
  readonly output: () => string
  /** The exit code, once it has ended and all output is read. */
  readonly exited: Promise<number | null>
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** entry, preload: from the repository's root; the preload runs first. variables: all it sees but PATH. */
export function startProcess(
  entry: string,
  variables: Readonly<Record<string, string>>,
  preload?: string,
): ProcessUnderTest {
  const child = fork(path.join(ROOT, entry), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: preload === undefined ? [] : ['--import', path.join(ROOT, preload)],
    env: { NODE_ENV: 'test', PATH: process.env.PATH, ...variables },
  })
  let written = ''
  const write = (chunk: unknown) => {
    written += chunk
  }
  child.stdout?.on('data', write)
  child.stderr?.on('data', write)
  // Not the event close: it does not come after the channel was closed by hand.
  const closed = [child.stdout, child.stderr].map((stream) => stream && once(stream, 'close'))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const exited = Promise.all([ended, ...closed]).then(([code]) => code)
  const ready = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    child.on('message', (message) => resolve(message as Readonly<Record<string, unknown>>))
    void exited.then((code) => reject(new Error(`ended with code ${code}: ${written}`)))
  })
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  return { child, ready, output: () => written, exited, end }
}

/** Memory of a process, MB (Linux). Errors: throws when there is none of that number. */
export function readResidentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
}

/** Polls until `check` gives a value that is not undefined. Errors: rejects after timeoutMs, saying `what`. */
export async function waitFor<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 10_000,
): Promise<T> {
  const untilMs = Date.now() + timeoutMs
  for (;;) {
    const value = await check()
    if (value !== undefined) return value
    if (Date.now() > untilMs) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
