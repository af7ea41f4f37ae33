// Reads the graph of an environment in a window of time, in resolved identities: what several
// stored nodes and edges mean together is one here (a vendor's hosts, a service and its stated
// name).

import { firstDigests } from '../core/graph/digests.ts'
import { PROTOCOLS, type Protocol, TRUST_RULES, type Trust } from '../core/graph/edge.ts'
import { estimateOf } from '../core/graph/estimate.ts'
import type {
  CountedEdge,
  CountedGraph,
  Graph,
  GraphNode,
  GraphOperation,
  Rollout,
} from '../core/graph/graph.ts'
import { histogramQuantileMs } from '../core/graph/histogram.ts'
import { compareNodes, compareText } from '../core/graph/node.ts'
import {
  type EdgeSum,
  type EdgeSums,
  type LatencySums,
  type OperationSum,
  sumEdges,
  sumLatencies,
  sumOperations,
} from './bucket-sums.ts'
import { type EdgeGroup, type Groups, type NodeGroup, readGroups } from './graph-groups.ts'
import type { Query, Sql } from './sql.ts'
import type { StoredEdge } from './stored-edges.ts'
import { readSegments } from './tier-state.ts'
import type { Segment } from './tiers.ts'

/** Nodes and edges unseen for so long are hidden, with a count. */
const STALE_MS = 30 * 86_400_000

/** Unix ms; minutes that overlap [fromMs, toMs) count whole. */
export type Window = { readonly fromMs: number; readonly toMs: number }
export type GraphWindow = Window & { readonly environment: string }

/**
 * Edges with calls in the window and all their operations, their ends, and services seen in it that have no
 * edge. Sorted by node (kind, name, namespace, environment); edges by source, then target. All of one moment.
 */
export function readGraph(sql: Sql, window: GraphWindow): Promise<Graph> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const stored = await readWindow(tx, window)
    const { groups, segments } = stored
    const reading = { ...stored, window, latencyEdgesMax: Number.POSITIVE_INFINITY }
    const { nodes, edges } = await assembleGraph(tx, reading)
    const membersOf = new Map(groups.edges.map((group) => [String(group.id), group.members]))
    const ids = edges.flatMap((edge) => (membersOf.get(edge.id) ?? []).map(({ id }) => id))
    const sums = Map.groupBy(await sumOperations(tx, ids, segments), (sum) => sum.edgeId)
    const operationsOf = (edge: CountedEdge) =>
      mergeOperations((membersOf.get(edge.id) ?? []).flatMap(({ id }) => sums.get(id) ?? []))
    return { nodes, edges: edges.map((edge) => ({ ...edge, operations: operationsOf(edge) })) }
  })
}

export type StoredWindow = {
  readonly groups: Groups
  /** What the window is read from. */
  readonly segments: readonly Segment[]
  readonly sums: EdgeSums
}

/** Everything stored of an environment, and what was counted in the window. The sums are made while edges are parsed. */
export async function readWindow(tx: Query, window: GraphWindow): Promise<StoredWindow> {
  const segments = await readSegments(tx, window)
  const [groups, sums] = await Promise.all([
    readGroups(tx, window.environment),
    sumEdges(tx, segments),
  ])
  return { groups, segments, sums }
}

/** What a window of an environment holds; sums of it are all of one moment. */
type Reading = StoredWindow & {
  readonly window: GraphWindow
  /** With more edges than this, none has its latency. */
  readonly latencyEdgesMax: number
}

export async function assembleGraph(tx: Query, reading: Reading): Promise<CountedGraph> {
  const { groups, window } = reading
  const freshMs = window.toMs - STALE_MS
  const isFresh = (group: { readonly members: readonly { readonly lastSeenMs: number }[] }) =>
    group.members.some((member) => member.lastSeenMs >= freshMs)
  const fresh = groups.edges.filter(isFresh)
  const measured = await measureEdges(tx, fresh, reading)
  const { edges, ends } = sortByEnds(measured, groups)
  const nodes: GraphNode[] = []
  let staleNodes = 0
  for (const [id, group] of groups.nodes) {
    if (!isFresh(group)) staleNodes++
    else if (ends.has(id) || isSeenAlone(group, window)) nodes.push(mergeNodes(group))
  }
  const stale = { nodes: staleNodes, edges: groups.edges.length - fresh.length }
  return { nodes: nodes.sort(compareNodes), edges, stale }
}

