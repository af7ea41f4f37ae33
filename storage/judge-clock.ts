// What of judging needs a clock, over tables: what has expired, tags that the collector stored, services that stay
// without edges, alerts whose snooze is over or that were rejected and are seen again. The collector calls it once a
// minute.
import { listApproved, lockActiveVersion, readDue } from './environments.ts'
import { notifyChange } from './events.ts'
import { errorCode } from './failure.ts'
import { judgeEnvironment, judgeLonely } from './judge.ts'
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
  for (const environment of await listApproved(sql)) {
    const judging = sql.begin((tx) => judgeOne(tx, environment, nowMs))
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

async function judgeOne(
  tx: Query,
  environment: string,
  nowMs: number,
): Promise<{ readonly isWhole: boolean; readonly told: number }> {
  await lockActiveVersion(tx, environment)
  const due = await readDue(tx, environment, nowMs)
  if (due === null) return { isWhole: false, told: 0 }
  const place = { environment, version: due.version, nowMs }
  const ids = due.isDue
    ? await judgeEnvironment(tx, { ...place, acceptedBy: null })
    : await judgeLonely(tx, place)
  if (due.isDue || ids.length > 0) await notifyChange(tx)
  return { isWhole: due.isDue, told: ids.length }
}
