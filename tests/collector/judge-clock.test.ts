// A collector that starts has the database judged by the clock: what is due since the last one ran alerts at once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entry, rule } from '../storage/content.ts'
import { call, deltaOf, service } from '../storage/delta.ts'
import { activate, NOW_MS, stating, told } from '../storage/judged.ts'
import { createWorld, type World } from '../storage/world.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { waitFor } from '../support/process.ts'

let world: World
let collector: TestCollector | undefined
const data = makeDataDir()
beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => {
  await collector?.kill()
  await world.end()
  data.remove()
})

test('what a resource stated while no clock ran is judged when the collector starts', async () => {
  const [web, cart] = [service('web'), service('cart')]
  const delta = deltaOf([call(web, cart, { atMs: NOW_MS })])
  await world.commit(delta)
  await activate(world, [entry(web, cart)], [rule('no-pii', { target: { dataClass: 'pii' } })])
  await world.commit(stating(delta, 'cart', { dataClasses: 'pii' }))
  expect(await told(world)).toEqual([])
  const databaseUrl = world.database.collectorUrl
  collector = await startCollector({ databaseUrl, dataDir: data.dataDir, variables: {} })
  const found = await waitFor('the alert', async () => {
    const alerts = await told(world)
    return alerts.length > 0 ? alerts : undefined
  })
  expect(found).toEqual(['denied open web>cart'])
  expect(await collector.stop()).toBe(0)
})
