// The fold beyond the suite: any order, cut and repetition give one graph; identity; bounds; corrections.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../../core/fold/fold.ts'
import {
  DEFAULT_FOLD_OPTIONS,
  type FoldOptions,
  OVERFLOW_NAME,
} from '../../../core/fold/options.ts'
import { loadFold, saveFold } from '../../../core/fold/snapshot.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { sumEdges } from '../../support/cases.ts'
import { arbitrarySpans, batchOf, span, type TestSpan } from '../../support/spans.ts'
import { expectIdentity } from './identity.ts'

const START_MS = 1_760_000_000_000

function run(
  requests: readonly (readonly TestSpan[])[],
  options: Partial<FoldOptions> = {},
  stepMs = 10,
): { fold: Fold; deltas: GraphDelta[] } {
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, ...options })
  const deltas: GraphDelta[] = []
  let nowMs = START_MS
  for (const spans of requests) {
    foldBatch(fold, batchOf(spans), nowMs)
    advanceFold(fold, nowMs)
    take(fold, deltas)
    nowMs += stepMs
  }
  finishFold(fold)
  take(fold, deltas)
  return { fold, deltas }
}

function take(fold: Fold, deltas: GraphDelta[]): void {
  const delta = takeDelta(fold)
  if (delta) deltas.push(delta)
}

/** Edges without the protocol, which only ever rises while spans come in. */
function edgesOf(deltas: readonly GraphDelta[]): unknown {
  return sumEdges(deltas).map(({ protocol, ...edge }) => edge)
}

describe('any arrival', () => {
  test('shuffled, cut, repeated and delayed spans give the graph of one request', () => {
    const scenario = arbitrarySpans().chain((spans) =>
      fc.record({
        spans: fc.constant(spans),
        order: fc.shuffledSubarray(spans, { minLength: spans.length, maxLength: spans.length }),
        repeated: fc.subarray(spans),
        size: fc.integer({ min: 1, max: 7 }),
        stepMs: fc.constantFrom(1, 3_000, 40_000),
      }),
    )
    fc.assert(
      fc.property(scenario, ({ spans, order, repeated, size, stepMs }) => {
        const whole = run([spans])
        const stream = [...order, ...repeated]
        const requests = []
        for (let at = 0; at < stream.length; at += size) requests.push(stream.slice(at, at + size))
        const cut = run(requests, {}, stepMs)
        expect(edgesOf(cut.deltas)).toEqual(edgesOf(whole.deltas))
        expectIdentity(cut.fold)
        expectIdentity(whole.fold)
      }),
      { numRuns: 300 },
    )
  })

  test('a saved and loaded state goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(arbitrarySpans(), fc.nat(30), (spans, cutAt) => {
        const whole = run(
          spans.map((one) => [one]),
          {},
          3_000,
        )
        let fold = createFold(DEFAULT_FOLD_OPTIONS)
        const deltas: GraphDelta[] = []
        spans.forEach((one, i) => {
          if (i === cutAt) fold = loadFold(structuredClone(saveFold(fold)))
          foldBatch(fold, batchOf([one]), START_MS + i * 3_000)
          advanceFold(fold, START_MS + i * 3_000)
          take(fold, deltas)
        })
        finishFold(fold)
        take(fold, deltas)
        expect(deltas).toEqual(whole.deltas)
        expect(foldCounters(fold)).toEqual(foldCounters(whole.fold))
      }),
      { numRuns: 100 },
    )
  })
})

