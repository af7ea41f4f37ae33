// The journal's payload: exact there and back, and damage is noticed.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { decodeBatch, encodeBatch } from '../../../core/span/record.ts'
import { arbitraryRequest } from './arbitrary-request.ts'
import { oneSpan, text, toProtobuf } from './otlp-request.ts'
import { accepted } from './read-batch.ts'

test('a batch survives the journal exactly', () => {
  fc.assert(
    fc.property(arbitraryRequest, fc.integer({ min: 0, max: 9 }), (request, offset) => {
      const { batch } = accepted(decodeOtlpProtobuf(toProtobuf(request)))
      const record = encodeBatch(batch)
      const memory = new Uint8Array(record.length + offset)
      memory.set(record, offset)
      expect(decodeBatch(memory.subarray(offset))).toEqual(batch)
    }),
    { numRuns: 150 },
  )
})

test('positions of one, two and four bytes survive', () => {
  for (const count of [0, 1, 300, 66_000]) {
    const spans = Array.from({ length: count }, (_, index) => ({
      traceId: 'a'.repeat(32),
      spanId: (index + 1).toString(16).padStart(16, '0'),
      attributes: [text('peer.service', `s${index}`)],
    }))
    const body = toProtobuf({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    const { batch } = accepted(decodeOtlpProtobuf(body))
    expect(isDeepStrictEqual(decodeBatch(encodeBatch(batch)), batch)).toBe(true)
  }
})

test('the decoded batch does not share memory with the record', () => {
  const { batch } = accepted(decodeOtlpProtobuf(toProtobuf(oneSpan({ kind: 2 }))))
  const record = encodeBatch(batch)
  const decoded = decodeBatch(record)
  record.fill(0)
  expect(decoded).toEqual(batch)
})

test('a truncated, longer or foreign record throws', () => {
  const request = oneSpan({ attributes: [text('http.method', 'GET')], links: [] }, [
    text('service.name', 'shop'),
  ])
  const record = encodeBatch(accepted(decodeOtlpProtobuf(toProtobuf(request))).batch)
  for (let length = 0; length < record.length; length++) {
    expect(() => decodeBatch(record.subarray(0, length))).toThrow(Error)
  }
  expect(() => decodeBatch(Uint8Array.of(...record, 0))).toThrow('bytes left over')
  expect(() => decodeBatch(Uint8Array.of(9, ...record.subarray(1)))).toThrow('version 9')
  expect(() => decodeBatch(Uint8Array.of(1, 0, 1, ...record.subarray(3)))).toThrow('byte order')
})

test('changed bytes throw or give a batch whose positions are all in range', () => {
  fc.assert(
    fc.property(arbitraryRequest, fc.nat(), fc.nat(255), (request, at, byte) => {
      const record = encodeBatch(accepted(decodeOtlpProtobuf(toProtobuf(request))).batch)
      record[at % record.length] = byte
      let batch: ReturnType<typeof decodeBatch>
      try {
        batch = decodeBatch(record)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
        return
      }
      for (const set of batch.attributes) expect(batch.attributeSets[set]).toBeDefined()
      for (const { values } of batch.attributeSets) {
        for (const value of values) expect(batch.strings[value]).toBeDefined()
      }
    }),
    { numRuns: 200 },
  )
})
