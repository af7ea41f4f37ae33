// Failures of the outside world (network, server, locks) as Error with code, cause and retryable.
// Decide on the code, never on the message; what is not in the table is a bug or bad data.

/** SQLSTATE and socket codes after which the same transaction is worth another try. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '53000', // insufficient_resources
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '55P03', // lock_not_available
  '57014', // query_canceled (a statement timeout)
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: the server is starting
  '58000', // system_error
  '58030', // io_error
  '08000', // connection_exception
  '08001', // sqlclient_unable_to_establish_sqlconnection
  '08003', // connection_does_not_exist
  '08006', // connection_failure
  '25006', // read_only_sql_transaction: a replica, until the primary is back
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EAI_AGAIN',
])

/** The code of an error of the driver, the server or a socket; undefined when it has none. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return undefined
}

/** Whether the same work may succeed when tried again, by the error's code or its `retryable`. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof StorageError) return error.retryable
  const code = errorCode(error)
  return code !== undefined && RETRYABLE_CODES.has(code)
}

/** Classes of SQLSTATE that speak of the values: data exception, integrity, program limit exceeded. */
const DATA_CLASSES: ReadonlySet<string> = new Set(['22', '23', '54'])
/** Errors of Node and of the driver about the values they were handed. */
const VALUE_CODES = /^(ERR_\w+|UNDEFINED_VALUE|MAX_PARAMETERS_EXCEEDED)$/

/**
 * Whether it is the data that is refused, or our own code that fails on it, so that trying again is in vain.
 * All else (a missing grant, a dropped table, a name that does not resolve) can be mended from outside.
 */
export function isDataRefused(error: unknown): boolean {
  if (error instanceof StorageError) return false
  const code = errorCode(error)
  if (code === undefined || VALUE_CODES.test(code)) return true
  return /^[0-9A-Z]{5}$/.test(code) && DATA_CLASSES.has(code.slice(0, 2))
}

/**
 * A failure told in one sentence that a person can act on. `code` is stable, see where it is made.
 */
export class StorageError extends Error {
  readonly code: string
  readonly retryable: boolean

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'StorageError'
    this.code = code
    this.retryable = cause !== undefined && isRetryable(cause)
  }
}
