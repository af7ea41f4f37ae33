// The tables say in words what the map draws: evidence, estimates, telemetry and unknown callers.
import { expect, test } from 'vitest'
import { nodeTitles } from '../../components/map/graph-elements.ts'
import { edgeRows, nodeRows } from '../../components/map/table-rows.tsx'
import { edge, key, node, trust, viewOf } from './views.ts'

const [shop, cart, bank] = [key('shop'), key('cart'), key('bank', 'external')]
const nodes = [
  { ...node('1', shop), isSampledOnly: true, unattributedCalls: 3 },
  { ...node('2', cart), isObserved: false },
  node('3', bank),
]
const sampled = { calls: 2, sampledCalls: 2, estimate: { calls: 200, errors: 100 }, errors: 1 }
const edges = [
  { ...edge('10', shop, cart), ...sampled },
  edge('11', shop, bank, trust('clientOnly')),
]
const view = viewOf({ nodes, edges })
const titles = nodeTitles(view)

test('an edge shows its estimate and whether one side only reports it', () => {
  const rows = edgeRows(view, titles, null)
  expect(
    rows.map(({ target, calls, errors, isEstimate, evidence }) => [
      target,
      calls,
      errors,
      isEstimate,
      evidence,
    ]),
  ).toEqual([
    ['bank', 1, 0, false, 'one side'],
    ['cart', 200, 100, true, 'both sides, sampled'],
  ])
})

test('a node shows what it sends and how many callers are unknown', () => {
  const rows = nodeRows(view, titles, null)
  expect(
    rows.map(({ title, telemetry, unattributedCalls }) => [title, telemetry, unattributedCalls]),
  ).toEqual([
    ['bank', '–', 0],
    ['cart', 'sends no spans', 0],
    ['shop', 'only sampled', 3],
  ])
})

test('a search leaves every row there, what it found first and marked', () => {
  const found = { nodeIds: new Set(['2']), edgeIds: new Set(['10']) }
  const marks = nodeRows(view, titles, found).map(({ title, isFound }) => [title, isFound])
  expect(marks).toEqual([
    ['cart', true],
    ['bank', false],
    ['shop', false],
  ])
  expect(edgeRows(view, titles, found).map(({ target }) => target)).toEqual(['cart', 'bank'])
  expect(edgeRows(view, titles, null)[0]?.isFound).toBeNull()
})
