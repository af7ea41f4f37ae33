// Encryption of calls: what a span says of it, whose word counts, and that it comes out the same in every order.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Encryption, encryptionOf } from '../../../core/fold/encryption.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { arbitrarySpans, span, type TestSpan } from '../../support/spans.ts'
import { expectIdentity } from './identity.ts'
import { graphOf, pair, run } from './stream.ts'

/** `a -> b 3: 2 tls, 1 plain`. */
function encryptionLines(deltas: readonly GraphDelta[]): string[] {
  return graphOf(deltas).edges.map(
    ({ source, target, calls, encryption: { tlsCalls, plainCalls } }) =>
      `${source.name} -> ${target.name} ${calls}: ${tlsCalls} tls, ${plainCalls} plain`,
  )
}

const HTTPS = { 'url.scheme': 'https' }
const HTTP = { 'url.scheme': 'http' }

describe('encryption', () => {
  const cases: readonly (readonly [string, Record<string, string>, keyof typeof Encryption])[] = [
    ['nothing stated', {}, 'unknown'],
    ['a scheme', { 'url.scheme': 'https' }, 'tls'],
    ['a scheme of old', { 'http.scheme': 'HTTPS' }, 'tls'],
    ['a url', { 'url.full': 'https://x.example' }, 'tls'],
    ['a url of old', { 'http.url': 'wss://x.example:8443' }, 'tls'],
    ['grpc over TLS', { 'url.scheme': 'grpcs' }, 'tls'],
    ['a TLS version, whatever is called', { 'tls.protocol.version': '1.3' }, 'tls'],
    ['plain http', { 'url.scheme': 'http' }, 'plain'],
    ['plain http of old', { 'http.scheme': 'http' }, 'plain'],
    ['a plain url', { 'url.full': 'http://x.example' }, 'plain'],
    ['a plain websocket', { 'http.url': 'ws://x.example' }, 'plain'],
    ['http inside TLS', { 'url.scheme': 'http', 'tls.protocol.version': '1.2' }, 'tls'],
    ['two that differ', { 'http.scheme': 'http', 'url.full': 'https://x.example' }, 'tls'],
    ['a scheme that says neither', { 'url.scheme': 'file' }, 'unknown'],
    ['no url at all', { 'url.full': 'https' }, 'unknown'],
  ]
  test.each(cases)('%s', (_, attributes, expected) => {
    const classes = { unknown: 0, tls: 1, plain: 2 }
    expect(encryptionOf((name) => attributes[name] ?? '')).toBe(classes[expected])
  })

  test('the caller’s word counts, else the callee’s', () => {
    const lines = (spans: readonly TestSpan[]) => encryptionLines(run([spans]).deltas)
    expect(lines(pair(HTTPS, HTTP))).toEqual(['a -> b 1: 1 tls, 0 plain'])
    expect(lines(pair(HTTP, HTTPS))).toEqual(['a -> b 1: 0 tls, 1 plain'])
    expect(lines(pair({}, HTTPS))).toEqual(['a -> b 1: 1 tls, 0 plain'])
    expect(lines(pair({}, {}))).toEqual(['a -> b 1: 0 tls, 0 plain'])
    expect(lines([span({ id: 1, service: 'b', kind: 'server', attributes: HTTPS })])).toEqual([
      'user -> b 1: 1 tls, 0 plain',
    ])
  })

  test('a call that a late span disproves takes its encryption with it', () => {
    const named = { ...HTTP, 'server.address': 'x.example' }
    const [client, server] = pair(named, HTTPS)
    const { deltas } = run([[client!], [server!]], 40_000)
    expect(deltas.length).toBeGreaterThan(1)
    expect(encryptionLines(deltas)).toEqual(['a -> b 1: 0 tls, 1 plain'])
    const sums = deltas.flatMap((delta) =>
      delta.edges
        .filter((edge) => delta.nodes[edge.target]?.kind === 'external')
        .map(({ plainCalls }) => plainCalls),
    )
    expect(sums.reduce((sum, calls) => sum + calls, 0)).toBe(0)
  })

  test('a copy that states another scheme changes the encryption and nothing else', () => {
    const [client, server] = pair(HTTPS, {})
    const copy = { ...client!, attributes: HTTP }
    const { deltas } = run([[client!, server!], [copy]], 5_000)
    expect(encryptionLines(deltas)).toEqual(['a -> b 1: 0 tls, 1 plain'])
    expect(encryptionLines(run([[client!, server!]]).deltas)).toEqual(['a -> b 1: 1 tls, 0 plain'])
  })
})

describe('any arrival', () => {
  const extras = fc.record({
    scheme: fc.constantFrom<TestSpan['attributes']>({}, HTTPS, HTTP, {
      'tls.protocol.version': '1.3',
    }),
    resource: fc.constantFrom<Record<string, string>>(
      {},
      { 'service.instance.id': 'one' },
      { 'k8s.pod.name': 'two' },
      { 'host.name': 'three', 'service.version': '1' },
    ),
  })
  const scenario = arbitrarySpans()
    .chain((spans) =>
      fc.array(extras, { minLength: spans.length, maxLength: spans.length }).map((given) =>
        spans.map((one, at) => ({
          ...one,
          attributes: { ...one.attributes, ...given[at]!.scheme },
          resource: given[at]!.resource,
        })),
      ),
    )
    .chain((spans) =>
      fc.record({
        spans: fc.constant(spans),
        order: fc.shuffledSubarray(spans, { minLength: spans.length, maxLength: spans.length }),
        repeated: fc.subarray(spans),
        size: fc.integer({ min: 1, max: 7 }),
        stepMs: fc.constantFrom(1, 3_000, 40_000),
      }),
    )

  test('shuffled, cut, repeated, restarted and delayed spans give the same encryption', () => {
    fc.assert(
      fc.property(scenario, ({ spans, order, repeated, size, stepMs }) => {
        const whole = run([spans])
        const stream = [...order, ...repeated]
        const requests = []
        for (let at = 0; at < stream.length; at += size) requests.push(stream.slice(at, at + size))
        const cut = run(requests, stepMs)
        expect(encryptionLines(cut.deltas)).toEqual(encryptionLines(whole.deltas))
        expect(instancesByNode(cut.deltas)).toEqual(instancesByNode(whole.deltas))
        for (const { encryption, calls } of graphOf(cut.deltas).edges) {
          expect(encryption.tlsCalls).toBeGreaterThanOrEqual(0)
          expect(encryption.plainCalls).toBeGreaterThanOrEqual(0)
          expect(encryption.tlsCalls + encryption.plainCalls).toBeLessThanOrEqual(calls)
        }
        expectIdentity(cut.fold)
      }),
      { numRuns: 200 },
    )
  })

  test('deltas commute', () => {
    fc.assert(
      fc.property(scenario, ({ order, size, stepMs }) => {
        const requests = []
        for (let at = 0; at < order.length; at += size) requests.push(order.slice(at, at + size))
        const { deltas } = run(requests, stepMs)
        expect(graphOf([...deltas].reverse())).toEqual(graphOf(deltas))
      }),
      { numRuns: 100 },
    )
  })
})

function instancesByNode(deltas: readonly GraphDelta[]): unknown {
  return graphOf(deltas)
    .nodes.filter((node) => node.isObserved)
    .map(({ name, instances }) => [name, instances])
}
