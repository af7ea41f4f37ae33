// A commit makes a delta visible, all or nothing, once, whatever its names and in whatever pieces.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { GraphDelta } from '../../core/graph/edge.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { commitDelta } from '../../storage/commit.ts'
import { readGraph } from '../../storage/graph.ts'
import { readEdge } from '../../storage/graph-detail.ts'
import { readPosition } from '../../storage/position.ts'
import type { Sql } from '../../storage/sql.ts'
import {
  type Call,
  call,
  deltaOf,
  external,
  MINUTE_MS,
  NOON_MS,
  service,
  takeBack,
} from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const HOUR = { environment: 'prod', fromMs: NOON_MS - 3_600_000, toMs: NOON_MS + 3_600_000 }

/** All rows that a reader could tell apart, without ids. */
async function readTables(sql: Sql): Promise<unknown> {
  const nodes = await sql`
    select environment, kind, namespace, name, first_seen, last_seen, is_observed, versions,
      unattributed_calls from node order by 1, 2, 3, 4`
  const edges = await sql`
    select s.name as source, t.name as target, e.environment, e.protocol, e.calls, e.errors,
      e.trust, e.hosts, e.ports, e.last_seen
    from edge e join node s on s.id = source_id join node t on t.id = target_id order by 1, 2`
  const buckets = await sql`
    select s.name as source, t.name as target, o.name, b.start, b.calls, b.errors,
      b.client_latency, b.server_latency, o.calls as operation_calls
    from bucket b join operation o on o.id = b.operation_id join edge e on e.id = o.edge_id
      join node s on s.id = source_id join node t on t.id = target_id order by 1, 2, 3, 4`
  const exemplars = await sql`
    select s.name as source, t.name as target, x.trace_id, x.operation_name, x.hour
    from exemplar x join edge e on e.id = x.edge_id
      join node s on s.id = source_id join node t on t.id = target_id order by 1, 2, 3, 4`
  const spans = await sql`select * from trace_span order by 1, 2, 3, 4`
  return { nodes, edges, buckets, exemplars, spans }
}

const names = ['web', 'cart', 'pay', 'a.example.com']
const arbitraryCall = fc
  .record({
    source: fc.constantFrom('web', 'cart', 'pay'),
    target: fc.constantFrom(...names),
    operation: fc.constantFrom('GET /', 'POST /cart'),
    minute: fc.integer({ min: 0, max: 2 }),
    isError: fc.boolean(),
    place: fc.option(fc.integer({ min: 0, max: 39 })),
    host: fc.integer({ min: 0, max: 40 }),
    trace: fc.option(fc.integer({ min: 0, max: 9 })),
    isTakenBack: fc.boolean(),
  })
  .map(({ source, target, operation, minute, isError, place, host, trace, isTakenBack }) => {
    const latency = place === null ? null : Array.from({ length: 40 }, (_, i) => +(i === place))
    const given = call(source, target.includes('.') ? external(target) : target, {
      ...{ operation, latency, errors: isError ? 1 : 0, atMs: NOON_MS + minute * MINUTE_MS },
      ...{ hosts: [`h${host}`], ports: [8000 + host] },
      traceIds: trace === null || isTakenBack ? [] : [String(trace).repeat(32)],
    })
    return { given, isTakenBack }
  })

test('any order and any cut of deltas into commits gives equal tables', async () => {
  const arbitrary = fc.record({
    calls: fc.array(arbitraryCall, { minLength: 1, maxLength: 40 }),
    seed: fc.integer(),
    pieces: fc.integer({ min: 1, max: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ calls, seed, pieces }) => {
      const given = calls.map((each) => each.given)
      // An edge that goes away entirely forgets its attributes: corrections spare one call of each.
      const firsts = new Set(given.map((each) => given.find((other) => sameEdge(each, other))))
      const taken = calls.filter((each) => each.isTakenBack && !firsts.has(each.given))
      const corrections = taken.map((each) => takeBack(each.given))
      await world.clear()
      await world.commit(steady(deltaOf([...given, ...corrections])))
      const once = await readTables(world.owner)
      await world.clear()
      for (const piece of cut(shuffle(given, seed), pieces))
        await world.commit(steady(deltaOf(piece)))
      for (const piece of cut(corrections, 2)) await world.commit(deltaOf(piece))
      expect(await readTables(world.owner)).toEqual(once)
    }),
    { numRuns: 25 },
  )
}, 60_000)

