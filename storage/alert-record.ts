// Writes the table alert. One alert for (environment, kind, subject), whatever runs twice or at once;
// an edge whose alert stands under another kind gets no second one.
import { createHash } from 'node:crypto'
import { type AlertState, STANDING_STATES, WAITING_STATES } from '../core/baseline/alert-state.ts'
import type { Drift } from '../core/baseline/drift.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { deleteEventsOf, noteEvents, SYSTEM_ACTOR } from './alert-events.ts'
import { type EndColumns, edgeOfRow } from './end-columns.ts'
import type { Query } from './sql.ts'

export type FoundDrift = Drift & {
  readonly environment: string
  readonly version: number
  /** Resolved ends. */
  readonly edge: EdgeKey
}

export function hashSubject(subject: string): string {
  return createHash('sha256').update(subject).digest('hex')
}

type OpenedRow = { id: bigint; episode: number }

/**
 * Opens an alert for each drift that has none, reopens accepted and withdrawn ones as a new
 * episode, and has each delivered once. Returns the ids of those (re)opened. drifts: each subject
 * once.
 */
export async function openAlerts(
  tx: Query,
  drifts: readonly FoundDrift[],
  nowMs: number,
): Promise<readonly bigint[]> {
  const opened = await upsertAlerts(tx, drifts, nowMs)
  if (opened.length === 0) return []
  const ids = opened.map((row) => row.id)
  await enqueueDeliveries(tx, opened)
  const first = opened.filter((row) => row.episode === 1).map((row) => row.id)
  const again = opened.filter((row) => row.episode > 1).map((row) => row.id)
  const by = { actor: SYSTEM_ACTOR, reason: '', nowMs }
  await noteEvents(tx, first, { action: 'opened', ...by })
  await noteEvents(tx, again, { action: 'reopened', ...by })
  return ids
}

async function upsertAlerts(
  tx: Query,
  drifts: readonly FoundDrift[],
  nowMs: number,
): Promise<readonly OpenedRow[]> {
  const source = drifts.map((drift) => drift.edge.source)
  const target = drifts.map((drift) => drift.edge.target)
  return tx<OpenedRow[]>`
    insert into alert as stored (environment, kind, subject, subject_hash, source_environment,
      source_kind, source_namespace, source_name, target_environment, target_kind,
      target_namespace, target_name, state, episode, baseline_version, summary, reasons, first_at,
      last_at)
    select given.environment, given.kind, given.subject, given.subject_hash,
      given.source_environment, given.source_kind, given.source_namespace, given.source_name,
      given.target_environment, given.target_kind, given.target_namespace, given.target_name,
      'open', 1, given.version, given.summary, given.reasons::jsonb,
      to_timestamp(${nowMs}::float8 / 1000), to_timestamp(${nowMs}::float8 / 1000)
    from unnest(
      ${drifts.map((drift) => drift.environment)}::text[],
      ${drifts.map((drift) => drift.kind)}::text[],
      ${drifts.map((drift) => drift.subject)}::text[],
      ${drifts.map((drift) => hashSubject(drift.subject))}::text[],
      ${source.map((node) => node.environment)}::text[],
      ${source.map((node) => node.kind)}::text[],
      ${source.map((node) => node.namespace)}::text[],
      ${source.map((node) => node.name)}::text[],
      ${target.map((node) => node.environment)}::text[],
      ${target.map((node) => node.kind)}::text[],
      ${target.map((node) => node.namespace)}::text[],
      ${target.map((node) => node.name)}::text[],
      ${drifts.map((drift) => drift.version)}::int[],
      ${drifts.map((drift) => drift.summary)}::text[],
      ${drifts.map((drift) => JSON.stringify(drift.reasonsFor))}::text[]
    ) as given(environment, kind, subject, subject_hash, source_environment, source_kind,
      source_namespace, source_name, target_environment, target_kind, target_namespace,
      target_name, version, summary, reasons)
    where not exists (
      select from alert as other
      where other.environment = given.environment and other.subject_hash = given.subject_hash
        and other.state = any(${[...STANDING_STATES]}::text[])
    )
    order by given.environment, given.kind, given.subject_hash
    on conflict (environment, kind, subject_hash) do update set
      state = 'open', episode = stored.episode + 1, baseline_version = excluded.baseline_version,
      summary = excluded.summary, reasons = excluded.reasons, last_at = excluded.last_at
    where stored.state in ('accepted', 'withdrawn')
    returning id, episode`
}

