// One child process of `serve`, kept alive: started, restarted with backoff when it dies, given up after
// five deaths within a minute, stopped in order. It has a session of its own, so that Ctrl-C reaches
// only the parent, and it ends by itself when the channel to the parent closes.
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const DEATHS_MAX = 5
const DEATHS_WINDOW_MS = 60_000
const BACKOFF_MS_MIN = 250
const BACKOFF_MS_MAX = 4_000

export type ChildEnvironment = { readonly [variable: string]: string | undefined }

/** What a child says once it serves, such as its ports. */
export type ReadyMessage = { readonly [name: string]: unknown }

export type ChildOptions = {
  /** For people: "collector". */
  readonly name: string
  /** Absolute path of the file that Node runs. */
  readonly entry: string
  readonly environment: ChildEnvironment
  /** What a restarted child needs to be found where the first one was, such as its ports. */
  readonly pin: (ready: ReadyMessage) => ChildEnvironment
  readonly readyWithinMs: number
  readonly stopWithinMs: number
  /** Called whenever a process was started. */
  readonly onSpawn: () => void
  /** Called at most once; the child will not be started again. */
  readonly onGiveUp: (reason: GiveUpReason) => void
}

/** `wasSaid`: the child ended with code 1 before it was ready and has told why on stderr itself. */
export type GiveUpReason = { readonly sentence: string; readonly wasSaid: boolean }

export type Child = {
  /** The first ready message. Never rejects: a child that does not get ready is given up. */
  readonly ready: Promise<ReadyMessage>
  readonly pid: () => number | undefined
  /** Asks it to end, and insists after `stopWithinMs`. */
  readonly stop: () => Promise<void>
  /** Ends it at once. */
  readonly kill: () => void
  /** Ends it in order and starts it anew, without counting a death. */
  readonly reload: () => Promise<void>
}

type Life = {
  readonly options: ChildOptions
  readonly firstReady: PromiseWithResolvers<ReadyMessage>
  pinned: ChildEnvironment
  process: ChildProcess | null
  hasBeenReady: boolean
  isEnding: boolean
  deathsMs: number[]
}

export function startChild(options: ChildOptions): Child {
  const life: Life = {
    options,
    firstReady: Promise.withResolvers(),
    pinned: {},
    process: null,
    hasBeenReady: false,
    isEnding: false,
    deathsMs: [],
  }
  spawnProcess(life)
  return {
    ready: life.firstReady.promise,
    pid: () => life.process?.pid,
    stop: () => {
      life.isEnding = true
      return endProcess(life)
    },
    kill: () => {
      life.isEnding = true
      life.process?.kill('SIGKILL')
    },
    reload: async () => {
      const ended = endProcess(life)
      life.process = null
      await ended
      if (!life.isEnding && !life.process) spawnProcess(life)
    },
  }
}

function spawnProcess(life: Life): void {
  const { name, entry, environment, readyWithinMs, onSpawn, pin } = life.options
  const started = spawn(process.execPath, [entry], {
    detached: true,
    env: { ...environment, ...life.pinned } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  life.process = started
  const timeout = setTimeout(() => {
    giveUp(life, { sentence: `The ${name} was not ready within ${readyWithinMs / 1000} s.` })
  }, readyWithinMs)
  started.on('message', (message) => {
    if (!isReadyMessage(message)) return
    clearTimeout(timeout)
    life.hasBeenReady = true
    life.pinned = pin(message)
    life.firstReady.resolve(message)
  })
  started.once('error', (error) => {
    clearTimeout(timeout)
    giveUp(life, { sentence: `The ${name} cannot run: ${error.message}.` })
  })
  started.once('exit', (code, signal) => {
    clearTimeout(timeout)
    if (life.process !== started) return
    life.process = null
    if (!life.isEnding) void recover(life, { code, signal })
  })
  onSpawn()
}

type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

async function recover(life: Life, { code, signal }: Ending): Promise<void> {
  const { name } = life.options
  const how = signal ? `by signal ${signal}` : `with code ${code}`
  if (!life.hasBeenReady) {
    const sentence = `The ${name} ended ${how} before it was ready.`
    return giveUp(life, { sentence, wasSaid: code === 1 })
  }
  const nowMs = Date.now()
  life.deathsMs = [...life.deathsMs.filter((ms) => ms > nowMs - DEATHS_WINDOW_MS), nowMs]
  const deaths = life.deathsMs.length
  if (deaths >= DEATHS_MAX)
    return giveUp(life, { sentence: `The ${name} died ${deaths} times in a minute, last ${how}.` })
  const pauseMs = Math.min(BACKOFF_MS_MIN * 2 ** (deaths - 1), BACKOFF_MS_MAX)
  console.error(`The ${name} ended ${how}; it is started again in ${pauseMs} ms.`)
  await sleep(pauseMs)
  if (!life.isEnding && !life.process) spawnProcess(life)
}

function giveUp(
  life: Life,
  reason: { readonly sentence: string; readonly wasSaid?: boolean },
): void {
  if (life.isEnding) return
  life.isEnding = true
  life.options.onGiveUp({ sentence: reason.sentence, wasSaid: reason.wasSaid ?? false })
}

async function endProcess(life: Life): Promise<void> {
  const ending = life.process
  if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
  const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()))
  ending.kill('SIGTERM')
  const insist = setTimeout(() => ending.kill('SIGKILL'), life.options.stopWithinMs)
  await ended
  clearTimeout(insist)
}

function isReadyMessage(message: unknown): message is ReadyMessage {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready'
  )
}
