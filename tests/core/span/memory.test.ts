// What a decoder remembers from request to request changes nothing but its speed, and has an end.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_DECODE_LIMITS, type DecodeResult } from '../../../core/span/batch.ts'
import { createAttributePaths, findOrAddNode } from '../../../core/span/otlp/attribute-paths.ts'
import { Form, NOWHERE, SPAN_ROOT } from '../../../core/span/otlp/path-words.ts'
import { createProtobufDecoder, decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { createWireReader } from '../../../core/span/otlp/wire.ts'
import { arbitraryRequest } from './arbitrary-request.ts'
import { oneSpan, type RequestValue, text, toProtobuf } from './otlp-request.ts'
import { accepted, spanAttributes } from './read-batch.ts'

const PEER_LIMITS = { ...DEFAULT_DECODE_LIMITS, peerKeys: ['x', 'http.route', 'url.full'] }

test.each([
  ['without peer attributes', DEFAULT_DECODE_LIMITS],
  ['with peer attributes', PEER_LIMITS],
])('a decoder that has met other requests gives what a new one gives, %s', (_name, limits) => {
  fc.assert(
    fc.property(fc.array(arbitraryRequest, { minLength: 2, maxLength: 4 }), (requests) => {
      const decode = createProtobufDecoder(limits)
      const bodies = requests.map(toProtobuf)
      // Twice: the second time everything is known.
      for (const body of [...bodies, ...bodies])
        expect(decode(body)).toEqual(decodeOtlpProtobuf(body, limits))
    }),
    { numRuns: 100 },
  )
})

test('attributes in another order, repeated or cut short are told apart', () => {
  const method = text('http.method', 'GET')
  const route = text('http.route', '/a')
  const orders = [
    [method, route],
    [route, method],
    [method],
    [method, text('http.route', '/b'), route],
    [method, route, text('http.route', '/b')],
    [method, text('http.rout', '/a')],
    [],
  ]
  const decode = createProtobufDecoder(DEFAULT_DECODE_LIMITS)
  for (const attributes of [...orders, ...orders]) {
    const body = toProtobuf(oneSpan({ attributes }))
    expect(decode(body)).toEqual(decodeOtlpProtobuf(body))
  }
})

test('a broken request is forgotten, and the next one decodes', () => {
  const decode = createProtobufDecoder(DEFAULT_DECODE_LIMITS)
  const body = toProtobuf(oneSpan({ attributes: [text('http.route', '/a')] }))
  decode(body)
  expect(decode(body.slice(0, -3)).ok).toBe(false)
  expect(decode(body)).toEqual(decodeOtlpProtobuf(body))
})

/** Requests of values, names and paths that never repeat. */
function hostileRequest(seed: number, spans: number): RequestValue {
  const span = (at: number) => ({
    traceId: 'a'.repeat(32),
    spanId: (at + 1).toString(16).padStart(16, '0'),
    name: `n${seed}-${at}`,
    attributes: [
      text('peer.service', `p${seed}-${at}-${'x'.repeat(440)}`),
      text(`unkept-${seed}-${at}`, 'v'),
      text('url.full', `http://h${seed}-${at}/a`),
      text('http.route', `/r${seed}-${at}-${'y'.repeat(440)}`),
    ],
  })
  return {
    resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: spans }, (_, i) => span(i)) }] }],
  }
}

test('values that never repeat are decoded right for as long as they come, in bounded memory', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const usedBytes = (): number => {
    collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const decode = createProtobufDecoder(DEFAULT_DECODE_LIMITS)
  const last = (result: DecodeResult) => spanAttributes(accepted(result).batch, 1_499)
  const before = usedBytes()
  for (let seed = 0; seed < 30; seed++) {
    const body = toProtobuf(hostileRequest(seed, 1_500))
    expect(last(decode(body))['url.full']).toBe(`http://h${seed}-1499`)
  }
  // 40 MB of names came; a lexicon keeps 4 MB of characters, the other tables a few more.
  expect(usedBytes() - before).toBeLessThan(25_000_000)
})

test('sequences are learned on credit, so that what never repeats is not learned', () => {
  const paths = createAttributePaths()
  const learn = (at: number): number => {
    const bytes = new TextEncoder().encode(
      `\n\u0004peer\u0012\u000a\n\u0008${String(at).padStart(8, '0')}`,
    )
    const step = { parent: SPAN_ROOT, form: Form.exact, from: 0, keyEnd: 6, to: bytes.length }
    return findOrAddNode(paths, createWireReader(bytes), { ...step, mode: 0, value: 0, path: 0 })
  }
  const learned = Array.from({ length: 20_000 }, (_, at) => learn(at)).filter(
    (node) => node !== NOWHERE,
  )
  expect(learned.length).toBeLessThan(5_000)
  expect(learn(0)).toBe(learned[0])
  paths.spans = 1_000_000
  for (let at = 0; at < 300_000; at++) learn(at)
  expect(paths.count).toBeLessThanOrEqual(131_072)
  expect(learn(0)).toBe(learned[0])
})
