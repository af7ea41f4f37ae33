// Elements, styles, routes and places: everything of the drawing that can be said without a canvas.
import { expect, test } from 'vitest'
import { borderInset, type RouteEnd, routeData } from '../../components/map/edge-route.ts'
import { graphElements } from '../../components/map/graph-elements.ts'
import { type GraphColors, graphStyle } from '../../components/map/graph-style.ts'
import { placeBeside } from '../../components/map/place-beside.ts'
import { plainRoute } from '../../components/map/plain-route.ts'
import type { LayoutEdge, LayoutNode } from '../../core/export/layout.ts'
import { NODE_KINDS } from '../../core/graph/node.ts'
import { edge, key, node, trust, viewOf } from './views.ts'

const measure = (line: string) => line.length * 7

test('element ids are ours and never names', () => {
  const hostile = key('"] , * { } <script>')
  const view = viewOf({
    nodes: [node('1', hostile), node('2', key('b'))],
    edges: [edge('5', hostile, key('b'))],
  })
  expect(graphElements(view, measure).map((element) => element.data.id)).toEqual(['n1', 'n2', 'e5'])
})

test('new and rejected edges carry a badge beside their colour, one-sided ones a dash', () => {
  const [a, b] = [key('a'), key('b')]
  const view = viewOf({
    nodes: [node('1', a), node('2', b)],
    edges: [edge('5', a, b, trust('clientOnly'))],
    approved: [],
  })
  expect(graphElements(view, measure).at(-1)?.data).toMatchObject({
    standing: 'new',
    badge: '+',
    evidence: 'oneSided',
  })
})

test('a node is wide enough for its longest line and its glyph', () => {
  const view = viewOf({ nodes: [node('1', key('a-service-of-some-length'))], edges: [] })
  const { width, height, label } = graphElements(view, measure)[0]?.data ?? {}
  const widest = Math.max(
    ...String(label)
      .split('\n')
      .map((line) => line.length - 2),
  )
  expect(width).toBeGreaterThanOrEqual(widest * 7 + 30)
  expect(height).toBeGreaterThanOrEqual(String(label).split('\n').length * 17)
})

test('a service with requests of unknown callers carries a badge', () => {
  const view = viewOf({ nodes: [{ ...node('1', key('shop')), unattributedCalls: 2 }], edges: [] })
  expect(graphElements(view, measure)[0]?.data).toMatchObject({ callers: 'unknown' })
  const plain = viewOf({ nodes: [node('1', key('shop'))], edges: [] })
  expect(graphElements(plain, measure)[0]?.data).toMatchObject({ callers: 'known' })
})

test('every kind of node has a shape of its own', () => {
  const shapes = NODE_KINDS.map((kind) => styleOf(`node[kind = "${kind}"]`).shape)
  expect(new Set(shapes).size).toBe(NODE_KINDS.length)
})

test('a new edge differs from a known one in width and arrow, not only in colour', () => {
  const [known, fresh] = [styleOf('edge'), styleOf('edge[standing = "new"]')]
  expect(fresh.width).toBeGreaterThan(Number(known.width) * 2)
  expect(fresh['target-arrow-shape']).not.toBe(known['target-arrow-shape'])
})

const COLORS = Object.fromEntries(
  [
    'canvas',
    'surface',
    'line',
    'lineStrong',
    'ink',
    'muted',
    'edge',
    'drift',
    'driftSoft',
    'onDrift',
  ].map((name) => [name, '#000000']),
) as GraphColors

function styleOf(selector: string): Record<string, unknown> {
  const rules = graphStyle(COLORS) as { selector: string; style: Record<string, unknown> }[]
  const rule = rules.find((candidate) => candidate.selector === selector)
  if (!rule) throw new Error(`no style for ${selector}`)
  return rule.style
}

const box = (x: number, y: number, kind: RouteEnd['kind'] = 'service'): RouteEnd => ({
  kind,
  width: 100,
  height: 40,
  position: { x, y },
})

test('a bend is told by its weight along the line and its distance from it', () => {
  const route = [
    { x: 50, y: 0 },
    { x: 100, y: 30 },
    { x: 150, y: 0 },
  ]
  const data = routeData(route, box(0, 0), box(200, 0))
  expect(data).toEqual({ weights: '0.5', distances: '30', from: '50px 0px', to: '-50px 0px' })
})

