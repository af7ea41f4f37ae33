// Runs the real command as a process, as a user would: node cli/main.ts ARGUMENTS.
import { spawn } from 'node:child_process'
import path from 'node:path'

export const ROOT = path.join(import.meta.dirname, '..', '..')

export type Outcome = {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export type RunOptions = {
  readonly stdin?: string | Uint8Array
  /** Replaces the environment, but for what a process needs to run at all. */
  readonly environment?: { readonly [variable: string]: string }
}

export function runStrayline(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [path.join(ROOT, 'cli/main.ts'), ...args], {
    env: { PATH, HOME, ...options.environment } as unknown as NodeJS.ProcessEnv,
  })
  child.stdin.on('error', () => {}) // a command that refuses its arguments reads no input
  child.stdin.end(options.stdin ?? '')
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, ...output }))
  })
}
