// kill -9 in the middle of a load: what was acknowledged is counted, and counted once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultWorld, openFaultWorld, sumEdges } from '../support/fault-world.ts'
import { createLoad } from '../support/load.ts'
import { sendAll, waitUntilFinal } from '../support/otlp-client.ts'

let world: FaultWorld
const start = () => world.start({ variables: { STRAYLINE_LATE_WINDOW: '2m' } })

beforeAll(async () => {
  world = await openFaultWorld()
})
afterAll(() => world.close())

test('200,000 spans with kill -9 on the way: the counts equal what was acknowledged', async () => {
  const load = createLoad({
    ...{ seed: 7, requests: 200, spansPerRequest: 1000 },
    ...{ endMs: Date.now(), halves: 'apart' },
  })
  await start()
  const killAt = [40, 120]
  let restarting: Promise<void> | null = null
  const restart = async () => {
    await world.collector.kill()
    await start()
  }
  const sender = { httpUrl: () => world.collector.httpUrl }
  const counts = await sendAll(sender, load.bodies, 4, (acknowledged) => {
    if (killAt[0] !== undefined && acknowledged >= killAt[0]) {
      killAt.shift()
      restarting = restart()
    }
  })
  await restarting
  expect(killAt).toEqual([])
  expect(counts.acknowledged).toBe(load.bodies.length)
  expect(counts.retries).toBeGreaterThan(0)
  await waitUntilFinal(world.collector.httpUrl, load.spans)
  expect(await world.collector.stop()).toBe(0)
  expect(await world.readEdges()).toEqual(load.edges)
}, 180_000)

test('a client half before a kill -9 and its server half after it are one call', async () => {
  const load = createLoad({
    ...{ seed: 8, requests: 1, spansPerRequest: 200 },
    ...{ endMs: Date.now(), halves: 'apart' },
  })
  const before = await world.readEdges()
  await start()
  const sender = { httpUrl: () => world.collector.httpUrl }
  await sendAll(sender, load.bodies.slice(0, 1), 1)
  await world.collector.kill()
  await start()
  await sendAll(sender, load.bodies.slice(1), 1)
  await waitUntilFinal(world.collector.httpUrl, 200_000 + load.spans)
  expect(await world.collector.stop()).toBe(0)
  expect(await world.readEdges()).toEqual(sumEdges(before, load.edges))
}, 180_000)
