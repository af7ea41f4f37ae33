// Writes the table incident: finds or begins the incident of alerts that open or reopen, in their transaction. What the
// cause is the core says (core/baseline/incident.ts); all else of an incident is read from its alerts
// (incident-reads.ts).
import { createHash } from 'node:crypto'
import {
  type Cause,
  causeKey,
  causeOf,
  type IncidentKind,
  sinceOf,
  takesMore,
} from '../core/baseline/incident.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { assignIncidents } from './alert-record.ts'
import type { FoundDrift } from './drift-columns.ts'
import { type CauseColumns, causeOfRow } from './incident-row.ts'
import { readRollouts } from './nodes.ts'
import type { Query } from './sql.ts'

/** isBack: it had recovered. */
export type RaisedAlert = {
  readonly id: bigint
  readonly drift: FoundDrift
  readonly isBack: boolean
}

type Caused = { readonly id: bigint; readonly cause: Cause; readonly hash: string }

/** Puts alerts of an environment into the incidents of their causes, and out of those they were in. */
export async function placeAlerts(
  tx: Query,
  { environment, nowMs }: { readonly environment: string; readonly nowMs: number },
  alerts: readonly RaisedAlert[],
): Promise<void> {
  const [caused] = await Promise.all([findCauses(tx, alerts), lockIncidents(tx, environment)])
  const causes = new Map(caused.map(({ hash, cause }) => [hash, cause]))
  const newest = await readNewest(tx, environment, [...causes.keys()])
  const taking = newest.filter((known) =>
    takesMore(known.kind, { lastAtMs: known.lastAtMs, nowMs }),
  )
  const ids = new Map(taking.map(({ hash, id }) => [hash, id]))
  const missing = [...causes].filter(([hash]) => !ids.has(hash))
  const [begun] = await Promise.all([
    beginIncidents(tx, environment, missing, nowMs),
    prolongIncidents(tx, [...ids.values()], nowMs),
  ])
  for (const [hash, id] of begun) ids.set(hash, id)
  const places = caused.flatMap(({ id, hash }) => {
    const incidentId = ids.get(hash)
    return incidentId === undefined ? [] : [{ id, incidentId }]
  })
  const leftIds = await assignIncidents(tx, places)
  if (leftIds.length > 0) await deleteEmpty(tx, leftIds)
}

async function findCauses(tx: Query, alerts: readonly RaisedAlert[]): Promise<readonly Caused[]> {
  const rollouts = await readRollouts(
    tx,
    alerts.map(({ drift }) => endsOf(drift).source),
  )
  return alerts.map(({ id, drift, isBack }) => {
    const ends = endsOf(drift)
    const rollout = rollouts.get(nodeId(ends.source)) ?? null
    const cause = causeOf({
      ...{ ...ends, rollout },
      sinceMs: sinceOf(drift.kind, { ...drift.seen, isBack }),
    })
    return { id, cause, hash: hashCause(cause) }
  })
}

function endsOf({ edge, node }: FoundDrift): { source: NodeKey; target: NodeKey | null } {
  if (edge) return edge
  if (node) return { source: node, target: null }
  throw new Error('a drift is of an edge or of a node')
}

function hashCause(cause: Cause): string {
  return createHash('sha256').update(causeKey(cause)).digest('hex')
}

/** Two collectors, or one and an approval, may raise alerts of one cause at the same time. */
async function lockIncidents(tx: Query, environment: string): Promise<void> {
  await tx`
    select pg_advisory_xact_lock(hashtext('strayline.incident'), hashtext(${environment}))`
}

type Newest = {
  readonly id: bigint
  readonly hash: string
  readonly kind: IncidentKind
  readonly lastAtMs: number
}
type NewestRow = { id: bigint; cause_hash: string; kind: IncidentKind; last_at: Date }

