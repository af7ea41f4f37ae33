// Positions for a drawing of the graph, left to right in layers: ELK in this process. Loaded only for a format
// that draws, because its code is large. Equal drawings get equal positions.
import ElkConstructor, { type ELK, type ElkNode } from 'elkjs/lib/elk.bundled.js'
import type { Drawing, DrawingLayout, Point } from '../core/export/drawing.ts'

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
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
}

/** Lays out everything. Units: px. */
export async function layOutDrawing({ nodes, edges }: Drawing): Promise<DrawingLayout> {
  const elk = new (ElkConstructor as unknown as new () => ELK)()
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: OPTIONS,
    children: nodes.map(({ id, width, height }) => ({ id, width, height })),
    edges: edges.map(({ id, source, target }) => ({ id, sources: [source], targets: [target] })),
  }
  return readLayout(await elk.layout(graph))
}

function readLayout(graph: ElkNode): DrawingLayout {
  const positions = new Map<string, Point>()
  for (const { id, x = 0, y = 0, width = 0, height = 0 } of graph.children ?? [])
    positions.set(id, { x: x + width / 2, y: y + height / 2 })
  const routes = new Map<string, readonly Point[]>()
  for (const edge of graph.edges ?? []) {
    const section = edge.sections?.[0]
    if (section)
      routes.set(edge.id, [section.startPoint, ...(section.bendPoints ?? []), section.endPoint])
  }
  return { positions, routes }
}
