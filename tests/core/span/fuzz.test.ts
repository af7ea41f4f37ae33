// Bodies from strangers: decoding never throws, never hangs, never reads what is not there.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCapture } from '../../../core/span/import/sniff.ts'
import { decodeOtlpJson } from '../../../core/span/otlp/json.ts'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { encodeBatch } from '../../../core/span/record.ts'
import { arbitraryRequest } from './arbitrary-request.ts'
import { oneSpan, text, toJson, toProtobuf } from './otlp-request.ts'

const decoders = [
  ['protobuf', decodeOtlpProtobuf, toProtobuf],
  ['JSON', decodeOtlpJson, toJson],
] as const

/** A few bytes replaced, removed or doubled. */
const mutations = fc.array(
  fc.record({
    at: fc.nat(5000),
    byte: fc.nat(255),
    act: fc.constantFrom('set', 'remove', 'insert', 'high'),
  }),
  { minLength: 1, maxLength: 6 },
)

describe.each(decoders)('%s', (_name, decode, encode) => {
  test('random bytes give a batch or a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        const result = decode(body)
        if (!result.ok) expect(result.reason).not.toBe('')
      }),
      { numRuns: 1000 },
    )
  })

  test('a mutated request gives a batch that can be journaled, or a reason', () => {
    fc.assert(
      fc.property(arbitraryRequest, mutations, (request, changes) => {
        const body = [...encode(request)]
        for (const { at, byte, act } of changes) {
          const index = body.length === 0 ? 0 : at % body.length
          if (act === 'set') body[index] = byte
          else if (act === 'high') body[index] = (body[index] ?? 0) | 0x80
          else if (act === 'remove') body.splice(index, 1)
          else body.splice(index, 0, byte)
        }
        const result = decode(Uint8Array.from(body))
        if (result.ok) encodeBatch(result.batch)
      }),
      { numRuns: 200 },
    )
  })
})

test('a truncated protobuf body is refused, or is a shorter request', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const body = toProtobuf(request)
      const whole = decodeOtlpProtobuf(body)
      for (let length = 0; length < body.length; length += 1 + (body.length >> 8)) {
        const cut = decodeOtlpProtobuf(body.slice(0, length))
        if (cut.ok && whole.ok) expect(cut.batch.count).toBeLessThanOrEqual(whole.batch.count)
      }
    }),
    { numRuns: 25 },
  )
})

test('one resource cut anywhere inside is refused', () => {
  const body = toProtobuf(
    oneSpan({ attributes: [text('url.full', 'https://h/x')], links: [{}], status: { code: 2 } }),
  )
  for (let length = 1; length < body.length; length++) {
    expect(decodeOtlpProtobuf(body.slice(0, length)).ok).toBe(false)
  }
  // Nor does what stands behind the body in memory help.
  for (let length = 1; length < body.length; length++) {
    expect(decodeOtlpProtobuf(body.subarray(0, length)).ok).toBe(false)
  }
})

test('varints of more than ten bytes, groups, field number 0 and huge lengths are refused', () => {
  const ten = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
  const bodies = [
    [0x08, ...ten, 0xff, 0x01],
    [...ten, 0xff, 0x01],
    [0x0b, 0x0c],
    [0x0e],
    [0x00, 0x00],
    [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    [0x0a, ...ten, 0x01],
    [0x0a, 0x80, 0x80, 0x80, 0x80, 0x10],
    [0x09, 0, 0, 0],
    [0x0d, 0, 0],
    [0x0a],
    [0x80],
  ]
  for (const body of bodies) {
    const result = decodeOtlpProtobuf(Uint8Array.from(body))
    expect([body, result.ok]).toEqual([body, false])
  }
})

test('unknown fields of every wire type are stepped over', () => {
  const unknown = [0x78, 0x96, 0x01, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 1, 9, 0x7d, 1, 2, 3, 4]
  const padded = [0xfa, 0x80, 0x80, 0x00, 0x81, 0x00, 9]
  const body = [...unknown, ...padded, ...toProtobuf(oneSpan({})), ...unknown]
  const result = decodeOtlpProtobuf(Uint8Array.from(body))
  expect(result.ok && result.batch.count).toBe(1)
})

test('work grows in step with the body', () => {
  const timeOf = (count: number): number => {
    const spans = Array.from({ length: count }, (_, index) => ({
      traceId: 'a'.repeat(32),
      spanId: (index + 1).toString(16).padStart(16, '0'),
      attributes: [
        text('peer.service', `${'x'.repeat(index % 40)}${index}`),
        text('url.path', '/'),
      ],
      links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }],
    }))
    const body = toProtobuf({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    let best = Number.POSITIVE_INFINITY
    for (let run = 0; run < 3; run++) {
      const start = performance.now()
      decodeOtlpProtobuf(body)
      best = Math.min(best, performance.now() - start)
    }
    return best
  }
  timeOf(1000)
  expect(timeOf(16_000)).toBeLessThan(40 * timeOf(1000) + 200)
})

test('a deep or endless JSON body does not overflow the stack', () => {
  const deep = `{"resourceSpans":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expect(decodeOtlpJson(new TextEncoder().encode(deep)).ok).toBe(false)
  let value = '{"stringValue":"x"}'
  for (let depth = 0; depth < 10_000; depth++) value = `{"arrayValue":{"values":[${value}]}}`
  const span = `{"attributes":[{"key":"x","value":${value}}]}`
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`
  expect(decodeOtlpJson(new TextEncoder().encode(body)).ok).toBe(false)
})

test('any file gives requests or named problems', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (bytes, isText) => {
      const file = isText ? Uint8Array.of(0x7b, ...bytes, 0x0a, 0x7b, 0x7d) : bytes
      for (const request of readCapture(file)) {
        if (!request.ok) expect(request.place).not.toBe('')
      }
    }),
    { numRuns: 1000 },
  )
})
