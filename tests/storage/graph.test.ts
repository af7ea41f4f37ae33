// The graph as it is read: a window's counts, in resolved identities.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HISTOGRAM_BUCKETS, histogramBoundMs } from '../../core/graph/histogram.ts'
import { readGraph } from '../../storage/graph.ts'
import { readEdge, readNode, readSeries } from '../../storage/graph-detail.ts'
import { readGraphSummary } from '../../storage/graph-summary.ts'
import { rollUp } from '../../storage/rollup.ts'
import { removeUnseen } from '../../storage/unseen.ts'
import { call, deltaOf, external, MINUTE_MS, NOON_MS, service } from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const window = (fromMinute: number, toMinute: number) => ({
  environment: 'prod',
  fromMs: NOON_MS + fromMinute * MINUTE_MS,
  toMs: NOON_MS + toMinute * MINUTE_MS,
})
const at = (minute: number) => ({ atMs: NOON_MS + minute * MINUTE_MS + 500 })
const latency = (place: number, count: number) =>
  Array.from({ length: HISTOGRAM_BUCKETS }, (_, index) => (index === place ? count : 0))

test('a window counts the minutes that overlap it, and no others', async () => {
  await world.commit(
    deltaOf([
      call('web', 'cart', { ...at(0), operation: 'GET /a' }),
      call('web', 'cart', { ...at(5), operation: 'GET /b', calls: 4, errors: 2 }),
      call('web', 'pay', at(9)),
    ]),
  )
  const all = await readGraph(world.web, window(0, 10))
  expect(all.edges.map((edge) => [edge.target.name, edge.calls, edge.errors])).toEqual([
    ['cart', 5, 2],
    ['pay', 1, 0],
  ])
  const middle = await readGraph(world.web, window(5.5, 6))
  expect(middle.edges).toMatchObject([
    { calls: 4, errors: 2, operations: [{ name: 'GET /b', calls: 4, errors: 2 }] },
  ])
  expect(middle.edges[0]).toMatchObject({ firstSeenMs: at(0).atMs, lastSeenMs: at(5).atMs })
  expect((await readGraph(world.web, window(1, 5))).edges).toEqual([])
  expect((await readGraph(world.web, window(20, 30))).nodes).toEqual([])
})

test('a service without edges is on the map while it is seen', async () => {
  await world.commit(deltaOf([call('web', 'cart')], () => true, [service('cron')]))
  const names = (await readGraph(world.web, window(-5, 5))).nodes.map((node) => node.name)
  expect(names).toEqual(['cart', 'cron', 'web'])
  expect((await readGraph(world.web, window(5, 9))).nodes).toEqual([])
})

test('hosts of one registrable domain are one node, and can be told apart in the detail', async () => {
  const hosts = ['a.example.com', 'b.example.com']
  const calls = hosts.map((host) => call('web', external(host), { hosts: [host], ports: [443] }))
  await world.commit(deltaOf(calls))
  const graph = await readGraph(world.web, window(-5, 5))
  expect(graph.edges).toMatchObject([
    { calls: 2, hosts, ports: [443], target: { name: 'example.com' } },
  ])
  const edge = await readEdge(world.web, { ...window(-5, 5), edgeId: graph.edges[0]?.id ?? '' })
  expect(edge?.storedTargets.map((node) => node.name).sort()).toEqual(hosts)
  const node = graph.nodes.find((each) => each.kind === 'external')
  const detail = await readNode(world.web, { ...window(-5, 5), nodeId: node?.id ?? '' })
  expect(detail?.storedAs).toHaveLength(2)
  expect(detail?.incoming.map((each) => each.source.name)).toEqual(['web'])
  expect(detail?.outgoing).toEqual([])
})

test('an id stays when the window leaves out the edge it came from', async () => {
  await world.commit(deltaOf([call('web', external('a.example.com'), at(0))]))
  await world.commit(deltaOf([call('web', external('b.example.com'), at(9))]))
  const early = (await readGraph(world.web, window(0, 1))).edges[0]
  const late = (await readGraph(world.web, window(9, 10))).edges[0]
  expect(late?.id).toBe(early?.id)
  expect(late?.calls).toBe(1)
})

test('a stated name is the one service of that name, and stays itself when there are two', async () => {
  const shop = service('pay', { namespace: 'shop' })
  const isObserved = (node: { name: string; namespace: string }) =>
    node.name !== 'pay' || node.namespace !== ''
  await world.commit(deltaOf([call('web', 'pay'), call('cart', shop)], isObserved))
  const one = await readGraph(world.web, window(-5, 5))
  expect(one.edges.map((edge) => edge.target)).toEqual([shop, shop])
  await world.commit(deltaOf([call('cart', service('pay', { namespace: 'bank' }))], isObserved))
  const two = await readGraph(world.web, window(-5, 5))
  expect(new Set(two.edges.map((edge) => edge.target.namespace))).toEqual(
    new Set(['', 'shop', 'bank']),
  )
})