describe('time', () => {
  const client = span({
    id: 1,
    service: 'web',
    kind: 'client',
    attributes: { 'server.address': 'api.example' },
  })
  const server = span({ id: 2, parent: 1, service: 'api', kind: 'server' })

  test('a pair never seen before is reported at once, and the same pair again after the quiet', () => {
    const fold = createFold(DEFAULT_FOLD_OPTIONS)
    foldBatch(fold, batchOf([client]), START_MS)
    advanceFold(fold, START_MS)
    expect(takeDelta(fold)?.edges).toEqual([])
    foldBatch(fold, batchOf([server]), START_MS + 5)
    advanceFold(fold, START_MS + 5)
    expect(takeDelta(fold)?.edges).toMatchObject([{ calls: 1, trust: { paired: 1 } }])
    const again = [client, server].map((one) => ({ ...one, trace: 'b'.repeat(32) }))
    foldBatch(fold, batchOf(again), START_MS + 10)
    advanceFold(fold, START_MS + 10)
    expect(takeDelta(fold)?.edges ?? []).toEqual([])
    advanceFold(fold, START_MS + 10 + DEFAULT_FOLD_OPTIONS.quietMs)
    expect(takeDelta(fold)?.edges).toMatchObject([{ calls: 1 }])
  })

  test('a virtual call waits for the hold, counted from its own arrival', () => {
    const fold = createFold(DEFAULT_FOLD_OPTIONS)
    foldBatch(fold, batchOf([server]), START_MS)
    foldBatch(fold, batchOf([client]), START_MS)
    const late = span({
      id: 3,
      service: 'web',
      kind: 'client',
      attributes: { 'server.address': 'x.example' },
    })
    foldBatch(fold, batchOf([late]), START_MS + 20_000)
    advanceFold(fold, START_MS + 49_999)
    expect(JSON.stringify(takeDelta(fold))).not.toContain('x.example')
    advanceFold(fold, START_MS + 50_000)
    expect(JSON.stringify(takeDelta(fold))).toContain('x.example')
  })

  test('a late server half takes the virtual call back, from its own bucket', () => {
    const { deltas } = run([[client], [], [server]], {}, 60_000)
    const external = deltas.flatMap((delta) =>
      delta.edges
        .filter((edge) => delta.nodes[edge.target]!.kind === 'external')
        .map((edge) => [edge.calls, edge.buckets.map((bucket) => [bucket.startMs, bucket.calls])]),
    )
    expect(external).toHaveLength(2)
    const [given, takenBack] = external as [
      [number, [number, number][]],
      [number, [number, number][]],
    ]
    expect([given[0], takenBack[0]]).toEqual([1, -1])
    expect(takenBack[1][0]![0]).toBe(given[1][0]![0])
  })

  test('a trace is forgotten after the late window, and so is its memory', () => {
    const fold = createFold(DEFAULT_FOLD_OPTIONS)
    foldBatch(fold, batchOf([client, server]), START_MS)
    advanceFold(fold, START_MS + 31_000)
    expect(fold.store.spans.size).toBe(2)
    advanceFold(fold, START_MS + 640_000)
    expect([fold.store.spans.size, fold.store.traces.size]).toEqual([0, 0])
  })
})

describe('bounds', () => {
  test('ten times the spans that fit: the oldest leave early, counted, and memory stays put', () => {
    const requests = Array.from({ length: 1_000 }, (_, i) => [
      span({ id: 1, trace: i + 1, service: 'web', kind: 'client' }),
      span({ id: 2, parent: 1, trace: i + 1, service: 'api', kind: 'server' }),
    ])
    const { fold, deltas } = run(requests, { pendingSpansMax: 200 })
    expect(fold.store.spans.capacity).toBeLessThanOrEqual(200)
    expect(foldCounters(fold).evictedEarly).toBe(1_800)
    expect(edgesOf(deltas)).toMatchObject([{ calls: 1_000 }])
    expectIdentity(fold)
  })

  test('hosts and operations over the limit go to a named overflow', () => {
    const requests = Array.from({ length: 50 }, (_, i) => [
      span({
        id: 1,
        trace: i + 1,
        service: 'web',
        kind: 'client',
        attributes: { 'server.address': `h${i}.example`, 'http.request.method': `M${i}` },
      }),
    ])
    const { fold, deltas } = run(requests, { externalHostsMax: 5, operationsPerEdgeMax: 3 })
    const names = sumEdges(deltas).map((edge) => [edge.target.name, edge.calls])
    expect(names).toHaveLength(6)
    expect(names).toContainEqual([OVERFLOW_NAME, 45])
    expect(foldCounters(fold).overflowedOperations).toBeGreaterThan(0)
  })

  test('pods that come and go use up no shapes, so a new destination is still seen', () => {
    const pod = (i: number, host: string) => {
      const attributes = { 'http.request.method': 'GET', 'server.address': host }
      const one = span({ id: 1, trace: i + 1, service: 'web', kind: 'client', attributes })
      return { ...one, resource: { 'k8s.pod.name': `web-${i}`, 'service.instance.id': `${i}` } }
    }
    const requests = Array.from({ length: 300 }, (_, i) => [pod(i, 'api.example')])
    const { fold, deltas } = run([...requests, [pod(300, 'evil.example')]], { shapesMax: 20 })
    expect(fold.table.shapes).toHaveLength(2)
    expect(sumEdges(deltas).map((edge) => edge.target.name)).toContain('evil.example')
  })

  test('a hostile stream of service names and attributes keeps the shape table bounded', () => {
    const requests = Array.from({ length: 500 }, (_, i) => [
      span({
        id: 1,
        trace: i + 1,
        service: `s${i}`,
        kind: 'client',
        attributes: { 'peer.service': `p${i}` },
      }),
    ])
    const { fold } = run(requests, { shapesMax: 20, nodesMax: 30 })
    expect(fold.table.shapes.length).toBeLessThan(60)
    expect(fold.memory.nodes.length).toBeLessThan(40)
    expectIdentity(fold)
  })
})
