// Writes the table alert. One alert for (environment, subject), whatever runs twice or at once; its kind is the
// most specific that was found last. What an alert becomes is decided in raise-alerts.ts and by triage.
import { type AlertState, STANDING_STATES, WAITING_STATES } from '../core/baseline/alert-state.ts'
import { type DriftKind, edgeSubject, nodeSubject } from '../core/baseline/drift.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { deleteEventsOf, noteEvents, SYSTEM_ACTOR } from './alert-events.ts'
import { driftColumns, type FoundDrift, hashSubject, subjectColumns } from './drift-columns.ts'
import type { Query } from './sql.ts'

type InsertedRow = { id: bigint; subject_hash: string }

/**
 * Adds an open alert for each of these drifts whose subject has none; returns the ids of the new ones by
 * hashSubject. drifts: of one environment, each subject once.
 */
export async function insertAlerts(
  tx: Query,
  drifts: readonly FoundDrift[],
  nowMs: number,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = drifts.map((drift) => ({ ...subjectColumns(drift), ...driftColumns(drift) }))
  const inserted = await tx<InsertedRow[]>`
    insert into alert (environment, subject, subject_hash, source_environment, source_kind,
      source_namespace, source_name, target_environment, target_kind, target_namespace, target_name,
      kind, severity, baseline_version, summary, reasons, reasons_against, rule_id, reaches, news,
      state, episode, first_at, last_at)
    select given.*, 'open', 1, to_timestamp(${nowMs}::float8 / 1000),
      to_timestamp(${nowMs}::float8 / 1000)
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as given(environment text,
      subject text, subject_hash text, source_environment text, source_kind text,
      source_namespace text, source_name text, target_environment text, target_kind text,
      target_namespace text, target_name text, kind text, severity text, baseline_version int,
      summary text, reasons jsonb, reasons_against jsonb, rule_id text, reaches jsonb, news jsonb)
    order by given.environment, given.subject_hash
    on conflict (environment, subject_hash) do nothing
    returning id, subject_hash`
  return new Map(inserted.map((row) => [row.subject_hash, row.id]))
}

export type KnownAlert = {
  readonly id: bigint
  readonly subjectHash: string
  readonly kind: DriftKind
  readonly state: AlertState
  readonly episode: number
  /** While it is recovered: when what strayed was seen last, unix ms. */
  readonly quietSinceMs: number | null
}

type KnownRow = {
  id: bigint
  subject_hash: string
  kind: DriftKind
  state: AlertState
  episode: number
  quiet_since: Date | null
}

/** The alerts of these subjects of an environment, held for this transaction. */
export async function lockAlertsAbout(
  tx: Query,
  environment: string,
  hashes: readonly string[],
): Promise<readonly KnownAlert[]> {
  const rows = await tx<KnownRow[]>`
    select id, subject_hash, kind, state, episode, quiet_since from alert
    where environment = ${environment} and subject_hash = any(${hashes as string[]}::text[])
    order by subject_hash for update`
  return rows.map(({ subject_hash: subjectHash, quiet_since, ...row }) => {
    return { ...row, subjectHash, quietSinceMs: quiet_since?.getTime() ?? null }
  })
}

export type Rewriting = {
  readonly id: bigint
  readonly drift: FoundDrift
  readonly state: AlertState
  readonly episode: number
}

