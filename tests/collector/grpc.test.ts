// OTLP over gRPC: answers, and what is wrong in the words of gRPC.
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLoad } from '../support/load.ts'
import { type ReceiverOptions, startReceivers, type TestReceivers } from '../support/receivers.ts'

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const GZIP = { 'grpc.default_compression_algorithm': 2 }

let receivers: TestReceivers
beforeAll(async () => {
  receivers = await startReceivers()
})
afterAll(() => receivers.stop())

let seed = 1000
const newBody = () =>
  Buffer.from(
    createLoad({
      ...{ seed: ++seed, requests: 1, spansPerRequest: 4 },
      ...{ endMs: Date.now(), halves: 'together' },
    }).bodies[0] ?? [],
  )

type Sent = { readonly bytes: Buffer } | { readonly error: ServiceError }

function send(
  to: TestReceivers,
  body: Buffer,
  call: { method?: string; metadata?: Metadata; options?: object } = {},
): Promise<Sent> {
  const { method = EXPORT, metadata = new Metadata(), options = {} } = call
  const client = new Client(`127.0.0.1:${to.grpcPort}`, credentials.createInsecure(), options)
  const same = (bytes: Buffer) => bytes
  return new Promise((resolve) => {
    client.makeUnaryRequest(method, same, same, body, metadata, (error, bytes) => {
      client.close()
      resolve(error ? { error } : { bytes: bytes ?? Buffer.alloc(0) })
    })
  })
}

async function failureOf(sending: Promise<Sent>): Promise<ServiceError> {
  const sent = await sending
  if ('bytes' in sent) throw new Error('it was accepted')
  return sent.error
}

const detailsOf = (error: ServiceError) =>
  Buffer.from(error.metadata.get('grpc-status-details-bin')[0] ?? '').toString('latin1')

async function withReceivers(
  options: ReceiverOptions,
  check: (receivers: TestReceivers) => Promise<void>,
): Promise<void> {
  const started = await startReceivers(options)
  try {
    await check(started)
  } finally {
    await started.stop()
  }
}

test.each([
  ['plain', {}],
  ['gzip', GZIP],
])('spans sent as %s are journaled before the answer', async (_name, options) => {
  const before = (await receivers.batches()).length
  const sent = await send(receivers, newBody(), { options })
  expect(sent).toEqual({ bytes: Buffer.alloc(0) })
  const batches = await receivers.batches()
  expect(batches.length).toBe(before + 1)
  expect(batches.at(-1)?.count).toBe(4)
})

test('a retried request is appended once, whichever protocol it comes over', async () => {
  const body = newBody()
  const before = (await receivers.batches()).length
  await Promise.all([send(receivers, body), send(receivers, body)])
  const headers = { 'content-type': 'application/x-protobuf' }
  const url = `${receivers.httpUrl}/v1/traces`
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200)
  expect((await receivers.batches()).length).toBe(before + 1)
})

test('what cannot be decoded: INVALID_ARGUMENT with a Status', async () => {
  const error = await failureOf(send(receivers, newBody().subarray(0, -3)))
  expect(error.code).toBe(status.INVALID_ARGUMENT)
  expect(detailsOf(error)).toContain(error.details)
  expect(detailsOf(error)).not.toContain('RetryInfo')
})

test('a message over the limit, plain or inflated: RESOURCE_EXHAUSTED without RetryInfo', async () => {
  const long = Buffer.alloc(2 * 1024 ** 2)
  for (const options of [{}, GZIP]) {
    const error = await failureOf(send(receivers, long, { options }))
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED)
    expect(detailsOf(error)).toBe('')
  }
})

test('a full journal: UNAVAILABLE with RetryInfo', async () => {
  await withReceivers({ journalBytesMax: 700 }, async (small) => {
    await send(small, newBody())
    const error = await failureOf(send(small, newBody()))
    expect(error.code).toBe(status.UNAVAILABLE)
    expect(detailsOf(error)).toContain('google.rpc.RetryInfo')
  })
})

test('too much in memory: RESOURCE_EXHAUSTED with RetryInfo', async () => {
  await withReceivers({ bodiesBytesMax: 10 }, async (small) => {
    const error = await failureOf(send(small, newBody()))
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED)
    expect(detailsOf(error)).toContain('google.rpc.RetryInfo')
  })
})

test('without the token or with another: UNAUTHENTICATED', async () => {
  await withReceivers({ token: 'a-token-of-some-length' }, async (guarded) => {
    expect((await failureOf(send(guarded, newBody()))).code).toBe(status.UNAUTHENTICATED)
    const metadata = new Metadata()
    metadata.set('authorization', 'Bearer another')
    const wrong = await failureOf(send(guarded, newBody(), { metadata }))
    expect(wrong.code).toBe(status.UNAUTHENTICATED)
    metadata.set('authorization', 'Bearer a-token-of-some-length')
    expect(await send(guarded, newBody(), { metadata })).toEqual({ bytes: Buffer.alloc(0) })
    expect(await guarded.batches()).toHaveLength(1)
  })
})

test('metrics and logs: UNIMPLEMENTED; health: SERVING', async () => {
  for (const signal of ['metrics', 'logs']) {
    const service = signal === 'metrics' ? 'MetricsService' : 'LogsService'
    const method = `/opentelemetry.proto.collector.${signal}.v1.${service}/Export`
    const error = await failureOf(send(receivers, Buffer.alloc(0), { method }))
    expect(error.code).toBe(status.UNIMPLEMENTED)
  }
  const method = '/grpc.health.v1.Health/Check'
  expect(await send(receivers, Buffer.alloc(0), { method })).toEqual({ bytes: Buffer.from([8, 1]) })
})
