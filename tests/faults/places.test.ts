// What a start finds is not what the last one left: the journal is gone, or the database is another one, or a
// second collector runs already.
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCollectorToEnd } from '../support/collector.ts'
import { createTestDatabase } from '../support/database.ts'
import {
  type FaultWorld,
  makeLoad,
  openFaultWorld,
  sendLoad,
  sumEdges,
  waitForEdges,
} from '../support/fault-world.ts'

let world: FaultWorld
beforeEach(async () => {
  world = await openFaultWorld()
})
afterEach(() => world.close())

test('the data directory is deleted while the database stays: it goes on, and says what that means', async () => {
  await world.start()
  const before = makeLoad(1, 5)
  await sendLoad(world, before)
  await waitForEdges(world, before.edges)
  await world.collector.kill()
  rmSync(world.dataDir, { recursive: true })
  await world.start()
  const after = makeLoad(2, 5)
  await sendLoad(world, after)
  await waitForEdges(world, sumEdges(before.edges, after.edges))
  expect(world.collector.output()).toContain('"event":"journal.unknown"')
})

test('the database is a new one while the journal stays: what the journal still holds is counted into it', async () => {
  await world.start()
  const load = makeLoad(3, 5)
  await sendLoad(world, load)
  await waitForEdges(world, load.edges)
  await world.collector.kill()
  const folder = { dataDir: world.dataDir, remove: () => {} }
  const fresh = await openFaultWorld(await createTestDatabase(), folder)
  await fresh.start()
  await waitForEdges(fresh, load.edges)
  await fresh.close()
})

test('a second collector on the same database refuses in one sentence, and the first goes on', async () => {
  await world.start()
  const second = await runCollectorToEnd({
    databaseUrl: world.database.collectorUrl,
    dataDir: `${world.dataDir}-second`,
  })
  expect(second.code).toBe(1)
  expect(second.output.trim().split('\n')).toHaveLength(1)
  expect(second.output).toMatch(/collector/)
  const load = makeLoad(4, 5)
  await sendLoad(world, load)
  await waitForEdges(world, load.edges)
})
