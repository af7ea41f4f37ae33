// Writes the table edge: sums, attributes, and what it was judged against.
import { WAITING_STATES } from '../core/baseline/alert-state.ts'
import { DIGESTS_KEPT } from '../core/graph/digests.ts'
import { type EdgeDelta, PROTOCOLS, TRUST_RULES } from '../core/graph/edge.ts'
import { numbersLiteral, textsLiteral } from './array-literal.ts'
import { type EdgePair, pairColumns } from './edge-pairs.ts'
import type { Query } from './sql.ts'

const HOSTS_MAX = 32
const PORTS_MAX = 32

export type EdgeRow = EdgeDelta & {
  readonly environment: string
  readonly sourceId: bigint
  readonly targetId: bigint
}

type UpsertedRow = { id: bigint; source_id: bigint; target_id: bigint }

/** `${sourceId}-${targetId}`: an edge's identity among stored nodes. */
export function endsOf(edge: { readonly sourceId: bigint; readonly targetId: bigint }): string {
  return `${edge.sourceId}-${edge.targetId}`
}

/**
 * Adds and merges edges; returns their ids by endsOf. edges: each pair of ends once, any order. One that shows
 * what its judgement may rest on (a protocol, a port, calls in the clear) is to be judged again.
 */
export async function upsertEdges(
  tx: Query,
  edges: readonly EdgeRow[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await tx<UpsertedRow[]>`
    insert into edge as stored (environment, source_id, target_id, protocol, calls, errors,
      tls_calls, plain_calls, last_plain, first_seen, last_seen, trust, hosts, ports,
      caller_instances, traces)
    select given.environment, given.source_id, given.target_id, given.protocol, given.calls,
      given.errors, given.tls_calls, given.plain_calls,
      to_timestamp(case when given.plain_calls > 0 then given.last_seen / 1000 end),
      to_timestamp(given.first_seen / 1000), to_timestamp(given.last_seen / 1000),
      given.trust::bigint[], given.hosts::text[], given.ports::int[], given.callers::text[],
      given.traces::text[]
    from unnest(
      ${edges.map((edge) => edge.environment)}::text[],
      ${edges.map((edge) => String(edge.sourceId))}::bigint[],
      ${edges.map((edge) => String(edge.targetId))}::bigint[],
      ${edges.map((edge) => PROTOCOLS.indexOf(edge.protocol))}::smallint[],
      ${edges.map((edge) => edge.calls)}::bigint[],
      ${edges.map((edge) => edge.errors)}::bigint[],
      ${edges.map((edge) => edge.tlsCalls)}::bigint[],
      ${edges.map((edge) => edge.plainCalls)}::bigint[],
      ${edges.map((edge) => edge.firstSeenMs)}::float8[],
      ${edges.map((edge) => edge.lastSeenMs)}::float8[],
      ${edges.map((edge) => `{${TRUST_RULES.map((rule) => edge.trust[rule] ?? 0)}}`)}::text[],
      ${edges.map((edge) => textsLiteral(edge.hosts, HOSTS_MAX))}::text[],
      ${edges.map((edge) => numbersLiteral(edge.ports, PORTS_MAX))}::text[],
      ${edges.map((edge) => textsLiteral(edge.callerInstances, DIGESTS_KEPT))}::text[],
      ${edges.map((edge) => textsLiteral(edge.traces, DIGESTS_KEPT))}::text[]
    ) as given(environment, source_id, target_id, protocol, calls, errors, tls_calls, plain_calls,
      first_seen, last_seen, trust, hosts, ports, callers, traces)
    order by 2, 3
    on conflict (source_id, target_id) do update set
      protocol = greatest(stored.protocol, excluded.protocol),
      calls = greatest(stored.calls + excluded.calls, 0),
      errors = greatest(stored.errors + excluded.errors, 0),
      tls_calls = greatest(stored.tls_calls + excluded.tls_calls, 0),
      plain_calls = greatest(stored.plain_calls + excluded.plain_calls, 0),
      last_plain = greatest(stored.last_plain, excluded.last_plain),
      first_seen = least(stored.first_seen, excluded.first_seen),
      last_seen = greatest(stored.last_seen, excluded.last_seen),
      trust = coalesce(add_counts(stored.trust, excluded.trust), '{}'),
      hosts = case when excluded.hosts <@ stored.hosts then stored.hosts
        else merge_texts(stored.hosts, excluded.hosts, ${HOSTS_MAX}) end,
      ports = case when excluded.ports <@ stored.ports then stored.ports
        else merge_numbers(stored.ports, excluded.ports, ${PORTS_MAX}) end,
      caller_instances = case when excluded.caller_instances <@ stored.caller_instances
        then stored.caller_instances
        else merge_texts(stored.caller_instances, excluded.caller_instances, ${DIGESTS_KEPT}) end,
      traces = case when excluded.traces <@ stored.traces then stored.traces
        else merge_texts(stored.traces, excluded.traces, ${DIGESTS_KEPT}) end,
      judged_version = case
        when excluded.protocol > stored.protocol or not excluded.ports <@ stored.ports
          or (stored.plain_calls > 0) <> (stored.plain_calls + excluded.plain_calls > 0)
        then null else stored.judged_version end
    returning id, source_id, target_id`
  return new Map(
    rows.map((row) => [endsOf({ sourceId: row.source_id, targetId: row.target_id }), row.id]),
  )
}

export type RemovedEdge = {
  readonly id: bigint
  readonly environment: string
  readonly alertId: bigint | null
}
type RemovedRow = { id: bigint; environment: string; alert_id: bigint | null }

/**
 * Removes those of these edges whose calls have returned to 0, with their operations and exemplars.
 */
export async function removeEmptyEdges(
  tx: Query,
  ids: readonly bigint[],
): Promise<readonly RemovedEdge[]> {
  const rows = await tx<RemovedRow[]>`
    delete from edge where id = any(${ids.map(String)}::bigint[]) and calls <= 0
    returning id, environment, alert_id`
  return rows.map((row) => ({ id: row.id, environment: row.environment, alertId: row.alert_id }))
}

/** Edges of an environment, and those of others that lead into it, held until they are deleted. */
export async function lockEdgesAt(tx: Query, environment: string): Promise<readonly RemovedEdge[]> {
  const rows = await tx<RemovedRow[]>`
    select id, alert_id, environment from edge
    where environment = ${environment}
      or target_id in (select id from node where environment = ${environment})
    order by id for update`
  return rows.map((row) => ({
    id: row.id,
    alertId: row.alert_id,
    environment: row.environment,
  }))
}

/** Deletes edges whatever they count, with their operations. */
export async function deleteEdges(tx: Query, ids: readonly bigint[]): Promise<void> {
  await tx`delete from edge where id = any(${ids.map(String)}::bigint[])`
}

export type PlacedEdge = RemovedEdge & { readonly sourceId: bigint; readonly targetId: bigint }
type PlacedRow = RemovedRow & { source_id: bigint; target_id: bigint }

/** Edges at these nodes, held until the transaction ends, by id. */
export async function lockEdgesOf(
  tx: Query,
  nodeIds: readonly bigint[],
): Promise<readonly PlacedEdge[]> {
  const ids = nodeIds.map(String)
  const rows = await tx<PlacedRow[]>`
    select id, alert_id, environment, source_id, target_id from edge
    where source_id = any(${ids}::bigint[]) or target_id = any(${ids}::bigint[])
    order by id for update`
  return rows.map((row) => ({
    ...{ id: row.id, alertId: row.alert_id, environment: row.environment },
    ...{ sourceId: row.source_id, targetId: row.target_id },
  }))
}

/** Adds edges to those they are merged into, and deletes them. pairs: each `into` at most once. */
export async function mergeEdges(tx: Query, pairs: readonly EdgePair[]): Promise<void> {
  const { from, into } = pairColumns(pairs)
  await tx`
    update edge as kept set protocol = greatest(kept.protocol, old.protocol),
      calls = kept.calls + old.calls, errors = kept.errors + old.errors,
      tls_calls = kept.tls_calls + old.tls_calls, plain_calls = kept.plain_calls + old.plain_calls,
      last_plain = greatest(kept.last_plain, old.last_plain),
      first_seen = least(kept.first_seen, old.first_seen),
      last_seen = greatest(kept.last_seen, old.last_seen),
      trust = coalesce(add_counts(kept.trust, old.trust), '{}'),
      hosts = merge_texts(kept.hosts, old.hosts, ${HOSTS_MAX}),
      ports = merge_numbers(kept.ports, old.ports, ${PORTS_MAX}),
      caller_instances = merge_texts(kept.caller_instances, old.caller_instances, ${DIGESTS_KEPT}),
      traces = merge_texts(kept.traces, old.traces, ${DIGESTS_KEPT})
    from unnest(${from}::bigint[], ${into}::bigint[]) as pair(from_id, into_id)
    join edge as old on old.id = pair.from_id
    where kept.id = pair.into_id`
  await deleteEdges(
    tx,
    pairs.map((pair) => pair.from),
  )
}

/** Gives edges their new ends, and forgets what they were judged to be. */
export async function placeEdges(
  tx: Query,
  edges: readonly { readonly id: bigint; readonly sourceId: bigint; readonly targetId: bigint }[],
): Promise<void> {
  await tx`
    update edge set source_id = given.source_id, target_id = given.target_id,
      judged_version = null
    from unnest(
      ${edges.map((edge) => String(edge.id))}::bigint[],
      ${edges.map((edge) => String(edge.sourceId))}::bigint[],
      ${edges.map((edge) => String(edge.targetId))}::bigint[]
    ) as given(id, source_id, target_id)
    where edge.id = given.id`
}

/**
 * Deletes edges that nothing was seen of since a time, at most so many, but for those behind an alert
 * that waits; returns how many.
 */
export async function deleteUnseenEdges(
  tx: Query,
  beforeMs: number,
  countMax: number,
): Promise<number> {
  const { count } = await tx`
    delete from edge where id in (
      select edge.id from edge left join alert on alert.id = edge.alert_id
      where edge.last_seen < to_timestamp(${beforeMs}::float8 / 1000)
        and coalesce(alert.state <> all(${[...WAITING_STATES]}::text[]), true)
      limit ${countMax}
    ) and last_seen < to_timestamp(${beforeMs}::float8 / 1000)`
  return count
}

export type Judgement = {
  readonly edgeId: bigint
  readonly version: number
  /** The alert the edge stands behind; null when the baseline holds it. */
  readonly alertId: bigint | null
}

export async function writeJudgements(tx: Query, judgements: readonly Judgement[]): Promise<void> {
  await tx`
    update edge set judged_version = given.version, alert_id = given.alert_id
    from unnest(
      ${judgements.map((each) => String(each.edgeId))}::bigint[],
      ${judgements.map((each) => each.version)}::int[],
      ${judgements.map((each) => (each.alertId === null ? null : String(each.alertId)))}::bigint[]
    ) as given(edge_id, version, alert_id)
    where edge.id = given.edge_id`
}

/** Edges are to be judged again: something new was seen of them. */
export async function unjudgeEdges(tx: Query, ids: readonly bigint[]): Promise<void> {
  await tx`
    update edge set judged_version = null
    where id = any(${ids.map(String)}::bigint[]) and judged_version is not null`
}

type IdRow = { id: bigint }

/** Edges that stand behind these alerts are to be judged again; returns their ids. */
export async function unjudgeBehind(
  tx: Query,
  alertIds: readonly bigint[],
): Promise<readonly bigint[]> {
  const rows = await tx<IdRow[]>`
    update edge set judged_version = null
    where alert_id = any(${alertIds.map(String)}::bigint[]) returning id`
  return rows.map((row) => row.id)
}

/** Has edges without an alert judged when they are seen again, if they were last seen before a time. */
export async function unjudgeUnseen(
  tx: Query,
  environment: string,
  beforeMs: number,
): Promise<void> {
  await tx`
    update edge set judged_version = null
    where environment = ${environment} and last_seen < to_timestamp(${beforeMs}::float8 / 1000)
      and judged_version is not null and alert_id is null`
}

/** How many edges an environment has, and when the newest of them came onto the map. */
export type EdgeArrivals = {
  readonly edges: number
  /** Unix ms by the database's clock; null when there is no edge. */
  readonly newestMs: number | null
  /** Ms since then by the same clock. */
  readonly sinceNewestMs: number | null
}

type ArrivalsRow = { edges: number; newest: Date | null; since_newest_ms: number | null }

export async function readArrivals(sql: Query, environment: string): Promise<EdgeArrivals> {
  const [row] = await sql<ArrivalsRow[]>`
    select count(*)::int as edges, max(found_at) as newest,
      extract(epoch from clock_timestamp() - max(found_at))::float8 * 1000 as since_newest_ms
    from edge where environment = ${environment}`
  return {
    edges: row?.edges ?? 0,
    newestMs: row?.newest?.getTime() ?? null,
    sinceNewestMs: row?.since_newest_ms ?? null,
  }
}

/**
 * Edges at nodes that only peers state and whose name is one of these services': the identity they
 * resolve to may have changed, so they are to be judged again.
 */
export async function unjudgeStatedEdges(
  tx: Query,
  services: readonly { readonly environment: string; readonly name: string }[],
): Promise<readonly bigint[]> {
  const rows = await tx<IdRow[]>`
    update edge set judged_version = null
    from node, unnest(
      ${services.map((each) => each.environment)}::text[],
      ${services.map((each) => each.name)}::text[]
    ) as given(environment, name)
    where node.environment = given.environment and node.kind = 'service' and node.namespace = ''
      and node.name = given.name and not node.is_observed
      and (edge.source_id = node.id or edge.target_id = node.id)
    returning edge.id`
  return rows.map((row) => row.id)
}