/** By source, then target; and the ids of both. Nodes are few: their places are compared, not edges' names. */
function sortByEnds(measured: readonly MeasuredEdge[], { nodes }: Groups) {
  const sorted = [...nodes].sort(([, a], [, b]) => compareNodes(a.key, b.key))
  const placeOf = new Map(sorted.map(([id], place) => [id, place]))
  const isEnd = new Uint8Array(sorted.length)
  const placed = measured.map(({ edge, group }) => {
    const source = placeOf.get(group.sourceId) ?? 0
    const target = placeOf.get(group.targetId) ?? 0
    isEnd[source] = 1
    isEnd[target] = 1
    return { edge, place: source * sorted.length + target }
  })
  placed.sort((a, b) => a.place - b.place)
  const ends = new Set(sorted.flatMap(([id], place) => (isEnd[place] === 1 ? [id] : [])))
  return { edges: placed.map(({ edge }) => edge), ends }
}

/** A service of this environment seen in the window is shown even without an edge. */
function isSeenAlone({ key, members }: NodeGroup, window: GraphWindow): boolean {
  if (key.environment !== window.environment) return false
  return (
    members.some((node) => node.isObserved) &&
    members.some((node) => node.lastSeenMs >= window.fromMs) &&
    members.some((node) => node.firstSeenMs < window.toMs)
  )
}

export type MeasuredEdge = { readonly edge: CountedEdge; readonly group: EdgeGroup }

/** Those of the edges that have calls in the window, with what was counted in it. */
export async function measureEdges(
  tx: Query,
  groups: readonly EdgeGroup[],
  { segments, sums, latencyEdgesMax }: Pick<Reading, 'segments' | 'sums' | 'latencyEdgesMax'>,
): Promise<readonly MeasuredEdge[]> {
  const counted = groups.flatMap((group) => {
    const members = group.members.filter((edge) => sums.has(edge.id))
    if (members.length === 0) return []
    return [{ group, members, sum: addSums(members.map(({ id }) => sums.get(id))) }]
  })
  const isMeasured = counted.length <= latencyEdgesMax
  const ids = isMeasured ? counted.flatMap(({ members }) => members.map(({ id }) => id)) : []
  const latencies = ids.length === 0 ? new Map() : await sumLatencies(tx, ids, segments)
  return counted.map(({ group, members, sum }) => {
    const { calls, errors, sampledCalls } = sum
    const edge: CountedEdge = {
      ...mergeEdges(group, members),
      ...{ calls, errors, sampledCalls, estimate: estimateOf(sum, sum) },
      ...quantilesOf(members, latencies),
    }
    return { edge, group }
  })
}

const UNMEASURED = { p50Ms: null, p95Ms: null }

function quantilesOf(
  members: readonly StoredEdge[],
  latencies: ReadonlyMap<bigint, LatencySums>,
): Pick<CountedEdge, 'p50Ms' | 'p95Ms'> {
  if (latencies.size === 0) return UNMEASURED
  return shownQuantiles(addLatencies(members, latencies))
}

/** Of the client side where it was measured, else of the server side. */
export function shownQuantiles({
  client,
  server,
}: LatencySums): Pick<CountedEdge, 'p50Ms' | 'p95Ms'> {
  const shown = client.some((count) => count > 0) ? client : server
  return { p50Ms: histogramQuantileMs(shown, 0.5), p95Ms: histogramQuantileMs(shown, 0.95) }
}

function addSums(sums: readonly (EdgeSum | undefined)[]): EdgeSum {
  const [only] = sums
  if (only && sums.length === 1) return only
  const of = (field: keyof EdgeSum) => sums.reduce((total, sum) => total + (sum?.[field] ?? 0), 0)
  return {
    ...{ calls: of('calls'), errors: of('errors'), sampledCalls: of('sampledCalls') },
    ...{ unseenCalls: of('unseenCalls'), unseenErrors: of('unseenErrors') },
  }
}

/** Calls by operation of edges that are one, sorted by name. */
export function mergeOperations(sums: readonly OperationSum[]): readonly GraphOperation[] {
  const byName = new Map<string, { name: string; calls: number; errors: number }>()
  for (const { name, calls, errors } of sums) {
    const known = byName.get(name) ?? { name, calls: 0, errors: 0 }
    known.calls += calls
    known.errors += errors
    byName.set(name, known)
  }
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name))
}

