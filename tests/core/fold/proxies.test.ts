// Transparent services: what a proxy's spans become when it is spliced out, in every order of arrival.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  advanceFold,
  createFold,
  finishFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../../../core/fold/options.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { parseGlob } from '../../../core/graph/glob.ts'
import { sumEdges } from '../../support/cases.ts'
import { arbitrarySpans, batchOf, span, type TestSpan } from '../../support/spans.ts'
import { edgeLines, graphInEveryOrder } from './every-order.ts'

const options = { transparentServices: [parseGlob('envoy*'), parseGlob('mesh/*')] }

const server = (id: number, service: string, parent = 0, more: Partial<TestSpan> = {}) =>
  span({ id, service, kind: 'server', parent, ...more })
const client = (id: number, service: string, parent = 0, more: Partial<TestSpan> = {}) =>
  span({ id, service, kind: 'client', parent, ...more })
const host = (name: string) => ({ attributes: { 'server.address': name } })

function lines(spans: readonly TestSpan[]): string[] {
  return edgeLines(graphInEveryOrder(spans, options))
}

describe('between two services', () => {
  test('with both halves of both calls', () => {
    const spans = [
      client(1, 'web', 0, host('cart')),
      server(2, 'envoy', 1),
      client(3, 'envoy', 2, { ...host('10.0.0.7'), isError: true }),
      server(4, 'cart', 3),
    ]
    const graph = graphInEveryOrder(spans, options)
    expect(edgeLines(graph)).toEqual(['web -> cart 1'])
    expect(graph.edges[0]?.trust.paired).toBe(1)
    expect(graph.nodes.map((node) => node.name)).toEqual(['cart', 'web'])
  })

  test('with one span alone, of either side, or in between', () => {
    const middles = [
      server(2, 'envoy', 1),
      client(2, 'envoy', 1),
      span({ id: 2, parent: 1, service: 'envoy', kind: 'internal' }),
    ]
    for (const middle of middles)
      expect(lines([client(1, 'web', 0, host('cart')), middle, server(4, 'cart', 2)])).toEqual([
        'web -> cart 1',
      ])
  })

  test('with a sidecar on each side', () => {
    const spans = [
      client(1, 'web', 0, host('cart')),
      server(2, 'envoy-web', 1),
      client(3, 'envoy-web', 2, host('cart')),
      server(4, 'envoy-cart', 3),
      client(5, 'envoy-cart', 4, host('127.0.0.1')),
      server(6, 'cart', 5),
    ]
    expect(lines(spans)).toEqual(['web -> cart 1'])
  })

  test('with ids shared by the two halves', () => {
    const spans = [
      client(1, 'web'),
      server(1, 'envoy'),
      client(2, 'envoy', 1),
      server(2, 'cart', 1),
    ]
    expect(lines(spans)).toEqual(['web -> cart 1'])
  })

  test('without the caller’s client span, and without the callee’s server span', () => {
    const noClient = [
      server(1, 'web'),
      server(2, 'envoy', 1),
      client(3, 'envoy', 2),
      server(4, 'cart', 3),
    ]
    expect(lines(noClient)).toEqual(['web -> cart 1', 'user:user -> web 1'])
    const noServer = [
      client(1, 'web'),
      server(2, 'envoy', 1),
      client(3, 'envoy', 2),
      client(4, 'cart', 3, host('db')),
    ]
    expect(lines(noServer)).toEqual(['cart -> external:db 1', 'web -> cart 1'])
  })

  test('a retry of the proxy is two calls when both attempts were answered', () => {
    const spans = [
      client(1, 'web'),
      client(2, 'envoy', 1),
      client(3, 'envoy', 1),
      server(4, 'cart', 2),
      server(5, 'cart', 3),
    ]
    expect(lines(spans)).toEqual(['web -> cart 2'])
  })

  test('by namespace', () => {
    const resource = { 'service.namespace': 'mesh' }
    const spans = [client(1, 'web'), server(2, 'gateway', 1, { resource }), server(3, 'cart', 2)]
    expect(lines(spans)).toEqual(['web -> cart 1'])
  })
})

describe('as the first hop', () => {
  test('the user calls what the proxy called', () => {
    const spans = [server(1, 'envoy'), client(2, 'envoy', 1, host('web')), server(3, 'web', 2)]
    expect(lines(spans)).toEqual(['user:user -> web 1'])
    expect(lines([client(2, 'envoy'), server(3, 'web', 2)])).toEqual(['user:user -> web 1'])
  })

  test('a caller that the proxy names is the caller', () => {
    const named = { attributes: { 'client.service.name': 'shop' } }
    const spans = [server(1, 'envoy', 0, named), client(2, 'envoy', 1), server(3, 'web', 2)]
    expect(lines(spans)).toEqual(['shop -> web 1'])
  })

  test('a caller that never came stays unknown', () => {
    const graph = graphInEveryOrder(
      [server(2, 'envoy', 1), client(3, 'envoy', 2), server(4, 'web', 3)],
      options,
    )
    expect(edgeLines(graph)).toEqual([])
    expect(graph.nodes.map((node) => [node.name, node.unattributedCalls])).toEqual([['web', 1]])
  })
})

