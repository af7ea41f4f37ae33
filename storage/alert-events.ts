// Writes the table alert_event: what happened to an alert, for its history, and the outbox of notifications: what is
// not routed yet. One line an alert and happening; the audit has one record an act, whatever the number of alerts.
import type { AlertAction } from '../core/baseline/alert-state.ts'
import type { AlertHappening } from '../core/notify/tell.ts'
import type { JsonValue } from './audit.ts'
import { wakeRouting } from './delivery-jobs.ts'
import type { Query } from './sql.ts'

/** The actor of what no person did. */
export const SYSTEM_ACTOR = 'strayline'

export type Happening = {
  readonly action: AlertAction
  /** A user's e-mail address, or SYSTEM_ACTOR. */
  readonly actor: string
  /** What the actor said; '' when nothing. */
  readonly reason: string
  /** What there is to say beyond that, for example until when. */
  readonly detail?: { readonly [key: string]: JsonValue }
  /** Unix ms. */
  readonly nowMs: number
}

/** What nobody is notified of, whatever the routes say. */
const SILENT_ACTIONS: ReadonlySet<AlertAction> = new Set([
  ...(['reclassified', 'proposed', 'snoozed', 'assigned', 'commented'] as const),
])

/**
 * Notes the same for each of these alerts; what there is to tell is told when (and only if) the transaction
 * commits.
 */
export async function noteEvents(
  tx: Query,
  ids: readonly bigint[],
  happening: Happening,
): Promise<void> {
  if (ids.length === 0) return
  const { action, actor, reason, detail = {}, nowMs } = happening
  const isSilent = SILENT_ACTIONS.has(action)
  await tx`
    insert into alert_event (alert_id, at, action, actor, reason, detail, is_routed)
    select given.id, to_timestamp(${nowMs}::float8 / 1000), ${action}, ${actor}, ${reason},
      ${JSON.stringify(detail)}::text::jsonb, ${isSilent}
    from unnest(${ids.map(String)}::bigint[]) as given(id)`
  if (!isSilent) await wakeRouting(tx)
}

export type AlertEvent = {
  readonly id: string
  readonly atMs: number
  readonly action: AlertAction
  readonly actor: string
  readonly reason: string
  readonly detail: { readonly [key: string]: JsonValue }
}

type EventRow = Omit<AlertEvent, 'id' | 'atMs'> & { id: bigint; at: Date }

/** What happened to an alert, in the order it was written. */
export async function readEvents(sql: Query, alertId: string): Promise<readonly AlertEvent[]> {
  const rows = await sql<EventRow[]>`
    select id, at, action, actor, reason, detail from alert_event
    where alert_id = ${alertId}::bigint order by id`
  return rows.map(({ id, at, ...event }) => ({ ...event, id: String(id), atMs: at.getTime() }))
}

type CountRow = { alert_id: bigint; count: number }

/** How often each of these alerts has recovered since a time; those that never did are left out. */
export async function countRecoveries(
  tx: Query,
  ids: readonly bigint[],
  sinceMs: number,
): Promise<ReadonlyMap<bigint, number>> {
  const rows = await tx<CountRow[]>`
    select alert_id, count(*)::int as count from alert_event
    where alert_id = any(${ids.map(String)}::bigint[]) and action = 'recovered'
      and at >= to_timestamp(${sinceMs}::float8 / 1000)
    group by alert_id`
  return new Map(rows.map((row) => [row.alert_id, row.count]))
}

type HappeningRow = {
  id: string
  alert_id: string
  at: Date
  action: AlertAction
  actor: string
  reason: string
  undone: string | null
}

/** What waits to be routed, in the order it was written. */
export async function readUnrouted(
  tx: Query,
  countMax: number,
): Promise<readonly AlertHappening[]> {
  const rows = await tx<HappeningRow[]>`
    select id::text, alert_id::text, at, action, actor, reason, detail ->> 'undone' as undone
    from alert_event where not is_routed order by alert_event.id limit ${countMax}`
  return rows.map(happeningOf)
}

function happeningOf({ id, alert_id, at, actor, ...row }: HappeningRow): AlertHappening {
  const happening = { ...row, eventId: id, alertId: alert_id, atMs: at.getTime() }
  return { ...happening, actor: actor === SYSTEM_ACTOR ? null : actor }
}

/** Unix ms: [fromMs, toMs). */
export type HistoryWindow = {
  readonly environment: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Everything until the end of a window that happened to alerts to which something happened in it, in the order it was
 * written.
 */
export async function readHistory(
  tx: Query,
  { environment, fromMs, toMs }: HistoryWindow,
  countMax: number,
): Promise<readonly AlertHappening[]> {
  const rows = await tx<HappeningRow[]>`
    select event.id::text, alert_id::text, at, action, actor, reason, detail ->> 'undone' as undone
    from alert_event as event
    where at < to_timestamp(${toMs}::float8 / 1000) and alert_id in (
      select alert.id from alert join alert_event as inside on inside.alert_id = alert.id
      where alert.environment = ${environment}
        and inside.at >= to_timestamp(${fromMs}::float8 / 1000)
        and inside.at < to_timestamp(${toMs}::float8 / 1000))
    order by event.id limit ${countMax}`
  return rows.map(happeningOf)
}

/** Takes events out of the outbox. */
export async function markRouted(tx: Query, eventIds: readonly string[]): Promise<void> {
  await tx`
    update alert_event set is_routed = true where id = any(${[...eventIds]}::bigint[])`
}

/** Deletes the history of an environment's alerts. */
export async function deleteEventsOf(tx: Query, environment: string): Promise<void> {
  await tx`
    delete from alert_event using alert
    where alert.id = alert_event.alert_id and alert.environment = ${environment}`
}
