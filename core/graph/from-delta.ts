// A graph straight from what the fold emitted, without a database: what `strayline graph` prints.
// Stated service names are resolved as when a stored graph is read; external hosts stay unfolded,
// because offline there is room for all of them and the host is what the reader looks for.
import { WEIGHT_UNIT } from '../span/sampling.ts'
import { mergeDigests } from './digests.ts'
import type {
  BucketDelta,
  EdgeDelta,
  GraphDelta,
  NodeDelta,
  Protocol,
  Trust,
  TrustRule,
} from './edge.ts'
import { PROTOCOLS, TRUST_RULES } from './edge.ts'
import { estimateOf } from './estimate.ts'
import { lowestExamples, type ShownBy } from './examples.ts'
import type { ExamplesOf, Graph, GraphEdge, GraphNode, GraphOperation } from './graph.ts'
import { HISTOGRAM_BUCKETS, histogramQuantileMs } from './histogram.ts'
import { compareNodes, compareText, type NodeKey, nodeId } from './node.ts'
import { resolveNodes } from './resolve.ts'
import { mergeTags, tagsFrom } from './tags.ts'

/**
 * Shapes: the delta of everything, in any order; edges whose calls came back to 0 are left out.
 * Gives nodes and edges sorted (compareNodes; source, then target), ids derived from identities.
 */
export function graphFromDelta(delta: GraphDelta): Graph {
  const resolved = resolveServices(delta)
  const nodes = new Map<string, PlainNode>()
  for (const node of delta.nodes) {
    const key = resolved.get(nodeId(node)) ?? node
    const id = nodeId(key)
    nodes.set(id, mergeNode(nodes.get(id), { ...node, ...key, id }))
  }
  const edges = new Map<string, PlainEdge>()
  for (const edge of delta.edges) {
    const [source, target] = [edge.source, edge.target].map((at) => {
      const node = delta.nodes[at]
      if (!node) throw new Error(`edge delta names node ${at}, which is not there`)
      return resolved.get(nodeId(node)) ?? node
    }) as [NodeKey, NodeKey]
    addEdge(edges, { source, target }, edge)
  }
  const counted = [...edges.values()].filter((edge) => edge.calls > 0)
  return {
    nodes: [...nodes.values()].map(finishNode).sort(compareNodes),
    edges: counted.map(finishEdge).sort(compareEdges),
  }
}

/** Order of `graph --format json`: by source, then by target. */
export function compareEdges(
  a: { readonly source: NodeKey; readonly target: NodeKey },
  b: { readonly source: NodeKey; readonly target: NodeKey },
): number {
  return compareNodes(a.source, b.source) || compareNodes(a.target, b.target)
}

function resolveServices(delta: GraphDelta): Map<string, NodeKey> {
  const resolved = resolveNodes(delta.nodes)
  for (const { environment, kind, namespace, name } of delta.nodes) {
    if (kind !== 'external') continue
    const key = { environment, kind, namespace, name }
    resolved.set(nodeId(key), key)
  }
  return resolved
}

type PlainNode = NodeDelta & { readonly id: string }

function finishNode({ isSampled, isWhole, tags, ...node }: PlainNode): GraphNode {
  return { ...node, tags: tagsFrom(tags), rollout: null, isSampledOnly: isSampled && !isWhole }
}

function mergeNode(known: PlainNode | undefined, node: PlainNode): PlainNode {
  const { environment, kind, namespace, name, id } = node
  const versions = new Set([...(known?.versions ?? []), ...node.versions])
  return {
    ...{ environment, kind, namespace, name, id },
    firstSeenMs: Math.min(known?.firstSeenMs ?? Number.POSITIVE_INFINITY, node.firstSeenMs),
    lastSeenMs: Math.max(known?.lastSeenMs ?? Number.NEGATIVE_INFINITY, node.lastSeenMs),
    isObserved: (known?.isObserved ?? false) || node.isObserved,
    versions: [...versions].sort(compareText),
    instances: mergeDigests(known?.instances ?? [], node.instances),
    tags: mergeTags(known?.tags ?? [], node.tags),
    isSampled: (known?.isSampled ?? false) || node.isSampled,
    isWhole: (known?.isWhole ?? false) || node.isWhole,
    unattributedCalls: (known?.unattributedCalls ?? 0) + node.unattributedCalls,
  }
}

type PlainEdge = {
  readonly source: NodeKey
  readonly target: NodeKey
  protocol: Protocol
  calls: number
  errors: number
  tlsCalls: number
  plainCalls: number
  firstSeenMs: number
  lastSeenMs: number
  sampledCalls: number
  unseenCalls: number
  unseenErrors: number
  readonly trust: { [rule in TrustRule]: number }
  readonly examples: ShownBy[]
  readonly hosts: Set<string>
  readonly ports: Set<number>
  callerInstances: readonly string[]
  traces: readonly string[]
  readonly operations: Map<string, { name: string; calls: number; errors: number }>
  readonly clientLatency: number[]
  readonly serverLatency: number[]
}

