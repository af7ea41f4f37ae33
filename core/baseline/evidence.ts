// A graph as the judge and the learner take it: external hosts are the domains that baselines hold, and
// edges that become one by that are added up.

import { mergeDigests } from '../graph/digests.ts'
import { PROTOCOLS, type Protocol } from '../graph/edge.ts'
import type { ExamplesOf, Graph, GraphEdge, GraphNode } from '../graph/graph.ts'
import { type NodeKey, nodeId } from '../graph/node.ts'
import { externalDomain } from '../graph/resolve.ts'
import type { TaggedNode } from './content.ts'
import { edgeId, type ObservedEdge } from './drift.ts'

export type EdgeEvidence = ObservedEdge & {
  /** Digests of two instances of its source that called, at most; empty: unknown. */
  readonly callerInstances: readonly string[]
  /** Digests of two of the traces that show it, at most; empty: unknown. */
  readonly traces: readonly string[]
}

export type NodeEvidence = TaggedNode & {
  readonly isObserved: boolean
  readonly firstSeenMs: number
  /** Two at most; empty: unknown. */
  readonly instances: readonly string[]
}

/** Each edge and each node once. */
export type Evidence = {
  readonly edges: readonly EdgeEvidence[]
  readonly nodes: readonly NodeEvidence[]
}

/** Works on a graph of files and on a stored one (whose edges come without examples). */
export function evidenceOf(graph: Graph): Evidence {
  const nodes = new Map<string, NodeEvidence>()
  for (const node of graph.nodes.map(nodeEvidence)) {
    const known = nodes.get(nodeId(node))
    const firstSeenMs = Math.min(known?.firstSeenMs ?? node.firstSeenMs, node.firstSeenMs)
    nodes.set(nodeId(node), { ...node, firstSeenMs })
  }
  const edges = new Map<string, EdgeEvidence>()
  for (const edge of graph.edges.map(edgeEvidence)) {
    const known = edges.get(edgeId(edge))
    edges.set(edgeId(edge), known ? addUp(known, edge) : edge)
  }
  return { edges: [...edges.values()], nodes: [...nodes.values()] }
}

function nodeEvidence(node: GraphNode): NodeEvidence {
  const { isObserved, firstSeenMs, instances, tags } = node
  return { ...inBaselines(node), ...tags, isObserved, firstSeenMs, instances }
}

function edgeEvidence(edge: GraphEdge): EdgeEvidence {
  const { protocol, ports, calls, firstSeenMs, lastSeenMs } = edge
  const { examples, callerInstances, traces } = edge
  return {
    ...{ source: inBaselines(edge.source), target: inBaselines(edge.target) },
    ...{ protocol, ports, calls, ...edge.encryption, firstSeenMs, lastSeenMs },
    ...{ examples, callerInstances, traces },
    operations: edge.operations.map(({ name }) => name),
    ...(edge.examplesOf ? { examplesOf: edge.examplesOf } : {}),
  }
}

function inBaselines({ environment, kind, namespace, name }: NodeKey): NodeKey {
  return { environment, kind, namespace, name: kind === 'external' ? externalDomain(name) : name }
}

function addUp(a: EdgeEvidence, b: EdgeEvidence): EdgeEvidence {
  return {
    ...{ source: a.source, target: a.target, protocol: higher(a.protocol, b.protocol) },
    operations: union(a.operations, b.operations),
    ports: union(a.ports, b.ports),
    calls: a.calls + b.calls,
    tlsCalls: a.tlsCalls + b.tlsCalls,
    plainCalls: a.plainCalls + b.plainCalls,
    firstSeenMs: Math.min(a.firstSeenMs, b.firstSeenMs),
    lastSeenMs: Math.max(a.lastSeenMs, b.lastSeenMs),
    examples: union(a.examples, b.examples),
    ...(a.examplesOf && b.examplesOf
      ? { examplesOf: joinExamples(a.examplesOf, b.examplesOf) }
      : {}),
    callerInstances: mergeDigests(a.callerInstances, b.callerInstances),
    traces: mergeDigests(a.traces, b.traces),
  }
}

function joinExamples(a: ExamplesOf, b: ExamplesOf): ExamplesOf {
  const operations = new Map(a.operations)
  for (const [name, ids] of b.operations)
    operations.set(name, union(operations.get(name) ?? [], ids))
  return { plain: union(a.plain, b.plain), operations }
}

function union<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return [...new Set([...a, ...b])]
}

function higher(a: Protocol, b: Protocol): Protocol {
  return PROTOCOLS.indexOf(a) >= PROTOCOLS.indexOf(b) ? a : b
}
