// What of judging needs a clock, over tables: what has expired, tags that the collector stored, services that stay
// without edges, what was not seen for long and recovers, alerts whose snooze is over or that were rejected or have
// recovered and are seen again. The collector calls it once a minute.
import { WATCH_GAP_MS } from '../core/baseline/recovery.ts'
import { listApproved, lockActiveVersion, noteWatched, readDue } from './environments.ts'
import { notifyChange } from './events.ts'
import { errorCode } from './failure.ts'
import { judgeEnvironment, judgeLonely, judgeReturned } from './judge.ts'
import { findReturned, recoverQuiet } from './recover-alerts.ts'
import type { Query, Sql } from './sql.ts'
import { reopenRejectedSeenAgain, reopenSnoozed } from './triage-clock.ts'

export type ClockFindings = {
  /** Environments of which all was judged. */
  readonly judged: readonly string[]
  /** Alerts that were opened, reopened or escalated. */
  readonly told: number
}

/** nowMs: unix ms. Run again at the same time it finds nothing. */
export async function judgeByClock(sql: Sql, nowMs: number): Promise<ClockFindings> {
  const judged: string[] = []
  let told = 0
  const returned = await findReturned(sql)
  for (const environment of await listApproved(sql)) {
    const alertIds = returned.get(environment) ?? []
    const judging = judgeOne(sql, { environment, nowMs, alertIds })
    const found = await judging.catch((error: unknown) => {
      if (errorCode(error) === 'ENVIRONMENT_UNKNOWN') return { isWhole: false, told: 0 } // removed
      throw error
    })
    if (found.isWhole) judged.push(environment)
    told += found.told
  }
  told += await sql.begin(async (tx) => {
    const ids = [...(await reopenSnoozed(tx, nowMs)), ...(await reopenRejectedSeenAgain(tx, nowMs))]
    if (ids.length > 0) await notifyChange(tx)
    return ids.length
  })
  return { judged, told }
}

type ClockCall = {
  readonly environment: string
  readonly nowMs: number
  /** Have recovered, and were seen again. */
  readonly alertIds: readonly bigint[]
}

async function judgeOne(
  sql: Sql,
  call: ClockCall,
): Promise<{ readonly isWhole: boolean; readonly told: number }> {
  const { environment, nowMs } = call
  const found = await sql.begin((tx) => judgeHeld(tx, call))
  if (found.watchedSinceMs !== null) {
    const { watchedSinceMs } = found
    // Commits need not wait for this: what they see meanwhile is seen again.
    await sql.begin(async (tx) => {
      const ids = await recoverQuiet(tx, { environment, watchedSinceMs, nowMs })
      if (ids.length > 0) await notifyChange(tx)
    })
  }
  return found
}

async function judgeHeld(tx: Query, { environment, nowMs, alertIds }: ClockCall) {
  await lockActiveVersion(tx, environment)
  const due = await readDue(tx, environment, nowMs)
  if (due === null) return { isWhole: false, told: 0, watchedSinceMs: null }
  const watchedSinceMs = await noteWatched(tx, environment, { nowMs, gapMs: WATCH_GAP_MS })
  const place = { environment, version: due.version, nowMs }
  const ids = due.isDue
    ? await judgeEnvironment(tx, { ...place, acceptedBy: null })
    : [
        ...(alertIds.length > 0 ? await judgeReturned(tx, environment, { alertIds, nowMs }) : []),
        ...(await judgeLonely(tx, place)),
      ]
  if (due.isDue || ids.length > 0) await notifyChange(tx)
  return { isWhole: due.isDue, told: ids.length, watchedSinceMs }
}