function addEdge(
  edges: Map<string, PlainEdge>,
  ends: { readonly source: NodeKey; readonly target: NodeKey },
  delta: EdgeDelta,
): void {
  const id = edgeId(ends)
  const edge = edges.get(id) ?? emptyEdge(ends)
  edges.set(id, edge)
  if (PROTOCOLS.indexOf(delta.protocol) > PROTOCOLS.indexOf(edge.protocol))
    edge.protocol = delta.protocol
  edge.calls += delta.calls
  edge.errors += delta.errors
  edge.tlsCalls += delta.tlsCalls
  edge.plainCalls += delta.plainCalls
  edge.firstSeenMs = Math.min(edge.firstSeenMs, delta.firstSeenMs)
  edge.lastSeenMs = Math.max(edge.lastSeenMs, delta.lastSeenMs)
  for (const rule of TRUST_RULES) edge.trust[rule] += delta.trust[rule]
  for (const host of delta.hosts) edge.hosts.add(host)
  for (const port of delta.ports) edge.ports.add(port)
  edge.callerInstances = mergeDigests(edge.callerInstances, delta.callerInstances)
  edge.traces = mergeDigests(edge.traces, delta.traces)
  for (const bucket of delta.buckets) addBucket(edge, bucket)
  edge.examples.push(...delta.exemplars)
}

function edgeId(ends: { readonly source: NodeKey; readonly target: NodeKey }): string {
  return `${nodeId(ends.source)}\0${nodeId(ends.target)}`
}

function emptyEdge(ends: { readonly source: NodeKey; readonly target: NodeKey }): PlainEdge {
  return {
    ...ends,
    protocol: 'other',
    calls: 0,
    errors: 0,
    tlsCalls: 0,
    plainCalls: 0,
    firstSeenMs: Number.POSITIVE_INFINITY,
    lastSeenMs: Number.NEGATIVE_INFINITY,
    trust: Object.fromEntries(TRUST_RULES.map((rule) => [rule, 0])) as Record<TrustRule, number>,
    sampledCalls: 0,
    unseenCalls: 0,
    unseenErrors: 0,
    examples: [],
    hosts: new Set(),
    ports: new Set(),
    callerInstances: [],
    traces: [],
    operations: new Map(),
    clientLatency: new Array<number>(HISTOGRAM_BUCKETS).fill(0),
    serverLatency: new Array<number>(HISTOGRAM_BUCKETS).fill(0),
  }
}

function addBucket(edge: PlainEdge, bucket: BucketDelta): void {
  const { operation: name } = bucket
  const operation = edge.operations.get(name) ?? { name, calls: 0, errors: 0 }
  edge.operations.set(name, operation)
  operation.calls += bucket.calls
  operation.errors += bucket.errors
  edge.sampledCalls += bucket.sampledCalls
  edge.unseenCalls += bucket.unseenCalls
  edge.unseenErrors += bucket.unseenErrors
  addCounts(edge.clientLatency, bucket.clientLatency, bucket.unseenClient)
  addCounts(edge.serverLatency, bucket.serverLatency, bucket.unseenServer)
}

/** With those that sampling left out: quantiles are of what happened. */
function addCounts(
  into: number[],
  counts: readonly number[] | null,
  unseen: readonly number[] | null,
): void {
  counts?.forEach((count, at) => {
    into[at] = (into[at] ?? 0) + count + (unseen?.[at] ?? 0) / WEIGHT_UNIT
  })
}

function finishEdge(edge: PlainEdge): GraphEdge {
  const { clientLatency, serverLatency, trust, hosts, ports, operations, ...others } = edge
  const { unseenCalls, unseenErrors, examples, tlsCalls, plainCalls, ...rest } = others
  const isClientMeasured = clientLatency.some((count) => count > 0)
  const latency = isClientMeasured ? clientLatency : serverLatency
  return {
    ...rest,
    id: edgeId(edge),
    estimate: estimateOf(rest, { unseenCalls, unseenErrors }),
    trust: trust as Trust,
    encryption: { tlsCalls, plainCalls },
    examples: lowestExamples(examples.map(({ traceId }) => traceId)),
    examplesOf: examplesOf(examples),
    hosts: [...hosts].sort(compareText),
    ports: [...ports].sort((a, b) => a - b),
    operations: sortOperations([...operations.values()]),
    p50Ms: histogramQuantileMs(latency, 0.5),
    p95Ms: histogramQuantileMs(latency, 0.95),
  }
}

function examplesOf(examples: readonly ShownBy[]): ExamplesOf {
  const ids = (shown: readonly ShownBy[]) => lowestExamples(shown.map(({ traceId }) => traceId))
  const byOperation = Map.groupBy(examples, ({ operation }) => operation)
  return {
    plain: ids(examples.filter(({ isPlain }) => isPlain)),
    operations: new Map([...byOperation].map(([operation, shown]) => [operation, ids(shown)])),
  }
}

function sortOperations(operations: readonly GraphOperation[]): GraphOperation[] {
  return operations
    .filter((operation) => operation.calls > 0)
    .sort((a, b) => compareText(a.name, b.name))
}
