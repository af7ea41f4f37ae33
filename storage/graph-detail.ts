// Reads what the side panel shows of one edge or node: both sides' latency, hosts, example traces.
import type { CountedEdge, GraphEdge, GraphNode } from '../core/graph/graph.ts'
import { histogramQuantileMs } from '../core/graph/histogram.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { type LatencySums, readBucketSeries, sumLatencies, sumOperations } from './bucket-sums.ts'
import { type KeptTrace, readExemplars } from './exemplars.ts'
import {
  addLatencies,
  assembleGraph,
  type GraphWindow,
  measureEdges,
  mergeOperations,
  readWindow,
  shownQuantiles,
  type Window,
} from './graph.ts'
import { readTwinIds } from './graph-groups.ts'
import type { Query, Sql } from './sql.ts'
import { readSegments } from './tier-state.ts'

/** Quantiles in ms; null when nothing was measured on that side. */
export type Latency = { readonly p50Ms: number | null; readonly p95Ms: number | null }

export type EdgeDetail = GraphEdge & {
  readonly client: Latency
  readonly server: Latency
  /** The newest kept example traces, at most 5. */
  readonly exemplars: readonly KeptTrace[]
  /** The targets as stored, before they were folded into one (an external domain's hosts). */
  readonly storedTargets: readonly NodeKey[]
}

export type NodeDetail = GraphNode & {
  readonly outgoing: readonly CountedEdge[]
  readonly incoming: readonly CountedEdge[]
  /** The identities it is stored under. */
  readonly storedAs: readonly NodeKey[]
}

/** One edge by GraphEdge.id; null when it is not stored or had no calls in the window. */
export function readEdge(
  sql: Sql,
  request: Window & { readonly edgeId: string },
): Promise<EdgeDetail | null> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const environment = await findEdgeEnvironment(tx, request.edgeId)
    if (environment === null) return null
    const window = await readWindow(tx, { ...request, environment })
    const { groups, segments } = window
    const id = BigInt(request.edgeId)
    const group = groups.edges.find(({ members }) => members.some((edge) => edge.id === id))
    if (!group) return null
    // Both sides' latency is read below, once.
    const [measured] = await measureEdges(tx, [group], { ...window, latencyEdgesMax: 0 })
    if (!measured) return null
    const ids = group.members.map((edge) => edge.id)
    const latencies = addLatencies(group.members, await sumLatencies(tx, ids, segments))
    const targetIds = new Set(group.members.map((edge) => edge.targetId))
    const stored = groups.nodes.get(nodeId(group.target))?.members ?? []
    return {
      ...measured.edge,
      ...shownQuantiles(latencies),
      operations: mergeOperations(await sumOperations(tx, ids, segments)),
      client: quantilesOf(latencies.client),
      server: quantilesOf(latencies.server),
      exemplars: await readExemplars(tx, ids),
      storedTargets: stored.filter((node) => targetIds.has(node.id)).map(keyOf),
    }
  })
}

/** One point an edge's series: what began then, in the coarsest slices that fit the window. */
export type SeriesPoint = {
  /** Unix ms. */
  readonly startMs: number
  readonly calls: number
  readonly errors: number
  /** Of the client side. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

/**
 * One edge over time, by GraphEdge.id; null when it is not stored. Points are minutes at the ends of
 * a window, hours and days in its middle, ascending.
 */
export function readSeries(
  sql: Sql,
  request: Window & { readonly edgeId: string },
): Promise<readonly SeriesPoint[] | null> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const ids = isId(request.edgeId) ? await readTwinIds(tx, BigInt(request.edgeId)) : []
    if (ids.length === 0) return null
    const segments = await readSegments(tx, request)
    const points = await readBucketSeries(tx, ids, segments)
    return points.map(({ startMs, calls, errors, client }) => ({
      ...{ startMs, calls, errors },
      ...quantilesOf(client),
    }))
  })
}

function quantilesOf(counts: LatencySums['client']): Latency {
  return { p50Ms: histogramQuantileMs(counts, 0.5), p95Ms: histogramQuantileMs(counts, 0.95) }
}

function keyOf({ environment, kind, namespace, name }: NodeKey): NodeKey {
  return { environment, kind, namespace, name }
}

/**
 * One node of an environment's graph by GraphNode.id, with its edges; null when it is not in the
 * window.
 */
export function readNode(
  sql: Sql,
  request: GraphWindow & { readonly nodeId: string },
): Promise<NodeDetail | null> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    if (!isId(request.nodeId)) return null
    const stored = await readWindow(tx, request)
    const { groups } = stored
    const graph = await assembleGraph(tx, { ...stored, window: request, latencyEdgesMax: 0 })
    const id = BigInt(request.nodeId)
    const group = [...groups.nodes.values()].find(({ members }) =>
      members.some((node) => node.id === id),
    )
    const node = graph.nodes.find((each) => each.id === String(group?.id))
    if (!group || !node) return null
    const key = nodeId(node)
    return {
      ...node,
      outgoing: graph.edges.filter((edge) => nodeId(edge.source) === key),
      incoming: graph.edges.filter((edge) => nodeId(edge.target) === key),
      storedAs: group.members.map(keyOf),
    }
  })
}

type EnvironmentRow = { environment: string }

/** Ids come from URLs: what is not a number is no id of ours. */
function isId(text: string): boolean {
  return /^\d{1,18}$/.test(text)
}

async function findEdgeEnvironment(tx: Query, edgeId: string): Promise<string | null> {
  if (!isId(edgeId)) return null
  const [row] = await tx<EnvironmentRow[]>`
    select environment from edge where id = ${edgeId}::bigint`
  return row?.environment ?? null
}
