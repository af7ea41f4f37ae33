// Puts the routes of the layout onto the drawn edges, and takes them off when a node is moved by hand:
// then its edges take a plain way until the map is arranged anew.
import type { Core } from 'cytoscape'
import type { Point } from '../../core/export/layout.ts'
import { type RouteEnd, routeData } from './edge-route.ts'
import { plainRoute } from './plain-route.ts'

type Routes = ReadonlyMap<string, readonly Point[]>

/** Every edge with a route gets it, every other one a plain way around the nodes. Call it inside a batch. */
export function routeEdges(cy: Core, routes: Routes): void {
  const boxes = cy.nodes().map((node) => routeEnd(cy, node.id()))
  for (const edge of cy.edges().toArray()) {
    const source = routeEnd(cy, edge.data('source'))
    const target = routeEnd(cy, edge.data('target'))
    const points =
      routes.get(edge.id()) ?? (edge.isLoop() ? null : plainRoute(source, target, boxes))
    const data = points ? routeData(points, source, target) : null
    if (data) edge.data(data).addClass('routed')
    else edge.removeClass('routed')
  }
}

/** Takes their routes from the edges of one node. Returns the routes that are left. */
export function unrouteEdgesOf(cy: Core, nodeElementId: string, routes: Routes): Routes {
  const left = new Map(routes)
  const edges = cy.getElementById(nodeElementId).connectedEdges()
  for (const edge of edges.toArray()) left.delete(edge.id())
  routeEdges(cy, left)
  return left
}

function routeEnd(cy: Core, nodeElementId: string): RouteEnd {
  const node = cy.getElementById(nodeElementId)
  return {
    kind: node.data('kind'),
    width: node.data('width'),
    height: node.data('height'),
    position: node.position(),
  }
}
