// Who is connected and how much each sends: keep-alive, pipelined and idle connections, HTTP/2 where it is not
// spoken, and neither small requests nor large ones keeping the others waiting. By counts and order, not by time.
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lane, openHttpLane } from '../bench/rig/http-lane.ts'
import { createLoad } from '../support/load.ts'
import { startReceivers, type TestReceivers } from '../support/receivers.ts'

const BODY_BYTES_MAX = 4 * 1024 ** 2
const IDLE = 2_500
const SMALL_LANES = 50

let receivers: TestReceivers
beforeAll(async () => {
  receivers = await startReceivers({ bodyBytesMax: BODY_BYTES_MAX })
})
afterAll(() => receivers.stop())

let seed = 0
function makeBody(spans: number): Buffer {
  const load = createLoad({
    ...{ seed: ++seed, requests: 1, spansPerRequest: spans },
    ...{ endMs: Date.now(), halves: 'together' },
  })
  return Buffer.from(load.bodies[0] ?? [])
}

const openLanes = (count: number, encoding: 'gzip' | 'identity'): Promise<Lane[]> =>
  Promise.all(Array.from({ length: count }, () => openHttpLane(receivers.httpPort, encoding)))

async function openSocket(): Promise<Socket> {
  const socket = connect(receivers.httpPort, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** A request with a body of two spans, and nothing wrong with it. */
function makeRequest(more = ''): Buffer {
  const body = makeBody(2)
  const head =
    'POST /v1/traces HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\n' +
    `${more}content-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** What the server sends until so many answers are there, or it closes the connection. */
async function readAnswers(socket: Socket, count: number): Promise<readonly string[]> {
  let text = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    text += chunk
    if ((text.match(/HTTP\/1\.1 /g) ?? []).length >= count) break
  }
  return text.match(/HTTP\/1\.1 \d+/g) ?? []
}

test('one connection carries request after request, and several sent at once', async () => {
  const [lane] = await openLanes(1, 'gzip')
  for (let request = 0; request < 20; request++) await lane!.send(gzipSync(makeBody(2)))
  lane!.close()
  const socket = await openSocket()
  socket.write(Buffer.concat([makeRequest(), makeRequest(), makeRequest()]))
  expect(await readAnswers(socket, 3)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200'])
  socket.destroy()
})

test('who asks to go on with HTTP/2 is answered with HTTP/1.1', async () => {
  const socket = await openSocket()
  socket.write(
    makeRequest('connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: \r\n'),
  )
  expect(await readAnswers(socket, 1)).toEqual(['HTTP/1.1 200'])
  socket.destroy()
})

test('who begins with HTTP/2 on the HTTP port is told at once, and hangs nobody', async () => {
  const session = connectHttp2(receivers.httpUrl)
  const [error] = (await once(session, 'error')) as [Error]
  expect(error.message).toMatch(/protocol error/i)
  const [lane] = await openLanes(1, 'identity')
  await lane!.send(makeBody(2))
  lane!.close()
})

test('thousands of idle connections leave room for those that send', async () => {
  const idle = await Promise.all(Array.from({ length: IDLE }, openSocket))
  const lanes = await openLanes(20, 'gzip')
  await Promise.all(lanes.map((lane) => lane.send(gzipSync(makeBody(2)))))
  expect(receivers.intake.counters.limits.get('connections') ?? 0).toBe(0)
  for (const lane of lanes) lane.close()
  for (const socket of idle) socket.destroy()
})

test('a flood of requests of one call does not starve a large one', async () => {
  const lanes = await openLanes(SMALL_LANES, 'gzip')
  const [large] = await openLanes(1, 'gzip')
  const body = gzipSync(makeBody(16_000))
  const smalls = Array.from({ length: 400 }, () => gzipSync(makeBody(2)))
  let isFlooding = true
  let answered = 0
  const flood = lanes.map(async (lane) => {
    while (isFlooding) {
      await lane.send(smalls[answered % smalls.length]!)
      answered++
    }
  })
  while (answered < 2 * SMALL_LANES) await new Promise(setImmediate)
  const before = answered
  await large!.send(body)
  const meanwhile = answered - before
  isFlooding = false
  await Promise.all(flood)
  for (const lane of [...lanes, large!]) lane.close()
  // Each connection had its turns, and so had the large one: not all of the others came first for ever.
  expect(meanwhile).toBeLessThan(200 * SMALL_LANES)
})

test('large requests do not keep a small one waiting until all of them are done', async () => {
  const lanes = await openLanes(12, 'gzip')
  const [small] = await openLanes(1, 'gzip')
  const bodies = lanes.map(() => gzipSync(makeBody(16_000)))
  const order: string[] = []
  const larges = lanes.map(async (lane, at) => {
    await lane.send(bodies[at]!)
    order.push('large')
  })
  await small!.send(gzipSync(makeBody(2)))
  order.push('small')
  await Promise.all(larges)
  for (const lane of [...lanes, small!]) lane.close()
  expect(order.indexOf('small')).toBeLessThan(lanes.length)
})
