// Reads the edges of a commit that have to be held against their environment's active baseline, each with all that are
// one edge with it in resolved identities: what is seen over any of them is judged together.
import { edgeId } from '../core/baseline/drift.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { type NodeKind, nodeId } from '../core/graph/node.ts'
import { type ResolvableNode, resolveNodes } from '../core/graph/resolve.ts'
import { readServicesNamed } from './nodes.ts'
import type { Query } from './sql.ts'

/** An edge to be judged: resolved ends, and the stored edges that it is. */
export type JudgedEdge = EdgeKey & { readonly members: readonly JudgedMember[] }

export type JudgedMember = {
  readonly id: bigint
  /** Position in PROTOCOLS. */
  readonly protocol: number
  readonly calls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly ports: readonly number[]
  readonly tlsCalls: number
  readonly plainCalls: number
  /** Unix ms; null: none in the clear, or from before this was kept. */
  readonly lastPlainMs: number | null
  /** The alert it stood behind until now. */
  readonly alertId: bigint | null
}

type Member = JudgedMember & { readonly source: End; readonly target: End }
type End = ResolvableNode & { readonly nodeId: bigint }

/**
 * Those of these edges that have calls and were not yet held against their environment's active version, of whatever
 * environment.
 */
export async function readUnjudged(
  tx: Query,
  ids: readonly bigint[],
): Promise<readonly JudgedEdge[]> {
  const rows = await tx<MemberRow[]>`
    select ${memberColumns(tx)}
    from edge
    join environment on environment.name = edge.environment
    join node as source on source.id = edge.source_id
    join node as target on target.id = edge.target_id
    where edge.id = any(${ids.map(String)}::bigint[]) and edge.calls > 0
      and environment.active_version is not null
      and edge.judged_version is distinct from environment.active_version
    order by edge.id`
  if (rows.length === 0) return []
  const unjudged = rows.map(memberOf)
  const ends = unjudged.flatMap(({ source, target }) => [source, target])
  const services = ends.filter((node) => node.kind === 'service')
  const named = services.length > 0 ? await readServicesNamed(tx, services) : []
  const twins = await readTwins(tx, unjudged, named)
  const all = new Map([...twins, ...unjudged].map((member) => [member.id, member]))
  const nodes = [...all.values()].flatMap(({ source, target }) => [source, target])
  const resolved = resolveNodes(
    new Map([...named, ...nodes].map((node) => [nodeId(node), node])).values(),
  )
  const resolve = (node: End) => resolved.get(nodeId(node)) ?? node
  const groups = Map.groupBy(all.values(), ({ source, target }) =>
    edgeId({ source: resolve(source), target: resolve(target) }),
  )
  const isAsked = new Set(unjudged.map(({ id }) => id))
  return [...groups.values()].flatMap((members) => {
    const [first] = members
    if (!first || !members.some(({ id }) => isAsked.has(id))) return []
    return [{ source: resolve(first.source), target: resolve(first.target), members }]
  })
}

/** Hosts may be of one domain, and a service may also be known by its stated name alone. */
async function readTwins(
  tx: Query,
  unjudged: readonly Member[],
  named: readonly (ResolvableNode & { readonly id: bigint })[],
): Promise<readonly Member[]> {
  const byName = Map.groupBy(named, ({ environment, name }) => `${environment}\0${name}`)
  const twinsOf = ({ kind, environment, name, nodeId: own }: End) =>
    (kind === 'service' ? byName.get(`${environment}\0${name}`) : undefined)?.map(
      ({ id }) => id,
    ) ?? [own]
  const doubtful = unjudged.filter(
    ({ source, target }) =>
      target.kind === 'external' || twinsOf(source).length > 1 || twinsOf(target).length > 1,
  )
  if (doubtful.length === 0) return []
  const sources = doubtful.flatMap(({ source }) => twinsOf(source))
  const targets = doubtful.flatMap(({ target }) => twinsOf(target))
  const rows = await tx<MemberRow[]>`
    select ${memberColumns(tx)}
    from edge
    join node as source on source.id = edge.source_id
    join node as target on target.id = edge.target_id
    where edge.source_id = any(${sources.map(String)}::bigint[]) and edge.calls > 0
      and (edge.target_id = any(${targets.map(String)}::bigint[]) or target.kind = 'external')
    order by edge.id`
  return rows.map(memberOf)
}

type MemberRow = {
  id: bigint
  protocol: number
  calls: bigint
  first_seen: Date
  last_seen: Date
  ports: number[]
  tls_calls: bigint
  plain_calls: bigint
  last_plain: Date | null
  alert_id: bigint | null
  source_id: bigint
  source_environment: string
  source_kind: NodeKind
  source_namespace: string
  source_name: string
  source_is_observed: boolean
  target_id: bigint
  target_environment: string
  target_kind: NodeKind
  target_namespace: string
  target_name: string
  target_is_observed: boolean
}

function memberColumns(tx: Query) {
  return tx`
    edge.id, edge.protocol, edge.calls, edge.first_seen, edge.last_seen, edge.ports,
    edge.tls_calls, edge.plain_calls, edge.last_plain, edge.alert_id, edge.source_id, edge.target_id,
    source.environment as source_environment, source.kind as source_kind,
    source.namespace as source_namespace, source.name as source_name,
    source.is_observed as source_is_observed,
    target.environment as target_environment, target.kind as target_kind,
    target.namespace as target_namespace, target.name as target_name,
    target.is_observed as target_is_observed`
}

function memberOf(row: MemberRow): Member {
  return {
    ...{ id: row.id, protocol: row.protocol, calls: Number(row.calls), ports: row.ports },
    ...{ firstSeenMs: row.first_seen.getTime(), lastSeenMs: row.last_seen.getTime() },
    ...{ tlsCalls: Number(row.tls_calls), plainCalls: Number(row.plain_calls) },
    ...{ lastPlainMs: row.last_plain?.getTime() ?? null, alertId: row.alert_id },
    source: {
      nodeId: row.source_id,
      environment: row.source_environment,
      kind: row.source_kind,
      namespace: row.source_namespace,
      name: row.source_name,
      isObserved: row.source_is_observed,
    },
    target: {
      nodeId: row.target_id,
      environment: row.target_environment,
      kind: row.target_kind,
      namespace: row.target_namespace,
      name: row.target_name,
      isObserved: row.target_is_observed,
    },
  }
}
