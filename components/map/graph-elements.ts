// From the map's data to what Cytoscape draws: one element a node and an edge, sized to its label.
// Pure; text is measured by a function that is handed in. Ids are ours, never names.
import type { ElementDefinition } from 'cytoscape'
import { displayName, wrapLabel } from '../../core/graph/label.ts'
import type { MapEdge, MapNode, MapView } from './map-view.ts'

export const NODE_FONT_SIZE = 13
const LINE_HEIGHT = 17
const LINE_CHARS_MAX = 22
const LINES_MAX = 3
const ICON_WIDTH = 30
const PADDING_X = 13
const WIDTH_MIN = 96
const HEIGHT_MIN = 42

export type Size = { readonly width: number; readonly height: number }
/** Width of one line in px at NODE_FONT_SIZE. */
export type MeasureText = (line: string) => number

export const nodeElementId = (id: string): string => `n${id}`
export const edgeElementId = (id: string): string => `e${id}`

/** One node's or edge's name as people say it. */
export function nodeTitle(node: MapNode, ambiguous: ReadonlySet<string>): string {
  const name = displayName(node.name) || '(no name)'
  if (node.namespace && ambiguous.has(node.name)) return `${displayName(node.namespace)}/${name}`
  return name
}

/** Names that more than one service has, so that their namespaces must be said. */
export function ambiguousNames(nodes: readonly MapNode[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const node of nodes) {
    if (node.kind !== 'service') continue
    if (seen.has(node.name)) twice.add(node.name)
    seen.add(node.name)
  }
  return twice
}

/** Titles of all nodes of a view by node id. */
export function nodeTitles(view: MapView): ReadonlyMap<string, string> {
  const ambiguous = ambiguousNames(view.nodes)
  return new Map(view.nodes.map((node) => [node.id, nodeTitle(node, ambiguous)]))
}

/** 'source → target': how an edge is called everywhere. */
export function edgeTitle(
  edge: { readonly sourceId: string; readonly targetId: string },
  titles: ReadonlyMap<string, string>,
): string {
  return `${titles.get(edge.sourceId) ?? '?'} → ${titles.get(edge.targetId) ?? '?'}`
}

/** All elements of a view, nodes first. Positions are not set. */
export function graphElements(view: MapView, measure: MeasureText): ElementDefinition[] {
  const titles = nodeTitles(view)
  const nodes = view.nodes.map((node) => nodeElement(node, titles.get(node.id) ?? '', measure))
  return [...nodes, ...view.edges.map(edgeElement)]
}

function nodeElement(node: MapNode, title: string, measure: MeasureText): ElementDefinition {
  const lines = wrapLabel(title, { lineCharsMax: LINE_CHARS_MAX, linesMax: LINES_MAX })
  const { width, height } = nodeSize(lines, measure)
  return {
    group: 'nodes',
    data: {
      id: nodeElementId(node.id),
      kind: node.kind,
      label: lines.map(isolate).join('\n'),
      width,
      height,
      status: node.isNew ? 'new' : 'known',
      evidence: node.kind === 'service' && !node.isObserved ? 'stated' : 'observed',
      callers: node.unattributedCalls > 0 ? 'unknown' : 'known',
    },
  }
}

function edgeElement(edge: MapEdge): ElementDefinition {
  return {
    group: 'edges',
    data: {
      id: edgeElementId(edge.id),
      source: nodeElementId(edge.sourceId),
      target: nodeElementId(edge.targetId),
      standing: edge.standing,
      evidence: edge.isConfirmed ? 'confirmed' : 'oneSided',
      badge: edge.standing === 'new' ? '+' : edge.standing === 'rejected' ? '×' : '',
    },
  }
}

/** Box that holds the lines beside the kind's icon. */
export function nodeSize(lines: readonly string[], measure: MeasureText): Size {
  const textWidth = Math.max(0, ...lines.map(measure))
  return {
    width: Math.max(WIDTH_MIN, Math.ceil(textWidth) + ICON_WIDTH + 2 * PADDING_X),
    height: Math.max(HEIGHT_MIN, lines.length * LINE_HEIGHT + 22),
  }
}

/** First strong isolate: the direction of one name never reaches the next line. */
function isolate(line: string): string {
  return `\u2068${line}\u2069`
}
