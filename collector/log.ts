// JSON lines on standard output: {time, level, event, ...fields}. Event names are noun.verb. Never a sentence,
// never a value of a span, never a URL with credentials. What is worth an alert is a counter as well.
import { destination, type Logger, pino, stdTimeFunctions } from 'pino'

export type Log = Logger

const STDOUT = 1

/** A synchronous logger, so that the last line before an exit is not lost. Works in worker threads too. */
export function createLog(level: string): Log {
  const options = {
    level,
    base: { process: 'collector' },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: describeError },
  }
  return pino(options, destination({ dest: STDOUT, sync: true }))
}

/** What of an error may be logged: code and message of it and of its causes; no data. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  const cause = error.cause === undefined ? undefined : describeError(error.cause)
  return { name: error.name, message: error.message, code, cause, stack: error.stack }
}
