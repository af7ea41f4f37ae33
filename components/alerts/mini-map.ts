// Where the parts of an alert's small map lie: callers on the left, the edge's two ends one above the other in
// the middle, callees on the right. Fixed columns instead of a layout engine, so that it can be read on a
// phone and is drawn the same by the server and the browser. Pure geometry. Units: px of the drawing.
import { estimateWidth } from '../../core/export/drawing.ts'
import type { Point } from '../../core/export/layout.ts'
import { px } from '../../core/export/svg-shapes.ts'
import { displayName, wrapLabel } from '../../core/graph/label.ts'
import { type NodeKey, nodeId } from '../../core/graph/node.ts'
import type { NearEdge, Surroundings } from '../../core/graph/surroundings.ts'

export const MINI_MAP_WIDTH = 352
export const MINI_BOX = { width: 96, height: 40 } as const
export const MINI_FONT_SIZE = 12
const [LEFT, MIDDLE, RIGHT] = [48, 176, 304] as const
const PITCH = 48
const END_DISTANCE = 112
const MARGIN = 12
const LOOP_HEIGHT = 26
const LINE_CHARS = [14, 12, 10, 8, 6] as const
const TEXT_WIDTH_MAX = MINI_BOX.width - 10
/** The ends are set in bold. */
const BOLD_RATIO = 1.1

export type MiniNode = {
  readonly key: NodeKey
  readonly centre: Point
  readonly lines: readonly string[]
  readonly isEnd: boolean
}

export type MiniEdge = { readonly path: string; readonly edge: NearEdge }

export type MiniMap = {
  readonly height: number
  readonly nodes: readonly MiniNode[]
  readonly edges: readonly MiniEdge[]
  /** The alert's own edge, and the middle of it; null for a service alone. */
  readonly own: { readonly path: string; readonly middle: Point } | null
}

/** target null, surroundings null: a service alone. */
export function placeMiniMap(
  source: NodeKey,
  target: NodeKey | null,
  surroundings: Surroundings | null,
): MiniMap {
  const { callers = [], callees = [], edges = [] } = surroundings ?? {}
  const isOne = target === null || nodeId(source) === nodeId(target)
  const sideHeight = Math.max(callers.length, callees.length) * PITCH - (PITCH - MINI_BOX.height)
  const endsHeight = MINI_BOX.height + (isOne ? 0 : END_DISTANCE) + 2 * LOOP_HEIGHT
  const height = Math.max(sideHeight, endsHeight) + 2 * MARGIN
  const away = isOne ? 0 : END_DISTANCE / 2
  const upper = nodeAt(source, { x: MIDDLE, y: height / 2 - away }, true)
  const lower = target && !isOne ? nodeAt(target, { x: MIDDLE, y: height / 2 + away }, true) : null
  const nodes = [
    ...column(callers, LEFT, height),
    ...[upper, ...(lower ? [lower] : [])],
    ...column(callees, RIGHT, height),
  ]
  const byId = new Map(nodes.map((node) => [nodeId(node.key), node]))
  const drawn = edges.flatMap((edge) => {
    const from = byId.get(nodeId(edge.source))
    const to = byId.get(nodeId(edge.target))
    return from && to ? [{ edge, path: edgePath(from, to, upper) }] : []
  })
  return { height, nodes, edges: drawn, own: ownEdge(upper, lower, target !== null) }
}

function column(keys: readonly NodeKey[], x: number, height: number): MiniNode[] {
  const top = height / 2 - ((keys.length - 1) * PITCH) / 2
  return keys.map((key, at) => nodeAt(key, { x, y: top + at * PITCH }, false))
}

function nodeAt(key: NodeKey, centre: Point, isEnd: boolean): MiniNode {
  return { key, centre, isEnd, lines: shortName(key.name, isEnd ? BOLD_RATIO : 1) }
}

/** At most two lines that fit the box, by a width estimated rather too wide. */
function shortName(name: string, widthRatio: number): readonly string[] {
  const shown = displayName(name) || '(no name)'
  const tries = LINE_CHARS.map((lineCharsMax) => wrapLabel(shown, { lineCharsMax, linesMax: 2 }))
  const fits = (lines: readonly string[]) =>
    lines.every((line) => estimateWidth(line, MINI_FONT_SIZE) * widthRatio <= TEXT_WIDTH_MAX)
  return tries.find(fits) ?? tries.at(-1) ?? []
}

function ownEdge(upper: MiniNode, lower: MiniNode | null, hasEdge: boolean): MiniMap['own'] {
  if (!hasEdge) return null
  const half = MINI_BOX.height / 2
  if (lower === null) {
    const { x, y } = upper.centre
    return { path: loopPath(upper, 1), middle: { x, y: y + half + LOOP_HEIGHT - 4 } }
  }
  const [top, bottom] = [upper.centre.y + half, lower.centre.y - half]
  return {
    path: `M${px(MIDDLE)} ${px(top)}V${px(bottom - 1)}`,
    middle: { x: MIDDLE, y: (top + bottom) / 2 },
  }
}

/** The left column's edges meet the ends on their left, the right column's on their right. */
function edgePath(from: MiniNode, to: MiniNode, upper: MiniNode): string {
  if (from === to) return loopPath(from, from === upper ? -1 : 1)
  if (from.isEnd && to.isEnd) return backPath(from, to)
  const side = from.isEnd ? to : from
  const direction = side.centre.x < MIDDLE ? 1 : -1
  const half = MINI_BOX.width / 2
  const outer = side.centre.x + direction * half
  const inner = MIDDLE - direction * half
  // What goes against the column's usual way lies a little lower, so that neither hides the other.
  const isAgainst = from.isEnd === (direction === 1)
  const shift = isAgainst ? 8 : 0
  const end = from.isEnd ? from : to
  const ends = [
    { x: outer, y: side.centre.y + shift },
    { x: inner, y: end.centre.y + shift },
  ] as const
  const [start, stop] = from.isEnd ? [ends[1], ends[0]] : ends
  const bend = (start.x + stop.x) / 2
  return (
    `M${px(start.x)} ${px(start.y)}C${px(bend)} ${px(start.y)} ` +
    `${px(bend)} ${px(stop.y)} ${px(stop.x)} ${px(stop.y)}`
  )
}

/** From the lower end to the upper, beside the alert's own edge. */
function backPath(from: MiniNode, to: MiniNode): string {
  const half = MINI_BOX.height / 2
  return `M${px(MIDDLE + 28)} ${px(from.centre.y - half)}V${px(to.centre.y + half)}`
}

/** direction: 1 below the box, -1 above it. */
function loopPath({ centre }: MiniNode, direction: 1 | -1): string {
  const base = centre.y + (direction * MINI_BOX.height) / 2
  const far = base + direction * LOOP_HEIGHT
  return (
    `M${px(centre.x - 18)} ${px(base)}C${px(centre.x - 18)} ${px(far)} ` +
    `${px(centre.x + 18)} ${px(far)} ${px(centre.x + 18)} ${px(base)}`
  )
}