describe('where nobody answers the proxy', () => {
  const forward = [
    client(1, 'web', 0, host('egress.local')),
    server(2, 'envoy', 1),
    client(3, 'envoy', 2, { ...host('api.example'), isError: true }),
  ]

  test('its call is its caller’s, once, to where the proxy says it went', () => {
    const graph = graphInEveryOrder(forward, options)
    expect(edgeLines(graph)).toEqual(['web -> external:api.example 1 (1 failed)'])
    expect(graph.edges[0]?.trust.clientOnly).toBe(1)
  })

  test('also where the caller’s client span names the same host, or is missing', () => {
    const same = [client(1, 'web', 0, host('api.example')), ...forward.slice(1)]
    expect(lines(same)).toEqual(['web -> external:api.example 1 (1 failed)'])
    const missing = [server(1, 'web'), ...forward.slice(1)]
    expect(lines(missing)).toEqual([
      'web -> external:api.example 1 (1 failed)',
      'user:user -> web 1',
    ])
  })

  test('through two proxies the last one knows', () => {
    const spans = [
      ...forward,
      server(4, 'envoy-2', 3),
      client(5, 'envoy-2', 4, host('far.example')),
    ]
    expect(lines(spans)).toEqual(['web -> external:far.example 1'])
  })

  test('a sidecar beside an uninstrumented service does not make it localhost', () => {
    const spans = [
      client(1, 'web', 0, host('legacy')),
      server(2, 'envoy', 1),
      client(3, 'envoy', 2, host('127.0.0.1')),
    ]
    expect(lines(spans)).toEqual(['web -> external:legacy 1'])
  })

  test('without a client half the caller’s own word stands', () => {
    expect(lines([client(1, 'web', 0, host('legacy')), server(2, 'envoy', 1)])).toEqual([
      'web -> external:legacy 1',
    ])
  })

  test('without any service above, the call stays the proxy’s: no destination is hidden', () => {
    const graph = graphInEveryOrder(
      [server(1, 'envoy'), client(2, 'envoy', 1, host('api.example'))],
      options,
    )
    expect(edgeLines(graph)).toEqual(['envoy -> external:api.example 1'])
  })

  test('an outer call of the same service to the same host is still one call', () => {
    const spans = [
      client(1, 'web', 0, host('api.example')),
      client(2, 'web', 1, host('api.example')),
      server(3, 'envoy', 2),
      client(4, 'envoy', 3, host('api.example')),
    ]
    expect(lines(spans)).toEqual(['web -> external:api.example 1'])
  })
})

describe('stated as a peer', () => {
  test('a proxy is no peer: what else the span states decides', () => {
    const attributes = { 'peer.service': 'envoy', 'server.address': 'cart.example' }
    expect(lines([client(1, 'web', 0, { attributes })])).toEqual(['web -> external:cart.example 1'])
    const caller = { attributes: { 'peer.service': 'envoy' } }
    expect(lines([server(1, 'web', 0, caller)])).toEqual(['user:user -> web 1'])
  })
})

test('whatever the trace, the identity holds and no spliced service answers or is answered', () => {
  fc.assert(
    fc.property(arbitrarySpans(), fc.constantFrom('a', 'b', 'c'), (spans, proxy) => {
      const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, transparentServices: [[proxy]] })
      foldBatch(fold, batchOf(spans), 0)
      finishFold(fold)
      const { accepted, duplicate, evictedEarly, ...counters } = foldCounters(fold)
      const classes = [
        'paired',
        'hop',
        'virtual',
        'entry',
        'messaging',
        'represented',
        'internal',
      ] as const
      const open = ['nameless', 'unpairedClient', 'unpairedServer', 'unpairedConsumer'] as const
      const final = [...classes, ...open].reduce((sum, name) => sum + counters[name], 0)
      expect(accepted).toBe(duplicate + final)
      const delta = takeDelta(fold)
      for (const edge of delta?.edges ?? []) {
        const target = delta!.nodes[edge.target]!
        if (target.isObserved) expect(target.name).not.toBe(proxy)
        expect(edge.calls).toBeGreaterThan(0)
      }
    }),
    { numRuns: 300 },
  )
})

test('whatever the trace, order, cuts, repetition and delays change nothing', () => {
  const scenario = arbitrarySpans().chain((spans) =>
    fc.record({
      spans: fc.constant(spans),
      order: fc.shuffledSubarray(spans, { minLength: spans.length, maxLength: spans.length }),
      repeated: fc.subarray(spans),
      size: fc.integer({ min: 1, max: 7 }),
      stepMs: fc.constantFrom(1, 3_000, 40_000),
      knobs: fc.record({
        transparentServices: fc.constantFrom([['a']], [['b']], [['a'], ['b']]),
        orphans: fc.constantFrom('drop' as const, 'external:unknown' as const),
        isTraceIdStrict: fc.boolean(),
      }),
    }),
  )
  fc.assert(
    fc.property(scenario, ({ spans, order, repeated, size, stepMs, knobs }) => {
      const stream = [...order, ...repeated]
      const requests = []
      for (let at = 0; at < stream.length; at += size) requests.push(stream.slice(at, at + size))
      expect(edgesIn(requests, knobs, stepMs)).toEqual(edgesIn([spans], knobs, 0))
    }),
    { numRuns: 400 },
  )
})

/** Edges without the protocol, which only ever rises while spans come in. */
function edgesIn(
  requests: readonly (readonly TestSpan[])[],
  knobs: Partial<FoldOptions>,
  stepMs: number,
): unknown {
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, ...knobs })
  const deltas: GraphDelta[] = []
  const take = () => deltas.push(takeDelta(fold) ?? { nodes: [], edges: [], exemplars: [] })
  let nowMs = 1_760_000_000_000
  for (const spans of requests) {
    foldBatch(fold, batchOf(spans), nowMs)
    advanceFold(fold, nowMs)
    take()
    nowMs += stepMs
  }
  finishFold(fold)
  take()
  return sumEdges(deltas).map(({ protocol, ...edge }) => edge)
}
