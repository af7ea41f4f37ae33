// Rename, merge, forget: after it everything is as if the spans had always come under the new name, also what
// comes later under the old one; and a commit at the same moment loses nothing.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { findBrokenAudit, listAudit } from '../../storage/audit.ts'
import { approveBaseline, listBaselines, readActiveBaseline } from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { forgetNode, renameNode } from '../../storage/node-acts.ts'
import { rollUp } from '../../storage/rollup.ts'
import { rejectAlert } from './decide.ts'
import { type Call, call, deltaOf, MINUTE_MS, NOON_MS, service, takeBack } from './delta.ts'
import { createWorld, type World } from './world.ts'

const HOUR_MS = 60 * MINUTE_MS
const WINDOW = { environment: 'prod', fromMs: NOON_MS - 80 * HOUR_MS, toMs: NOON_MS + HOUR_MS }
const BY = { environment: 'prod', actor: 'a@example.org', reason: 'they are one' }
let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

async function idOf(name: string): Promise<string> {
  const [row] = await world.owner`select id::text as id from node where name = ${name}`
  return String(row?.id ?? '')
}
const rename = async (from: string, to: string) =>
  renameNode(world.owner, { ...BY, nodeId: await idOf(from), namespace: '', name: to })
const roll = () => rollUp(world.owner, { nowMs: NOON_MS, waitMs: 0 })

/** Everything that is told of the graph, but for ids; and the rows of each tier. */
async function readAll() {
  const { nodes, edges } = await readGraph(world.web, WINDOW)
  const tiers = await world.owner`
    select tier, source.name as source, target.name as target, operation.name, start,
      buckets.calls::int, buckets.errors::int, client::text, edge_calls
    from (
      select 'minute' as tier, operation_id, bucket.edge_id, start, bucket.calls, bucket.errors,
        client_latency as client from bucket
      union all select 'hour', operation_id, edge_id, start, calls, errors, client_latency
        from bucket_hour
      union all select 'day', operation_id, edge_id, start, calls, errors, client_latency
        from bucket_day
    ) as buckets
    join (select id, source_id, target_id, calls::int as edge_calls from edge) as edge
      on edge.id = buckets.edge_id
    join operation on operation.id = operation_id and operation.edge_id = edge.id
    join node as source on source.id = edge.source_id
    join node as target on target.id = edge.target_id
    order by 1, 2, 3, 4, 5`
  return {
    nodes: nodes.map(({ id: _, ...node }) => node),
    edges: edges.map(({ id: _, ...edge }) => edge),
    tiers: [...tiers],
  }
}

const arbitraryCall = fc
  .record({
    source: fc.constantFrom('a', 'b', 'c'),
    target: fc.constantFrom('a', 'b', 'c'),
    operation: fc.constantFrom('GET /', 'POST /'),
    hour: fc.integer({ min: 0, max: 70 }),
    calls: fc.integer({ min: 1, max: 3 }),
    place: fc.integer({ min: 0, max: 39 }),
  })
  .map(({ source, target, operation, hour, calls, place }) => {
    const latency = Array.from({ length: 40 }, (_, i) => (i === place ? calls : 0))
    const traceIds = [String(place % 10).repeat(32)]
    const atMs = NOON_MS - hour * HOUR_MS
    return call(source, target, { operation, calls, errors: 1, latency, atMs, traceIds })
  })
const renamed = (given: Call, from: string, to: string): Call => ({
  ...given,
  source: given.source.name === from ? service(to) : given.source,
  target: given.target.name === from ? service(to) : given.target,
})