/** Each in the same transaction: a rolled-back alert is never delivered. */
async function enqueueDeliveries(tx: Query, opened: readonly OpenedRow[]): Promise<void> {
  await tx`
    select enqueue_alert_delivery(given.id, given.episode)
    from unnest(
      ${opened.map((row) => String(row.id))}::bigint[],
      ${opened.map((row) => row.episode)}::int[]
    ) as given(id, episode)`
}

type StandingRow = { id: bigint; environment: string; subject_hash: string }

/** Ids of standing alerts by `${environment} ${hashSubject(subject)}`. */
export async function readStandingAlerts(
  tx: Query,
  subjects: readonly { readonly environment: string; readonly subject: string }[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await tx<StandingRow[]>`
    select alert.id, alert.environment, alert.subject_hash
    from alert join unnest(
      ${subjects.map((each) => each.environment)}::text[],
      ${subjects.map((each) => hashSubject(each.subject))}::text[]
    ) as given(environment, subject_hash)
      on given.environment = alert.environment and given.subject_hash = alert.subject_hash
    where alert.state = any(${[...STANDING_STATES]}::text[])
    order by alert.id`
  return new Map(rows.map((row) => [`${row.environment} ${row.subject_hash}`, row.id]))
}

type IdRow = { id: bigint }

/**
 * Withdraws those of these waiting alerts behind which no edge stands any more: a late span
 * disproved them.
 */
export async function withdrawForsaken(
  tx: Query,
  ids: readonly bigint[],
  nowMs: number,
): Promise<void> {
  const rows = await tx<IdRow[]>`
    update alert set state = 'withdrawn', snoozed_until = null,
      last_at = to_timestamp(${nowMs}::float8 / 1000)
    where id = any(${ids.map(String)}::bigint[]) and state = any(${[...WAITING_STATES]}::text[])
      and not exists (select from edge where edge.alert_id = alert.id)
    returning id`
  const event = { action: 'withdrawn', actor: SYSTEM_ACTOR, reason: '', nowMs } as const
  await noteEvents(
    tx,
    rows.map((row) => row.id),
    event,
  )
}

/** What triage may change of an alert. */
export type AlertCondition = {
  readonly state: AlertState
  /** Unix ms; null unless it is snoozed. */
  readonly snoozedUntilMs: number | null
  /** A user's e-mail address; null: nobody's. */
  readonly assignee: string | null
  readonly episode: number
  /** When its state last changed. */
  readonly lastAtMs: number
}

/** Writes the condition of alerts that the caller has locked; each id once. */
export async function writeConditions(
  tx: Query,
  alerts: readonly { readonly id: bigint; readonly condition: AlertCondition }[],
): Promise<void> {
  const conditions = alerts.map((alert) => alert.condition)
  await tx`
    update alert set state = given.state, assignee = given.assignee, episode = given.episode,
      snoozed_until = to_timestamp(given.snoozed_until_ms / 1000),
      last_at = to_timestamp(given.last_at_ms / 1000)
    from unnest(
      ${alerts.map((alert) => String(alert.id))}::bigint[],
      ${conditions.map((each) => each.state)}::text[],
      ${conditions.map((each) => each.assignee)}::text[],
      ${conditions.map((each) => each.episode)}::int[],
      ${conditions.map((each) => each.snoozedUntilMs)}::float8[],
      ${conditions.map((each) => each.lastAtMs)}::float8[]
    ) as given(id, state, assignee, episode, snoozed_until_ms, last_at_ms)
    where alert.id = given.id`
}

export type Decision = {
  readonly action: 'accepted' | 'rejected'
  readonly actor: string
  readonly reason: string
  readonly nowMs: number
}

/**
 * Closes alerts by a person's decision. Which are still to be decided, the caller has checked and
 * locked.
 */
export async function decideAlerts(
  tx: Query,
  ids: readonly bigint[],
  decision: Decision,
): Promise<void> {
  await tx`
    update alert set state = ${decision.action}, snoozed_until = null,
      last_at = to_timestamp(${decision.nowMs}::float8 / 1000)
    where id = any(${ids.map(String)}::bigint[])`
  await noteEvents(tx, ids, decision)
}

type UndecidedRow = IdRow &
  EndColumns & {
    state: AlertState
  }

export type StandingAlert = EdgeKey & { readonly id: bigint; readonly state: AlertState }

/** Standing alerts of an environment, held for this transaction. */
export async function lockStandingAlerts(
  tx: Query,
  environment: string,
): Promise<readonly StandingAlert[]> {
  const rows = await tx<UndecidedRow[]>`
    select id, state, source_environment, source_kind, source_namespace, source_name,
      target_environment, target_kind, target_namespace, target_name
    from alert
    where environment = ${environment} and state = any(${[...STANDING_STATES]}::text[])
    order by id for update`
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    ...edgeOfRow(row),
  }))
}

