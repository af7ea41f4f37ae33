// Where a node goes that appears on a map which is already laid out: beside what it talks to, right of its
// callers or left of its callees, in the first free slot, off the lines if that is near. Nothing else
// moves. Pure.
import type { LayoutEdge, LayoutNode, Point } from '../../core/export/layout.ts'

const GAP_X = 84
const GAP_Y = 26

type Placed = LayoutNode & { readonly position: Point }

/** How far from the wanted slot a node may go to stand on no line, in turns of freeSlot. */
const OFF_LINES_TURNS = 16

/**
 * Positions of the nodes that have none yet; `known` is left as it is. routes: of the edges drawn, from
 * bend to bend. Equal input, equal output.
 */
export function placeBeside(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  known: ReadonlyMap<string, Point>,
  routes: Iterable<readonly Point[]> = [],
): Map<string, Point> {
  const lines = [...routes].flatMap(linesOf)
  const placed = new Map<string, Placed>()
  for (const node of nodes) {
    const position = known.get(node.id)
    if (position) placed.set(node.id, { ...node, position })
  }
  const added = new Map<string, Point>()
  let waiting = nodes.filter((node) => !placed.has(node.id))
  while (waiting.length > 0) {
    const next = waiting.find((node) => hasPlacedNeighbour(node, edges, placed)) ?? waiting[0]
    if (!next) break
    const position = freeSlot(next, wantedPosition(next, edges, placed), placed, lines)
    placed.set(next.id, { ...next, position })
    added.set(next.id, position)
    waiting = waiting.filter((node) => node !== next)
  }
  return added
}

type PlacedById = ReadonlyMap<string, Placed>

function hasPlacedNeighbour(node: LayoutNode, edges: readonly LayoutEdge[], placed: PlacedById) {
  return edges.some(
    (edge) =>
      (edge.source === node.id && placed.has(edge.target)) ||
      (edge.target === node.id && placed.has(edge.source)),
  )
}

function wantedPosition(node: LayoutNode, edges: readonly LayoutEdge[], placed: PlacedById): Point {
  const callers = edges
    .filter((e) => e.target === node.id)
    .flatMap((e) => placed.get(e.source) ?? [])
  if (callers.length > 0) {
    const x = Math.max(...callers.map((c) => c.position.x + c.width / 2)) + GAP_X + node.width / 2
    return { x, y: meanY(callers) }
  }
  const callees = edges
    .filter((e) => e.source === node.id)
    .flatMap((e) => placed.get(e.target) ?? [])
  if (callees.length > 0) {
    const x = Math.min(...callees.map((c) => c.position.x - c.width / 2)) - GAP_X - node.width / 2
    return { x, y: meanY(callees) }
  }
  const all = [...placed.values()]
  if (all.length === 0) return { x: 0, y: 0 }
  return {
    x: Math.min(...all.map((p) => p.position.x)),
    y: Math.max(...all.map((p) => p.position.y + p.height / 2)) + 2 * GAP_Y + node.height / 2,
  }
}

function meanY(nodes: readonly Placed[]): number {
  return nodes.reduce((sum, node) => sum + node.position.y, 0) / nodes.length
}

/** From where to where; horizontal or vertical, as routes are. */
type Line = readonly [Point, Point]

function linesOf(route: readonly Point[]): Line[] {
  return route.slice(1).flatMap((to, at) => {
    const from = route[at]
    return from ? [[from, to]] : []
  })
}

/** The free slot nearest to the wanted one, searched downwards and upwards in turn. */
function freeSlot(
  node: LayoutNode,
  wanted: Point,
  placed: PlacedById,
  lines: readonly Line[],
): Point {
  const step = (node.height + GAP_Y) / 2
  let nearest: Point | null = null
  for (let turn = 0; turn < 2 * placed.size + 2 * 200; turn++) {
    if (nearest && turn > OFF_LINES_TURNS) break
    const steps = Math.ceil(turn / 2) * (turn % 2 === 0 ? -1 : 1)
    const at = { x: wanted.x, y: wanted.y + steps * step }
    if ([...placed.values()].some((other) => overlaps(node, at, other))) continue
    if (!lines.some((line) => isOn(node, at, line))) return at
    nearest ??= at
  }
  return nearest ?? wanted
}

function isOn(node: LayoutNode, at: Point, [from, to]: Line): boolean {
  const isApart = (center: number, size: number, a: number, b: number) =>
    Math.max(a, b) < center - size / 2 || Math.min(a, b) > center + size / 2
  return !isApart(at.x, node.width, from.x, to.x) && !isApart(at.y, node.height, from.y, to.y)
}

function overlaps(node: LayoutNode, at: Point, other: Placed): boolean {
  return (
    Math.abs(at.x - other.position.x) < (node.width + other.width) / 2 + GAP_Y &&
    Math.abs(at.y - other.position.y) < (node.height + other.height) / 2 + GAP_Y / 2
  )
}
