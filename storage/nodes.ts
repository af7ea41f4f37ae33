// Writes the table node: identities and what was seen of them, merged by sums, minima and maxima.

import { DIGESTS_KEPT } from '../core/graph/digests.ts'
import type { NodeDelta } from '../core/graph/edge.ts'
import type { Rollout } from '../core/graph/graph.ts'
import { type NodeKey, type NodeKind, nodeId } from '../core/graph/node.ts'
import type { ResolvableNode } from '../core/graph/resolve.ts'
import { textsLiteral } from './array-literal.ts'
import type { Query } from './sql.ts'

const VERSIONS_MAX = 32

type KeyRow = { environment: string; kind: NodeKind; namespace: string; name: string }
type UpsertedRow = KeyRow & { id: bigint }

/**
 * Adds and merges nodes; returns their ids by nodeId. nodes: each identity once, any order.
 * The proposed row must hold the signed count as it is, because `excluded` is that row.
 */
export async function upsertNodes(
  tx: Query,
  nodes: readonly NodeDelta[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await tx<UpsertedRow[]>`
    insert into node as stored (environment, kind, namespace, name, first_seen, last_seen,
      is_observed, is_sampled, is_whole, versions, instances, unattributed_calls)
    select given.environment, given.kind, given.namespace, given.name,
      to_timestamp(given.first_seen / 1000), to_timestamp(given.last_seen / 1000),
      given.is_observed = 1, given.is_sampled = 1, given.is_whole = 1,
      given.versions::text[], given.instances::text[], given.unattributed_calls
    from unnest(
      ${nodes.map((node) => node.environment)}::text[],
      ${nodes.map((node) => node.kind)}::text[],
      ${nodes.map((node) => node.namespace)}::text[],
      ${nodes.map((node) => node.name)}::text[],
      ${nodes.map((node) => node.firstSeenMs)}::float8[],
      ${nodes.map((node) => node.lastSeenMs)}::float8[],
      ${nodes.map((node) => (node.isObserved ? 1 : 0))}::int[],
      ${nodes.map((node) => (node.isSampled ? 1 : 0))}::int[],
      ${nodes.map((node) => (node.isWhole ? 1 : 0))}::int[],
      ${nodes.map((node) => textsLiteral(node.versions, VERSIONS_MAX))}::text[],
      ${nodes.map((node) => textsLiteral(node.instances, DIGESTS_KEPT))}::text[],
      ${nodes.map((node) => node.unattributedCalls)}::bigint[]
    ) as given(environment, kind, namespace, name, first_seen, last_seen, is_observed, is_sampled,
      is_whole, versions, instances, unattributed_calls)
    order by 1, 2, 3, 4
    on conflict (environment, kind, namespace, name) do update set
      first_seen = least(stored.first_seen, excluded.first_seen),
      last_seen = greatest(stored.last_seen, excluded.last_seen),
      is_observed = stored.is_observed or excluded.is_observed,
      is_sampled = stored.is_sampled or excluded.is_sampled,
      is_whole = stored.is_whole or excluded.is_whole,
      versions = case when excluded.versions <@ stored.versions then stored.versions
        else merge_texts(stored.versions, excluded.versions, ${VERSIONS_MAX}) end,
      newest_version = case
        when stored.versions = '{}' or excluded.versions <@ stored.versions
        then stored.newest_version else new_text(stored.versions, excluded.versions) end,
      version_since = case
        when stored.versions = '{}' or excluded.versions <@ stored.versions
        then stored.version_since else excluded.last_seen end,
      instances = case when excluded.instances <@ stored.instances then stored.instances
        else merge_texts(stored.instances, excluded.instances, ${DIGESTS_KEPT}) end,
      unattributed_calls = greatest(stored.unattributed_calls + excluded.unattributed_calls, 0)
    returning id, environment, kind, namespace, name`
  return new Map(rows.map((row) => [nodeId(row), row.id]))
}

/** Deletes the nodes of an environment, when no edge has them any more; returns how many. */
export async function deleteNodes(tx: Query, environment: string): Promise<number> {
  const { count } = await tx`delete from node where environment = ${environment}`
  return count
}

/** The stored id of a node; null when there is none. Held until the transaction ends. */
export async function lockNode(tx: Query, key: NodeKey): Promise<bigint | null> {
  const [row] = await tx<{ id: bigint }[]>`
    select id from node where environment = ${key.environment} and kind = ${key.kind}
      and namespace = ${key.namespace} and name = ${key.name} for update`
  return row?.id ?? null
}

/** Gives a node another name. Nobody else has it. */
export async function renameStoredNode(tx: Query, id: bigint, key: NodeKey): Promise<void> {
  await tx`
    update node set namespace = ${key.namespace}, name = ${key.name} where id = ${String(id)}::bigint`
}

/** Adds what was seen of nodes to one of them. */
export async function mergeStoredNodes(
  tx: Query,
  fromIds: readonly bigint[],
  intoId: bigint,
): Promise<void> {
  for (const fromId of fromIds)
    await tx`
      update node as kept set first_seen = least(kept.first_seen, old.first_seen),
        last_seen = greatest(kept.last_seen, old.last_seen),
        is_observed = kept.is_observed or old.is_observed,
        is_sampled = kept.is_sampled or old.is_sampled, is_whole = kept.is_whole or old.is_whole,
        versions = merge_texts(kept.versions, old.versions, ${VERSIONS_MAX}),
        instances = merge_texts(kept.instances, old.instances, ${DIGESTS_KEPT}),
        unattributed_calls = kept.unattributed_calls + old.unattributed_calls
      from node as old
      where kept.id = ${String(intoId)}::bigint and old.id = ${String(fromId)}::bigint`
}

/** Deletes nodes that have no edges. */
export async function deleteStoredNodes(tx: Query, ids: readonly bigint[]): Promise<void> {
  await tx`delete from node where id = any(${ids.map(String)}::bigint[])`
}

/** Deletes nodes without edges of which nothing was seen since a time; returns how many. */
export async function deleteUnseenNodes(tx: Query, beforeMs: number): Promise<number> {
  const { count } = await tx`
    delete from node
    where last_seen < to_timestamp(${beforeMs}::float8 / 1000)
      and not exists (select from edge where edge.source_id = node.id)
      and not exists (select from edge where edge.target_id = node.id)`
  return count
}

type ServiceRow = KeyRow & { id: bigint; is_observed: boolean }

/** Every service of these names in these environments, whatever its namespace. */
export async function readServicesNamed(
  tx: Query,
  names: readonly { readonly environment: string; readonly name: string }[],
): Promise<readonly (ResolvableNode & { readonly id: bigint })[]> {
  const rows = await tx<ServiceRow[]>`
    select id, environment, kind, namespace, name, is_observed from node
    where kind = 'service' and (environment, name) in (
      select given.environment, given.name from unnest(
        ${names.map((each) => each.environment)}::text[],
        ${names.map((each) => each.name)}::text[]
      ) as given(environment, name)
    )`
  return rows.map(({ is_observed, ...key }) => ({ ...key, isObserved: is_observed }))
}

/** This node and all that might be the same one in resolved identities (core/graph/resolve.ts). */
export async function readTwinCandidates(
  tx: Query,
  id: bigint,
): Promise<readonly (ResolvableNode & { readonly id: bigint })[]> {
  const rows = await tx<ServiceRow[]>`
    select twin.id, twin.environment, twin.kind, twin.namespace, twin.name, twin.is_observed
    from node join node as twin on twin.environment = node.environment and twin.kind = node.kind
      and (twin.kind = 'external' or twin.name = node.name)
    where node.id = ${String(id)}::bigint`
  return rows.map(({ is_observed, ...node }) => ({ ...node, isObserved: is_observed }))
}

export type StoredNode = NodeKey & {
  readonly id: bigint
  readonly isObserved: boolean
  /** Some of its spans were sampled, some were not: NodeDelta. */
  readonly isSampled: boolean
  readonly isWhole: boolean
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly versions: readonly string[]
  readonly instances: readonly string[]
  /** The version that was seen last for the first time, and when; null while there was but one. */
  readonly rollout: Rollout | null
  readonly unattributedCalls: number
}

type StoredRow = KeyRow & {
  id: bigint
  first_seen: Date
  last_seen: Date
  is_observed: boolean
  is_sampled: boolean
  is_whole: boolean
  versions: string[]
  instances: string[]
  newest_version: string | null
  version_since: Date | null
  unattributed_calls: bigint
}

/** All nodes of an environment, and those of others that its edges lead to. */
export async function readNodes(sql: Query, environment: string): Promise<readonly StoredNode[]> {
  const rows = await sql<StoredRow[]>`
    select id, environment, kind, namespace, name, first_seen, last_seen, is_observed, is_sampled,
      is_whole, versions, instances, newest_version, version_since, unattributed_calls
    from node
    where environment = ${environment}
      or id in (select target_id from edge where environment = ${environment})`
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    kind: row.kind,
    namespace: row.namespace,
    name: row.name,
    isObserved: row.is_observed,
    isSampled: row.is_sampled,
    isWhole: row.is_whole,
    firstSeenMs: row.first_seen.getTime(),
    lastSeenMs: row.last_seen.getTime(),
    versions: row.versions,
    instances: row.instances,
    rollout: rolloutOf(row),
    unattributedCalls: Math.max(0, Number(row.unattributed_calls)),
  }))
}

