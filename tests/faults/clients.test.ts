// Clients that send everything again over both protocols, that send slowly or never end what they began: each
// span counts once, and nobody else waits for them.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type FaultWorld,
  IS_LONG,
  makeLoad,
  openFaultWorld,
  pickLength,
  sendLoad,
  sumEdges,
  waitForEdges,
} from '../support/fault-world.ts'

import { waitFor } from '../support/process.ts'

let world: FaultWorld
beforeEach(async () => {
  world = await openFaultWorld()
})
afterEach(() => world.close())

const REPEATS = pickLength(3, 10)
const CLIENTS = pickLength(150, 400)

test(`every request ${REPEATS} times, packed and plain, at once and after a kill: counted once`, async () => {
  await world.start()
  const load = makeLoad(1, pickLength(20, 200))
  const post = async (body: Uint8Array, isPacked: boolean) => {
    const headers = {
      'content-type': 'application/x-protobuf',
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    }
    const bytes = isPacked ? gzipSync(body) : Buffer.from(body)
    const request = { method: 'POST', headers, body: bytes }
    const response = await fetch(`${world.collector.httpUrl}/v1/traces`, request)
    expect(response.status).toBe(200)
  }
  for (const body of load.bodies)
    await Promise.all(Array.from({ length: REPEATS }, (_, at) => post(body, at % 2 === 1)))
  await world.collector.kill()
  await world.start()
  for (const body of load.bodies) await post(body, false)
  await waitForEdges(world, load.edges)
  // What is still to come of the repeats would come within the hold.
  await sleep(1_500)
  await waitForEdges(world, load.edges)
}, 120_000)

test(`${CLIENTS} slow and half-open clients hold up nobody, and are cut off in the end`, async () => {
  await world.start()
  const { port } = new URL(world.collector.httpUrl)
  const head = 'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n'
  const beginnings = ['', 'POST /v1/tra', head, `${head}content-length: 100000\r\n\r\nabc`]
  const sockets = Array.from({ length: CLIENTS }, (_, at) =>
    openHalf(Number(port), beginnings[at % beginnings.length]!),
  )
  await sleep(300)
  const load = makeLoad(2, 20)
  await sendLoad(world, load)
  await waitForEdges(world, load.edges)
  // One byte now and then keeps a connection busy, but not for ever.
  for (const socket of sockets) if (!socket.destroyed) socket.write('a')
  const more = makeLoad(3, 20)
  await sendLoad(world, more)
  await waitForEdges(world, sumEdges(load.edges, more.edges))
  if (IS_LONG) await waitFor('the end of all of them', () => allEnded(sockets), 60_000)
  for (const socket of sockets) socket.destroy()
  expect(await world.collector.stop()).toBe(0)
}, 120_000)

const allEnded = (sockets: readonly Socket[]) =>
  sockets.every((socket) => socket.destroyed) ? true : undefined

function openHalf(port: number, beginning: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.destroy())
  socket.resume()
  socket.write(beginning)
  return socket
}
