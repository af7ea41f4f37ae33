// Walking the map by arrow keys. Right goes along an edge to its target, left back to its source, up and
// down choose among edges of the same node, or among nodes in reading order. Pure: what is where is handed in.
import type { Point } from '../../core/export/layout.ts'

export type Step = 'left' | 'right' | 'up' | 'down'

/** Where the walk stands. `anchorId`: the node whose edges up and down choose among. */
export type Stand =
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'edge'; readonly id: string; readonly anchorId: string }

export type WalkEdge = { readonly id: string; readonly sourceId: string; readonly targetId: string }

export type Ground = {
  readonly nodeIds: readonly string[]
  readonly edges: readonly WalkEdge[]
  readonly positionOf: (nodeId: string) => Point | undefined
}

/** The next stand, or the same one when there is no way on. Null only when the map is empty. */
export function walk(stand: Stand | null, step: Step, ground: Ground): Stand | null {
  if (stand === null) return firstNode(ground)
  return stand.kind === 'node'
    ? walkFromNode(stand, step, ground)
    : walkFromEdge(stand, step, ground)
}

function firstNode(ground: Ground): Stand | null {
  const id = readingOrder(ground)[0]
  return id === undefined ? null : { kind: 'node', id }
}

function walkFromNode(stand: Stand & { kind: 'node' }, step: Step, ground: Ground): Stand {
  if (step === 'up' || step === 'down') {
    const order = readingOrder(ground)
    const next = order[order.indexOf(stand.id) + (step === 'down' ? 1 : -1)]
    return next === undefined ? stand : { kind: 'node', id: next }
  }
  const edges = step === 'right' ? outgoing(stand.id, ground) : incoming(stand.id, ground)
  const first = edges[0]
  return first ? { kind: 'edge', id: first.id, anchorId: stand.id } : stand
}

function walkFromEdge(stand: Stand & { kind: 'edge' }, step: Step, ground: Ground): Stand {
  const edge = ground.edges.find((candidate) => candidate.id === stand.id)
  if (!edge) return firstNode(ground) ?? stand
  if (step === 'right') return { kind: 'node', id: edge.targetId }
  if (step === 'left') return { kind: 'node', id: edge.sourceId }
  const siblings =
    stand.anchorId === edge.targetId && edge.sourceId !== edge.targetId
      ? incoming(stand.anchorId, ground)
      : outgoing(stand.anchorId, ground)
  const at = siblings.findIndex((candidate) => candidate.id === edge.id)
  const next = siblings[at + (step === 'down' ? 1 : -1)]
  return next ? { ...stand, id: next.id } : stand
}

function outgoing(nodeId: string, ground: Ground): WalkEdge[] {
  return byHeight(
    ground.edges.filter((edge) => edge.sourceId === nodeId),
    (edge) => edge.targetId,
    ground,
  )
}

function incoming(nodeId: string, ground: Ground): WalkEdge[] {
  return byHeight(
    ground.edges.filter((edge) => edge.targetId === nodeId),
    (edge) => edge.sourceId,
    ground,
  )
}

function byHeight(
  edges: readonly WalkEdge[],
  otherEnd: (edge: WalkEdge) => string,
  { positionOf }: Ground,
): WalkEdge[] {
  // A node's calls to itself come last: first is what leads somewhere.
  const height = (edge: WalkEdge) =>
    edge.sourceId === edge.targetId ? Number.MAX_VALUE : (positionOf(otherEnd(edge))?.y ?? 0)
  return edges.toSorted((a, b) => height(a) - height(b))
}

/** Columns from left to right, each from top to bottom. */
function readingOrder({ nodeIds, positionOf }: Ground): string[] {
  const column = (id: string) => Math.round((positionOf(id)?.x ?? 0) / 120)
  const height = (id: string) => positionOf(id)?.y ?? 0
  return nodeIds.toSorted((a, b) => column(a) - column(b) || height(a) - height(b))
}
