// Environments that were removed from the database while the fold may hold spans of them. The web marks one;
// this looks for marks and has a record appended to the journal, so that forgetting is part of the sequence
// of records like everything else; the commit that comes after it takes the mark away.
import { listRemovedFor } from '../storage/environments.ts'
import { isRetryable } from '../storage/failure.ts'
import type { Sql } from '../storage/sql.ts'
import { untraced } from '../telemetry/trace.ts'

const LOOK_EVERY_MS = 500
/** Who still sends to it may notice and end first: what comes after the forgetting counts as new. */
const LET_END_MS = 2_000
/** A record that did not reach the journal is asked for again. */
const TELL_AGAIN_MS = 15_000

/** Calls back with each mark that is found. Errors: throws what is no matter of an absent database. */
export function watchRemovals(sql: Sql, onRemoved: (environment: string) => void): () => void {
  const told = new Map<string, number>()
  let isLooking = false
  const look = async () => {
    if (isLooking) return
    isLooking = true
    try {
      // Looking twice a second for what is hardly ever there is nothing to tell anybody of.
      const names = await untraced(() => listRemovedFor(sql, LET_END_MS))
      const nowMs = performance.now()
      for (const name of told.keys()) if (!names.includes(name)) told.delete(name)
      for (const name of names) {
        if (nowMs - (told.get(name) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) continue
        told.set(name, nowMs)
        onRemoved(name)
      }
    } catch (error) {
      if (!isRetryable(error)) throw error
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return () => clearInterval(timer)
}
