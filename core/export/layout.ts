// Positions and edge routes, left to right in layers: what the layout engine (ELK) is asked for and how its
// answer is read, the same on the map and in drawings. The engine itself is the caller's: in the browser it
// runs in a web worker, on a server in a thread. Positions are node centres. Units: px.
// Source: eclipse.dev/elk, "ELK Layered", layout options.

export type Point = { readonly x: number; readonly y: number }
export type LayoutNode = { readonly id: string; readonly width: number; readonly height: number }
export type LayoutEdge = { readonly id: string; readonly source: string; readonly target: string }

export type Layout = {
  /** Centres by node id. */
  readonly positions: ReadonlyMap<string, Point>
  /** By edge id: from the source's border to the target's, bends between; straight without one. */
  readonly routes: ReadonlyMap<string, readonly Point[]>
}

/** The part of ELK's JSON that is used. */
export type ElkGraph = {
  id: string
  layoutOptions?: Record<string, string>
  children?: {
    id: string
    x?: number
    y?: number
    width?: number
    height?: number
  }[]
  edges?: {
    id: string
    sources: string[]
    targets: string[]
    sections?: { id: string; startPoint: Point; bendPoints?: Point[]; endPoint: Point }[]
  }[]
}

export type LayoutEngine = { readonly layout: (graph: ElkGraph) => Promise<ElkGraph> }

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
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

/** Lays out everything anew. Equal input gives equal output. Errors: rejects when the engine cannot run. */
export async function layOut(
  engine: LayoutEngine,
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
): Promise<Layout> {
  const graph: ElkGraph = {
    id: 'root',
    layoutOptions: OPTIONS,
    children: nodes.map(({ id, width, height }) => ({ id, width, height })),
    edges: edges.map(({ id, source, target }) => ({ id, sources: [source], targets: [target] })),
  }
  return readLayout(await engine.layout(graph))
}

function readLayout(graph: ElkGraph): Layout {
  const positions = new Map<string, Point>()
  for (const { id, x = 0, y = 0, width = 0, height = 0 } of graph.children ?? [])
    positions.set(id, { x: x + width / 2, y: y + height / 2 })
  const routes = new Map<string, readonly Point[]>()
  for (const { id, sections } of graph.edges ?? []) {
    const section = sections?.[0]
    if (section)
      routes.set(id, [section.startPoint, ...(section.bendPoints ?? []), section.endPoint])
  }
  return { positions, routes }
}
