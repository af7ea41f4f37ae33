// OTLP over HTTP: every answer of the specification, and every way to send something bad.
import { connect } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoad } from '../support/load.ts'
import { startReceivers, type TestReceivers } from '../support/receivers.ts'

const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const JSON_TYPE = { 'content-type': 'application/json' }
const BODY_BYTES_MAX = 256 * 1024
const timeouts = { headersMs: 300, requestMs: 600, checkMs: 50, keepAliveMs: 5_000 }

let receivers: TestReceivers
beforeAll(async () => {
  receivers = await startReceivers({ bodyBytesMax: BODY_BYTES_MAX, timeouts })
})
afterAll(() => receivers.stop())

let seed = 0
const newBody = () =>
  Buffer.from(
    createLoad({
      ...{ seed: ++seed, requests: 1, spansPerRequest: 4 },
      ...{ endMs: Date.now(), halves: 'together' },
    }).bodies[0] ?? [],
  )

function post(
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string>,
  url = '/v1/traces',
): Promise<Response> {
  return fetch(receivers.httpUrl + url, { method: 'POST', headers, body })
}

const span = (traceId: string, spanId: string) => ({
  traceId,
  spanId,
  name: 'call',
  kind: 3,
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000000100000000',
})
const requestOf = (...spans: unknown[]) =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] },
        scopeSpans: [{ spans }],
      },
    ],
  })

describe('what is accepted', () => {
  test.each([
    ['identity', (body: Buffer<ArrayBuffer>) => body],
    ['gzip', (body: Buffer) => gzipSync(body)],
    ['zstd', (body: Buffer) => zstdCompressSync(body)],
  ])(
    'protobuf as %s: 200 and an empty message, journaled before the answer',
    async (encoding, pack) => {
      const before = (await receivers.batches()).length
      const response = await post(pack(newBody()), { ...PROTOBUF, 'content-encoding': encoding })
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'application/x-protobuf',
      ])
      expect((await response.arrayBuffer()).byteLength).toBe(0)
      const batches = await receivers.batches()
      expect(batches.length).toBe(before + 1)
      expect(batches.at(-1)?.count).toBe(4)
    },
  )

  test('JSON: 200 and an empty object', async () => {
    const body = requestOf(span('0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'))
    const response = await post(body, { 'content-type': 'application/json; charset=utf-8' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({})
  })

  test('a span with a bad id is rejected by partial success, the rest counts, a retry hears the same', async () => {
    const body = requestOf(
      span('0af7651916cd43dd8448eb211c80319d', 'b7ad6b7169203332'),
      span('0af7651916cd43dd8448eb211c80319d', '0000000000000000'),
    )
    const before = (await receivers.batches()).length
    for (let attempt = 0; attempt < 2; attempt++) {
      const response = await post(body, JSON_TYPE)
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({
        partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('rejected') },
      })
    }
    const batches = await receivers.batches()
    expect(batches.length).toBe(before + 1)
    expect(batches.at(-1)?.count).toBe(1)
  })

  test('a request without spans is a success', async () => {
    expect((await post(Buffer.alloc(0), PROTOBUF)).status).toBe(200)
    expect((await post('{}', JSON_TYPE)).status).toBe(200)
  })
})

describe('what is refused', () => {
  const truncated = () => newBody().subarray(0, -3)
  const overLimit = Buffer.alloc(BODY_BYTES_MAX + 1)
  const bomb = Buffer.alloc(64 * 1024 ** 2)
  test.each<[string, number, Record<string, string>, () => string | Buffer<ArrayBuffer>]>([
    ['a cut protobuf', 400, PROTOBUF, truncated],
    ['text that is no JSON', 400, JSON_TYPE, () => '{"resourceSpans":'],
    ['JSON of another shape', 400, JSON_TYPE, () => '[1, 2]'],
    ['bytes that are not gzip', 400, { ...PROTOBUF, 'content-encoding': 'gzip' }, newBody],
    ['bytes that are not zstd', 400, { ...PROTOBUF, 'content-encoding': 'zstd' }, newBody],
    [
      'a gzip cut short',
      400,
      { ...PROTOBUF, 'content-encoding': 'gzip' },
      () => gzipSync(newBody()).subarray(0, -9),
    ],
    ['a wrong content type', 415, { 'content-type': 'text/plain' }, newBody],
    ['an unknown content encoding', 415, { ...PROTOBUF, 'content-encoding': 'br' }, newBody],
    ['a body over the limit', 413, PROTOBUF, () => overLimit],
    ['a gzip bomb', 413, { ...PROTOBUF, 'content-encoding': 'gzip' }, () => gzipSync(bomb)],
    ['a zstd bomb', 413, { ...PROTOBUF, 'content-encoding': 'zstd' }, () => zstdCompressSync(bomb)],
  ])('%s: %i with a Status in the format of the request', async (_name, status, headers, body) => {
    const before = (await receivers.batches()).length
    const response = await post(body(), headers)
    expect(response.status).toBe(status)
    const isProtobuf = headers['content-type'] === 'application/x-protobuf'
    if (isProtobuf) {
      expect(response.headers.get('content-type')).toBe('application/x-protobuf')
      // google.rpc.Status: code 3 in field 1, then a message in field 2.
      const bytes = new Uint8Array(await response.arrayBuffer())
      expect([...bytes.subarray(0, 3)]).toEqual([0x08, 3, 0x12])
    } else {
      expect(await response.json()).toEqual({ code: 3, message: expect.stringMatching(/\w/) })
    }
    expect((await receivers.batches()).length).toBe(before)
    expect(receivers.intake.budget.bytes).toBe(0)
  })

  test('a body without a length that grows over the limit: 413', async () => {
    const chunk = `${(65_536).toString(16)}\r\n${'a'.repeat(65_536)}\r\n`
    const headers = 'content-type: application/x-protobuf\r\ntransfer-encoding: chunked\r\n'
    const answer = await rawRequest(
      `POST /v1/traces HTTP/1.1\r\nhost: a\r\n${headers}\r\n${chunk.repeat(6)}`,
    )
    expect(answer).toContain('413 Payload Too Large')
    expect(receivers.intake.budget.bytes).toBe(0)
  })

  test.each(['metrics', 'logs'])('%s are answered with 501, not hung', async (signal) => {
    const response = await post(Buffer.from([0x0a, 0]), PROTOBUF, `/v1/${signal}`)
    expect(response.status).toBe(501)
    expect([...new Uint8Array(await response.arrayBuffer()).subarray(0, 2)]).toEqual([0x08, 12])
    const json = await post('{}', JSON_TYPE, `/v1/${signal}`)
    expect(await json.json()).toEqual({ code: 12, message: expect.stringContaining(signal) })
  })

  test('unknown routes: 404; wrong methods: 405 with what is allowed', async () => {
    expect((await post('{}', JSON_TYPE, '/v1/unknown')).status).toBe(404)
    const get = await fetch(`${receivers.httpUrl}/v1/traces`)
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    const posted = await post('{}', JSON_TYPE, '/healthz')
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await fetch(`${receivers.httpUrl}/healthz`)).status).toBe(200)
  })
})

