// Positions and edge routes, left to right in layers. ELK does the work in a web worker served from our
// own origin; this file only says what to lay out and reads the answer. Positions are node centres, px.
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api'
import type { Size } from './graph-elements.ts'

export type Point = { readonly x: number; readonly y: number }

export type LayoutNode = Size & { readonly id: string }
export type LayoutEdge = { readonly id: string; readonly source: string; readonly target: string }

export type Layout = {
  readonly positions: ReadonlyMap<string, Point>
  /** Points of each edge from its source's border to its target's, bends between. */
  readonly routes: ReadonlyMap<string, readonly Point[]>
}

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.aspectRatio': '1.6',
  'elk.spacing.nodeNode': '26',
  'elk.spacing.componentComponent': '48',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.layered.spacing.nodeNodeBetweenLayers': '84',
  'elk.layered.spacing.edgeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '14',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.thoroughness': '20',
}

/** Lays out everything anew. Equal input gives equal output. Errors: rejects when the worker cannot run. */
export async function layOut(
  elk: ELK,
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
): Promise<Layout> {
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: OPTIONS,
    children: nodes.map(({ id, width, height }) => ({ id, width, height })),
    edges: edges.map(({ id, source, target }) => ({ id, sources: [source], targets: [target] })),
  }
  return readLayout(await elk.layout(graph))
}

/** ELK's answer as centres and point lists. */
export function readLayout(graph: ElkNode): Layout {
  const positions = new Map<string, Point>()
  for (const child of graph.children ?? [])
    positions.set(child.id, {
      x: (child.x ?? 0) + (child.width ?? 0) / 2,
      y: (child.y ?? 0) + (child.height ?? 0) / 2,
    })
  const routes = new Map<string, readonly Point[]>()
  for (const edge of graph.edges ?? []) {
    const points = edgePoints(edge)
    if (points.length >= 2) routes.set(edge.id, points)
  }
  return { positions, routes }
}

function edgePoints(edge: ElkExtendedEdge): Point[] {
  const section = edge.sections?.[0]
  if (!section) return []
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]
}
