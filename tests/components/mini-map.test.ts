// An alert's small map: nothing covers anything, every name fits its box, the alert's edge is marked by
// more than a colour, and the table beside it says the same with full names.
import fc from 'fast-check'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { AlertDetail } from '../../components/alerts/alert-view.ts'
import {
  MINI_BOX,
  MINI_FONT_SIZE,
  MINI_MAP_WIDTH,
  placeMiniMap,
} from '../../components/alerts/mini-map.ts'
import { SurroundingsBlock } from '../../components/alerts/surroundings.tsx'
import { windowSince } from '../../components/map/windows.ts'
import { estimateWidth } from '../../core/export/drawing.ts'
import { NODE_KINDS, type NodeKey } from '../../core/graph/node.ts'
import { type NearEdge, surroundingsOf } from '../../core/graph/surroundings.ts'
import { key } from './views.ts'

const HOUR_MS = 3_600_000
const NOW_MS = 100 * HOUR_MS
const LONG = 'payment-authorisation-gateway-for-the-eastern-region'
const [shop, cart] = [key('shop'), key(LONG)]
const near = (source: NodeKey, target: NodeKey, at: number): NearEdge => ({
  ...{ id: String(at), source, target, lastSeenMs: NOW_MS - 2 * HOUR_MS },
})
const EDGES = [
  near(shop, cart, 1),
  near(key('user', 'user'), shop, 2),
  near(cart, key('<b>bank</b>', 'external'), 3),
  ...Array.from({ length: 9 }, (_, at) => near(key(`job-${at}`), cart, 10 + at)),
]

function alertOf(change: Partial<AlertDetail>): AlertDetail {
  const surroundings = surroundingsOf({ source: shop, target: cart }, EDGES, 6)
  const parts = { environment: 'test', state: 'open', source: shop, target: cart, surroundings }
  return { ...parts, ...change } as AlertDetail
}
const render = (change: Partial<AlertDetail> = {}) =>
  renderToStaticMarkup(
    createElement(SurroundingsBlock, { alert: alertOf(change), readAtMs: NOW_MS }),
  )

test('boxes lie inside the drawing, apart from each other, and hold their names, whatever those are', () => {
  const names = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 14 })
  const kinds = fc.array(fc.constantFrom(...NODE_KINDS), { minLength: 14, maxLength: 14 })
  fc.assert(
    fc.property(names, kinds, fc.nat(6), (texts, kindOf, callers) => {
      const nodes = texts.map((text, at) => key(text, kindOf[at], 'n'))
      const edges = nodes.map((node, at) =>
        at < callers ? near(node, shop, at) : near(cart, node, at),
      )
      const around = surroundingsOf({ source: shop, target: cart }, edges, 6)
      const map = placeMiniMap(shop, cart, around)
      for (const [at, { centre, lines }] of map.nodes.entries()) {
        expect(centre.x - MINI_BOX.width / 2).toBeGreaterThanOrEqual(0)
        expect(centre.x + MINI_BOX.width / 2).toBeLessThanOrEqual(MINI_MAP_WIDTH)
        expect(centre.y - MINI_BOX.height / 2).toBeGreaterThanOrEqual(0)
        expect(centre.y + MINI_BOX.height / 2).toBeLessThanOrEqual(map.height)
        expect(lines.length).toBeLessThanOrEqual(2)
        for (const line of lines)
          expect(estimateWidth(line, MINI_FONT_SIZE)).toBeLessThanOrEqual(MINI_BOX.width)
        for (const other of map.nodes.slice(at + 1)) {
          const isBeside = Math.abs(other.centre.x - centre.x) >= MINI_BOX.width
          const isBelow = Math.abs(other.centre.y - centre.y) >= MINI_BOX.height
          expect(isBeside || isBelow).toBe(true)
        }
      }
      expect(map.edges).toHaveLength(around.edges.length)
    }),
  )
})

test('the ends are in the middle, one above the other, whatever is around them', () => {
  const map = placeMiniMap(shop, cart, alertOf({}).surroundings)
  const [upper, lower] = map.nodes.filter((node) => node.isEnd)
  expect([upper?.key, lower?.key]).toEqual([shop, cart])
  expect([upper?.centre.x, lower?.centre.x]).toEqual([MINI_MAP_WIDTH / 2, MINI_MAP_WIDTH / 2])
  expect(((upper?.centre.y ?? 0) + (lower?.centre.y ?? 0)) / 2).toBe(map.height / 2)
})

test('the table has every drawn edge with its full names, links to it, and counts what is left out', () => {
  const html = render()
  expect(html.match(/<tr/g)).toHaveLength(1 + 1 + 7)
  expect(html).toContain(`<bdi>${LONG}</bdi>`)
  expect(html).toContain('is called by the target')
  expect(html).toContain('<bdi>&lt;b&gt;bank&lt;/b&gt;</bdi>')
  expect(html).toContain('href="/map?environment=test&amp;window=24h&amp;select=e1"')
  expect(html).toContain('Left out: 4 callers more.')
  expect(html).toContain('aria-label="service shop → ')
})

test('the alert’s edge is told by a sign and a width, and is dashed when it is gone', () => {
  expect(render()).toContain('>+</text>')
  expect(render()).not.toContain('stroke-dasharray')
  const surroundings = surroundingsOf({ source: shop, target: cart }, EDGES.slice(1), 6)
  const gone = render({ state: 'withdrawn', surroundings })
  expect(gone).toContain('stroke-dasharray')
  expect(gone).toContain('no longer seen')
  expect(gone).not.toContain('select=e1"')
  expect(gone).toContain('>–</text>')
})

test('a service without edges is drawn alone', () => {
  const html = render({ target: null, surroundings: null })
  expect(html).toContain('stands alone')
  expect(html.match(/<rect/g)).toHaveLength(1)
  expect(html).not.toContain('<table')
})

test('a link names the shortest window that has what was seen', () => {
  const ages = [0, 1 / 6, 1 / 2, 2, 30, 300, 900, 9000].map((hours) => hours * HOUR_MS)
  const windows = ages.map((ageMs) => windowSince(10_000 * HOUR_MS - ageMs, 10_000 * HOUR_MS))
  expect(windows).toEqual(['15m', '15m', '1h', '24h', '7d', '30d', '30d', '30d'])
})
