// Where a person stands on the map, as element ids and in words; and the order in which what was found is
// stepped through.
import type { Found } from './ask-view.ts'
import { edgeElementId, edgeTitle, nodeElementId } from './graph-elements.ts'
import type { MapView } from './map-view.ts'
import type { Stand } from './walk.ts'

export function elementOf(stand: Stand | null): string | null {
  if (stand === null) return null
  return stand.kind === 'node' ? nodeElementId(stand.id) : edgeElementId(stand.id)
}

export function standAt(elementId: string | null, view: MapView): Stand | null {
  if (elementId === null) return null
  const id = elementId.slice(1)
  if (elementId.startsWith('n')) return { kind: 'node', id }
  const edge = view.edges.find((candidate) => candidate.id === id)
  return edge ? { kind: 'edge', id, anchorId: edge.sourceId } : null
}

/** Element ids of what was found: nodes, then edges, in the order of the view. */
export function foundElements(view: MapView, found: Found | null): readonly string[] {
  if (found === null) return []
  const nodes = view.nodes.filter((node) => found.nodeIds.has(node.id))
  const edges = view.edges.filter((edge) => found.edgeIds.has(edge.id))
  return [
    ...nodes.map((node) => nodeElementId(node.id)),
    ...edges.map((edge) => edgeElementId(edge.id)),
  ]
}

/** The next of a list whose ends meet; from what is not in it, its first or last. Null: it is empty. */
export function stepFrom(
  current: string | null,
  list: readonly string[],
  by: 1 | -1,
): string | null {
  const at = current === null ? -1 : list.indexOf(current)
  const next = at < 0 ? (by === 1 ? 0 : list.length - 1) : (at + by + list.length) % list.length
  return list[next] ?? null
}

/** What stands there, in words; '' for nothing. */
export function announce(
  stand: Stand | null,
  view: MapView,
  titles: ReadonlyMap<string, string>,
): string {
  if (stand === null) return ''
  if (stand.kind === 'node') {
    const node = view.nodes.find((candidate) => candidate.id === stand.id)
    if (!node) return ''
    const callers = node.unattributedCalls > 0 ? ', some callers unknown' : ''
    return `${node.kind} ${titles.get(node.id)}${callers}`
  }
  const edge = view.edges.find((candidate) => candidate.id === stand.id)
  if (!edge) return ''
  const calls = edge.estimate ? `about ${edge.estimate.calls} calls` : `${edge.calls} calls`
  const evidence = edge.isConfirmed ? '' : ', known from one side only'
  return `edge ${edgeTitle(edge, titles)}, ${edge.standing}, ${calls}${evidence}`
}
