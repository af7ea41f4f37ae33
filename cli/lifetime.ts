// The life of `serve`: what was started is stopped in the opposite order, once, whoever asks for it.
// The first Ctrl-C or SIGTERM stops in order, a second one at once.
import { complain } from './terminal.ts'

/** npm passes on a Ctrl-C that the terminal has sent to us already: one press counts once. */
const SAME_PRESS_MS = 800
const EXIT_FORCED = 130

export type Part = {
  /** Ends it in order. */
  readonly stop: () => Promise<void> | void
  /** Ends it at once; a part without this one is left as it is when force is used. */
  readonly kill?: () => void
}

export type Lifetime = {
  /** Adds a part; when the end has begun already, the part is stopped right away. */
  readonly add: (part: Part) => void
  readonly isStopping: () => boolean
  /** Stops all parts in reverse order and exits the process. Later calls wait with the first. */
  readonly stop: (exitCode: number) => Promise<void>
}

export function createLifetime(): Lifetime {
  const parts: Part[] = []
  const running: Part[] = []
  let stopping: Promise<void> | null = null
  let askedMs = 0

  const stopAll = async (exitCode: number) => {
    for (let part = running.pop(); part; part = running.pop()) await stopPart(part)
    process.exit(exitCode)
  }
  const stop = (exitCode: number) => {
    stopping ??= stopAll(exitCode)
    return stopping
  }
  const onSignal = () => {
    const nowMs = Date.now()
    if (!stopping) {
      askedMs = nowMs
      void stop(0)
    } else if (nowMs - askedMs > SAME_PRESS_MS) {
      for (const part of parts) part.kill?.()
      process.exit(EXIT_FORCED)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return {
    add: (part) => {
      parts.push(part)
      if (stopping) void stopPart(part)
      else running.push(part)
    },
    isStopping: () => stopping !== null,
    stop,
  }
}

/** One part that cannot be stopped must not keep the others alive. */
async function stopPart(part: Part): Promise<void> {
  try {
    await part.stop()
  } catch (error) {
    complain(`while stopping: ${error instanceof Error ? error.message : String(error)}`)
  }
}