test('as if it had always had the new name, whatever was summed before, and later too', async () => {
  const arbitrary = fc.record({
    before: fc.array(arbitraryCall, { minLength: 1, maxLength: 12 }),
    after: fc.array(arbitraryCall, { maxLength: 5 }),
    to: fc.constantFrom('b', 'new'),
    isRolled: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ before, after, to, isRolled }) => {
      const hasName = (name: string) =>
        before.some((each) => each.source.name === name || each.target.name === name)
      fc.pre(hasName('a'))
      await world.clear()
      await world.commit(deltaOf(before))
      if (isRolled) await roll()
      expect(await rename('a', to)).toBe(hasName(to) ? 'merged' : 'renamed')
      await world.commit(deltaOf([...after, ...before.slice(0, 2).map(takeBack)]))
      await roll()
      const acted = await readAll()
      await world.clear()
      await world.commit(deltaOf(before.map((each) => renamed(each, 'a', to))))
      const later = [...after, ...before.slice(0, 2).map(takeBack)]
      await world.commit(deltaOf(later.map((each) => renamed(each, 'a', to))))
      await roll()
      expect(acted).toEqual(await readAll())
    }),
    { numRuns: 12 },
  )
}, 120_000)

test('commits that run meanwhile are counted once, under one of the names and then the new', async () => {
  await world.commit(deltaOf([call('web', 'old'), call('web', 'kept'), call('old', 'db')]))
  let isDone = false
  let commits = 0
  const load = (async () => {
    for (; !isDone; commits++)
      await world.commit(deltaOf([call('web', 'old'), call('web', 'kept'), call('old', 'kept')]))
  })()
  await rename('old', 'between')
  await rename('between', 'kept')
  isDone = true
  await load
  const { edges } = await readGraph(world.web, WINDOW)
  const told = edges.map((edge) => [edge.source.name, edge.target.name, edge.calls])
  expect(told).toEqual([
    ['kept', 'db', 1],
    ['kept', 'kept', commits],
    ['web', 'kept', 2 + 2 * commits],
  ])
}, 60_000)

test('the baseline gets a version in the new names, and nothing alerts again', async () => {
  await world.commit(deltaOf([call('web', 'cart'), call('cart', 'db')]))
  await approveBaseline(world.web, { ...WINDOW, author: 'a@example.org', reason: 'first' })
  expect(await rename('cart', 'basket')).toBe('renamed')
  const versions = await listBaselines(world.web, 'prod')
  expect(versions.map((each) => [each.version, each.state, each.entries])).toEqual([
    [2, 'active', 2],
    [1, 'superseded', 2],
  ])
  const names = [...((await readActiveBaseline(world.web, 'prod'))?.nodes ?? [])].join()
  expect(names).toContain('basket')
  expect(names).not.toContain('cart')
  expect(await world.commit(deltaOf([call('web', 'cart'), call('web', 'basket')]))).toEqual([])
  expect(await rename('basket', 'cart')).toBe('renamed')
  expect(await world.commit(deltaOf([call('web', 'cart'), call('basket', 'db')]))).toEqual([])
  const acts = (await listAudit(world.web, { limit: 9 })).map((record) => record.action)
  expect(acts.filter((action) => action === 'node.renamed').length).toBeGreaterThanOrEqual(2)
  expect(await findBrokenAudit(world.owner)).toBeNull()
})

test('alerts follow their edge; of two about one edge, one stands', async () => {
  await world.commit(deltaOf([call('web', 'cart')]))
  await approveBaseline(world.web, { ...WINDOW, author: 'a@example.org', reason: 'first' })
  const [first] = await world.commit(deltaOf([call('web', 'pay-1')]))
  const [second] = await world.commit(deltaOf([call('web', 'pay-2')]))
  await rename('pay-1', 'pay')
  expect(await readAlert(world.web, String(first))).toMatchObject({
    ...{ state: 'open', target: { name: 'pay' } },
    subject: expect.stringContaining('"pay"'),
  })
  await rename('pay-2', 'pay')
  const open = await listAlerts(world.web, { environment: 'prod', states: ['open'], countMax: 9 })
  expect(open.map((alert) => alert.id)).toEqual([String(first)])
  expect(open[0]?.edgeId).not.toBeNull()
  expect(await readAlert(world.web, String(second))).toMatchObject({ state: 'withdrawn' })
  const by = { actor: 'a@example.org', reason: 'no' }
  await rejectAlert(world.web, { alertId: String(first), ...by })
  expect(await world.commit(deltaOf([call('web', 'pay-2'), call('web', 'pay-1')]))).toEqual([])
})

