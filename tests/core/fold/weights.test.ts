// Sampling weights: sums are exact whatever the order, corrections take back exactly what was given, and a
// service that is only seen sampled says so.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  advanceFold,
  createFold,
  finishFold,
  foldBatch,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import { arbitrarySpans, batchOf, span, type TestSpan } from '../../support/spans.ts'
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

test('in any order, cut, repeated and delayed, the sums of weights are exact', () => {
  const state = fc.constantFrom('', 'ot=th:0', 'ot=th:8', TENTH, HUNDREDTH)
  const scenario = arbitrarySpans().chain((spans) =>
    fc
      .array(state, { minLength: spans.length, maxLength: spans.length })
      .map((states) => spans.map((one, i) => ({ ...one, traceState: states[i] ?? '' })))
      .chain((weighted) =>
        fc.record({
          spans: fc.constant(weighted),
          order: fc.shuffledSubarray(weighted, { minLength: weighted.length }),
          repeated: fc.subarray(weighted),
          size: fc.integer({ min: 1, max: 7 }),
          stepMs: fc.constantFrom(1, 3_000, 40_000),
        }),
      ),
  )
  fc.assert(
    fc.property(scenario, ({ spans, order, repeated, size, stepMs }) => {
      const stream = [...order, ...repeated]
      const requests = []
      for (let at = 0; at < stream.length; at += size) requests.push(stream.slice(at, at + size))
      expect(weightsIn(requests, stepMs)).toEqual(weightsIn([spans], 0))
    }),
    { numRuns: 300 },
  )
})

/** Everything that is weighted, by edge; edges without calls are gone, and must weigh nothing. */
function weightsIn(requests: readonly (readonly TestSpan[])[], stepMs: number): unknown {
  const fold = createFold(DEFAULT_FOLD_OPTIONS)
  const sums = new Map<string, number[]>()
  const take = () => {
    const delta = takeDelta(fold)
    for (const edge of delta?.edges ?? []) {
      const ends = [edge.source, edge.target].map((at) => delta!.nodes[at]!)
      const key = ends.map(({ kind, name }) => `${kind}:${name}`).join(' -> ')
      const sum = sums.get(key) ?? [0, 0, 0, 0, 0, 0]
      sums.set(key, sum)
      for (const bucket of edge.buckets) {
        const { calls, sampledCalls, unseenCalls, unseenErrors, unseenClient, unseenServer } =
          bucket
        const sides = [unseenClient, unseenServer].map((counts) => total(counts ?? []))
        const values = [calls, sampledCalls, unseenCalls, unseenErrors, ...sides]
        for (const [at, value] of values.entries()) sum[at]! += value
      }
    }
  }
  let nowMs = 1_760_000_000_000
  for (const spans of requests) {
    foldBatch(fold, batchOf(spans), nowMs)
    advanceFold(fold, nowMs)
    take()
    nowMs += stepMs
  }
  finishFold(fold)
  take()
  const entries = [...sums].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [, sum] of entries) if (sum[0] === 0) expect(sum).toEqual([0, 0, 0, 0, 0, 0])
  return entries.filter(([, sum]) => sum[0] !== 0)
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
