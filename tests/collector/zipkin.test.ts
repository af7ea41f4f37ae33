// Zipkin v2 JSON over HTTP: answered as Zipkin answers, under the same token, limits and journal as OTLP.

import { gzipSync, zstdCompressSync } from 'node:zlib'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SpanBatch } from '../../core/span/batch.ts'
import { resourceAttributes, spanAttributes } from '../core/span/read-batch.ts'
import { startReceivers, type TestReceivers } from '../support/receivers.ts'

const BODY_BYTES_MAX = 256 * 1024
const JSON_TYPE = { 'content-type': 'application/json' }

let receivers: TestReceivers
beforeAll(async () => {
  receivers = await startReceivers({ bodyBytesMax: BODY_BYTES_MAX })
})
afterAll(() => receivers.stop())

let traces = 0
const newSpan = (more: object = {}) => ({
  traceId: (++traces).toString(16).padStart(32, 'a'),
  id: '352bff9a74ca9ad2',
  kind: 'CLIENT',
  timestamp: 1_760_000_000_000_000,
  duration: 1_000,
  localEndpoint: { serviceName: 'web' },
  ...more,
})

function post(
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = JSON_TYPE,
  url = receivers.httpUrl,
): Promise<Response> {
  return fetch(`${url}/api/v2/spans`, { method: 'POST', headers, body })
}

describe('what is accepted', () => {
  test.each([
    ['identity', (body: string) => Buffer.from(body)],
    ['gzip', (body: string) => gzipSync(body)],
    ['zstd', (body: string) => zstdCompressSync(body)],
  ])('%s: 202 without a body, journaled before the answer', async (encoding, pack) => {
    const before = (await receivers.batches()).length
    const body = JSON.stringify([newSpan(), newSpan()])
    const response = await post(pack(body), { ...JSON_TYPE, 'content-encoding': encoding })
    expect([response.status, await response.text()]).toEqual([202, ''])
    const batches = await receivers.batches()
    expect(batches.length).toBe(before + 1)
    expect(batches.at(-1)?.count).toBe(2)
    expect(receivers.intake.budget.bytes).toBe(0)
  })

  test('fragments of one span in one request are one span, a retry is not appended again', async () => {
    const client = newSpan({ duration: 0 })
    const { kind: _, ...rest } = client
    const body = JSON.stringify([client, { ...rest, duration: 700, tags: { error: '' } }])
    const before = (await receivers.batches()).length
    for (let attempt = 0; attempt < 2; attempt++) expect((await post(body)).status).toBe(202)
    const batches = await receivers.batches()
    expect(batches.length).toBe(before + 1)
    expect(kindsAndFlags(batches.at(-1)!)).toEqual([[3, 1]])
  })

  test('a span with a bad id is rejected and counted, the rest counts', async () => {
    const { rejectedSpans } = receivers.intake.counters
    const body = JSON.stringify([newSpan(), newSpan({ id: '0' }), newSpan({ traceId: 'x' })])
    expect((await post(body)).status).toBe(202)
    expect((await receivers.batches()).at(-1)?.count).toBe(1)
    expect(receivers.intake.counters.rejectedSpans).toBe(rejectedSpans + 2)
  })

  test('one span in a hundred thousand fragments is merged at once, not one by one', async () => {
    const one = newSpan()
    const body = Array.from({ length: 100_000 }, (_, i) => ({
      ...{ traceId: one.traceId, id: one.id, tags: { [`t${i}`]: '' } },
    }))
    const roomy = await startReceivers({ bodyBytesMax: 16 * 1024 ** 2 })
    expect((await post(JSON.stringify(body), JSON_TYPE, roomy.httpUrl)).status).toBe(202)
    expect((await roomy.batches()).map((batch) => batch.count)).toEqual([1])
    await roomy.stop()
  })
})

describe('what is refused, in a sentence of plain text', () => {
  const v1 = JSON.stringify([{ traceId: '1', id: '2', binaryAnnotations: [] }])
  test.each<[string, number, Record<string, string>, string | Buffer<ArrayBuffer>, string]>([
    ['text that is no JSON', 400, {}, '[{', 'not valid JSON'],
    ['an object', 400, {}, '{"resourceSpans":[]}', 'not a JSON array'],
    ['an array of numbers', 400, {}, '[7]', 'span 1 is not a JSON object'],
    ['Zipkin v1', 400, {}, v1, 'only v2'],
    ['no gzip', 400, { 'content-encoding': 'gzip' }, '[]', 'content-encoding'],
    ['a form', 415, { 'content-type': 'text/plain' }, '[]', 'must be application/json'],
    ['protobuf', 415, { 'content-type': 'application/x-protobuf' }, '', 'must be application/json'],
    ['another encoding', 415, { 'content-encoding': 'br' }, '[]', 'identity, gzip or zstd'],
    ['too much', 413, {}, Buffer.alloc(BODY_BYTES_MAX + 1), `${BODY_BYTES_MAX} bytes`],
  ])('%s: %i', async (_name, status, headers, body, sentence) => {
    const before = (await receivers.batches()).length
    const response = await post(body, { ...JSON_TYPE, ...headers })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    const text = await response.text()
    expect(text).toContain(sentence)
    expect(text).toMatch(/^[^\n]+\n$/)
    expect((await receivers.batches()).length).toBe(before)
  })

  test('a GET: 405 with what is allowed', async () => {
    const response = await fetch(`${receivers.httpUrl}/api/v2/spans`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('no token or another: 401; a full journal: 503 with Retry-After', async () => {
    const small = await startReceivers({ token: 'a-token-of-some-length', journalBytesMax: 1_000 })
    const send = (authorization: string) =>
      post(JSON.stringify([newSpan()]), { ...JSON_TYPE, authorization }, small.httpUrl)
    const refused = await send('Bearer another')
    expect([refused.status, await refused.text()]).toEqual([
      401,
      expect.stringContaining('ingest token'),
    ])
    let response = await send('Bearer a-token-of-some-length')
    expect(response.status).toBe(202)
    while (response.status === 202) response = await send('Bearer a-token-of-some-length')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.text()).toContain('the journal is full')
    await small.stop()
  })
})

test('spans from the Zipkin exporter of the OpenTelemetry SDK arrive whole', async () => {
  const before = (await receivers.batches()).length
  const exporter = new ZipkinExporter({ url: `${receivers.httpUrl}/api/v2/spans` })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'service.version': '1.2.3' }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const attributes = { 'server.address': 'db.internal', 'db.system.name': 'mysql', secret: 'kept?' }
  const span = provider.getTracer('test').startSpan('call', { kind: SpanKind.CLIENT, attributes })
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
  await provider.forceFlush()
  await provider.shutdown()
  const [batch, ...others] = (await receivers.batches()).slice(before)
  expect(others).toEqual([])
  expect(Buffer.from(batch!.traceIds).toString('hex')).toBe(span.spanContext().traceId)
  expect(Buffer.from(batch!.spanIds).toString('hex')).toBe(span.spanContext().spanId)
  expect(kindsAndFlags(batch!)).toEqual([[3, 1]])
  expect(resourceAttributes(batch!)).toMatchObject({
    ...{ 'service.name': 'shop', 'service.version': '1.2.3' },
  })
  expect(spanAttributes(batch!)).toEqual({
    ...{ 'server.address': 'db.internal', 'db.system.name': 'mysql' },
  })
  expect(batch!.strings.join()).not.toContain('kept?')
})

function kindsAndFlags(batch: SpanBatch): [number, number][] {
  return [...batch.kinds].map((kind, span) => [kind, batch.flags[span]!])
}
