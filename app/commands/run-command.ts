// Runs a command of ours as a child of the web process: `strayline demo` or `strayline replay`, one of a kind
// at a time. Its standard output tells how far it is, its standard error why it failed. A child never
// outlives this process: it ends when the channel between them closes, and is killed when this one exits.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { oncePerProcess, webProcess } from '../web-process.ts'
import { type CommandLine, createLineReader, parseCommandLine } from './command-lines.ts'
import type { CommandKind, CommandState, CommandStatus } from './command-state.ts'

const LINE_CHARACTERS_MAX = 64 * 1024
const STDERR_CHARACTERS_MAX = 8 * 1024
const PROBLEMS_KEPT_MAX = 20
const STOP_WITHIN_MS = 3_000

export type CommandStart = {
  readonly kind: CommandKind
  /** After `strayline`; must ask for `--progress json`. Other users of the machine see it: no secret. */
  readonly args: readonly string[]
  /** Added to the environment of the child: the place for an ingest token. */
  readonly variables: { readonly [variable: string]: string }
  readonly startedBy: string
  readonly about?: CommandState['about']
  /** Called once, when the child is gone. */
  readonly onEnd?: (state: CommandState) => void
}

type Run = { state: CommandState; readonly child: ChildProcess; isStopping: boolean }
type Runs = Map<CommandKind, Run>

/** Starts a command and gives its state; null when one of this kind runs already. */
export function startCommand(start: CommandStart): CommandState | null {
  const runs = allRuns()
  if (runs.get(start.kind)?.state.status === 'running') return null
  const { rootDir, config } = webProcess()
  const child = spawn(process.execPath, [path.join(rootDir, 'cli/main.ts'), ...start.args], {
    cwd: rootDir,
    env: { ...config.childVariables, ...start.variables } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const run: Run = { state: beginState(start), child, isStopping: false }
  runs.set(start.kind, run)
  follow(run, start)
  return run.state
}

/** The newest run of each kind, ended ones too. */
export function readCommands(): readonly CommandState[] {
  return [...allRuns().values()].map((run) => run.state)
}

/** Asks the running command of a kind to end. False when none runs. */
export function stopCommand(kind: CommandKind): boolean {
  const run = allRuns().get(kind)
  if (run?.state.status !== 'running') return false
  run.isStopping = true
  run.child.kill('SIGTERM')
  setTimeout(() => run.child.kill('SIGKILL'), STOP_WITHIN_MS).unref()
  return true
}

function allRuns(): Runs {
  return oncePerProcess('commands', () => {
    const runs: Runs = new Map()
    process.once('exit', () => {
      for (const { child } of runs.values()) child.kill('SIGKILL')
    })
    return runs
  })
}

function beginState({ kind, startedBy, about = {} }: CommandStart): CommandState {
  return {
    ...{ kind, startedBy, about, id: randomUUID(), status: 'running' },
    ...{
      startedMs: Date.now(),
      endedMs: null,
      sent: 0,
      total: null,
      note: 'starting',
      details: {},
    },
    ...{ problems: [], problemCount: 0, message: null, result: {} },
  }
}

function follow(run: Run, { onEnd }: CommandStart): void {
  const { child } = run
  let last: CommandLine | null = null
  let complaint = ''
  const readLine = createLineReader(LINE_CHARACTERS_MAX, (text) => {
    const line = parseCommandLine(text)
    if (line?.type === 'done' || line?.type === 'failed') last = line
    if (line) run.state = applyLine(run.state, line)
  })
  child.stdout?.setEncoding('utf8').on('data', readLine)
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-STDERR_CHARACTERS_MAX)
  })
  const end = (how: string) => {
    if (run.state.status !== 'running') return
    run.state = { ...run.state, ...judgeEnd(run, last, complaint, how), endedMs: Date.now() }
    onEnd?.(run.state)
  }
  child.once('error', (error) => end(`could not be run (${error.message})`))
  // Not exit: what it wrote last must have been read.
  child.once('close', (code, signal) =>
    end(signal ? `was ended by ${signal}` : `ended with code ${code}`),
  )
}

function applyLine(state: CommandState, line: CommandLine): CommandState {
  switch (line.type) {
    case 'progress': {
      const { type: _, sent, total, note, ...details } = line
      return { ...state, sent, total, note, details }
    }
    case 'problem': {
      const { place, reason } = line
      const isKept = state.problems.length < PROBLEMS_KEPT_MAX
      const problems = isKept ? [...state.problems, { place, reason }] : state.problems
      return { ...state, problems, problemCount: state.problemCount + 1 }
    }
    case 'done':
      return { ...state, result: numbersOf(line) }
    case 'failed':
      return { ...state, message: line.message }
  }
}

function judgeEnd(
  run: Run,
  last: CommandLine | null,
  complaint: string,
  how: string,
): { readonly status: CommandStatus; readonly message: string | null } {
  if (last?.type === 'done') return { status: 'done', message: null }
  if (run.isStopping) return { status: 'stopped', message: null }
  const message = last?.type === 'failed' ? last.message : lastSentence(complaint)
  if (message === null && complaint !== '') console.error(complaint) // for the log: it is a bug of ours
  return { status: 'failed', message: message ?? `The command ${how} and did not say why.` }
}

/** What the command complained of last; a stack trace is not for people. */
function lastSentence(complaint: string): string | null {
  const sentences = complaint.match(/^(?:strayline|error): .+$/gm) ?? []
  return sentences.at(-1)?.replace(/^\w+: /, '') ?? null
}

function numbersOf(line: object): { readonly [name: string]: number } {
  return Object.fromEntries(
    Object.entries(line).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}
