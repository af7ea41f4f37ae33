// Plain-text search on the map: every word must be in a node's title or kind; an edge is found when its
// text, "source → target protocol", has every word. The find language of later issues takes this place.
import { nodeTitles } from './graph-elements.ts'
import type { MapEdge, MapView } from './map-view.ts'

export type Found = {
  /** Ids of nodes and edges, as in the view. */
  readonly nodeIds: ReadonlySet<string>
  readonly edgeIds: ReadonlySet<string>
}

/** Null when the text is blank: everything is wanted. */
export function findInView(view: MapView, text: string): Found | null {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return null
  const titles = nodeTitles(view)
  const has = (haystack: string) => words.every((word) => haystack.toLowerCase().includes(word))
  const nodeIds = new Set(
    view.nodes
      .filter((node) => has(`${titles.get(node.id)} ${node.namespace} ${node.kind}`))
      .map((node) => node.id),
  )
  const edges = view.edges.filter((edge) => has(edgeText(edge, titles)))
  for (const edge of edges) {
    nodeIds.add(edge.sourceId)
    nodeIds.add(edge.targetId)
  }
  return { nodeIds, edgeIds: new Set(edges.map((edge) => edge.id)) }
}

function edgeText(edge: MapEdge, titles: ReadonlyMap<string, string>): string {
  return `${edgeTitle(edge, titles)} ${edge.protocol} ${edge.standing}`
}

/** 'source → target': how an edge is called everywhere. */
export function edgeTitle(
  edge: { readonly sourceId: string; readonly targetId: string },
  titles: ReadonlyMap<string, string>,
): string {
  return `${titles.get(edge.sourceId) ?? '?'} → ${titles.get(edge.targetId) ?? '?'}`
}