function rolloutOf({ newest_version, version_since }: StoredRow): Rollout | null {
  if (newest_version === null || version_since === null) return null
  return { version: newest_version, sinceMs: version_since.getTime() }
}

/** Services of these whose version has changed: by nodeId, under the names they are stored by. */
export async function readRollouts(
  tx: Query,
  services: readonly NodeKey[],
): Promise<ReadonlyMap<string, Rollout>> {
  const rows = await tx<(KeyRow & { newest_version: string; version_since: Date })[]>`
    select environment, kind, namespace, name, newest_version, version_since from node
    where newest_version is not null and version_since is not null
      and (environment, kind, namespace, name) in (
        select given.environment, given.kind, given.namespace, given.name from unnest(
          ${services.map((node) => node.environment)}::text[],
          ${services.map((node) => node.kind)}::text[],
          ${services.map((node) => node.namespace)}::text[],
          ${services.map((node) => node.name)}::text[]
        ) as given(environment, kind, namespace, name))`
  return new Map(
    rows.map((row) => [
      nodeId(row),
      { version: row.newest_version, sinceMs: row.version_since.getTime() },
    ]),
  )
}

/** Unix ms; when anything of an environment was seen last. 0: nothing was. */
export async function readNewestSight(tx: Query, environment: string): Promise<number> {
  const [row] = await tx<{ seen: Date | null }[]>`
    select max(last_seen) as seen from node where environment = ${environment}`
  return row?.seen?.getTime() ?? 0
}