/** Deletes the alerts of an environment with their history; returns how many. */
export async function deleteAlerts(tx: Query, environment: string): Promise<number> {
  await deleteEventsOf(tx, environment)
  const { count } = await tx`delete from alert where environment = ${environment}`
  return count
}

export type MovedAlert = { readonly id: bigint; readonly subject: string; readonly edge: EdgeKey }

/** Alerts of any state about edges that pass a test, held for this transaction. */
export async function lockAlertsAt(
  tx: Query,
  environments: readonly string[],
  isAt: (edge: EdgeKey) => boolean,
): Promise<readonly StandingAlert[]> {
  const rows = await tx<UndecidedRow[]>`
    select id, state, source_environment, source_kind, source_namespace, source_name,
      target_environment, target_kind, target_namespace, target_name
    from alert where environment = any(${environments as string[]}::text[]) order by id for update`
  return rows.map((row) => ({ id: row.id, state: row.state, ...edgeOfRow(row) })).filter(isAt)
}

/**
 * Makes an alert speak of an edge by its new ends. False, and nothing done, when there is an alert of
 * this kind about that edge already.
 */
export async function moveAlert(tx: Query, { id, subject, edge }: MovedAlert): Promise<boolean> {
  const { source, target } = edge
  const hash = hashSubject(subject)
  const { count } = await tx`
    update alert as moved set subject = ${subject}, subject_hash = ${hash},
      source_namespace = ${source.namespace}, source_name = ${source.name},
      target_namespace = ${target.namespace}, target_name = ${target.name}
    where id = ${String(id)}::bigint and not exists (
      select from alert as other where other.environment = moved.environment
        and other.kind = moved.kind and other.subject_hash = ${hash} and other.id <> moved.id
    )`
  return count > 0
}

/** Withdraws these alerts if they wait: another stands for the same, or their node is forgotten. */
export async function withdrawAlerts(
  tx: Query,
  ids: readonly bigint[],
  by: { readonly actor: string; readonly reason: string },
): Promise<void> {
  const rows = await tx<IdRow[]>`
    update alert set state = 'withdrawn', snoozed_until = null, last_at = now()
    where id = any(${ids.map(String)}::bigint[]) and state = any(${[...WAITING_STATES]}::text[])
    returning id`
  await noteEvents(
    tx,
    rows.map((row) => row.id),
    { action: 'withdrawn', nowMs: Date.now(), ...by },
  )
}
