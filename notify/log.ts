// JSON lines on standard output: {time, level, event, ...fields}; and the same for what graphile-worker says.
import { Logger as QueueLogger } from 'graphile-worker'
import { destination, type Logger, pino, stdTimeFunctions } from 'pino'

export type Log = Logger

const STDOUT = 1

export function createLog(level: string): Log {
  const options = {
    level,
    base: { process: 'notify' },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: describeError },
  }
  return pino(options, destination({ dest: STDOUT, sync: true }))
}

const LEVELS = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const

/** The queue's own messages, one level quieter where they tell of every job. */
export function createQueueLogger(log: Log): QueueLogger {
  return new QueueLogger(({ taskIdentifier, jobId }) => (level, message) => {
    log[LEVELS[level]]({ event: 'queue.said', message, task: taskIdentifier, jobId })
  })
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  return { name: error.name, message: error.message, code, stack: error.stack }
}