describe('senders that are slow or too many', () => {
  test('a header or body that does not come is given up with 408, and others are served meanwhile', async () => {
    const noHeader = rawRequest('POST /v1/traces HTTP/1.1\r\nhost: a\r\n')
    const noBody = rawRequest(
      'POST /v1/traces HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\ncontent-length: 100\r\n\r\nabc',
    )
    expect((await post(newBody(), PROTOBUF)).status).toBe(200)
    expect(await noHeader).toContain('408 Request Timeout')
    expect(await noBody).toContain('408 Request Timeout')
    expect(receivers.intake.budget.bytes).toBe(0)
  })

  test('a header that is too long: 431', async () => {
    const answer = rawRequest(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)
    expect(await answer).toContain('431')
  })

  test('more bodies than fit in memory: 503 with Retry-After, and nothing stays reserved', async () => {
    const small = await startReceivers({ bodyBytesMax: 4_096, bodiesBytesMax: 6_000 })
    const request =
      'POST /v1/traces HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\n'
    const socket = connect(small.httpPort, '127.0.0.1')
    socket.write(`${request}content-length: 4096\r\n\r\n`)
    socket.write(Buffer.alloc(4_000))
    while (small.intake.budget.bytes < 4_000) await new Promise((resolve) => setTimeout(resolve, 5))
    const body = Buffer.alloc(3_000)
    const response = await fetch(`${small.httpUrl}/v1/traces`, {
      method: 'POST',
      headers: PROTOBUF,
      body,
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    socket.destroy()
    while (small.intake.budget.bytes > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(small.intake.counters.limits.get('bodies_bytes')).toBe(1)
    await small.stop()
  })
})

test('a full journal: 503 with Retry-After, and a retry of what was taken is still answered', async () => {
  const small = await startReceivers({ journalBytesMax: 2_000 })
  const send = (body: Buffer<ArrayBuffer>) =>
    fetch(`${small.httpUrl}/v1/traces`, { method: 'POST', headers: PROTOBUF, body })
  const first = newBody()
  expect((await send(first)).status).toBe(200)
  let response = await send(newBody())
  while (response.status === 200) response = await send(newBody())
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toContain('RetryInfo')
  expect((await send(first)).status).toBe(200)
  await small.stop()
})

test('with a token, requests without it or with another get 401 and are not read', async () => {
  const guarded = await startReceivers({ token: 'a-token-of-some-length' })
  const send = (headers: Record<string, string>) =>
    fetch(`${guarded.httpUrl}/v1/traces`, {
      ...{ method: 'POST', body: newBody() },
      headers: { ...PROTOBUF, ...headers },
    })
  expect((await send({})).status).toBe(401)
  expect((await send({ authorization: 'Bearer another' })).status).toBe(401)
  expect((await send({ authorization: 'Basic a-token-of-some-length' })).status).toBe(401)
  const refused = await send({ authorization: 'Bearer ' })
  expect([...new Uint8Array(await refused.arrayBuffer()).subarray(0, 2)]).toEqual([0x08, 16])
  expect((await send({ authorization: 'Bearer a-token-of-some-length' })).status).toBe(200)
  expect(await guarded.batches()).toHaveLength(1)
  await guarded.stop()
})

/** Writes bytes and reads until the server closes. */
function rawRequest(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(receivers.httpPort, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    )
    socket.write(text)
  })
}
