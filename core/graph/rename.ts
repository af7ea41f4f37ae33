// A delta in other names: nodes that a person renamed or merged keep coming under their old names, and two
// names may have become one. Pure; every merge is a sum, a minimum, a maximum or a union.

import { mergeDigests } from './digests.ts'
import {
  type BucketDelta,
  type EdgeDelta,
  type GraphDelta,
  type NodeDelta,
  PROTOCOLS,
  TRUST_RULES,
  type Trust,
} from './edge.ts'
import { type NodeKey, nodeId } from './node.ts'
import { mergeTags } from './tags.ts'

/**
 * The same delta with its nodes under their new names: at most one NodeDelta a node and one EdgeDelta
 * an edge, as before. names: new identity by nodeId of the old; itself when none is concerned.
 */
export function renameNodes(delta: GraphDelta, names: ReadonlyMap<string, NodeKey>): GraphDelta {
  if (!delta.nodes.some((node) => names.has(nodeId(node)))) return delta
  const nodes: NodeDelta[] = []
  const placeOf = new Map<string, number>()
  const places = delta.nodes.map((node) => {
    const renamed = { ...node, ...names.get(nodeId(node)) }
    const id = nodeId(renamed)
    const place = placeOf.get(id) ?? nodes.length
    placeOf.set(id, place)
    const known = nodes[place]
    nodes[place] = known ? mergeNodes(known, renamed) : renamed
    return place
  })
  const edges = new Map<string, EdgeDelta>()
  for (const edge of delta.edges) {
    const [source, target] = [places[edge.source] ?? 0, places[edge.target] ?? 0]
    const moved = { ...edge, source, target }
    const known = edges.get(`${source} ${target}`)
    edges.set(`${source} ${target}`, known ? mergeEdges(known, moved) : moved)
  }
  return { nodes, edges: [...edges.values()], exemplars: delta.exemplars }
}

function mergeNodes(a: NodeDelta, b: NodeDelta): NodeDelta {
  return {
    ...a,
    firstSeenMs: Math.min(a.firstSeenMs, b.firstSeenMs),
    lastSeenMs: Math.max(a.lastSeenMs, b.lastSeenMs),
    isObserved: a.isObserved || b.isObserved,
    isSampled: a.isSampled || b.isSampled,
    isWhole: a.isWhole || b.isWhole,
    versions: [...new Set([...a.versions, ...b.versions])],
    instances: mergeDigests(a.instances, b.instances),
    tags: mergeTags(a.tags, b.tags),
    unattributedCalls: a.unattributedCalls + b.unattributedCalls,
  }
}

function mergeEdges(a: EdgeDelta, b: EdgeDelta): EdgeDelta {
  const trust = Object.fromEntries(TRUST_RULES.map((rule) => [rule, a.trust[rule] + b.trust[rule]]))
  const exemplars = new Map(
    [...a.exemplars, ...b.exemplars].map((each) => [
      `${each.traceId} ${each.isPlain} ${each.operation}`,
      each,
    ]),
  )
  return {
    ...higherProtocol(a, b),
    calls: a.calls + b.calls,
    errors: a.errors + b.errors,
    tlsCalls: a.tlsCalls + b.tlsCalls,
    plainCalls: a.plainCalls + b.plainCalls,
    firstSeenMs: Math.min(a.firstSeenMs, b.firstSeenMs),
    lastSeenMs: Math.max(a.lastSeenMs, b.lastSeenMs),
    hosts: [...new Set([...a.hosts, ...b.hosts])],
    ports: [...new Set([...a.ports, ...b.ports])],
    callerInstances: mergeDigests(a.callerInstances, b.callerInstances),
    traces: mergeDigests(a.traces, b.traces),
    trust: trust as Trust,
    buckets: mergeBuckets([...a.buckets, ...b.buckets]),
    exemplars: [...exemplars.values()],
  }
}

function higherProtocol(a: EdgeDelta, b: EdgeDelta): EdgeDelta {
  return PROTOCOLS.indexOf(a.protocol) >= PROTOCOLS.indexOf(b.protocol) ? a : b
}

function mergeBuckets(buckets: readonly BucketDelta[]): readonly BucketDelta[] {
  const merged = new Map<string, BucketDelta>()
  for (const bucket of buckets) {
    const key = `${bucket.startMs} ${bucket.operation}`
    const known = merged.get(key)
    merged.set(key, known ? addBuckets(known, bucket) : bucket)
  }
  return [...merged.values()]
}

function addBuckets(a: BucketDelta, b: BucketDelta): BucketDelta {
  return {
    operation: a.operation,
    startMs: a.startMs,
    calls: a.calls + b.calls,
    errors: a.errors + b.errors,
    clientLatency: addCounts(a.clientLatency, b.clientLatency),
    serverLatency: addCounts(a.serverLatency, b.serverLatency),
    sampledCalls: a.sampledCalls + b.sampledCalls,
    unseenCalls: a.unseenCalls + b.unseenCalls,
    unseenErrors: a.unseenErrors + b.unseenErrors,
    unseenClient: addCounts(a.unseenClient, b.unseenClient),
    unseenServer: addCounts(a.unseenServer, b.unseenServer),
  }
}

function addCounts(
  a: readonly number[] | null,
  b: readonly number[] | null,
): readonly number[] | null {
  if (a === null || b === null) return a ?? b
  return a.map((count, place) => count + (b[place] ?? 0))
}
