// One collector and one notification worker a database: an advisory lock on a connection of its own, held for life.
// When the connection is lost the lock is taken again as soon as the server is back; if another process was
// faster, `onTaken` says so, because two must not commit, or deliver.
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { isRetryable, StorageError } from './failure.ts'

/** id: any number, the same for ever: 'stray' on a telephone's keys, and the next. */
const HOLDERS = {
  collector: {
    ...{ id: 78_729, applicationName: 'strayline-collector-lock', code: 'COLLECTOR_RUNNING' },
    text:
      'Another collector works on this database; only one may, so stop it or give this one a ' +
      'database of its own.',
  },
  notify: {
    ...{ id: 78_730, applicationName: 'strayline-notify-lock', code: 'NOTIFY_RUNNING' },
    text:
      'Another notification worker works on this database; only one may, so stop it or give ' +
      'this one a database of its own.',
  },
} as const
const RETRY_MS = 500
/** A process killed with -9 holds its lock until the server has noticed. */
const GRACE_MS = 3_000

export type ProcessLock = {
  /** Whether the lock is held at this moment; a collector commits only while it is. */
  readonly isHeld: () => boolean
  readonly release: () => Promise<void>
}

export type LockOptions = {
  readonly url: string
  readonly holder: keyof typeof HOLDERS
  /**
   * Called at most once, when another process has taken the lock while the connection was lost.
   */
  readonly onTaken: (error: StorageError) => void
}

/**
 * Takes the lock. Errors: StorageError COLLECTOR_RUNNING or NOTIFY_RUNNING when another holds it; the server's own.
 */
export async function holdProcessLock(options: LockOptions): Promise<ProcessLock> {
  const { id, applicationName } = HOLDERS[options.holder]
  const state = { isHeld: false, isReleased: false }
  const sql = postgres(options.url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: applicationName },
    onclose: () => {
      if (!state.isHeld || state.isReleased) return
      state.isHeld = false
      void regain()
    },
  })
  const regain = async () => {
    const error = await retake(sql, state, options.holder)
    if (error) options.onTaken(error)
  }
  const untilMs = Date.now() + GRACE_MS
  while (!(await tryLock(sql, id))) {
    if (Date.now() < untilMs) await sleep(RETRY_MS)
    else {
      await sql.end()
      throw taken(options.holder)
    }
  }
  state.isHeld = true
  return {
    isHeld: () => state.isHeld,
    release: async () => {
      state.isReleased = true
      state.isHeld = false
      await sql.end({ timeout: 1 })
    },
  }
}

type LockState = { isHeld: boolean; isReleased: boolean }

async function retake(
  sql: postgres.Sql,
  state: LockState,
  holder: LockOptions['holder'],
): Promise<StorageError | null> {
  while (!state.isReleased) {
    await sleep(RETRY_MS)
    if (state.isReleased) break
    try {
      if (!(await tryLock(sql, HOLDERS[holder].id))) return taken(holder)
      state.isHeld = true
      return null
    } catch (error) {
      if (!isRetryable(error) && !state.isReleased) throw error
    }
  }
  return null
}

function taken(holder: LockOptions['holder']): StorageError {
  const { code, text } = HOLDERS[holder]
  return new StorageError(code, text)
}

type LockRow = { locked: boolean }

async function tryLock(sql: postgres.Sql, id: number): Promise<boolean> {
  const [row] = await sql<LockRow[]>`select pg_try_advisory_lock(${id}) as locked`
  return row?.locked ?? false
}