test('the alert of a service without edges follows its name, and goes with it', async () => {
  await world.commit(deltaOf([call('web', 'cart')]))
  await approveBaseline(world.web, { ...WINDOW, author: 'a@example.org', reason: 'first' })
  await world.commit(deltaOf([], undefined, [service('cron'), service('job')]))
  const clock = () => judgeByClock(world.owner, NOON_MS + HOUR_MS)
  const told = async () => {
    const alerts = await listAlerts(world.web, { environment: 'prod', countMax: 9 })
    return alerts.map(({ source, target, state }) => [source.name, target, state]).sort()
  }
  await clock()
  const open = await listAlerts(world.web, { environment: 'prod', countMax: 9 })
  const ofCron = open.find(({ source }) => source.name === 'cron')?.id ?? ''
  await rejectAlert(world.web, { alertId: ofCron, actor: 'a@example.org', reason: 'no' })
  await rename('cron', 'nightly')
  await forgetNode(world.owner, { ...BY, nodeId: await idOf('job') })
  const expected = [
    ['job', null, 'withdrawn'],
    ['nightly', null, 'rejected'],
  ]
  expect(await told()).toEqual(expected)
  await clock()
  expect(await told()).toEqual(expected)
})

test('a forgotten node is gone everywhere, and new when it calls again', async () => {
  await world.commit(deltaOf([call('web', 'cart', { traceIds: ['c'.repeat(32)] })]))
  await world.commit(deltaOf([call('cart', 'db', { atMs: NOON_MS - 50 * HOUR_MS })]))
  await world.commit(deltaOf([call('web', 'pay')]))
  await approveBaseline(world.web, { ...WINDOW, author: 'a@example.org', reason: 'first' })
  const [alertId] = await world.commit(deltaOf([call('cart', 'pay')]))
  await roll()
  await forgetNode(world.owner, { ...BY, nodeId: await idOf('cart') })
  await roll()
  const graph = await readGraph(world.web, WINDOW)
  expect(graph.edges.map((edge) => edge.target.name)).toEqual(['pay'])
  expect(graph.nodes.map((node) => node.name)).not.toContain('cart')
  expect(await readAlert(world.web, String(alertId))).toMatchObject({ state: 'withdrawn' })
  const [rows] = await world.owner`
    select (select count(*) from bucket_hour) + (select count(*) from bucket_day)
      + (select count(*) from trace_span) as count, (select count(*) from bucket) as minutes`
  expect(rows).toMatchObject({ minutes: 1n })
  expect((await readActiveBaseline(world.web, 'prod'))?.entries.size).toBe(1)
  expect(await world.commit(deltaOf([call('web', 'cart')]))).toHaveLength(1)
})

test('what cannot be done is refused in a sentence and changes nothing', async () => {
  await world.commit(deltaOf([call('web', 'cart'), call('web', 'pay')]))
  const cart = await idOf('cart')
  const act = { ...BY, nodeId: cart, namespace: '' }
  const code = (expected: string) => expect.objectContaining({ code: expected })
  await expect(renameNode(world.owner, { ...act, name: 'cart' })).rejects.toEqual(code('NAME_SAME'))
  await expect(renameNode(world.owner, { ...act, name: 'x', reason: ' ' })).rejects.toEqual(
    code('REASON_MISSING'),
  )
  await expect(renameNode(world.owner, { ...act, nodeId: '999', name: 'x' })).rejects.toEqual(
    code('NODE_UNKNOWN'),
  )
  await rename('pay', 'payment')
  await expect(renameNode(world.owner, { ...act, name: 'pay' })).rejects.toEqual(code('NAME_TAKEN'))
  await forgetNode(world.owner, { ...BY, nodeId: cart })
  await expect(forgetNode(world.owner, { ...BY, nodeId: cart })).rejects.toEqual(
    code('NODE_UNKNOWN'),
  )
})
