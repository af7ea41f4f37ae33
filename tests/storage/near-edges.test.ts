// Edges around a few nodes as they are stored: in resolved identities, fresh ones only.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readNearEdges } from '../../storage/near-edges.ts'
import { call, deltaOf, external, MINUTE_MS, NOON_MS, service } from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  await world.commit(
    deltaOf([
      call('web', 'cart'),
      call('cart', external('a.bank.example')),
      call('cart', external('b.bank.example')),
      call('other', 'thing'),
      call('old', 'cart', { atMs: NOON_MS - 60 * MINUTE_MS }),
    ]),
  )
})
afterAll(() => world.end())

test('edges of either way, hosts of one domain as one, and none that was last seen before', async () => {
  const request = { environment: 'prod', nodes: [service('cart')], sinceMs: NOON_MS - MINUTE_MS }
  const edges = await readNearEdges(world.web, request)
  const said = edges.map(({ source, target }) => `${source.name}>${target.name}`)
  expect(said.sort()).toEqual(['cart>bank.example', 'web>cart'])
  const all = await readNearEdges(world.web, { ...request, sinceMs: 0 })
  expect(all).toHaveLength(3)
})

test('a node that is not stored has nothing around it', async () => {
  const nodes = [service('never'), service('web', { environment: 'staging' })]
  expect(await readNearEdges(world.web, { environment: 'prod', nodes, sinceMs: 0 })).toEqual([])
})