/** A trace of one id is one trace: what it holds does not depend on the call that names it. */
function steady(delta: GraphDelta): GraphDelta {
  const exemplars = delta.exemplars.map(({ traceId, spans }) => ({
    ...{ traceId, startMs: NOON_MS },
    spans: spans.map((span) => ({
      ...span,
      ...{ service: 'web', operation: '', startMs: NOON_MS },
    })),
  }))
  return { ...delta, exemplars }
}

function sameEdge(a: Call, b: Call): boolean {
  return a.source.name === b.source.name && a.target.name === b.target.name
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  const rank = (index: number) => Math.sin(seed + index * 7919)
  return items
    .map((item, index) => ({ item, rank: rank(index) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

function cut<T>(items: readonly T[], pieces: number): T[][] {
  const size = Math.max(1, Math.ceil(items.length / pieces))
  return Array.from({ length: Math.ceil(items.length / size) }, (_, piece) =>
    items.slice(piece * size, (piece + 1) * size),
  )
}

test('a position that is not past the committed one applies nothing', async () => {
  const { committer } = world
  const delta = deltaOf([call('web', 'cart')])
  const counters = { accepted: 2 }
  const at = (journalId: string, offset: bigint) =>
    commitDelta(committer, { delta, position: { journalId, offset }, counters, nowMs: NOON_MS })
  expect(await at('a', 100n)).toMatchObject({ applied: true, sequence: 1n })
  expect(await at('a', 100n)).toEqual({ applied: false })
  expect(await at('a', 99n)).toEqual({ applied: false })
  expect(await at('a', 101n)).toMatchObject({ applied: true, sequence: 2n })
  expect(await at('b', 1n)).toMatchObject({ applied: true, sequence: 3n })
  expect(await readPosition(world.web)).toEqual({
    ...{ journalId: 'b', offset: 1n, sequence: 3n, committedAtMs: NOON_MS, counters },
  })
  expect((await readGraph(world.web, HOUR)).edges[0]?.calls).toBe(3)
})

test('of the same commit tried many times at once, one is applied', async () => {
  const delta = deltaOf([call('web', 'cart'), call('cart', 'pay')])
  const commit = { delta, position: { journalId: 'a', offset: 7n }, counters: {}, nowMs: NOON_MS }
  const results = await Promise.all(
    Array.from({ length: 8 }, () => commitDelta(world.committer, commit)),
  )
  expect(results.filter((result) => result.applied)).toHaveLength(1)
  expect((await readGraph(world.web, HOUR)).edges.map((edge) => edge.calls)).toEqual([1, 1])
})

test('a commit without a delta moves the position and the counters alone', async () => {
  await world.commit(null)
  await world.commit({ nodes: [], edges: [], exemplars: [] })
  expect((await readPosition(world.web))?.sequence).toBe(2n)
})

test('an edge whose calls return to 0 goes, with its operations, buckets and examples', async () => {
  const traceIds = ['ab'.repeat(16)]
  const given = call('web', external('api.example.com'), { traceIds })
  await world.commit(deltaOf([given, call('web', 'cart')]))
  expect((await readGraph(world.web, HOUR)).edges).toHaveLength(2)
  await world.commit(deltaOf([takeBack(given)]))
  const graph = await readGraph(world.web, HOUR)
  expect(graph.edges.map((edge) => edge.target.name)).toEqual(['cart'])
  expect(graph.nodes.map((node) => node.name)).toEqual(['cart', 'web'])
  const [left] = await world.owner<{ rows: bigint }[]>`
    select (select count(*) from bucket) + (select count(*) from operation)
      + (select count(*) from trace_span) + (select count(*) from exemplar) as rows`
  expect(left?.rows).toBe(2n)
})

test('sums never go below 0, even when more is taken back than was there', async () => {
  const given = call('web', 'cart', { calls: 3, errors: 1 })
  await world.commit(deltaOf([given]))
  await world.commit(deltaOf([call('web', 'cart', { calls: -1, errors: -5 })]))
  expect((await readGraph(world.web, HOUR)).edges[0]).toMatchObject({ calls: 2, errors: 0 })
  await world.commit(deltaOf([call('web', 'cart', { calls: -9 })]))
  expect((await readGraph(world.web, HOUR)).edges).toEqual([])
})

const HOSTILE = [
  `'; drop table node; --`,
  `"; drop table node; --`,
  '$$ $1 \\" \\x00 {a,b} NULL null',
  '<script>alert(1)</script>',
  'evil\u202Egnp.exe \u2066rtl\u2069',
  'é'.repeat(256),
  '\u{1F9E8}'.repeat(128),
  '{"a":1}',
  '%s %I %L',
  ' leading, trailing ',
  '\\',
  'lone \uD800 surrogate',
  'nul \0 inside',
]

test('hostile names are stored as they are, or bounded and still told apart', async () => {
  const calls = HOSTILE.map((name) => {
    const target: NodeKey = service(name, { namespace: name, environment: 'prod' })
    return call('web', target, { operation: name, hosts: [name], traceIds: [randomTrace()] })
  })
  await world.commit(deltaOf(calls))
  await world.commit(deltaOf(calls))
  const graph = await readGraph(world.web, HOUR)
  expect(graph.edges).toHaveLength(HOSTILE.length)
  expect(new Set(graph.edges.map((edge) => edge.target.name)).size).toBe(HOSTILE.length)
  for (const name of HOSTILE.slice(0, -2)) {
    const edge = graph.edges.find((each) => each.target.name === name)
    expect(edge).toMatchObject({ calls: 2, hosts: [name], operations: [{ name, calls: 2 }] })
    expect(edge?.target.namespace).toBe(name)
    const detail = await readEdge(world.web, { ...HOUR, edgeId: edge?.id ?? '' })
    expect(detail?.exemplars[0]?.spans[0]?.operation).toBe(name)
  }
})

test('names of two lone surrogates stay two', async () => {
  await world.commit(deltaOf([call('web', 'x\uD800'), call('web', 'x\uD801')]))
  expect((await readGraph(world.web, HOUR)).edges).toHaveLength(2)
})

test('names of 512 bytes in every place fit the keys', async () => {
  const long = (letter: string) => letter.repeat(512)
  const source = { environment: long('e'), kind: 'service', namespace: long('n'), name: long('s') }
  const database = `postgresql:${randomName()}/${randomName()}`
  const target = { environment: long('e'), kind: 'database', namespace: '', name: database }
  const delta = deltaOf([call(source as NodeKey, target as NodeKey, { operation: long('o') })])
  await world.commit(delta)
  const graph = await readGraph(world.web, { ...HOUR, environment: long('e') })
  expect(graph.edges[0]?.target.name).toBe(database)
})

/** Random, so that compression does not hide that the key is too long. */
function randomName(): string {
  return randomBytes(384).toString('base64')
}

function randomTrace(): string {
  return randomBytes(16).toString('hex')
}

test('hosts and ports stay bounded, whichever came first', async () => {
  const hosts = Array.from({ length: 100 }, (_, i) => `h${String(i).padStart(3, '0')}`)
  const ports = hosts.map((_, i) => 9000 + i)
  await world.commit(deltaOf([call('web', 'cart', { hosts: hosts.slice(50), ports })]))
  await world.commit(deltaOf([call('web', 'cart', { hosts: hosts.slice(0, 50), ports })]))
  const [edge] = (await readGraph(world.web, HOUR)).edges
  expect(edge?.hosts).toEqual(hosts.slice(0, 32))
  expect(edge?.ports).toEqual(ports.slice(0, 32))
})

test('a trace that comes again replaces its spans, and an hour keeps three of an operation', async () => {
  const traceIds = Array.from({ length: 9 }, (_, i) => String(i).repeat(32))
  await world.commit(deltaOf([call('web', 'cart', { traceIds })]))
  const first = deltaOf([call('web', 'cart', { traceIds: traceIds.slice(0, 1) })])
  const fuller: GraphDelta = {
    ...first,
    exemplars: first.exemplars.map((trace) => ({
      ...trace,
      spans: [...trace.spans, { ...trace.spans[0]!, spanId: 'f'.repeat(16), service: 'cart' }],
    })),
  }
  await world.commit(fuller)
  await world.commit(fuller)
  const [edge] = (await readGraph(world.web, HOUR)).edges
  const detail = await readEdge(world.web, { ...HOUR, edgeId: edge?.id ?? '' })
  expect(detail?.exemplars.map((trace) => [trace.traceId[0], trace.spans.length])).toEqual([
    ['0', 2],
    ['1', 1],
    ['2', 1],
  ])
  const [spans] = await world.owner<{ count: bigint }[]>`select count(*) from trace_span`
  expect(spans?.count).toBe(4n)
})