test('a route without bends keeps a point in its middle, one without length is none', () => {
  const line = [
    { x: 50, y: 0 },
    { x: 150, y: 0 },
  ]
  expect(routeData(line, box(0, 0), box(200, 0))).toMatchObject({ weights: '0.5', distances: '0' })
  expect(routeData([line[0] ?? { x: 0, y: 0 }], box(0, 0), box(200, 0))).toBeNull()
})

test('ends lie on the border of the shape, inside its box', () => {
  expect(borderInset({ kind: 'service', width: 100, height: 40 }, 20)).toBe(0)
  expect(borderInset({ kind: 'user', width: 100, height: 40 }, 0)).toBe(0)
  expect(borderInset({ kind: 'user', width: 100, height: 40 }, 20)).toBe(50)
  expect(borderInset({ kind: 'external', width: 100, height: 40 }, 20)).toBeCloseTo(5)
})

test('an edge the layout did not route goes out on the right and in on the left', () => {
  const [source, target] = [box(0, 0), box(300, 80)]
  const route = plainRoute(source, target, [source, target])
  expect(route[0]).toEqual({ x: 50, y: 0 })
  expect(route.at(-1)).toEqual({ x: 250, y: 80 })
  expect(route.length).toBeLessThanOrEqual(4)
})

test('a plain route goes around what stands in its way, forwards and back', () => {
  const boxes = [box(0, 0), box(200, 0), box(400, 0)]
  const [left, middle, right] = boxes as [RouteEnd, RouteEnd, RouteEnd]
  for (const route of [plainRoute(left, right, boxes), plainRoute(right, left, boxes)])
    for (const [at, to] of route.slice(1).entries()) {
      const from = route[at] ?? to
      const crosses =
        Math.min(from.x, to.x) < middle.position.x + 50 &&
        Math.max(from.x, to.x) > middle.position.x - 50 &&
        Math.min(from.y, to.y) < 20 &&
        Math.max(from.y, to.y) > -20
      expect(crosses).toBe(false)
    }
})

const NODES: LayoutNode[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, width: 100, height: 40 }))
const EDGES: LayoutEdge[] = [
  { id: 'ab', source: 'a', target: 'b' },
  { id: 'ac', source: 'a', target: 'c' },
  { id: 'da', source: 'd', target: 'a' },
]

test('new nodes go right of their callers or left of their callees, and nothing else moves', () => {
  const known = new Map([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 184, y: 0 }],
  ])
  const added = placeBeside(NODES, EDGES, known)
  expect([...added.keys()].sort()).toEqual(['c', 'd'])
  expect(added.get('c')?.x).toBe(184)
  expect(Math.abs(added.get('c')?.y ?? 0)).toBeGreaterThan(40)
  expect(added.get('d')).toEqual({ x: -184, y: 0 })
})

test('a new node goes beside the lines that are drawn, if there is room near', () => {
  const known = new Map([['a', { x: 0, y: 0 }]])
  const line = [
    { x: 50, y: 0 },
    { x: 600, y: 0 },
  ]
  const nodes = [
    { id: 'a', width: 100, height: 40 },
    { id: 'b', width: 100, height: 40 },
  ]
  const edges = [{ id: 'ab', source: 'a', target: 'b' }]
  expect(placeBeside(nodes, edges, known).get('b')).toEqual({ x: 184, y: 0 })
  const place = placeBeside(nodes, edges, known, [line]).get('b')
  expect(place?.x).toBe(184)
  expect(Math.abs(place?.y ?? 0)).toBeGreaterThan(20)
  const everywhere = Array.from({ length: 400 }, (_, at) => [
    { x: -500, y: at * 10 - 2000 },
    { x: 500, y: at * 10 - 2000 },
  ])
  expect(placeBeside(nodes, edges, known, everywhere).get('b')).toEqual({ x: 184, y: 0 })
})

test('placed nodes never overlap, even when nothing is known', () => {
  const many = Array.from({ length: 30 }, (_, at) => ({ id: `n${at}`, width: 100, height: 40 }))
  const star = many.slice(1).map(({ id }) => ({ id: `e${id}`, source: 'n0', target: id }))
  const places = [...placeBeside(many, star, new Map()).values()]
  for (const [at, one] of places.entries())
    for (const other of places.slice(at + 1))
      expect(Math.abs(one.x - other.x) >= 100 || Math.abs(one.y - other.y) >= 40).toBe(true)
})
