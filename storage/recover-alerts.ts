// Alerts that recover by the clock, because what strayed was not seen for long enough, and those that have recovered
// and were seen again. When that is the core says (core/baseline/recovery.ts).
import { type AlertState, WAITING_STATES } from '../core/baseline/alert-state.ts'
import {
  durationOf,
  hasRecovered,
  type QuietWait,
  quietNeededMs,
} from '../core/baseline/recovery.ts'
import { noteEvents, SYSTEM_ACTOR } from './alert-events.ts'
import { recoverAlerts } from './alert-record.ts'
import { readSettings } from './environments.ts'
import { readNewestSight } from './nodes.ts'
import type { Query } from './sql.ts'

/** More are for the next call. */
const ALERTS_A_CALL_MAX = 1_000

export type QuietCall = {
  readonly environment: string
  /** Since when the clock has looked without a gap, unix ms. */
  readonly watchedSinceMs: number
  readonly nowMs: number
}

type QuietRow = { id: bigint; state: AlertState; last_at: Date; seen: Date }

/** Closes what has become quiet; returns the ids. Alerts that somebody holds are left for the next call. */
export async function recoverQuiet(
  tx: Query,
  { environment, watchedSinceMs, nowMs }: QuietCall,
): Promise<readonly bigint[]> {
  const settings = await readSettings(tx, environment)
  if (!settings) return []
  const { recoverAfterMs } = settings
  const watch = { environment, watchedSinceMs, nowMs, recoverAfterMs }
  const recovered = await findQuiet(tx, watch, 'hold')
  if (recovered.length > 0) await recoverAlerts(tx, recovered, nowMs)
  for (const [neededMs, alerts] of Map.groupBy(recovered, ({ state }) =>
    quietNeededMs(state, recoverAfterMs),
  )) {
    const ids = alerts.map(({ id }) => id)
    const reason = `It was not seen for ${durationOf(neededMs)}.`
    await noteEvents(tx, ids, { action: 'recovered', actor: SYSTEM_ACTOR, reason, nowMs })
  }
  return recovered.map(({ id }) => id)
}

type QuietAlert = QuietWait & { readonly id: bigint }

/**
 * What has become quiet by now, the longest unseen first. hold: locked, without what somebody else holds; look: as the
 * tables say.
 */
export async function findQuiet(
  tx: Query,
  { environment, watchedSinceMs, ...at }: QuietCall & { readonly recoverAfterMs: number },
  why: 'hold' | 'look',
): Promise<readonly QuietAlert[]> {
  const rows = await readQuiet(tx, environment, { ...at, why })
  if (rows.length === 0) return []
  const watch = { ...at, watchedSinceMs, newestMs: await readNewestSight(tx, environment) }
  return rows.flatMap(({ id, state, last_at, seen }) => {
    const alert = { id, state, changedMs: last_at.getTime(), seenMs: seen.getTime() }
    return hasRecovered(alert, watch) ? [alert] : []
  })
}

type QuietReading = {
  readonly nowMs: number
  readonly recoverAfterMs: number
  readonly why: 'hold' | 'look'
}

/** Alerts that wait, unchanged and unseen for as long as needed. */
function readQuiet(
  tx: Query,
  environment: string,
  { nowMs, recoverAfterMs, why }: QuietReading,
): Promise<readonly QuietRow[]> {
  const beforeMs = (state: AlertState) => nowMs - quietNeededMs(state, recoverAfterMs)
  const before = tx`to_timestamp(case alert.state
    when 'flapping' then ${beforeMs('flapping')}::float8 else ${beforeMs('open')}::float8 end / 1000)`
  return tx<QuietRow[]>`
    select alert.id, alert.state, alert.last_at, sight.seen
    from alert, lateral (
      select case when alert.target_name is null
        then (select node.last_seen from node
          where (node.environment, node.kind, node.namespace, node.name) = (
            alert.source_environment, alert.source_kind, alert.source_namespace, alert.source_name))
        else (select max(${lastSight(tx)}) from edge where edge.alert_id = alert.id) end as seen
    ) as sight
    where alert.environment = ${environment} and alert.state = any(${[...WAITING_STATES]}::text[])
      and alert.last_at <= ${before} and sight.seen <= ${before}
    order by sight.seen, alert.id limit ${ALERTS_A_CALL_MAX}
    ${why === 'hold' ? tx`for update of alert skip locked` : tx``}`
}

/** Of a downgrade it is calls in the clear that count: as lastSight of drift-columns.ts. */
function lastSight(tx: Query) {
  return tx`case when alert.kind = 'downgraded'
    then coalesce(edge.last_plain, edge.last_seen) else edge.last_seen end`
}

type ReturnedRow = { id: bigint; environment: string }

/** Alerts about edges that have recovered and were seen again since: their ids by environment. */
export async function findReturned(sql: Query): Promise<ReadonlyMap<string, readonly bigint[]>> {
  const rows = await sql<ReturnedRow[]>`
    select alert.id, alert.environment from alert
    where alert.state = 'recovered' and exists (
      select from edge where edge.alert_id = alert.id and ${lastSight(sql)} > alert.quiet_since)
    order by alert.id limit ${ALERTS_A_CALL_MAX}`
  const groups = Map.groupBy(rows, ({ environment }) => environment)
  return new Map([...groups].map(([name, alerts]) => [name, alerts.map(({ id }) => id)]))
}
