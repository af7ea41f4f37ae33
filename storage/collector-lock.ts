// One collector a database: an advisory lock on a connection of its own, held for life. When the
// connection is lost the lock is taken again as soon as the server is back; if another collector
// was faster, `onTaken` says so, because two must not commit.
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { isRetryable, StorageError } from './failure.ts'

/** Any number, the same for ever: 'stray' on a telephone's keys. */
const LOCK_ID = 78_729
const RETRY_MS = 500
/** A collector killed with -9 holds its lock until the server has noticed. */
const GRACE_MS = 3_000

export type CollectorLock = {
  /** Whether the lock is held at this moment; commit only while it is. */
  readonly isHeld: () => boolean
  readonly release: () => Promise<void>
}

export type LockOptions = {
  readonly url: string
  /**
   * Called at most once, when another collector has taken the lock while the connection was lost.
   */
  readonly onTaken: (error: StorageError) => void
}

/**
 * Takes the lock. Errors: StorageError COLLECTOR_RUNNING when another holds it; the server's own.
 */
export async function holdCollectorLock(options: LockOptions): Promise<CollectorLock> {
  const state = { isHeld: false, isReleased: false }
  const sql = postgres(options.url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: 'strayline-collector-lock' },
    onclose: () => {
      if (!state.isHeld || state.isReleased) return
      state.isHeld = false
      void regain()
    },
  })
  const regain = async () => {
    const error = await retake(sql, state)
    if (error) options.onTaken(error)
  }
  const untilMs = Date.now() + GRACE_MS
  while (!(await tryLock(sql))) {
    if (Date.now() < untilMs) await sleep(RETRY_MS)
    else {
      await sql.end()
      throw taken()
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

async function retake(sql: postgres.Sql, state: LockState): Promise<StorageError | null> {
  while (!state.isReleased) {
    await sleep(RETRY_MS)
    if (state.isReleased) break
    try {
      if (!(await tryLock(sql))) return taken()
      state.isHeld = true
      return null
    } catch (error) {
      if (!isRetryable(error) && !state.isReleased) throw error
    }
  }
  return null
}

function taken(): StorageError {
  const text =
    'Another collector works on this database; only one may, so stop it or give this one a ' +
    'database of its own.'
  return new StorageError('COLLECTOR_RUNNING', text)
}

type LockRow = { locked: boolean }

async function tryLock(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql<LockRow[]>`select pg_try_advisory_lock(${LOCK_ID}) as locked`
  return row?.locked ?? false
}
