// A way for an edge that the layout has not routed: out on the right of its source, along one level line,
// in on the left of its target, around the nodes that stand between. Pure geometry, px.

import type { Point } from '../../core/export/layout.ts'
import type { RouteEnd } from './edge-route.ts'

const STEP_AFTER_SOURCE = 22
const STEP_BEFORE_TARGET = 32
const CLEARANCE = 12
/** On larger maps the search would be felt; there a line may pass behind a node. */
const BOXES_AVOIDED_MAX = 150
const COLLISION_COST = 10_000
const BEND_COST = 40

/** The cheapest of such ways: few collisions first, then short, then straight. boxes: all nodes. */
export function plainRoute(
  source: RouteEnd,
  target: RouteEnd,
  boxes: readonly RouteEnd[],
): readonly Point[] {
  const levels = [source.position.y, target.position.y]
  for (const { position, height } of boxes.length > BOXES_AVOIDED_MAX ? [] : boxes) {
    const reach = height / 2 + CLEARANCE
    levels.push(position.y - reach, position.y + reach)
  }
  let best: readonly Point[] = []
  let bestCost = Number.POSITIVE_INFINITY
  for (const level of new Set(levels)) {
    const route = routeAlong(source, target, level)
    const cost = costOf(route, source, target, boxes)
    if (cost < bestCost) {
      best = route
      bestCost = cost
    }
  }
  return best
}

function routeAlong(source: RouteEnd, target: RouteEnd, level: number): readonly Point[] {
  const from = { x: source.position.x + source.width / 2, y: source.position.y }
  const to = { x: target.position.x - target.width / 2, y: target.position.y }
  const outX = from.x + STEP_AFTER_SOURCE
  const inX = to.x - STEP_BEFORE_TARGET
  const points = [
    from,
    { x: outX, y: from.y },
    { x: outX, y: level },
    { x: inX, y: level },
    { x: inX, y: to.y },
    to,
  ]
  return points.filter((point, at) => {
    const [before, after] = [points[at - 1], points[at + 1]]
    if (!before || !after) return true
    const isOnLine =
      (before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y)
    return !isOnLine
  })
}

function costOf(
  route: readonly Point[],
  source: RouteEnd,
  target: RouteEnd,
  boxes: readonly RouteEnd[],
): number {
  let cost = route.length * BEND_COST
  for (const [at, to] of route.slice(1).entries()) {
    const from = route[at] ?? to
    cost += Math.abs(to.x - from.x) + Math.abs(to.y - from.y)
    for (const box of boxes) {
      const isOwnEnd =
        (at === 0 && isSame(box, source)) || (at === route.length - 2 && isSame(box, target))
      if (!isOwnEnd && crosses(from, to, box)) cost += COLLISION_COST
    }
  }
  return cost
}

function isSame(a: RouteEnd, b: RouteEnd): boolean {
  return a.position.x === b.position.x && a.position.y === b.position.y
}

function crosses(from: Point, to: Point, { position, width, height }: RouteEnd): boolean {
  const reachX = width / 2 + CLEARANCE / 3
  const reachY = height / 2 + CLEARANCE / 3
  return (
    Math.min(from.x, to.x) < position.x + reachX &&
    Math.max(from.x, to.x) > position.x - reachX &&
    Math.min(from.y, to.y) < position.y + reachY &&
    Math.max(from.y, to.y) > position.y - reachY
  )
}
