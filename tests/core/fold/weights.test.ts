// Sampling weights: sums are exact whatever the order, corrections take back exactly what was given, and a
// service that is only seen sampled says so.
import { expect, test } from 'vitest'
import { createFold, finishFold, foldBatch, takeDelta } from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import { batchOf, span, type TestSpan } from '../../support/spans.ts'
import { graphInEveryOrder } from './every-order.ts'

const TENTH = 'ot=th:e6666666666666'
const HUNDREDTH = 'ot=th:fd70a3d70a3d71'

const client = (id: number, more: Partial<TestSpan> = {}) =>
  span({
    id,
    service: 'web',
    kind: 'client',
    attributes: { 'server.address': 'x.example' },
    ...more,
  })
const server = (id: number, parent: number, more: Partial<TestSpan> = {}) =>
  span({ id, parent, service: 'cart', kind: 'server', ...more })

function edgeOf(spans: readonly TestSpan[]) {
  const { edges } = graphInEveryOrder(spans)
  expect(edges).toHaveLength(1)
  return edges[0]!
}

test('without a tracestate nothing is an estimate', () => {
  expect(edgeOf([client(1), client(2, { traceState: 'ot=th:0' })])).toMatchObject({
    ...{ calls: 2, sampledCalls: 0, estimate: null },
  })
})

test('recorded calls stay what they are, and the estimate counts each with its weight', () => {
  const spans = [
    client(1, { traceState: TENTH, isError: true }),
    client(2, { traceState: HUNDREDTH }),
    client(3),
  ]
  expect(edgeOf(spans)).toMatchObject({
    ...{ calls: 3, errors: 1, sampledCalls: 2, estimate: { calls: 111, errors: 10 } },
  })
})

test('a pair counts with the weight of the half that is kept more rarely', () => {
  const pair = (above: string, below: string) => [
    client(1, { traceState: above }),
    server(2, 1, { traceState: below }),
  ]
  for (const [above, below] of [
    [TENTH, HUNDREDTH],
    [HUNDREDTH, TENTH],
    ['', HUNDREDTH],
  ] as const)
    expect(edgeOf(pair(above, below))).toMatchObject({
      calls: 1,
      estimate: { calls: 100, errors: 0 },
    })
})

test('of two copies that differ in nothing else, the lighter one counts', () => {
  const copies = [client(1, { traceState: HUNDREDTH }), client(1, { traceState: TENTH })]
  expect(edgeOf(copies)).toMatchObject({ calls: 1, estimate: { calls: 10, errors: 0 } })
})

test('quantiles are of what happened: one slow call in a hundred times as many quick ones', () => {
  const fold = createFold(DEFAULT_FOLD_OPTIONS)
  foldBatch(fold, batchOf([client(1, { traceState: HUNDREDTH }), client(2)]), 0)
  finishFold(fold)
  const [bucket] = takeDelta(fold)!.edges[0]!.buckets
  expect(bucket).toMatchObject({
    calls: 2,
    sampledCalls: 1,
    unseenCalls: 99 * 2048,
    unseenErrors: 0,
  })
  expect(bucket!.clientLatency!.reduce((sum, count) => sum + count)).toBe(2)
  expect(bucket!.unseenClient!.reduce((sum, count) => sum + count)).toBe(99 * 2048)
  expect(bucket!.unseenServer).toBe(null)
})

test('a service is sampled only until one of its spans comes whole', () => {
  const names = (spans: readonly TestSpan[]) =>
    graphInEveryOrder(spans)
      .nodes.filter((node) => node.isSampledOnly)
      .map((node) => node.name)
  const sampled = [client(1, { traceState: TENTH }), server(2, 1, { traceState: TENTH })]
  expect(names(sampled)).toEqual(['cart', 'web'])
  expect(names([...sampled, client(3)])).toEqual(['cart'])
  expect(names([...sampled, client(3, { traceState: 'ot=th:0' })])).toEqual(['cart'])
})

test('a sender with a new threshold every time uses up no shapes', () => {
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, shapesMax: 100 })
  for (let i = 1; i <= 2_000; i++)
    foldBatch(
      fold,
      batchOf([client(i, { traceState: `ot=th:${(i * 30).toString(16).padStart(4, '0')}` })]),
      0,
    )
  finishFold(fold)
  expect(fold.table.overflows).toBe(0)
  expect(fold.table.shapes.length).toBeLessThan(250)
  const { edges } = takeDelta(fold)!
  expect(edges).toHaveLength(1)
  expect(edges[0]!.calls).toBe(2_000)
})
