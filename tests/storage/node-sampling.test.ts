// A service that is only ever seen sampled says so, until one of its spans comes whole.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { GraphDelta, NodeDelta } from '../../core/graph/edge.ts'
import { readGraph } from '../../storage/graph.ts'
import { call, deltaOf, MINUTE_MS, NOON_MS } from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

function seen(name: string, sampling: Pick<NodeDelta, 'isSampled' | 'isWhole'>): GraphDelta {
  const delta = deltaOf([call('web', 'cart')])
  const nodes = delta.nodes.map((node) => (node.name === name ? { ...node, ...sampling } : node))
  return { ...delta, nodes }
}

async function sampledOnly(): Promise<string[]> {
  const range = { fromMs: NOON_MS - MINUTE_MS, toMs: NOON_MS + MINUTE_MS }
  const graph = await readGraph(world.web, { environment: 'prod', ...range })
  return graph.nodes.filter((node) => node.isSampledOnly).map((node) => node.name)
}

test('only sampled spans, then a whole one, in either order', async () => {
  await world.commit(seen('cart', { isSampled: true, isWhole: false }))
  expect(await sampledOnly()).toEqual(['cart'])
  await world.commit(seen('cart', { isSampled: true, isWhole: false }))
  expect(await sampledOnly()).toEqual(['cart'])
  await world.commit(seen('cart', { isSampled: false, isWhole: true }))
  expect(await sampledOnly()).toEqual([])
  await world.commit(seen('cart', { isSampled: true, isWhole: false }))
  expect(await sampledOnly()).toEqual([])
})

test('an end that is only named has no spans, and is not sampled', async () => {
  await world.commit(seen('cart', { isSampled: false, isWhole: false }))
  expect(await sampledOnly()).toEqual([])
})
