// Bounds on everything a stranger can send, alike in both encodings.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_DECODE_LIMITS, type DecodeLimits } from '../../../core/span/batch.ts'
import { decodeOtlpJson } from '../../../core/span/otlp/json.ts'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { boundText } from '../../../core/span/text.ts'
import { oneSpan, type RequestValue, text, toJson, toProtobuf } from './otlp-request.ts'
import { accepted, resourceAttributes } from './read-batch.ts'

const bytesOf = (value: string): number => new TextEncoder().encode(value).length

test('long text is cut between characters, and two long texts stay two', () => {
  const long = '€'.repeat(4000)
  const cut = boundText(long, 512)
  expect(bytesOf(cut)).toBeLessThanOrEqual(512)
  expect(cut).toMatch(/^€+…#[0-9a-f]{8}$/)
  expect(boundText(`${long}x`, 512)).not.toBe(cut)
  expect(boundText('€'.repeat(170), 512)).toBe('€'.repeat(170))
  expect(bytesOf(boundText('😀'.repeat(300), 512))).toBeLessThanOrEqual(512)
})

test('bounded text is well-formed, without control characters and within its bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (value) => {
      const bounded = boundText(value, 64)
      expect(bounded.isWellFormed()).toBe(true)
      expect(bounded).not.toMatch(/\p{Cc}/u)
      expect(bytesOf(bounded)).toBeLessThanOrEqual(64)
    }),
    { numRuns: 50 },
  )
})

describe.each([
  [
    'JSON',
    (request: RequestValue, limits?: DecodeLimits) => decodeOtlpJson(toJson(request), limits),
  ],
  [
    'protobuf',
    (request: RequestValue, limits?: DecodeLimits) =>
      decodeOtlpProtobuf(toProtobuf(request), limits),
  ],
])('%s', (_name, decode) => {
  const nameOf = (name: string): string | undefined =>
    resourceAttributes(accepted(decode(oneSpan({}, [text('service.name', name)]))).batch)[
      'service.name'
    ]

  test('a service name of 10 kB is cut to the limit', () => {
    const name = nameOf('é'.repeat(5000))!
    expect(bytesOf(name)).toBeLessThanOrEqual(512)
    expect(bytesOf(name)).toBeGreaterThan(500)
    expect(name).toMatch(/^é+…#[0-9a-f]{8}$/)
  })

  test('control characters become U+FFFD, markup stays text', () => {
    expect(nameOf('a\0b\u001bc\u007fd\u0085e\nf')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf')
    expect(nameOf('<script>')).toBe('<script>')
    expect(nameOf('\ufeffbom')).toBe('\ufeffbom')
  })

  test('a request of more spans than the limit is refused and the limit named', () => {
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    const spans = [span, { ...span, spanId: '' }, span]
    const request = { resourceSpans: [{ scopeSpans: [{ spans }] }] }
    expect(decode(request, { ...DEFAULT_DECODE_LIMITS, spansMax: 3 }).ok).toBe(true)
    const refused = decode(request, { ...DEFAULT_DECODE_LIMITS, spansMax: 2 })
    expect(refused).toEqual({ ok: false, reason: 'more than 2 spans in one request (spansMax)' })
  })

  test('values that nest deeper than the limit are refused', () => {
    const leaf = { stringValue: 'x' }
    const nested = {
      kvlistValue: { values: [{ key: 'k', value: { arrayValue: { values: [leaf] } } }] },
    }
    const limits = { ...DEFAULT_DECODE_LIMITS, depthMax: 2 }
    expect(decode(oneSpan({ attributes: [{ key: 'x', value: nested }] }), limits).ok).toBe(true)
    const deeper = { arrayValue: { values: [leaf, nested] } }
    for (const request of [
      oneSpan({ attributes: [{ key: 'x', value: deeper }] }),
      oneSpan({}, [{ key: 'x', value: deeper }]),
    ]) {
      expect(decode(request, limits)).toEqual({
        ok: false,
        reason: 'attribute values nest too deeply (depthMax)',
      })
    }
  })
})

test('lone surrogates and bytes that are not UTF-8 become U+FFFD', () => {
  const body = toJson(oneSpan({}, [text('service.name', 'a\ud800b')]))
  expect(resourceAttributes(accepted(decodeOtlpJson(body)).batch)).toEqual({
    'service.name': 'a\ufffdb',
  })
  const bytes = toProtobuf(oneSpan({}, [text('service.name', 'a#b')]))
  bytes[bytes.indexOf(0x23)] = 0xff
  expect(resourceAttributes(accepted(decodeOtlpProtobuf(bytes)).batch)).toEqual({
    'service.name': 'a\ufffdb',
  })
})