/** Makes alerts say what is found now. Where the state or the episode changes, lastAt does. */
export async function rewriteAlerts(
  tx: Query,
  alerts: readonly Rewriting[],
  nowMs: number,
): Promise<void> {
  const rows = alerts.map(({ id, drift, state, episode }) => ({
    ...{ id: String(id), state, episode },
    ...driftColumns(drift),
  }))
  await tx`
    update alert set kind = given.kind, severity = given.severity,
      baseline_version = given.baseline_version, summary = given.summary, reasons = given.reasons,
      reasons_against = given.reasons_against, rule_id = given.rule_id, reaches = given.reaches,
      news = given.news, state = given.state, episode = given.episode,
      snoozed_until = case when given.state = 'snoozed' then alert.snoozed_until end,
      quiet_since = case when given.state = 'recovered' then alert.quiet_since end,
      last_at = case when (alert.state, alert.episode) = (given.state, given.episode)
        then alert.last_at else to_timestamp(${nowMs}::float8 / 1000) end
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as given(id bigint, state text,
      episode int, kind text, severity text, baseline_version int, summary text, reasons jsonb,
      reasons_against jsonb, rule_id text, reaches jsonb, news jsonb)
    where alert.id = given.id and (alert.kind, alert.severity, alert.baseline_version,
      alert.summary, alert.reasons, alert.reasons_against, alert.rule_id, alert.reaches, alert.news,
      alert.state, alert.episode)
      is distinct from (given.kind, given.severity, given.baseline_version, given.summary,
      given.reasons, given.reasons_against, given.rule_id, given.reaches, given.news, given.state,
      given.episode)`
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

/** Accepts those of these standing alerts behind which no edge stands any more: the baseline holds it. */
export async function acceptForsaken(
  tx: Query,
  ids: readonly bigint[],
  by: { readonly actor: string; readonly reason: string; readonly nowMs: number },
): Promise<void> {
  const rows = await tx<IdRow[]>`
    select id from alert
    where id = any(${ids.map(String)}::bigint[]) and state = any(${[...STANDING_STATES]}::text[])
      and not exists (select from edge where edge.alert_id = alert.id)
    order by id for update`
  await decideAlerts(
    tx,
    rows.map((row) => row.id),
    { action: 'accepted', ...by },
  )
}

/** Closes alerts that the caller has locked: what strayed was not seen since (unix ms). */
export async function recoverAlerts(
  tx: Query,
  alerts: readonly { readonly id: bigint; readonly seenMs: number }[],
  nowMs: number,
): Promise<void> {
  await tx`
    update alert set state = 'recovered', snoozed_until = null,
      quiet_since = to_timestamp(given.seen_ms / 1000),
      last_at = to_timestamp(${nowMs}::float8 / 1000)
    from unnest(
      ${alerts.map(({ id }) => String(id))}::bigint[],
      ${alerts.map(({ seenMs }) => seenMs)}::float8[]
    ) as given(id, seen_ms)
    where alert.id = given.id`
}

type LeftRow = { incident_id: bigint }

/** Puts alerts into incidents; returns the incidents that they were in before. */
export async function assignIncidents(
  tx: Query,
  alerts: readonly { readonly id: bigint; readonly incidentId: bigint }[],
): Promise<readonly bigint[]> {
  const rows = await tx<LeftRow[]>`
    with given as (
      select * from unnest(
        ${alerts.map(({ id }) => String(id))}::bigint[],
        ${alerts.map(({ incidentId }) => String(incidentId))}::bigint[]
      ) as given(id, incident_id)
    ), former as (
      select alert.id, alert.incident_id from alert join given using (id)
    ), assigned as (
      update alert set incident_id = given.incident_id from given where alert.id = given.id
    )
    select distinct former.incident_id from former join given using (id)
    where former.incident_id <> given.incident_id`
  return rows.map((row) => row.incident_id)
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
      quiet_since = case when given.state = 'recovered' then alert.quiet_since end,
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

/** Deletes the alerts of an environment with their history; returns how many. */
export async function deleteAlerts(tx: Query, environment: string): Promise<number> {
  await deleteEventsOf(tx, environment)
  const { count } = await tx`delete from alert where environment = ${environment}`
  return count
}

/** isAlone: about a service without edges, the source. */
export type MovedAlert = {
  readonly id: bigint
  readonly edge: EdgeKey
  readonly isAlone: boolean
}

/**
 * Makes an alert speak of an edge, or a service alone, by its new name. False, and nothing done, when there is
 * an alert about that already.
 */
export async function moveAlert(tx: Query, { id, edge, isAlone }: MovedAlert): Promise<boolean> {
  const { source, target } = edge
  const subject = isAlone ? nodeSubject(source) : edgeSubject(edge)
  const hash = hashSubject(subject)
  const { count } = await tx`
    update alert as moved set subject = ${subject}, subject_hash = ${hash},
      source_namespace = ${source.namespace}, source_name = ${source.name},
      target_namespace = ${isAlone ? null : target.namespace},
      target_name = ${isAlone ? null : target.name}
    where id = ${String(id)}::bigint and not exists (
      select from alert as other where other.environment = moved.environment
        and other.subject_hash = ${hash} and other.id <> moved.id
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