test('latency is the client side where it was measured, and both sides in the detail', async () => {
  const delta = deltaOf([call('web', 'cart', { calls: 100, latency: latency(4, 90) })])
  await world.commit(delta)
  await world.commit(deltaOf([call('web', 'cart', { calls: 10, latency: latency(10, 10) })]))
  const [edge] = (await readGraph(world.web, window(-5, 5))).edges
  expect(edge).toMatchObject({ p50Ms: histogramBoundMs(4), p95Ms: histogramBoundMs(10) })
  const detail = await readEdge(world.web, { ...window(-5, 5), edgeId: edge?.id ?? '' })
  expect(detail?.client).toEqual({ p50Ms: histogramBoundMs(4), p95Ms: histogramBoundMs(10) })
  expect(detail?.server).toEqual({ p50Ms: null, p95Ms: null })
})

test('an edge into another environment brings its far end along', async () => {
  const far = service('cart', { environment: 'staging' })
  await world.commit(deltaOf([call('web', far)]))
  const prod = await readGraph(world.web, window(-5, 5))
  expect(prod.nodes.map((node) => node.environment)).toEqual(['staging', 'prod'])
  const staging = await readGraph(world.web, { ...window(-5, 5), environment: 'staging' })
  expect(staging.edges).toEqual([])
  expect(staging.nodes.map((node) => node.name)).toEqual(['cart'])
  const node = prod.nodes.find((each) => each.name === 'cart')
  const detail = await readNode(world.web, { ...window(-5, 5), nodeId: node?.id ?? '' })
  expect(detail?.incoming).toHaveLength(1)
})

test('ids that are none of ours are answered with null', async () => {
  await world.commit(deltaOf([call('web', 'cart')]))
  for (const id of ['', 'x', '-1', '0', "1'", '9'.repeat(30)]) {
    expect(await readEdge(world.web, { ...window(-5, 5), edgeId: id })).toBeNull()
    expect(await readNode(world.web, { ...window(-5, 5), nodeId: id })).toBeNull()
  }
})

const DAY_MINUTES = 24 * 60

test('the summary names the operations of an edge in order, of all its hosts and of all time', async () => {
  await world.commit(
    deltaOf([
      call('web', external('a.example.com'), { operation: 'POST /b' }),
      call('web', external('b.example.com'), { operation: 'GET /a', ...at(-30) }),
      call('web', external('b.example.com'), { operation: 'POST /b' }),
    ]),
  )
  const { edges } = await readGraphSummary(world.web, window(-5, 5))
  expect(edges.map((edge) => edge.operationNames)).toEqual([['GET /a', 'POST /b']])
})

test('what was not seen for 30 days is hidden and counted, and goes after the retention', async () => {
  await world.commit(deltaOf([call('web', 'cart', at(-40 * DAY_MINUTES)), call('web', 'pay')]))
  const long = await readGraphSummary(world.web, window(-60 * DAY_MINUTES, 5))
  expect(long.edges.map((edge) => edge.target.name)).toEqual(['pay'])
  expect(long.nodes.map((node) => node.name)).toEqual(['pay', 'web'])
  expect(long.stale).toEqual({ nodes: 1, edges: 1 })
  const then = await readGraphSummary(world.web, window(-60 * DAY_MINUTES, -39 * DAY_MINUTES))
  expect(then.edges.map((edge) => edge.target.name)).toEqual(['cart'])
  const beforeMs = NOON_MS - 39 * DAY_MINUTES * MINUTE_MS
  expect(await removeUnseen(world.owner, beforeMs)).toEqual({ edges: 1, nodes: 1 })
  expect(await removeUnseen(world.owner, beforeMs)).toEqual({ edges: 0, nodes: 0 })
  const left = await readGraphSummary(world.web, window(-60 * DAY_MINUTES, 5))
  expect(left.stale).toEqual({ nodes: 0, edges: 0 })
})

test('an edge over time is told in the coarsest slices that fit', async () => {
  const counts = { calls: 2, latency: latency(4, 2) }
  await world.commit(
    deltaOf(
      [0, 1, 70, 71, 140].map((minute) => call('web', 'cart', { ...counts, ...at(-minute) })),
    ),
  )
  await rollUp(world.owner, { nowMs: NOON_MS, waitMs: 0 })
  const [edge] = (await readGraph(world.web, window(-200, 5))).edges
  const series = await readSeries(world.web, { ...window(-179, 5), edgeId: edge?.id ?? '' })
  expect(series?.map((point) => [(point.startMs - NOON_MS) / MINUTE_MS, point.calls])).toEqual([
    [-140, 2],
    [-120, 4],
    [-60, 2],
    [0, 2],
  ])
  expect(series?.[0]?.p50Ms).toBe(histogramBoundMs(4))
  expect(await readSeries(world.web, { ...window(-1, 0), edgeId: '0' })).toBeNull()
})
