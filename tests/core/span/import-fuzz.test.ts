// Captures of any form with any value in any place: requests or named problems, never an exception.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeZipkinJson } from '../../../core/span/import/zipkin.ts'
import { decodeBatch, encodeBatch } from '../../../core/span/record.ts'
import { readAll } from './captured-spans.ts'

const zipkin = {
  traceId: '1',
  id: '2',
  parentId: '3',
  kind: 'CLIENT',
  timestamp: 1,
  duration: 2,
  localEndpoint: { serviceName: 'web' },
  remoteEndpoint: { serviceName: 'cart', ipv4: '10.0.0.1', port: 80 },
  tags: { error: '' },
}
const jaeger = {
  traceID: '1',
  processes: { p1: { serviceName: 'web', tags: [{ key: 'a', type: 'string', value: 'b' }] } },
  spans: [
    {
      traceID: '1',
      spanID: '2',
      processID: 'p1',
      startTime: 1,
      duration: 2,
      references: [{ refType: 'CHILD_OF', traceID: '1', spanID: '3' }],
      tags: [{ key: 'error', type: 'bool', value: true }],
    },
  ],
}
const tempo = {
  batches: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] },
      instrumentationLibrarySpans: [{ spans: [{ traceId: 'AAAAAAAAAABa9xg/sdTPXw==', kind: 3 }] }],
    },
  ],
}

/** The value with the part number `part` (depth first) replaced. */
function withPart(value: unknown, part: number, replacement: unknown): unknown {
  let left = part
  const visit = (item: unknown): unknown => {
    if (left-- === 0) return replacement
    if (Array.isArray(item)) return item.map(visit)
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, visit(inner)]))
  }
  return visit(value)
}

const oddity = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(-1, 1e300, 2 ** 63, '99999999999999999999', '', '\ud800', '__proto__'),
)

test.each([
  ['Zipkin', [zipkin, { ...zipkin, kind: 'SERVER', shared: true }]],
  ['Jaeger', { data: [jaeger, jaeger] }],
  ['Tempo', tempo],
])('%s', (_, capture) => {
  fc.assert(
    fc.property(fc.nat(40), oddity, fc.nat(40), oddity, (part, value, other, otherValue) => {
      const broken = withPart(withPart(capture, part, value), other, otherValue)
      for (const request of readAll(JSON.stringify(broken))) {
        if (request.ok) expect(decodeBatch(encodeBatch(request.batch))).toEqual(request.batch)
        else expect(request.place).not.toBe('')
      }
    }),
    { numRuns: 500 },
  )
})

test('a body posted as Zipkin', () => {
  const body = [zipkin, { ...zipkin, kind: undefined }]
  fc.assert(
    fc.property(fc.nat(40), oddity, fc.nat(40), oddity, (part, value, other, otherValue) => {
      const broken = withPart(withPart(body, part, value), other, otherValue)
      const result = decodeZipkinJson(new TextEncoder().encode(JSON.stringify(broken)))
      if (result.ok) expect(decodeBatch(encodeBatch(result.batch))).toEqual(result.batch)
      else expect(result.reason).not.toBe('')
    }),
    { numRuns: 500 },
  )
})