export type LonelyService = ResolvableNode & {
  readonly firstSeenMs: number
  readonly lastSeenMs: number
}
type LonelyRow = Omit<ServiceRow, 'id'> & { first_seen: Date; last_seen: Date }

/** Services with spans of their own that neither have an edge nor a name by which one is stated. */
export async function readLonelyServices(
  tx: Query,
  environment: string,
  { seenSinceMs, foundBeforeMs }: { readonly seenSinceMs: number; readonly foundBeforeMs: number },
): Promise<readonly LonelyService[]> {
  const rows = await tx<LonelyRow[]>`
    select environment, kind, namespace, name, is_observed, first_seen, last_seen from node
    where environment = ${environment} and kind = 'service' and is_observed
      and last_seen >= to_timestamp(${seenSinceMs}::float8 / 1000)
      and first_seen < to_timestamp(${foundBeforeMs}::float8 / 1000)
      and not exists (
        select from node as twin
        where twin.environment = node.environment and twin.kind = 'service'
          and twin.name = node.name and (twin.id = node.id or not twin.is_observed)
          and (exists (select from edge where edge.source_id = twin.id)
            or exists (select from edge where edge.target_id = twin.id)))
    order by id`
  return rows.map(({ is_observed, first_seen, last_seen, ...key }) => {
    const seen = { firstSeenMs: first_seen.getTime(), lastSeenMs: last_seen.getTime() }
    return { ...key, isObserved: is_observed, ...seen }
  })
}
