// Jaeger JSON and Tempo JSON: wrappers, processes, references, typed tags, older names.
import { expect, test } from 'vitest'
import { SpanFlag } from '../../../core/span/batch.ts'
import { readAll, spansOf } from './captured-spans.ts'

const tag = (key: string, value: unknown, type = 'string') => ({ key, type, value })
const processes = {
  p1: {
    serviceName: 'web',
    tags: [tag('service.namespace', 'shop'), tag('deployment.environment.name', 'prod')],
  },
  p2: { serviceName: 'OTLPResourceNoServiceName', tags: [] },
}
const span = (fields: object) => ({
  traceID: 'f1',
  spanID: 'a1',
  operationName: 'GET',
  startTime: 1655765638003323,
  duration: 14656,
  processID: 'p1',
  ...fields,
})
const trace = (...spans: readonly object[]) => ({ traceID: 'f1', spans, processes })
const read = (...spans: readonly object[]) => spansOf(JSON.stringify({ data: [trace(...spans)] }))
const isError = (...tags: readonly object[]) => read(span({ tags }))[0]?.flags === SpanFlag.error

test('a span with everything keeps what the graph needs', () => {
  const tags = [
    tag('span.kind', 'client'),
    tag('http.url', 'https://user:word@cart.example.com:8443/items/7?x=1'),
    tag('net.peer.port', 8443, 'int64'),
    tag('messaging.destination.temporary', true, 'bool'),
    tag('db.name', 'AAEC', 'binary'),
    tag('peer.hostname', 'elsewhere'),
  ]
  expect(read(span({ tags }))).toEqual([
    {
      traceId: 'f1'.padStart(32, '0'),
      spanId: 'a1'.padStart(16, '0'),
      parentId: '',
      kind: 3,
      flags: 0,
      startUnixNano: 1655765638003323000n,
      endUnixNano: 1655765638017979000n,
      resource: {
        'service.name': 'web',
        'service.namespace': 'shop',
        'deployment.environment.name': 'prod',
      },
      attributes: {
        'http.url': 'https://cart.example.com:8443',
        'url.path': '/items/{}',
        'net.peer.port': '8443',
        'messaging.destination.temporary': 'true',
      },
      links: [],
    },
  ])
})

test('the parent is CHILD_OF in the trace, else FOLLOWS_FROM in it; the rest are links', () => {
  const reference = (refType: string, spanID: string, traceID = 'F1') => ({
    refType,
    traceID,
    spanID,
  })
  const parentAndLinks = (...references: readonly object[]) => {
    const [first] = read(span({ references }))
    return [first?.parentId, first?.links].flat().map((id) => id?.replace(/^0+/, ''))
  }
  expect(parentAndLinks(reference('CHILD_OF', 'b1'))).toEqual(['b1'])
  expect(parentAndLinks(reference('FOLLOWS_FROM', 'b1'))).toEqual(['b1'])
  expect(parentAndLinks(reference('FOLLOWS_FROM', 'b1'), reference('CHILD_OF', 'b2'))).toEqual([
    'b2',
    'b1',
  ])
  expect(parentAndLinks(reference('FOLLOWS_FROM', 'b1', 'f2'))).toEqual(['', 'b1'])
  expect(read(span({ parentSpanID: 'c1' }))).toMatchObject([{ parentId: 'c1'.padStart(16, '0') }])
  expect(read(span({ parentSpanID: '0' }))).toMatchObject([{ parentId: '', flags: 0 }])
})

test('an error is the error tag, as bool or text, or the status of an exporter', () => {
  expect(isError(tag('error', true, 'bool'))).toBe(true)
  expect(isError(tag('error', 'true'))).toBe(true)
  expect(isError(tag('otel.status_code', 'ERROR'))).toBe(true)
  expect(isError(tag('error', false, 'bool'), tag('otel.status_code', 'OK'))).toBe(false)
  expect(isError(tag('http.status_code', 500, 'int64'))).toBe(false)
})

test('a span without a process or with a nameless one has no service; no kind is unspecified', () => {
  expect(read(span({ processID: 'p2' }))).toMatchObject([{ resource: {}, kind: 0 }])
  expect(read(span({ processID: '__proto__' }))).toMatchObject([{ resource: {} }])
})

test('one trace or many, wrapped or bare, pretty or a trace a line, a span with its process', () => {
  const one = trace(span({}))
  const contents = [
    JSON.stringify({ data: [one], total: 0, errors: null }, null, 2),
    JSON.stringify(one),
    JSON.stringify([one]),
    JSON.stringify(span({ process: processes.p1 })),
  ]
  for (const content of contents) {
    expect(spansOf(content)).toMatchObject([{ resource: { 'service.name': 'web' } }])
  }
  expect(spansOf(`${JSON.stringify(one)}\n${JSON.stringify({ data: [one, one] })}`)).toHaveLength(3)
  expect(readAll('{"data":[]}')).toMatchObject([{ ok: true, batch: { count: 0 } }])
})

test('a broken trace is named and the others count; a broken span is rejected', () => {
  const data = [
    trace(span({})),
    { traceID: 'f2', spans: 7 },
    trace(span({}), 7 as unknown as object),
  ]
  expect(readAll(JSON.stringify({ data }))).toMatchObject([
    { ok: true, counts: { rejected: 0 } },
    { ok: false, place: 'trace 2', reason: 'spans is not an array' },
    { ok: true, batch: { count: 1 }, counts: { rejected: 1 } },
  ])
})

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] }
const tempoSpan = {
  traceId: 'AAAAAAAAAABa9xg/sdTPXw==',
  spanId: 'NSv/mnTKmtI=',
  parentSpanId: 'ayIdW8nmSWw=',
  kind: 'SPAN_KIND_CLIENT',
  startTimeUnixNano: '1556604172355737000',
  status: { code: 'STATUS_CODE_ERROR' },
}

test('Tempo: batches, base64 ids, instrumentation libraries, the answer of its second interface', () => {
  const scopes = [{ spans: [tempoSpan] }]
  const contents = [
    { batches: [{ resource, scopeSpans: scopes }] },
    { batches: [{ resource, instrumentationLibrarySpans: scopes }] },
    { resourceSpans: [{ resource, instrumentation_library_spans: scopes }] },
    { trace: { resourceSpans: [{ resource, scopeSpans: scopes }] }, metrics: {} },
    { result: { resourceSpans: [{ resource, scopeSpans: scopes }] } },
  ]
  for (const content of contents) {
    expect(spansOf(JSON.stringify(content))).toMatchObject([
      {
        traceId: '00000000000000005af7183fb1d4cf5f',
        spanId: '352bff9a74ca9ad2',
        parentId: '6b221d5bc9e6496c',
        kind: 3,
        flags: SpanFlag.error,
        startUnixNano: 1556604172355737000n,
        resource: { 'service.name': 'web' },
      },
    ])
  }
  expect(readAll('{"batches":7}')).toMatchObject([{ ok: false, place: 'file' }])
})

test('nesting without end is refused', () => {
  expect(readAll('['.repeat(2000) + ']'.repeat(2000))).toMatchObject([{ ok: false }])
  const wrapped = '{"trace":'.repeat(50)
  expect(readAll(`${wrapped}{}${'}'.repeat(50)}`)).toMatchObject([{ ok: false }])
})
