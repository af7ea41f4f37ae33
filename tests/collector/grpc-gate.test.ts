// Senders over gRPC that begin and do not end: what they hold is bounded, and the others get their turn.
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { afterEach, expect, test } from 'vitest'
import { createLoad } from '../support/load.ts'
import { waitFor } from '../support/process.ts'
import { startReceivers, type TestReceivers } from '../support/receivers.ts'

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const [UNAVAILABLE, DEADLINE_EXCEEDED] = ['14', '4']

let receivers: TestReceivers
let sessions: ClientHttp2Session[] = []
afterEach(async () => {
  for (const session of sessions) session.destroy()
  sessions = []
  await receivers.stop()
})

type Sending = {
  readonly stream: ClientHttp2Stream
  /** grpc-status, once it is there. */
  readonly status: () => string | undefined
}

/** Sends a message's prefix and as many of its bytes as asked, and does not end it if that is not all. */
function send(message: Uint8Array, bytes = message.length): Sending {
  const session = connect(`http://127.0.0.1:${receivers.grpcPort}`)
  sessions.push(session)
  const headers = { ':method': 'POST', ':path': EXPORT, te: 'trailers' }
  const stream = session.request({ ...headers, 'content-type': 'application/grpc' })
  let status: string | undefined
  const note = (given: Record<string, unknown>) => {
    const code = given['grpc-status']
    if (code !== undefined) status = String(code)
  }
  stream.on('response', note)
  stream.on('trailers', note)
  stream.on('error', () => {})
  stream.resume()
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  stream.write(prefix)
  stream.write(message.subarray(0, bytes))
  if (bytes === message.length) stream.end()
  return { stream, status: () => status }
}

function newMessage(seed: number): Uint8Array {
  const load = { seed, requests: 1, spansPerRequest: 4, endMs: Date.now() }
  return createLoad({ ...load, halves: 'together' }).bodies[0]!
}

const countRefused = () => receivers.intake.counters.limits.get('grpc_reads') ?? 0

test('who does not end what he began loses his turn, and who waited gets it', async () => {
  const readGate = { readingMax: 2, waitingMax: 10, waitMs: 5_000, readMs: 300 }
  receivers = await startReceivers({ readGate })
  const halves = [1, 2].map((seed) => send(newMessage(seed), 10))
  await waitFor('both to be read', () =>
    halves.every(({ stream }) => stream.id) ? true : undefined,
  )
  const whole = send(newMessage(3))
  await waitFor('the whole one', () => whole.status())
  expect(whole.status()).toBe('0')
  expect(halves.map(({ status }) => status())).toEqual([DEADLINE_EXCEEDED, DEADLINE_EXCEEDED])
  expect(countRefused()).toBe(2)
  expect(await receivers.batches()).toHaveLength(1)
})

test('who waits too long, or one too many, is told to come back', async () => {
  const readGate = { readingMax: 1, waitingMax: 1, waitMs: 200, readMs: 60_000 }
  receivers = await startReceivers({ readGate })
  const holder = send(newMessage(4), 10)
  await waitFor('its turn', () => holder.stream.id)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const waiting = [send(newMessage(5)), send(newMessage(6))]
  await waitFor('both answers', () => (waiting.every(({ status }) => status()) ? true : undefined))
  expect(waiting.map(({ status }) => status())).toEqual([UNAVAILABLE, UNAVAILABLE])
  holder.stream.destroy()
  const next = send(newMessage(7))
  await waitFor('the next one', () => next.status())
  expect(next.status()).toBe('0')
})