/** Sum of these edges' latency counts. */
export function addLatencies(
  edges: readonly { readonly id: bigint }[],
  latencies: ReadonlyMap<bigint, LatencySums>,
): LatencySums {
  const found = edges.flatMap((edge) => latencies.get(edge.id) ?? [])
  const [only] = found
  if (only && found.length === 1) return only
  const add = (side: 'client' | 'server') =>
    found.reduce<readonly number[]>(
      (total, sums) => sums[side].map((count, place) => count + (total[place] ?? 0)),
      [],
    )
  return { client: add('client'), server: add('server') }
}

/** What is kept of an edge beside counts, merged over the members that have calls in the window. */
function mergeEdges(group: EdgeGroup, counted: readonly StoredEdge[]) {
  const [only] = counted
  if (only && group.members.length === 1) return mergeOne(group, only)
  const protocol: Protocol = PROTOCOLS[Math.max(...counted.map((edge) => edge.protocol))] ?? 'other'
  const trustOf = (place: number) =>
    counted.reduce((sum, edge) => sum + (edge.trust[place] ?? 0), 0)
  return {
    id: String(group.id),
    source: group.source,
    target: group.target,
    protocol,
    examples: [],
    firstSeenMs: Math.min(...group.members.map((edge) => edge.firstSeenMs)),
    lastSeenMs: Math.max(...group.members.map((edge) => edge.lastSeenMs)),
    trust: trustFrom(trustOf),
    hosts: [...new Set(counted.flatMap((edge) => edge.hosts))].sort(compareText),
    ports: [...new Set(counted.flatMap((edge) => edge.ports))].sort((a, b) => a - b),
    encryption: {
      tlsCalls: counted.reduce((sum, edge) => sum + edge.tlsCalls, 0),
      plainCalls: counted.reduce((sum, edge) => sum + edge.plainCalls, 0),
    },
    callerInstances: firstDigests(counted.flatMap((edge) => edge.callerInstances)),
    traces: firstDigests(counted.flatMap((edge) => edge.traces)),
  }
}

/** Nearly all edges are stored once. */
function mergeOne(group: EdgeGroup, edge: StoredEdge) {
  return {
    id: String(group.id),
    source: group.source,
    target: group.target,
    protocol: PROTOCOLS[edge.protocol] ?? 'other',
    examples: [],
    firstSeenMs: edge.firstSeenMs,
    lastSeenMs: edge.lastSeenMs,
    trust: trustFrom((place) => edge.trust[place] ?? 0),
    hosts: edge.hosts.toSorted(compareText),
    ports: edge.ports,
    encryption: { tlsCalls: edge.tlsCalls, plainCalls: edge.plainCalls },
    callerInstances: edge.callerInstances,
    traces: edge.traces,
  }
}

function trustFrom(callsAt: (place: number) => number): Trust {
  const trust: { -readonly [rule in keyof Trust]?: number } = {}
  for (let place = 0; place < TRUST_RULES.length; place++)
    trust[TRUST_RULES[place]!] = callsAt(place)
  return trust as Trust
}

export function mergeNodes({ id, key, members, tags }: NodeGroup): GraphNode {
  const { environment, kind, namespace, name } = key
  return {
    ...{ environment, kind, namespace, name, id: String(id) },
    firstSeenMs: Math.min(...members.map((node) => node.firstSeenMs)),
    lastSeenMs: Math.max(...members.map((node) => node.lastSeenMs)),
    isObserved: members.some((node) => node.isObserved),
    isSampledOnly: members.some((node) => node.isSampled) && !members.some((node) => node.isWhole),
    versions: [...new Set(members.flatMap((node) => node.versions))].sort(compareText),
    instances: firstDigests(members.flatMap((node) => node.instances)),
    tags,
    rollout: latestRollout(members),
    unattributedCalls: members.reduce((sum, node) => sum + node.unattributedCalls, 0),
  }
}

function latestRollout(members: NodeGroup['members']): Rollout | null {
  const known = members.flatMap((node) => node.rollout ?? [])
  return known.reduce<Rollout | null>(
    (latest, each) => (latest && latest.sinceMs >= each.sinceMs ? latest : each),
    null,
  )
}