async function readNewest(
  tx: Query,
  environment: string,
  hashes: readonly string[],
): Promise<readonly Newest[]> {
  const rows = await tx<NewestRow[]>`
    select newest.* from unnest(${hashes as string[]}::text[]) as given(hash), lateral (
      select id, cause_hash, kind, last_at from incident
      where environment = ${environment} and cause_hash = given.hash
      order by last_at desc, id desc limit 1
    ) as newest`
  return rows.map(({ id, cause_hash: hash, kind, last_at }) => {
    return { id, hash, kind, lastAtMs: last_at.getTime() }
  })
}

async function prolongIncidents(tx: Query, ids: readonly bigint[], nowMs: number): Promise<void> {
  if (ids.length === 0) return
  await tx`
    update incident set last_at = greatest(last_at, to_timestamp(${nowMs}::float8 / 1000))
    where id = any(${ids.map(String)}::bigint[])`
}

type BegunRow = { id: bigint; cause_hash: string }

/** Ids by hash. */
async function beginIncidents(
  tx: Query,
  environment: string,
  causes: readonly (readonly [hash: string, cause: Cause])[],
  nowMs: number,
): Promise<ReadonlyMap<string, bigint>> {
  if (causes.length === 0) return new Map()
  const rows = causes.map(([hash, cause]) => ({
    ...{ kind: cause.kind, node_kind: cause.node.kind, cause_hash: hash },
    ...{ node_namespace: cause.node.namespace, node_name: cause.node.name },
    version: cause.kind === 'deploy' ? cause.version : null,
    deployed_ms: cause.kind === 'deploy' ? cause.sinceMs : null,
  }))
  const begun = await tx<BegunRow[]>`
    insert into incident (environment, kind, node_kind, node_namespace, node_name, version,
      deployed_at, cause_hash, first_at, last_at)
    select ${environment}, given.kind, given.node_kind, given.node_namespace, given.node_name,
      given.version, to_timestamp(given.deployed_ms / 1000), given.cause_hash,
      to_timestamp(${nowMs}::float8 / 1000), to_timestamp(${nowMs}::float8 / 1000)
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as given(kind text, node_kind text,
      node_namespace text, node_name text, version text, deployed_ms float8, cause_hash text)
    returning id, cause_hash`
  return new Map(begun.map((row) => [row.cause_hash, row.id]))
}

/** Those of these that all alerts have left. */
async function deleteEmpty(tx: Query, ids: readonly bigint[]): Promise<void> {
  await tx`
    delete from incident where id = any(${ids.map(String)}::bigint[])
      and not exists (select from alert where alert.incident_id = incident.id)`
}

type MovedRow = CauseColumns & { id: bigint }

/** Makes incidents of nodes speak of them by their new name. The caller holds the environment. */
export async function moveIncidents(
  tx: Query,
  nodes: readonly NodeKey[],
  own: NodeKey,
): Promise<void> {
  const rows = await tx<MovedRow[]>`
    select id, environment, kind, node_kind, node_namespace, node_name, version, deployed_at
    from incident where (environment, node_kind, node_namespace, node_name) in (
      select given.environment, given.kind, given.namespace, given.name from unnest(
        ${nodes.map((node) => node.environment)}::text[],
        ${nodes.map((node) => node.kind)}::text[],
        ${nodes.map((node) => node.namespace)}::text[],
        ${nodes.map((node) => node.name)}::text[]
      ) as given(environment, kind, namespace, name))`
  if (rows.length === 0) return
  const moved = rows.map((row) => {
    const cause = causeOfRow({ ...row, node_namespace: own.namespace, node_name: own.name })
    return { id: String(row.id), hash: hashCause(cause) }
  })
  await tx`
    update incident set node_namespace = ${own.namespace}, node_name = ${own.name},
      cause_hash = given.hash
    from unnest(
      ${moved.map(({ id }) => id)}::bigint[], ${moved.map(({ hash }) => hash)}::text[]
    ) as given(id, hash)
    where incident.id = given.id`
}

/** Deletes the incidents of an environment, whose alerts are gone. */
export async function deleteIncidents(tx: Query, environment: string): Promise<void> {
  await tx`delete from incident where environment = ${environment}`
}
