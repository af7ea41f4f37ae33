// Zipkin v2 JSON: fragments of one span, shared ids, endpoints, the error tag, times.
import { expect, test } from 'vitest'
import { SpanFlag } from '../../../core/span/batch.ts'
import { readAll, spansOf } from './captured-spans.ts'

const ids = { traceId: '5af7183fb1d4cf5f', id: '352bff9a74ca9ad2' }
const web = { serviceName: 'web' }
const read = (...spans: readonly object[]) => spansOf(JSON.stringify(spans))

test('a span with everything keeps what the graph needs', () => {
  const [span] = read({
    ...ids,
    parentId: '6b221d5bc9e6496c',
    kind: 'CLIENT',
    name: 'get /api',
    timestamp: 1556604172355737,
    duration: 1431,
    localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1' },
    remoteEndpoint: { serviceName: 'cart', ipv4: '10.0.0.2', port: 9411 },
    tags: { 'http.method': 'GET', 'http.path': '/api/42?token=secret' },
  })
  expect(span).toEqual({
    traceId: '00000000000000005af7183fb1d4cf5f',
    spanId: '352bff9a74ca9ad2',
    parentId: '6b221d5bc9e6496c',
    kind: 3,
    flags: 0,
    startUnixNano: 1556604172355737000n,
    endUnixNano: 1556604172357168000n,
    resource: { 'service.name': 'web' },
    attributes: {
      'peer.service': 'cart',
      'network.peer.address': '10.0.0.2',
      'net.peer.port': '9411',
      'http.method': 'GET',
      'url.path': '/api/{}',
    },
    links: [],
  })
})

test('ids are padded, in any case, of 64 or 128 bits', () => {
  const long = 'ABCDEF0123456789ABCDEF0123456789'
  const spans = read({ traceId: 'F1', id: 'A' }, { traceId: long, id: 'b'.repeat(16) })
  expect(spans.map(({ traceId, spanId }) => [traceId, spanId])).toEqual([
    ['f1'.padStart(32, '0'), 'a'.padStart(16, '0')],
    [long.toLowerCase(), 'b'.repeat(16)],
  ])
})

const FRAGMENTS = [
  { ...ids, kind: 'CLIENT', timestamp: 1000, localEndpoint: web, tags: { a: '1' } },
  { ...ids, duration: 500, localEndpoint: web, tags: { error: '' } },
  { ...ids, parentId: 'c', localEndpoint: web, remoteEndpoint: { serviceName: 'cart' } },
]

test('the fragments of one span are one span, in any order', () => {
  const [first, second, third] = FRAGMENTS as [object, object, object]
  for (const order of [
    [first, second, third],
    [third, first, second],
    [second, third, first],
  ]) {
    const spans = read(...order)
    expect(spans).toMatchObject([
      {
        parentId: '000000000000000c',
        kind: 3,
        flags: SpanFlag.error,
        startUnixNano: 1_000_000n,
        endUnixNano: 1_500_000n,
        attributes: { 'peer.service': 'cart' },
      },
    ])
  }
})

test('fragments on different lines of a file are one span too', () => {
  const lines = FRAGMENTS.map((fragment) => JSON.stringify(fragment)).join('\n')
  expect(spansOf(lines)).toEqual(read(...FRAGMENTS))
  const requests = FRAGMENTS.map((fragment) => JSON.stringify([fragment])).join('\n')
  expect(spansOf(requests)).toEqual(read(...FRAGMENTS))
})

test('a shared id is two spans, of two services or of one that calls itself', () => {
  const client = { ...ids, kind: 'CLIENT', localEndpoint: web, parentId: 'c' }
  const server = { ...ids, kind: 'SERVER', shared: true, parentId: 'c' }
  expect(read(client, { ...server, localEndpoint: { serviceName: 'cart' } })).toHaveLength(2)
  const late = { ...ids, localEndpoint: web, shared: true, tags: { error: 'late' } }
  expect(
    read(late, client, { ...server, localEndpoint: web }).map(({ kind, flags }) => [kind, flags]),
  ).toEqual([
    [2, SpanFlag.error],
    [3, 0],
  ])
})

test('a shared span without a parent waits for the half of its id: it is no root', () => {
  const server = { ...ids, kind: 'SERVER', localEndpoint: web }
  expect(read({ ...server, shared: true })).toMatchObject([{ flags: SpanFlag.parentLost }])
  expect(read(server)).toMatchObject([{ flags: 0 }])
})

test('no kind is unspecified, and a name of another kind as well', () => {
  expect(read(ids)).toMatchObject([{ kind: 0, resource: {} }])
  expect(read({ ...ids, kind: 'LOCAL' })).toMatchObject([{ kind: 0 }])
})

test('the caller of a server is no peer address', () => {
  const remoteEndpoint = { ipv4: '198.51.100.7', port: 63036 }
  expect(read({ ...ids, kind: 'SERVER', remoteEndpoint })).toMatchObject([{ attributes: {} }])
  const named = { ...ids, kind: 'SERVER', remoteEndpoint: { serviceName: 'edge' } }
  expect(read(named)).toMatchObject([{ attributes: { 'peer.service': 'edge' } }])
})

test('a remote name that repeats the host is no service', () => {
  // The exporters of OpenTelemetry write server.address where no peer.service is known.
  const [span] = read({
    ...ids,
    kind: 'CLIENT',
    remoteEndpoint: { serviceName: 'api.example.com' },
    tags: { 'server.address': 'api.example.com', 'deployment.environment': 'prod' },
  })
  expect(span?.attributes).toEqual({ 'server.address': 'api.example.com' })
  expect(span?.resource).toEqual({ 'deployment.environment': 'prod' })
})

test('an error is the error tag, whatever its value, or the status of an exporter', () => {
  const isError = (tags: object) => read({ ...ids, tags })[0]?.flags === SpanFlag.error
  expect(isError({ error: '' })).toBe(true)
  expect(isError({ error: 'timeout' })).toBe(true)
  expect(isError({ 'otel.status_code': 'ERROR' })).toBe(true)
  expect(isError({ 'http.status_code': '500', 'otel.status_code': 'OK' })).toBe(false)
})

test('traces in arrays, an empty answer, a broken item, version 1', () => {
  const span = JSON.stringify(ids)
  expect(spansOf(`[[${span}],[{"traceId":"2","id":"3"}]]`)).toHaveLength(2)
  expect(readAll('[]')).toMatchObject([{ ok: true, batch: { count: 0 } }])
  expect(readAll(`[${span},7,{"x":1}]`)).toMatchObject([
    { place: 'span 2' },
    { place: 'span 3' },
    { ok: true, batch: { count: 1 } },
  ])
  expect(readAll(`[{"traceId":"1","id":"2","binaryAnnotations":[]}]`)).toMatchObject([
    { ok: false, reason: 'Zipkin v1 JSON is not read, only v2' },
  ])
})

test('unusable ids are rejected one by one, an unusable parent never arrives', () => {
  const spans = [
    { traceId: 'x', id: '1' },
    { traceId: 'x', id: '1' },
    { ...ids, parentId: 'zz' },
  ]
  expect(readAll(JSON.stringify(spans))).toMatchObject([
    { ok: true, batch: { count: 1 }, counts: { rejected: 2 } },
  ])
  expect(read(...spans)).toMatchObject([{ flags: SpanFlag.parentLost }])
})
