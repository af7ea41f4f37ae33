// Writes the tables triage_act and triage_act_alert: what people did to alerts, one row an act, and
// what it changed of each alert, so that it can be undone as one. Append-only: an undo is an act too.
import type { AlertCondition } from './alert-record.ts'
import type { JsonValue } from './audit.ts'
import type { Query } from './sql.ts'
import type { MadeVersion } from './triage-accept.ts'

export const TRIAGE_ACTIONS = ['accept', 'reject', 'snooze', 'assign', 'comment', 'undo'] as const
export type TriageAction = (typeof TRIAGE_ACTIONS)[number]

/** One alert as an act found it and left it. */
export type AlertChange = {
  readonly alertId: bigint
  readonly before: AlertCondition
  readonly after: AlertCondition
}

export type TriageRecord = {
  readonly action: TriageAction
  /** A user's e-mail address. */
  readonly actor: string
  readonly reason: string
  /** What was chosen. */
  readonly detail: { readonly [key: string]: JsonValue }
  /** Baseline versions that it made. */
  readonly versions: readonly MadeVersion[]
  /** The act that this one undoes. */
  readonly undoes: bigint | null
  readonly atMs: number
}

type IdRow = { id: bigint }

/** Stores an act with what it changed; returns its id. Errors: 23505 when `undoes` is undone already. */
export async function insertAct(
  tx: Query,
  act: TriageRecord,
  changes: readonly AlertChange[],
): Promise<bigint> {
  const undoes = act.undoes === null ? null : String(act.undoes)
  const [row] = await tx<IdRow[]>`
    insert into triage_act (at, action, actor, reason, detail, undoes)
    values (to_timestamp(${act.atMs}::float8 / 1000), ${act.action}, ${act.actor}, ${act.reason},
      ${JSON.stringify({ ...act.detail, versions: act.versions })}::text::jsonb, ${undoes}::bigint)
    returning id`
  if (!row) throw new Error('an insert of one row returned none')
  await tx`
    insert into triage_act_alert (act_id, alert_id, before, after)
    select ${String(row.id)}::bigint, given.alert_id, given.before::jsonb, given.after::jsonb
    from unnest(
      ${changes.map((change) => String(change.alertId))}::bigint[],
      ${changes.map((change) => JSON.stringify(change.before))}::text[],
      ${changes.map((change) => JSON.stringify(change.after))}::text[]
    ) as given(alert_id, before, after)`
  return row.id
}

export type StoredAct = TriageRecord & { readonly id: bigint; readonly isUndone: boolean }

type ActRow = Omit<TriageRecord, 'atMs' | 'detail' | 'versions'> & {
  id: bigint
  at: Date
  detail: TriageRecord['detail'] & { versions: readonly MadeVersion[] }
  is_undone: boolean
}

/** One act; null when there is none. */
export async function readAct(sql: Query, id: bigint): Promise<StoredAct | null> {
  const [row] = await sql<ActRow[]>`
    select id, at, action, actor, reason, detail, undoes,
      exists (select from triage_act as later where later.undoes = triage_act.id) as is_undone
    from triage_act where id = ${String(id)}::bigint`
  if (!row) return null
  const { at, is_undone: isUndone, detail, ...act } = row
  const { versions, ...chosen } = detail
  return { ...act, detail: chosen, versions, atMs: at.getTime(), isUndone }
}

type ChangeRow = { alert_id: bigint; before: AlertCondition; after: AlertCondition }

/** What an act changed, by alert. */
export async function readChanges(sql: Query, actId: bigint): Promise<readonly AlertChange[]> {
  const rows = await sql<ChangeRow[]>`
    select alert_id, before, after from triage_act_alert
    where act_id = ${String(actId)}::bigint order by alert_id`
  return rows.map(({ alert_id: alertId, before, after }) => ({ alertId, before, after }))
}

type LastRow = { alert_id: bigint; act_id: bigint }

/**
 * The newest act on each of these alerts that could be undone: neither a comment nor undone already.
 * Alerts without one are left out.
 */
export async function findLastActs(
  sql: Query,
  alertIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, bigint>> {
  const rows = await sql<LastRow[]>`
    select change.alert_id, max(change.act_id) as act_id
    from triage_act_alert as change join triage_act as act on act.id = change.act_id
    where change.alert_id = any(${alertIds.map(String)}::bigint[])
      and act.action not in ('comment', 'undo')
      and not exists (select from triage_act as later where later.undoes = act.id)
    group by change.alert_id`
  return new Map(rows.map((row) => [row.alert_id, row.act_id]))
}

/** An act that could be undone. */
export type UndoableAct = {
  readonly id: string
  readonly action: Exclude<TriageAction, 'comment' | 'undo'>
  readonly actor: string
  readonly atMs: number
  /** How many alerts it concerned; they are undone together. */
  readonly alerts: number
}

type UndoableRow = Pick<UndoableAct, 'action' | 'actor' | 'alerts'> & { id: bigint; at: Date }

/**
 * The last act on an alert, if the alert is as it left it; null when there is nothing to undo. What
 * else may stand in the way is told when it is tried.
 */
export async function readUndoableAct(sql: Query, alertId: string): Promise<UndoableAct | null> {
  const actId = (await findLastActs(sql, [BigInt(alertId)])).get(BigInt(alertId))
  if (actId === undefined) return null
  const [row] = await sql<UndoableRow[]>`
    select act.id, act.action, act.actor, act.at,
      (select count(*)::int from triage_act_alert where act_id = act.id) as alerts
    from triage_act as act
    join triage_act_alert as change on change.act_id = act.id
    join alert on alert.id = change.alert_id
    where act.id = ${String(actId)}::bigint and change.alert_id = ${alertId}::bigint
      and (act.action = 'assign' or (change.after ->> 'state', (change.after ->> 'episode')::int)
        = (alert.state, alert.episode))`
  if (!row) return null
  const { id, at, ...act } = row
  return { ...act, id: String(id), atMs: at.getTime() }
}
