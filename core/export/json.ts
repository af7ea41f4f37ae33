// The graph as JSON: the form that programs read, and the one the conformance suite compares.
// Equal graphs give equal bytes: fixed key order, sorted lists, no times of arrival.
import { isConfirmed, TRUST_RULES } from '../graph/edge.ts'
import { compareEdges } from '../graph/from-delta.ts'
import type { Graph, GraphEdge, GraphNode } from '../graph/graph.ts'
import { compareNodes, compareText, type NodeKey } from '../graph/node.ts'

/** Named numbers, such as the fold's counters. */
export type Counters = { readonly [name: string]: number }

/**
 * One object: nodes, edges and counters, ending in a line break.
 * Source: DESIGN section 5, `graph --format json`.
 */
export function exportJson(graph: Graph, counters: Counters): string {
  const sorted = Object.entries(counters).sort(([a], [b]) => compareText(a, b))
  const document = {
    nodes: [...graph.nodes].sort(compareNodes).map(wholeNode),
    edges: [...graph.edges].sort(compareEdges).map(plainEdge),
    counters: Object.fromEntries(sorted),
  }
  return `${JSON.stringify(document, null, 1)}\n`
}

function plainNode(node: NodeKey) {
  const { kind, name, namespace, environment } = node
  return { kind, name, ...(namespace === '' ? {} : { namespace }), environment }
}

function wholeNode(node: GraphNode) {
  const { unattributedCalls, isSampledOnly, tags } = node
  const said = Object.entries(tags).filter(([, value]) => value.length > 0)
  return {
    ...plainNode(node),
    ...(said.length > 0 ? { tags: Object.fromEntries(said) } : {}),
    ...(unattributedCalls > 0 ? { unattributedCalls } : {}),
    ...(isSampledOnly ? { sampledOnly: true } : {}),
  }
}

function plainEdge(edge: GraphEdge) {
  const { protocol, calls, errors, operations, sampledCalls, estimate, examples } = edge
  const { tlsCalls, plainCalls } = edge.encryption
  return {
    source: plainNode(edge.source),
    target: plainNode(edge.target),
    ...{ protocol, calls, errors },
    ...(estimate ? { sampledCalls, estimate } : {}),
    confirmed: isConfirmed(edge.trust),
    trust: Object.fromEntries(TRUST_RULES.map((rule) => [rule, edge.trust[rule]])),
    encryption: { tlsCalls, plainCalls },
    examples,
    operations: [...operations]
      .sort((a, b) => compareText(a.name, b.name))
      .map(({ name, calls, errors }) => ({ name, calls, errors })),
  }
}
