// Never draw what cannot be read: above the limit only what a search finds is drawn, and when that is too
// much as well, nothing is, and the page says so.
import type { Found } from './ask-view.ts'
import type { MapView } from './map-view.ts'

/** The view to draw; null when it is too large. Below the limit a search only dims, so that nothing jumps. */
export function narrowView(view: MapView, found: Found | null, nodesMax: number): MapView | null {
  if (view.nodes.length <= nodesMax) return view
  if (found === null) return null
  const nodeIds = withEnds(view, found)
  if (nodeIds.size > nodesMax) return null
  return {
    ...view,
    nodes: view.nodes.filter((node) => nodeIds.has(node.id)),
    edges: view.edges.filter((edge) => nodeIds.has(edge.sourceId) && nodeIds.has(edge.targetId)),
  }
}

/** Ids of the nodes that were found, and of the ends of edges that were. */
export function withEnds(view: MapView, found: Found): ReadonlySet<string> {
  const edges = view.edges.filter((edge) => found.edgeIds.has(edge.id))
  return new Set([...found.nodeIds, ...edges.flatMap((edge) => [edge.sourceId, edge.targetId])])
}
