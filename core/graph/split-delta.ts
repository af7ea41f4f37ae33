// Parts of a delta: what one part holds, the others do not, and all parts together are the whole. For finding
// out which part of it a database refuses.
import type { EdgeDelta, GraphDelta, NodeDelta } from './edge.ts'

/** What a delta is made of: a node's own counts, an edge, an example trace; by position. */
export type DeltaPart = {
  readonly type: 'node' | 'edge' | 'exemplar'
  readonly at: number
}

export function listParts(delta: GraphDelta): readonly DeltaPart[] {
  const list = (type: DeltaPart['type'], of: readonly unknown[]) =>
    of.map((_, at): DeltaPart => ({ type, at }))
  return [
    ...list('node', delta.nodes),
    ...list('edge', delta.edges),
    ...list('exemplar', delta.exemplars),
  ]
}

/** A delta of these parts. An edge brings its ends along; their own counts come with their own part. */
export function selectParts(delta: GraphDelta, parts: readonly DeltaPart[]): GraphDelta {
  const chosen = (type: DeltaPart['type']) =>
    new Set(parts.filter((part) => part.type === type).map((part) => part.at))
  const [ownNodes, ownEdges, ownExemplars] = [chosen('node'), chosen('edge'), chosen('exemplar')]
  const edges = delta.edges.filter((_, at) => ownEdges.has(at))
  const kept = new Set([...ownNodes, ...edges.flatMap(({ source, target }) => [source, target])])
  const positions = new Map([...kept].sort((a, b) => a - b).map((from, to) => [from, to]))
  const exemplars = delta.exemplars.filter((_, at) => ownExemplars.has(at))
  const shown = new Set(exemplars.map((exemplar) => exemplar.traceId))
  return {
    nodes: [...positions.keys()].map((at) => {
      const node = delta.nodes[at]!
      return ownNodes.has(at) ? node : withoutCounts(node)
    }),
    edges: edges.map((edge): EdgeDelta => {
      const source = positions.get(edge.source)!
      const target = positions.get(edge.target)!
      const own = edge.exemplars.filter(({ traceId }) => shown.has(traceId))
      return { ...edge, source, target, exemplars: own }
    }),
    exemplars,
  }
}

function withoutCounts(node: NodeDelta): NodeDelta {
  return { ...node, unattributedCalls: 0, versions: [], instances: [], tags: [] }
}
