// What survives decoding, and that both encodings of a request survive alike.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Family, SpanFlag } from '../../../core/span/batch.ts'
import { decodeOtlpJson } from '../../../core/span/otlp/json.ts'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { arbitraryRequest } from './arbitrary-request.ts'
import {
  messageType,
  oneSpan,
  type RequestValue,
  text,
  toJson,
  toProtobuf,
} from './otlp-request.ts'
import { accepted, families, resourceAttributes, spanAttributes } from './read-batch.ts'

test('equal requests in JSON and protobuf give equal batches', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      expect(decodeOtlpProtobuf(toProtobuf(request))).toEqual(decodeOtlpJson(toJson(request)))
    }),
    { numRuns: 300 },
  )
})

test('a body that does not start at the beginning of its memory decodes the same', () => {
  fc.assert(
    fc.property(arbitraryRequest, fc.integer({ min: 1, max: 9 }), (request, offset) => {
      const body = toProtobuf(request)
      const memory = new Uint8Array(body.length + offset + 3).fill(0xff)
      memory.set(body, offset)
      const moved = memory.subarray(offset, offset + body.length)
      expect(decodeOtlpProtobuf(moved)).toEqual(decodeOtlpProtobuf(body))
    }),
    { numRuns: 50 },
  )
})

describe.each([
  ['JSON', (request: RequestValue) => accepted(decodeOtlpJson(toJson(request)))],
  ['protobuf', (request: RequestValue) => accepted(decodeOtlpProtobuf(toProtobuf(request)))],
])('%s', (_name, decode) => {
  test('the columns hold what the span says', () => {
    const { batch } = decode(
      oneSpan(
        {
          traceId: '0102030405060708090a0b0c0d0e0f10',
          spanId: '1112131415161718',
          parentSpanId: '2122232425262728',
          kind: 3,
          startTimeUnixNano: '1760000000000000001',
          endTimeUnixNano: '18446744073709551615',
          status: { code: 2 },
          flags: 0x301,
          links: [{ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }],
        },
        [text('service.name', 'shop'), text('secret', 's')],
      ),
    )
    expect(batch.count).toBe(1)
    expect([...batch.traceIds]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
    expect(batch.spanIds[0]).toBe(0x11)
    expect(batch.parentIds[7]).toBe(0x28)
    expect(batch.kinds[0]).toBe(3)
    expect(batch.flags[0]).toBe(SpanFlag.error | SpanFlag.remoteKnown | SpanFlag.remote)
    expect(batch.startUnixNanos[0]).toBe(1760000000000000001n)
    expect(batch.endUnixNanos[0]).toBe(18446744073709551615n)
    expect([...batch.linkStarts]).toEqual([0, 1])
    expect(batch.linkSpanIds[0]).toBe(0xdd)
    expect(resourceAttributes(batch)).toEqual({ 'service.name': 'shop' })
  })

  test('a span with a bad id is left out and counted, the rest counts', () => {
    const bad = ['', '0'.repeat(32), 'ab', 'ab'.repeat(17)].map((traceId) => ({
      traceId,
      spanId: 'b'.repeat(16),
    }))
    const badSpan = ['', '0'.repeat(16), 'ab'.repeat(7)].map((spanId) => ({
      traceId: 'a'.repeat(32),
      spanId,
    }))
    const good = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), kind: 2 }
    const spans = [...bad, good, ...badSpan, { ...good, kind: 3 }]
    const { batch, counts } = decode({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    expect(counts).toEqual({ rejected: 7, linksCut: 0 })
    expect([...batch.kinds]).toEqual([2, 3])
  })

  test('an absent, empty, zero or own parent id is no parent', () => {
    for (const parentSpanId of ['', '0'.repeat(16), 'b'.repeat(16)]) {
      const { batch } = decode(oneSpan({ parentSpanId }))
      expect([...batch.parentIds]).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
      expect(batch.flags[0]).toBe(0)
    }
  })

  test('a parent id of wrong length is a parent that never arrives', () => {
    for (const parentSpanId of ['abcd', 'ab'.repeat(16)]) {
      const { batch } = decode(oneSpan({ parentSpanId }))
      expect([...batch.parentIds]).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
      expect(batch.flags[0]).toBe(SpanFlag.parentLost)
    }
  })

  test('links over the limit or with a bad id are cut and counted', () => {
    const link = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }
    const bad = [
      { ...link, spanId: '0'.repeat(16) },
      { traceId: 'c'.repeat(30), spanId: 'dd' },
    ]
    const links = [...bad, ...Array.from({ length: 130 }, () => link)]
    const { batch, counts } = decode(oneSpan({ links }))
    expect([...batch.linkStarts]).toEqual([0, 128])
    expect(batch.linkSpanIds.length).toBe(8 * 128)
    expect(counts).toEqual({ rejected: 0, linksCut: 4 })
  })

  test('the last value of a repeated key holds', () => {
    const attributes = [
      text('server.address', 'a'),
      text('http.route', '/x'),
      text('server.address', 'b'),
      { key: 'http.route', value: { arrayValue: { values: [] } } },
    ]
    expect(spanAttributes(decode(oneSpan({ attributes })).batch)).toEqual({ 'server.address': 'b' })
  })

  test('numbers and booleans become text; arrays, bytes and nothing are absent', () => {
    const attributes = [
      { key: 'server.port', value: { intValue: '8080' } },
      { key: 'net.peer.port', value: { doubleValue: 8080 } },
      { key: 'messaging.destination.temporary', value: { boolValue: true } },
      { key: 'messaging.destination.anonymous', value: { boolValue: false } },
      { key: 'db.name', value: { bytesValue: 'AAE=' } },
      { key: 'db.system', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
      { key: 'peer.service', value: {} },
      { key: 'http.method' },
      text('http.host', ''),
    ]
    const { batch } = decode(oneSpan({ attributes }))
    expect(spanAttributes(batch)).toEqual({
      'server.port': '8080',
      'net.peer.port': '8080',
      'messaging.destination.temporary': 'true',
      'messaging.destination.anonymous': 'false',
      'http.host': '',
    })
    expect(families(batch)).toBe(Family.database | Family.messaging | Family.http)
  })

  test('families come from all attributes, also those that are not kept', () => {
    const cases: [string, number][] = [
      ['messaging.kafka.offset', Family.messaging],
      ['aws.sns.topic.arn', Family.messaging],
      ['rpc.grpc.status_code', Family.rpc],
      ['http.user_agent', Family.http],
      ['url.scheme', Family.http],
      ['db.collection.name', Family.database],
      ['db.user', 0],
      ['httpx', 0],
      ['xhttp.method', 0],
      ['http', 0],
    ]
    for (const [key, bits] of cases) {
      const { batch } = decode(oneSpan({ attributes: [{ key, value: { boolValue: true } }] }))
      expect([key, families(batch)]).toEqual([key, bits])
    }
  })

  test('url.full counts as http by its scheme and gives the path that nobody states', () => {
    const of = (...attributes: { key: string; value?: unknown }[]) =>
      decode(oneSpan({ attributes })).batch
    const full = of(text('url.full', 'HTTPS://u:p@[2001:DB8::1]:443/users/42?x=1'))
    expect(families(full)).toBe(Family.http)
    expect(spanAttributes(full)).toEqual({
      'url.full': 'https://[2001:db8::1]:443',
      'url.path': '/users/{}',
    })
    expect(families(of(text('url.full', 'ftp://h/x')))).toBe(0)
    const stated = of(text('url.full', 'http://h/users/42'), text('url.path', '/u/7'))
    expect(spanAttributes(stated)).toEqual({ 'url.full': 'http://h', 'url.path': '/u/{}' })
    const target = of(text('http.url', 'http://h/users/42'), text('http.target', '/t?x=1'))
    expect(spanAttributes(target)).toEqual({ 'http.url': 'http://h', 'http.target': '/t' })
    const odd = of(text('url.full', 'user:secret@host/path?token=s'))
    expect(spanAttributes(odd)).toEqual({ 'url.full': '' })
  })

  test('equal attribute sets of a batch are one object', () => {
    const span = (spanId: string, route: string) => ({
      traceId: 'a'.repeat(32),
      spanId,
      attributes: [text('http.route', route), text('thread', spanId), text('http.method', 'GET')],
    })
    const spans = [
      span('1'.repeat(16), '/a'),
      span('2'.repeat(16), '/b'),
      span('3'.repeat(16), '/a'),
    ]
    const { batch } = decode({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    expect([...batch.attributes]).toEqual([0, 1, 0])
    expect(batch.attributeSets.length).toBe(2)
  })

  test('a batch may hold more than 65,536 attribute sets and strings', () => {
    const spans = Array.from({ length: 66_000 }, (_, index) => ({
      traceId: 'a'.repeat(32),
      spanId: (index + 1).toString(16).padStart(16, '0'),
      attributes: [text('peer.service', `s${index}`)],
    }))
    const { batch } = decode({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    expect(batch.attributeSets.length).toBe(66_000)
    expect(spanAttributes(batch, 65_999)).toEqual({ 'peer.service': 's65999' })
  })

  test('a resource has no families', () => {
    const { batch } = decode(oneSpan({}, [text('http.method', 'GET'), text('host.name', 'n')]))
    expect(batch.resourceSets).toEqual([
      { families: 0, keys: Uint8Array.of(9), values: Uint32Array.of(1) },
    ])
  })
})

test('embedded messages that come twice are merged, as protobuf says', () => {
  const spanType = messageType('Span')
  const span = spanType.encode(
    spanType.fromObject({ traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2) }),
  )
  // status {code: 2}, then status {message: 'x'}: the code stays.
  const twice = Uint8Array.of(...span.finish(), 0x7a, 2, 0x18, 2, 0x7a, 3, 0x12, 1, 0x78)
  const field = (number: number, bytes: Uint8Array) =>
    Uint8Array.of((number << 3) | 2, bytes.length, ...bytes)
  const attribute = (value: string) => {
    const pair = messageType('KeyValue')
    return field(1, pair.encode(pair.fromObject(text('service.name', value))).finish())
  }
  // The resource stands behind the spans, in two pieces.
  const body = Uint8Array.of(
    ...field(2, field(2, twice)),
    ...field(1, attribute('first')),
    ...field(1, attribute('last')),
  )
  const { batch } = accepted(decodeOtlpProtobuf(field(1, body)))
  expect(batch.flags[0]).toBe(SpanFlag.error)
  expect(resourceAttributes(batch)).toEqual({ 'service.name': 'last' })
})
