// A delta without some environments: what a removed one still emits, until the collector has forgotten it.
import type { EdgeDelta, GraphDelta } from '../core/graph/edge.ts'

/** Their nodes, every edge at one of them, and example traces that show no other edge, are left out. */
export function leaveOutEnvironments(delta: GraphDelta, names: ReadonlySet<string>): GraphDelta {
  const places = new Map<number, number>()
  const nodes = delta.nodes.filter((node, at) => {
    if (names.has(node.environment)) return false
    places.set(at, places.size)
    return true
  })
  const edges = delta.edges.flatMap((edge): EdgeDelta[] => {
    const [source, target] = [places.get(edge.source), places.get(edge.target)]
    return source === undefined || target === undefined ? [] : [{ ...edge, source, target }]
  })
  const shown = new Set(edges.flatMap((edge) => edge.exemplars.map(({ traceId }) => traceId)))
  return { nodes, edges, exemplars: delta.exemplars.filter(({ traceId }) => shown.has(traceId)) }
}
