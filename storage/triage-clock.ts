// What becomes of decided alerts by time alone: a snooze ends, and what was rejected is seen again a
// day later. The clock job calls these every minute; time is an argument. Alerts that somebody holds
// are left for the next minute.
import { noteEvents, SYSTEM_ACTOR } from './alert-events.ts'
import { type AlertCondition, writeConditions } from './alert-record.ts'
import { readConditions } from './held-alerts.ts'
import type { Query } from './sql.ts'

/** More are for the next call. */
const ALERTS_A_CALL_MAX = 1_000
const REJECTED_FOR_MS = 24 * 3_600_000

type IdRow = { id: bigint }

/**
 * Opens alerts whose snooze has ended, in the episode they were in; each is told once more.
 * Returns their ids.
 */
export async function reopenSnoozed(tx: Query, nowMs: number): Promise<readonly bigint[]> {
  const rows = await tx<IdRow[]>`
    select id from alert where snoozed_until <= to_timestamp(${nowMs}::float8 / 1000)
    order by id limit ${ALERTS_A_CALL_MAX} for update skip locked`
  const reason = 'The time it was snoozed for is over.'
  return reopen(tx, rows, { reason, nowMs, episodes: 0 })
}

/**
 * Opens rejected alerts whose edge (or node, if they have no target) was seen a day or more after the
 * rejection, as a new episode that is told once; of a downgrade it is calls in the clear that count. Returns
 * their ids.
 */
export async function reopenRejectedSeenAgain(
  tx: Query,
  nowMs: number,
): Promise<readonly bigint[]> {
  const rows = await tx<IdRow[]>`
    select id from alert
    where state = 'rejected'
      and last_at <= to_timestamp((${nowMs}::float8 - ${REJECTED_FOR_MS}::float8) / 1000)
      and (exists (
        select from edge where edge.alert_id = alert.id
          and case when alert.kind = 'downgraded' then edge.last_plain else edge.last_seen end
            >= alert.last_at + ${REJECTED_FOR_MS}::float8 * interval '1 millisecond'
      ) or target_name is null and exists (
        select from node
        where (node.environment, node.kind, node.namespace, node.name) = (
            alert.source_environment, alert.source_kind, alert.source_namespace, alert.source_name)
          and node.last_seen >= alert.last_at + ${REJECTED_FOR_MS}::float8 * interval '1 millisecond'
      ))
    order by id limit ${ALERTS_A_CALL_MAX} for update skip locked`
  const reason = 'It was seen again a day after it was rejected.'
  return reopen(tx, rows, { reason, nowMs, episodes: 1 })
}

type Reopening = { readonly reason: string; readonly nowMs: number; readonly episodes: number }

async function reopen(
  tx: Query,
  rows: readonly IdRow[],
  { reason, nowMs, episodes }: Reopening,
): Promise<readonly bigint[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const conditions = await readConditions(tx, ids)
  const reopened = [...conditions].map(([id, former]) => {
    const open = { state: 'open', snoozedUntilMs: null, lastAtMs: nowMs } as const
    const condition: AlertCondition = {
      ...former,
      ...open,
      episode: former.episode + episodes,
    }
    return { id, condition }
  })
  await writeConditions(tx, reopened)
  await noteEvents(tx, ids, { action: 'reopened', actor: SYSTEM_ACTOR, reason, nowMs })
  return ids
}
