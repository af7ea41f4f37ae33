// OTLP out again: what was decoded, encoded and decoded once more is the same; and what a replay changes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SpanBatch } from '../../../core/span/batch.ts'
import { encodeOtlpProtobuf, encodeRequests } from '../../../core/span/otlp/encode.ts'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { rewriteBatch } from '../../../core/span/rewrite.ts'
import { readCases } from '../../support/cases.ts'
import { batchOf, span } from '../../support/spans.ts'
import { arbitraryRequest } from './arbitrary-request.ts'
import { toProtobuf } from './otlp-request.ts'
import { accepted, families, resourceAttributes, spanAttributes } from './read-batch.ts'

const again = (batch: SpanBatch) => accepted(decodeOtlpProtobuf(encodeOtlpProtobuf(batch))).batch

/** Everything a batch says, span by span, whatever the order of its tables. */
function plain(batch: SpanBatch): unknown[] {
  const hex = (ids: Uint8Array, at: number, size: number) =>
    Buffer.from(ids.subarray(at * size, (at + 1) * size)).toString('hex')
  return Array.from({ length: batch.count }, (_, at) => ({
    ids: [hex(batch.traceIds, at, 16), hex(batch.spanIds, at, 8), hex(batch.parentIds, at, 8)],
    numbers: [batch.kinds[at], batch.flags[at], batch.weights[at], families(batch, at)],
    times: [batch.startUnixNanos[at], batch.endUnixNanos[at]],
    attributes: [spanAttributes(batch, at), resourceAttributes(batch, at)].map(withoutHashes),
    links: Array.from({ length: batch.linkStarts[at + 1]! - batch.linkStarts[at]! }, (_, link) => {
      const position = batch.linkStarts[at]! + link
      return hex(batch.linkTraceIds, position, 16) + hex(batch.linkSpanIds, position, 8)
    }),
  }))
}

/** The hash behind a value that was too long looks like the fragment of an address when it comes again. */
function withoutHashes(values: { readonly [name: string]: string }) {
  const pairs = Object.entries(values)
  return Object.fromEntries(
    pairs.map(([name, text]) => [name, text.replace(/…#[0-9a-f]{8}$/, '…')]),
  )
}

test('decode of encode gives the batch again', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const { batch } = accepted(decodeOtlpProtobuf(toProtobuf(request)))
      expect(plain(again(batch))).toEqual(plain(batch))
    }),
    { numRuns: 300 },
  )
})

test('every conformance case survives', () => {
  for (const { otlp } of readCases()) {
    const { batch } = accepted(decodeOtlpProtobuf(toProtobuf(otlp as never)))
    expect(plain(again(batch))).toEqual(plain(batch))
  }
})

test('requests keep to their limits and lose nothing', () => {
  const spans = Array.from({ length: 100 }, (_, at) =>
    span({
      id: at + 1,
      service: `s${at % 3}`,
      kind: 'client',
      attributes: { 'peer.service': 'b' },
    }),
  )
  const batch = batchOf(spans)
  for (const limits of [
    { bytesMax: 500, spansMax: 1000 },
    { bytesMax: 1e6, spansMax: 7 },
    { bytesMax: 1, spansMax: 1000 },
  ]) {
    const requests = [...encodeRequests(batch, limits)]
    for (const { body, spans: count } of requests) {
      expect(count).toBeLessThanOrEqual(limits.spansMax)
      if (count > 1) expect(body.length).toBeLessThanOrEqual(limits.bytesMax)
    }
    const decoded = requests.flatMap(({ body }) => plain(accepted(decodeOtlpProtobuf(body)).batch))
    expect(decoded).toEqual(plain(batch))
  }
})

test('an empty batch makes no request', () => {
  expect([...encodeRequests(batchOf([]), { bytesMax: 100, spansMax: 10 })]).toEqual([])
})

const SHORT = `${'0'.repeat(16)}${'b'.repeat(16)}`
const LONG = `${'a'.repeat(16)}${'b'.repeat(16)}`

test('a rewrite shifts times and changes trace ids alike in spans and links', () => {
  const batch = batchOf([
    span({ trace: LONG, id: 1, service: 'a', kind: 'client', links: [{ trace: SHORT, id: 2 }] }),
    span({ trace: SHORT, id: 2, service: 'b', kind: 'server', parent: 1 }),
  ])
  const traceMask = Uint8Array.from({ length: 16 }, (_, at) => 0x10 + at)
  const rewritten = rewriteBatch(batch, { shiftNanos: -5n, traceMask, environment: null })
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const [long, short] = [hex(rewritten.traceIds).slice(0, 32), hex(rewritten.traceIds).slice(32)]
  expect(long).not.toBe(LONG)
  expect(short).toMatch(/^0{16}/)
  expect(long.slice(16)).toBe(short.slice(16))
  expect(hex(rewritten.linkTraceIds)).toBe(short)
  expect(hex(rewritten.spanIds)).toBe(hex(batch.spanIds))
  expect(rewritten.startUnixNanos[0]).toBe(batch.startUnixNanos[0]! - 5n)
  expect(rewritten.endUnixNanos[1]).toBe(batch.endUnixNanos[1]! - 5n)
})

test('a rewrite to another environment replaces both ways of stating it', () => {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const stated = [text('deployment.environment', 'old'), text('service.name', 'shop')]
  const spans = [{ traceId: 'a'.repeat(32), spanId: '1'.repeat(16) }]
  const request = { resourceSpans: [{ resource: { attributes: stated }, scopeSpans: [{ spans }] }] }
  const { batch } = accepted(decodeOtlpProtobuf(toProtobuf(request as never)))
  const moved = rewriteBatch(batch, { shiftNanos: 0n, traceMask: null, environment: 'demo' })
  const wanted = { 'service.name': 'shop', 'deployment.environment.name': 'demo' }
  expect(resourceAttributes(again(moved))).toEqual(wanted)
  expect(again(moved).traceIds).toEqual(batch.traceIds)
})
