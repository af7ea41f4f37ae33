// The graph as the drawn exports need it: sorted, and every node and edge with a short id of ours, so that
// no name ever serves as an identifier. Equal graphs get equal ids, whatever the order they came in.
import { isConfirmed } from '../graph/edge.ts'
import { compareEdges } from '../graph/from-delta.ts'
import type { Graph, GraphEdge } from '../graph/graph.ts'
import { compareNodes, type NodeKey, nodeId } from '../graph/node.ts'

export type NumberedNode = {
  /** n1, n2, ... in the order of compareNodes. */
  readonly id: string
  readonly key: NodeKey
  /** A service that others name and that sent no span of its own. */
  readonly isStated: boolean
  /** Namespace and environment, where the name alone would not tell nodes apart; else ''. */
  readonly place: string
}

export type NumberedEdge = {
  /** e1, e2, ... in the order of compareEdges. */
  readonly id: string
  /** Ids of the two nodes. */
  readonly source: string
  readonly target: string
  readonly edge: GraphEdge
  /** Only one side's word stands for it: drawn dashed. */
  readonly isOneSided: boolean
}

export type NumberedGraph = {
  readonly nodes: readonly NumberedNode[]
  readonly edges: readonly NumberedEdge[]
}

/** Shapes: nodes and edges in any order; an edge's end that is no node of the graph becomes one. */
export function numberGraph(graph: Graph): NumberedGraph {
  const keys = new Map<string, NodeKey>()
  for (const edge of graph.edges)
    for (const key of [edge.source, edge.target]) keys.set(nodeId(key), key)
  const observed = new Set<string>()
  for (const node of graph.nodes) {
    keys.set(nodeId(node), node)
    if (node.isObserved) observed.add(nodeId(node))
  }
  const nodes = numberNodes([...keys.values()], (key) => observed.has(nodeId(key)))
  const ids = new Map(nodes.map(({ id, key }) => [nodeId(key), id]))
  const edges = graph.edges.toSorted(compareEdges).map((edge, at) => ({
    id: `e${at + 1}`,
    source: ids.get(nodeId(edge.source)) ?? '',
    target: ids.get(nodeId(edge.target)) ?? '',
    edge,
    isOneSided: !isConfirmed(edge.trust),
  }))
  return { nodes, edges }
}

/** keys: each once, in any order. isObserved: spans of its own were seen. */
export function numberNodes(
  keys: readonly NodeKey[],
  isObserved: (key: NodeKey) => boolean,
): readonly NumberedNode[] {
  const sorted = keys.toSorted(compareNodes)
  const placeOf = describePlaces(sorted)
  return sorted.map((key, at) => ({
    id: `n${at + 1}`,
    key,
    isStated: key.kind === 'service' && !isObserved(key),
    place: placeOf(key),
  }))
}

/** What stands under a name: its kind, unless that goes without saying, and its place; or ''. */
export function captionOf({ key, place }: NumberedNode): string {
  const kind = key.kind === 'service' || key.kind === key.name ? '' : key.kind
  return [kind, place].filter((part) => part !== '').join(' · ')
}

/** An edge in a few words: protocol, calls, and errors where there are any. */
export function describeEdge({ protocol, calls, errors }: GraphEdge): string {
  const failed = errors === 0 ? '' : `, ${counted(errors, 'error')}`
  return `${protocol}, ${counted(calls, 'call')}${failed}`
}

/** `1 call`, `2 calls`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function describePlaces(keys: readonly NodeKey[]): (key: NodeKey) => string {
  const hasEnvironments = new Set(keys.map((key) => key.environment)).size > 1
  const namespaces = new Map<string, Set<string>>()
  for (const { kind, name, namespace } of keys) {
    const known = namespaces.get(`${kind}\0${name}`) ?? new Set()
    namespaces.set(`${kind}\0${name}`, known.add(namespace))
  }
  return ({ kind, name, namespace, environment }) => {
    const isAmbiguous = (namespaces.get(`${kind}\0${name}`)?.size ?? 0) > 1
    const parts = [isAmbiguous ? namespace : '', hasEnvironments ? environment : '']
    return parts.filter((part) => part !== '').join(' · ')
  }
}
