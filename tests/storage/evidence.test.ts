// What the judge must know beside counts, stored: encryption, callers, traces, rollouts and tags; and that an edge
// is judged again when it shows what its judgement may rest on, and not otherwise.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EdgeDelta, GraphDelta, NodeDelta } from '../../core/graph/edge.ts'
import type { StatedTag, TagName } from '../../core/graph/tags.ts'
import { approveBaseline } from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import { forgetNode, renameNode } from '../../storage/node-acts.ts'
import { readTags } from '../../storage/node-tags.ts'
import { reopenRejectedSeenAgain } from '../../storage/triage-clock.ts'
import { type Call, call, deltaOf, external, NOON_MS, service, takeBack } from './delta.ts'
import { act, DAY_MS, REJECT } from './triage-world.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const WINDOW = { environment: 'prod', fromMs: NOON_MS - 3_600_000, toMs: NOON_MS + 3_600_000 }
const BY = { environment: 'prod', actor: 'a@example.org', reason: 'it is so' }

const commit = (calls: readonly Call[]) => world.commit(deltaOf(calls))
const edgesOf = async () => (await readGraph(world.web, WINDOW)).edges
const nodeOf = async (name: string) => {
  const { nodes } = await readGraph(world.web, WINDOW)
  return nodes.find((node) => node.name === name)
}

test('encrypted and plain calls are summed, and go with the call that is taken back', async () => {
  const plain = call('web', 'cart', { calls: 2, plainCalls: 2 })
  await commit([call('web', 'cart', { calls: 3, tlsCalls: 3 })])
  await commit([plain])
  expect(await edgesOf()).toMatchObject([{ calls: 5, encryption: { tlsCalls: 3, plainCalls: 2 } }])
  await commit([takeBack(plain)])
  expect(await edgesOf()).toMatchObject([{ calls: 3, encryption: { tlsCalls: 3, plainCalls: 0 } }])
})

test('hosts of one domain are encrypted as one edge', async () => {
  const to = (name: string, rest: Partial<Call>) => call('web', external(name), rest)
  await commit([to('a.example.com', { tlsCalls: 1 }), to('b.example.com', { plainCalls: 1 })])
  expect(await edgesOf()).toMatchObject([{ calls: 2, encryption: { tlsCalls: 1, plainCalls: 1 } }])
})

test('of callers and traces the first two are kept, in whatever order they are committed', async () => {
  const digests = ['00aaa', '00bbb', '0c000', 'd0000']
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(digests, { minLength: 4 }), async (order) => {
      await world.clear()
      for (const digest of order)
        await commit([call('web', 'cart', { callerInstances: [digest], traces: [digest] })])
      const kept = digests.slice(0, 2)
      expect(await edgesOf()).toMatchObject([{ callerInstances: kept, traces: kept }])
    }),
    { numRuns: 5 },
  )
})

/** A delta of one service and nothing else, as one that states something sends it. */
function stating(more: Partial<NodeDelta>, name = 'cart'): GraphDelta {
  const delta = deltaOf([], undefined, [service(name)])
  return { ...delta, nodes: delta.nodes.map((node) => ({ ...node, ...more })) }
}

test('instances of a service are kept like callers, and a second version is a rollout', async () => {
  await world.commit(stating({ instances: ['00bbb', '0c000'], versions: ['1'] }))
  expect(await nodeOf('cart')).toMatchObject({ instances: ['00bbb', '0c000'], rollout: null })
  const lastSeenMs = NOON_MS + 60_000
  await world.commit(stating({ instances: ['00aaa'], versions: ['2'], lastSeenMs }))
  const rollout = { version: '2', sinceMs: lastSeenMs }
  expect(await nodeOf('cart')).toMatchObject({ instances: ['00aaa', '00bbb'], rollout })
  await world.commit(stating({ versions: ['1', '2'], lastSeenMs: lastSeenMs + 60_000 }))
  expect(await nodeOf('cart')).toMatchObject({ rollout })
})

function tag(name: TagName, value: string, statedAtMs: number): StatedTag {
  return { tag: name, value, statedAtMs }
}

test('tags that resources state are the newest, whatever order they are committed in', async () => {
  const stated = [
    tag('owner', 'b', NOON_MS),
    tag('owner', 'a', NOON_MS + 1),
    tag('owner', 'c', NOON_MS + 1),
  ]
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(stated, { minLength: 3 }), async (order) => {
      await world.clear()
      for (const each of order) await world.commit(stating({ tags: [each] }))
      expect((await nodeOf('cart'))?.tags.owner).toBe('c')
    }),
    { numRuns: 6 },
  )
})

