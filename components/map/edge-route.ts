// A routed edge in Cytoscape's words: end points as offsets from the node centres, bends as weight along
// and distance from the line between the end points. Pure geometry, px.

import type { Point } from '../../core/export/layout.ts'
import type { NodeKind } from '../../core/graph/node.ts'
import type { Size } from './graph-elements.ts'
import { HEXAGON_POINT_RATIO } from './graph-style.ts'

export type RouteEnd = Size & { readonly kind: NodeKind; readonly position: Point }

export type RouteData = {
  readonly weights: string
  readonly distances: string
  readonly from: string
  readonly to: string
}

/** Null when the route cannot be told that way (its ends fall together). */
export function routeData(
  points: readonly Point[],
  source: RouteEnd,
  target: RouteEnd,
): RouteData | null {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return null
  const from = onBorder(first, source)
  const to = onBorder(last, target)
  const dx = to.x - from.x
  const dy = to.y - from.y
  const lengthSquared = dx * dx + dy * dy
  if (lengthSquared < 1) return null
  const length = Math.sqrt(lengthSquared)
  const bends = points.slice(1, -1)
  const middle = bends.length > 0 ? bends : [{ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }]
  const weights = middle.map((p) => ((p.x - from.x) * dx + (p.y - from.y) * dy) / lengthSquared)
  // Cytoscape's distance is positive to the right of the direction from source to target (y grows downwards).
  const distances = middle.map((p) => ((p.x - from.x) * dy - (p.y - from.y) * dx) / -length)
  return {
    weights: weights.map(round).join(' '),
    distances: distances.map(round).join(' '),
    from: offset(from, source.position),
    to: offset(to, target.position),
  }
}

/** Moves a point on the side of a node's box onto the border of its shape. */
function onBorder(point: Point, end: RouteEnd): Point {
  const dx = point.x - end.position.x
  const dy = point.y - end.position.y
  const inset = borderInset(end, Math.abs(dy))
  return { x: point.x - Math.sign(dx) * Math.min(inset, Math.abs(dx)), y: point.y }
}

/** How far a shape's border lies inside its box at `dy` from the centre line. */
export function borderInset({ kind, width, height }: Omit<RouteEnd, 'position'>, dy: number) {
  const ratio = Math.min(1, dy / (height / 2))
  if (kind === 'user') return (width / 2) * (1 - Math.sqrt(1 - ratio * ratio))
  if (kind === 'external') return (width / 2) * HEXAGON_POINT_RATIO * ratio
  return 0
}

function offset(point: Point, centre: Point): string {
  return `${round(point.x - centre.x)}px ${round(point.y - centre.y)}px`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
