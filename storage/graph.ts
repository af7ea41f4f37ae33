// Reads the graph of an environment in a window of time, in resolved identities: what several
// stored nodes and edges mean together is one here (a vendor's hosts, a service and its stated
// name).
import { PROTOCOLS, type Protocol, TRUST_RULES, type Trust } from '../core/graph/edge.ts'
import type { Graph, GraphEdge, GraphNode, GraphOperation } from '../core/graph/graph.ts'
import { HISTOGRAM_BUCKETS, histogramQuantileMs } from '../core/graph/histogram.ts'
import { compareNodes, compareText, type NodeKey, nodeId } from '../core/graph/node.ts'
import { resolveNodes } from '../core/graph/resolve.ts'
import {
  type LatencySide,
  type OperationSum,
  sumLatencies,
  sumOperations,
  type Window,
} from './buckets.ts'
import { readEdges, type StoredEdge } from './edges.ts'
import { readNodes, type StoredNode } from './nodes.ts'
import type { Query, Sql } from './sql.ts'

const MINUTE_MS = 60_000

/** Unix ms; minutes that overlap [fromMs, toMs) count whole. */
export type GraphWindow = {
  readonly environment: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Edges with calls in the window, their ends, and services seen in it that have no edge. Sorted by
 * node (kind, name, namespace, environment); edges by source, then target. All of one moment.
 */
export function readGraph(sql: Sql, window: GraphWindow): Promise<Graph> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const groups = await readGroups(tx, window.environment)
    return assembleGraph(tx, groups, window)
  })
}

/** Stored edges that are one edge in resolved identities. */
export type EdgeGroup = {
  /** The smallest id of its members, whatever the window: stable while it is stored. */
  readonly id: bigint
  readonly source: NodeKey
  readonly target: NodeKey
  readonly members: readonly StoredEdge[]
}

export type NodeGroup = {
  readonly id: bigint
  readonly key: NodeKey
  readonly members: readonly StoredNode[]
}

export type Groups = {
  /** By nodeId of the resolved identity. */
  readonly nodes: ReadonlyMap<string, NodeGroup>
  readonly edges: readonly EdgeGroup[]
}

/** Everything stored of an environment, grouped by resolved identity. */
export async function readGroups(tx: Query, environment: string): Promise<Groups> {
  const stored = await readNodes(tx, environment)
  const resolved = resolveNodes(stored)
  const nodes = new Map<string, { id: bigint; key: NodeKey; members: StoredNode[] }>()
  const groupOf = new Map<bigint, string>()
  for (const node of stored) {
    const key = resolved.get(nodeId(node)) ?? node
    const id = nodeId(key)
    const group = nodes.get(id)
    if (group) {
      group.members.push(node)
      if (node.id < group.id) group.id = node.id
    } else nodes.set(id, { id: node.id, key, members: [node] })
    groupOf.set(node.id, id)
  }
  return { nodes, edges: groupEdges(await readEdges(tx, environment), nodes, groupOf) }
}

function groupEdges(
  stored: readonly StoredEdge[],
  nodes: ReadonlyMap<string, NodeGroup>,
  groupOf: ReadonlyMap<bigint, string>,
): readonly EdgeGroup[] {
  const edges = new Map<string, Omit<EdgeGroup, 'members'> & { members: StoredEdge[] }>()
  for (const edge of stored) {
    const source = groupOf.get(edge.sourceId) ?? ''
    const target = groupOf.get(edge.targetId) ?? ''
    const [sourceKey, targetKey] = [nodes.get(source)?.key, nodes.get(target)?.key]
    if (!sourceKey || !targetKey) throw new Error('an edge was read without its ends')
    const group = edges.get(`${source}\0\0${target}`)
    if (group) group.members.push(edge)
    else
      edges.set(`${source}\0\0${target}`, {
        ...{ id: edge.id, source: sourceKey, target: targetKey },
        members: [edge],
      })
  }
  return [...edges.values()]
}

export async function assembleGraph(
  tx: Query,
  groups: Groups,
  window: GraphWindow,
): Promise<Graph> {
  const measured = await measureEdges(tx, groups.edges, window)
  const edges = measured.map(({ edge }) => edge).sort(compareEdges)
  const ends = new Set(edges.flatMap((edge) => [nodeId(edge.source), nodeId(edge.target)]))
  const nodes: GraphNode[] = []
  for (const [id, group] of groups.nodes) {
    const node = mergeNodes(group)
    const isSeen = node.lastSeenMs >= window.fromMs && node.firstSeenMs < window.toMs
    const isLoneService = node.isObserved && isSeen && node.environment === window.environment
    if (ends.has(id) || isLoneService) nodes.push(node)
  }
  return { nodes: nodes.sort(compareNodes), edges }
}

function compareEdges(a: GraphEdge, b: GraphEdge): number {
  return compareNodes(a.source, b.source) || compareNodes(a.target, b.target)
}

