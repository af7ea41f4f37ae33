// Senders over gRPC that begin and do not end: what they hold is bounded, and the others get their turn.
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { afterEach, expect, test } from 'vitest'
import { createLoad } from '../support/load.ts'
import { waitFor } from '../support/process.ts'
import { startReceivers, type TestReceivers } from '../support/receivers.ts'

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const HEALTH = '/grpc.health.v1.Health/Check'
const [UNAVAILABLE, DEADLINE_EXCEEDED, UNAUTHENTICATED] = ['14', '4', '16']

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

type Manner = {
  /** As many of the message's bytes as are sent. */
  readonly bytes?: number
  readonly path?: string
  readonly token?: string
  readonly isEnded?: boolean
}

/** Sends a message's prefix and as many of its bytes as asked, and does not end it if that is not all. */
function send(message: Uint8Array, manner: Manner = {}): Sending {
  const { bytes = message.length, path = EXPORT, token } = manner
  const session = connect(`http://127.0.0.1:${receivers.grpcPort}`)
  sessions.push(session)
  const stream = session.request({
    ...{ ':method': 'POST', ':path': path, te: 'trailers', 'content-type': 'application/grpc' },
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  })
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
  if (manner.isEnded ?? bytes === message.length) stream.end()
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
  const halves = [1, 2].map((seed) => send(newMessage(seed), { bytes: 10 }))
  await waitFor('both to be read', () =>
    halves.every(({ stream }) => stream.id) ? true : undefined,
  )
  const whole = send(newMessage(3))
  await waitFor('the whole one', () => whole.status())
  expect(whole.status()).toBe('0')
  await waitFor('both refusals', () => (halves.every((one) => one.status()) ? true : undefined))
  expect(halves.map(({ status }) => status())).toEqual([DEADLINE_EXCEEDED, DEADLINE_EXCEEDED])
  expect(countRefused()).toBe(2)
  expect(await receivers.batches()).toHaveLength(1)
})

test('who waits too long, or one too many, is told to come back', async () => {
  const readGate = { readingMax: 1, waitingMax: 1, waitMs: 200, readMs: 60_000 }
  receivers = await startReceivers({ readGate })
  const holder = send(newMessage(4), { bytes: 10 })
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

test('a message that is there and not ended holds its memory, so it holds its turn', async () => {
  const readGate = { readingMax: 1, waitingMax: 10, waitMs: 5_000, readMs: 300 }
  receivers = await startReceivers({ readGate })
  const open = send(newMessage(8), { isEnded: false })
  await waitFor('its answer', () => open.status())
  expect(open.status()).toBe(DEADLINE_EXCEEDED)
  expect(countRefused()).toBe(1)
  const next = send(newMessage(9))
  await waitFor('the next one', () => next.status())
  expect(next.status()).toBe('0')
})

test('who has no token takes no turn, and is told so before a byte is read', async () => {
  const readGate = { readingMax: 1, waitingMax: 0, waitMs: 5_000, readMs: 60_000 }
  const token = 'a-token-of-some-length'
  receivers = await startReceivers({ readGate, token })
  const strangers = [send(newMessage(10), { bytes: 10 }), send(newMessage(11), { token: 'other' })]
  await waitFor('their answers', () => (strangers.every((one) => one.status()) ? true : undefined))
  expect(strangers.map(({ status }) => status())).toEqual([UNAUTHENTICATED, UNAUTHENTICATED])
  const sender = send(newMessage(12), { token })
  await waitFor('the answer', () => sender.status())
  expect(sender.status()).toBe('0')
  expect(receivers.intake.counters.requests.get('grpc UNAUTHENTICATED')).toBe(2)
})

test('health checks, which need no token, have turns of their own', async () => {
  const readGate = { readingMax: 1, waitingMax: 0, waitMs: 5_000, readMs: 60_000 }
  receivers = await startReceivers({ readGate })
  const open = send(newMessage(13), { bytes: 0, path: HEALTH })
  await waitFor('its turn', () => open.stream.id)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const sender = send(newMessage(14))
  await waitFor('the answer', () => sender.status())
  expect(sender.status()).toBe('0')
})