test('what a person says of a node wins over its resource, tag by tag', async () => {
  const tags = [tag('dataClasses', 'payment,pii', NOON_MS), tag('layer', 'data', NOON_MS)]
  await world.commit(stating({ tags }))
  await world.owner`
    insert into node_tag (environment, kind, namespace, name, tag, origin, value, stated_at)
    values ('prod', 'service', '', 'cart', 'layer', 'api', 'web', to_timestamp(0))`
  expect((await nodeOf('cart'))?.tags).toEqual({
    ...{ owner: '', dataClasses: ['payment', 'pii'], exposure: '', layer: 'web' },
  })
})

test('tags follow a renamed node, stay where the new name has some, and go with a forgotten one', async () => {
  await world.commit(stating({ tags: [tag('owner', 'shop', NOON_MS)] }))
  await world.commit(stating({ tags: [tag('owner', 'old', NOON_MS)] }, 'basket'))
  const idOf = async (name: string) => (await nodeOf(name))?.id ?? ''
  const own = { namespace: '', name: 'trolley' }
  await renameNode(world.owner, { ...BY, nodeId: await idOf('cart'), ...own })
  await renameNode(world.owner, { ...BY, nodeId: await idOf('basket'), ...own })
  expect(await readTags(world.web, ['prod'])).toMatchObject([{ name: 'trolley', owner: 'shop' }])
  await forgetNode(world.owner, { ...BY, nodeId: await idOf('trolley') })
  expect(await readTags(world.web, ['prod'])).toEqual([])
})

test('an edge is judged again when it shows a protocol, a port, an operation or a plain call', async () => {
  const versions = async () => {
    const rows = await world.owner<{ judged_version: number | null }[]>`
      select judged_version from edge`
    return rows.map((row) => row.judged_version)
  }
  /** Whether a commit asks for a judgement of the edge, judged by version 0 before. */
  const isRejudged = async (rest: Partial<Call>, more: Partial<EdgeDelta> = {}) => {
    await world.owner`update edge set judged_version = 0`
    const delta = deltaOf([call('web', 'cart', rest)])
    await world.commit({ ...delta, edges: delta.edges.map((edge) => ({ ...edge, ...more })) })
    return (await versions())[0] !== 0
  }
  await commit([call('web', 'cart', { ports: [80], tlsCalls: 1 })])
  // Without an active version nothing is judged, so that what a commit unjudged stays null.
  expect(await isRejudged({ ports: [80], tlsCalls: 1, errors: 1 })).toBe(false)
  expect(await isRejudged({ ports: [81] })).toBe(true)
  expect(await isRejudged({ operation: 'POST /' })).toBe(true)
  expect(await isRejudged({ operation: 'POST /' })).toBe(false)
  expect(await isRejudged({}, { protocol: 'grpc' })).toBe(true)
  expect(await isRejudged({}, { protocol: 'http' })).toBe(false)
  expect(await isRejudged({ plainCalls: 1 })).toBe(true)
  expect(await isRejudged({ plainCalls: 1 })).toBe(false)
  expect(await isRejudged({ calls: -2, plainCalls: -2 })).toBe(true)
})

test('a rejected downgrade comes back by calls in the clear, and not by others', async () => {
  const atMs = Date.now()
  const pay = (rest: Partial<Call>) => commit([call('web', 'pay', { atMs, ...rest })])
  await pay({ tlsCalls: 1 })
  const window = { environment: 'prod', fromMs: atMs - 60_000, toMs: atMs + 60_000 }
  await approveBaseline(world.web, { ...window, author: 'ann@example.org', reason: 'as seen' })
  await pay({ plainCalls: 1 })
  const [alert] = await world.owner<{ id: bigint; kind: string }[]>`select id, kind from alert`
  expect(alert?.kind).toBe('downgraded')
  await act(world, [String(alert?.id)], REJECT, { nowMs: atMs })
  const later = atMs + DAY_MS + 1_000
  const reopened = (nowMs: number) =>
    world.collector.begin((tx) => reopenRejectedSeenAgain(tx, nowMs))
  await pay({ atMs: later, tlsCalls: 1 })
  expect(await reopened(later + 1_000)).toEqual([])
  await pay({ atMs: later + 1, plainCalls: 1 })
  expect(await reopened(later + 1_000)).toEqual([alert?.id])
})

test('an edge that is known does not alert for being judged again', async () => {
  await commit([call('web', 'cart')])
  await approveBaseline(world.web, { ...WINDOW, author: 'ann@example.org', reason: 'as seen' })
  await commit([call('web', 'cart', { operation: 'POST /', ports: [81], plainCalls: 1 })])
  const alerts = await world.owner`select 1 from alert`
  expect(alerts).toHaveLength(0)
})