export type MeasuredEdge = { readonly edge: GraphEdge; readonly group: EdgeGroup }

/** Those of the edges that have calls in the window, with what was counted in it. */
export async function measureEdges(
  tx: Query,
  groups: readonly EdgeGroup[],
  window: GraphWindow,
): Promise<readonly MeasuredEdge[]> {
  const minutes = wholeMinutes(window)
  const seen = groups.filter(({ members }) =>
    members.some((edge) => edge.lastSeenMs >= minutes.fromMs),
  )
  const ids = seen.flatMap(({ members }) => members.map((edge) => edge.id))
  if (ids.length === 0) return []
  const operations = Map.groupBy(await sumOperations(tx, ids, minutes), (sum) => sum.edgeId)
  const client = await sumLatencies(tx, 'client', ids, minutes)
  const unmeasured = ids.filter((id) => operations.has(id) && !client.has(id))
  const server = await sumLatencies(tx, 'server', unmeasured, minutes)
  return seen.flatMap((group) => measureEdge(group, operations, { client, server }) ?? [])
}

/** A window widened to whole minutes, as buckets are. */
export function wholeMinutes(window: GraphWindow): Window {
  return { fromMs: Math.floor(window.fromMs / MINUTE_MS) * MINUTE_MS, toMs: window.toMs }
}

type Latencies = { readonly [side in LatencySide]: ReadonlyMap<bigint, readonly number[]> }

function measureEdge(
  group: EdgeGroup,
  operations: ReadonlyMap<bigint, readonly OperationSum[]>,
  latencies: Latencies,
): MeasuredEdge | null {
  const counted = group.members.filter((edge) => operations.has(edge.id))
  const summed = sumByName(counted.flatMap((edge) => operations.get(edge.id) ?? []))
  const calls = summed.reduce((sum, operation) => sum + operation.calls, 0)
  if (calls <= 0) return null
  const ids = counted.map((edge) => edge.id)
  const client = addLatencies(ids, latencies.client)
  const shown = client.some((count) => count > 0) ? client : addLatencies(ids, latencies.server)
  const errors = summed.reduce((sum, operation) => sum + operation.errors, 0)
  const edge: GraphEdge = {
    ...mergeEdges(group, counted),
    ...{ calls, errors, operations: summed },
    p50Ms: histogramQuantileMs(shown, 0.5),
    p95Ms: histogramQuantileMs(shown, 0.95),
  }
  return { edge, group }
}

function sumByName(sums: readonly OperationSum[]): readonly GraphOperation[] {
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
  edgeIds: readonly bigint[],
  latencies: ReadonlyMap<bigint, readonly number[]>,
): readonly number[] {
  const total = new Array<number>(HISTOGRAM_BUCKETS).fill(0)
  for (const id of edgeIds)
    for (const [place, count] of (latencies.get(id) ?? []).entries())
      total[place] = (total[place] ?? 0) + count
  return total
}

/** What is kept of an edge beside counts, merged over the members that have calls in the window. */
function mergeEdges(group: EdgeGroup, counted: readonly StoredEdge[]) {
  const protocol: Protocol = PROTOCOLS[Math.max(...counted.map((edge) => edge.protocol))] ?? 'other'
  const trustOf = (place: number) =>
    counted.reduce((sum, edge) => sum + Math.max(0, edge.trust[place] ?? 0), 0)
  const trust = Object.fromEntries(TRUST_RULES.map((rule, place) => [rule, trustOf(place)]))
  return {
    id: String(group.id),
    source: group.source,
    target: group.target,
    protocol,
    firstSeenMs: Math.min(...group.members.map((edge) => edge.firstSeenMs)),
    lastSeenMs: Math.max(...group.members.map((edge) => edge.lastSeenMs)),
    trust: trust as Trust,
    // Stored sums have no weights yet; examples come with the edge's detail.
    ...{ estimate: null, sampledCalls: 0, examples: [] },
    hosts: [...new Set(counted.flatMap((edge) => edge.hosts))].sort(compareText),
    ports: [...new Set(counted.flatMap((edge) => edge.ports))].sort((a, b) => a - b),
  }
}

export function mergeNodes({ id, key, members }: NodeGroup): GraphNode {
  const { environment, kind, namespace, name } = key
  return {
    ...{ environment, kind, namespace, name, id: String(id) },
    firstSeenMs: Math.min(...members.map((node) => node.firstSeenMs)),
    lastSeenMs: Math.max(...members.map((node) => node.lastSeenMs)),
    isObserved: members.some((node) => node.isObserved),
    isSampledOnly:
      members.some((node) => node.isSampled) && !members.some((node) => node.isWhole),
    versions: [...new Set(members.flatMap((node) => node.versions))].sort(compareText),
    unattributedCalls: members.reduce((sum, node) => sum + node.unattributedCalls, 0),
  }
}
