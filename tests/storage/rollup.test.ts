// Minutes, hours and days say the same at every moment: before and after roll-ups, with corrections that come
// late into what was summed, with a roll-up that is killed half-way, and beside commits that run on.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HISTOGRAM_BUCKETS } from '../../core/graph/histogram.ts'
import { sumLatencies } from '../../storage/bucket-sums.ts'
import { readGraph } from '../../storage/graph.ts'
import { readGraphSummary } from '../../storage/graph-summary.ts'
import { maintainPartitions } from '../../storage/partitions.ts'
import { rollUp } from '../../storage/rollup.ts'
import { readTiers } from '../../storage/tier-state.ts'
import { planWindow } from '../../storage/tiers.ts'
import { type Call, call, deltaOf, MINUTE_MS, NOON_MS, takeBack } from './delta.ts'
import { createWorld, type World } from './world.ts'

const STORAGE = `${pathToFileURL(path.join(import.meta.dirname, '..', '..', 'storage')).href}/`
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const WAIT_MS = 15 * MINUTE_MS
/** Everything happens in the three days before noon. */
const SPAN_MINUTES = 3 * 24 * 60
const atMinute = (minute: number) => NOON_MS - minute * MINUTE_MS

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const roll = (nowMs = NOON_MS) => rollUp(world.owner, { nowMs, waitMs: WAIT_MS })
const window = (fromMs: number, toMs: number) => ({ environment: 'prod', fromMs, toMs })
const ALL = window(NOON_MS - 10 * DAY_MS, NOON_MS + DAY_MS)

/** Calls, errors and latency of all edges, by the tiers that a read of the window takes. */
async function readSums(given: { fromMs: number; toMs: number }) {
  const request = window(given.fromMs, given.toMs)
  const graph = await readGraph(world.web, request)
  const summary = await readGraphSummary(world.web, request)
  const ids = graph.edges.map((edge) => BigInt(edge.id))
  const segments = planWindow(await readTiers(world.web), given)
  const latencies = await sumLatencies(world.web, ids, segments)
  const told = (edges: readonly { target: { name: string }; calls: number; errors: number }[]) =>
    edges.map((edge) => [edge.target.name, edge.calls, edge.errors])
  expect(told(summary.edges)).toEqual(told(graph.edges))
  return graph.edges.map((edge) => ({
    target: edge.target.name,
    ...{ calls: edge.calls, errors: edge.errors, operations: edge.operations },
    client: latencies.get(BigInt(edge.id))?.client.map((count) => count / 2048),
  }))
}

/** What readSums must say, from the calls themselves. */
function sumCalls(calls: readonly Call[], given: { fromMs: number; toMs: number }) {
  const within = calls.filter(({ atMs }) => {
    const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
    return minuteMs >= Math.floor(given.fromMs / MINUTE_MS) * MINUTE_MS && minuteMs < given.toMs
  })
  const total = (list: readonly Call[], pick: (each: Call) => number) =>
    list.reduce((sum, each) => sum + pick(each), 0)
  const byTarget = Map.groupBy(within, (each) => each.target.name)
  return [...byTarget]
    .map(([target, list]) => ({
      target,
      calls: total(list, (each) => each.calls),
      errors: total(list, (each) => each.errors),
      operations: [...Map.groupBy(list, (each) => each.operation)]
        .map(([name, some]) => ({
          ...{ name, calls: total(some, (each) => each.calls) },
          errors: total(some, (each) => each.errors),
        }))
        .filter((operation) => operation.calls > 0)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      client: Array.from({ length: HISTOGRAM_BUCKETS }, (_, place) =>
        total(list, (each) => each.latency?.[place] ?? 0),
      ),
    }))
    .filter((edge) => edge.calls > 0)
    .sort((a, b) => (a.target < b.target ? -1 : 1))
}

const arbitraryCall = fc
  .record({
    target: fc.constantFrom('cart', 'pay'),
    operation: fc.constantFrom('GET /', 'POST /'),
    minute: fc.integer({ min: 0, max: SPAN_MINUTES }),
    calls: fc.integer({ min: 1, max: 5 }),
    place: fc.integer({ min: 0, max: HISTOGRAM_BUCKETS - 1 }),
    isError: fc.boolean(),
  })
  .map(({ target, operation, minute, calls, place, isError }) => {
    const latency = Array.from({ length: HISTOGRAM_BUCKETS }, (_, i) => (i === place ? calls : 0))
    const errors = isError ? calls : 0
    return call('web', target, { ...{ operation, calls, errors, latency }, atMs: atMinute(minute) })
  })
const arbitraryStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ commit: fc.array(arbitraryCall, { maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ takeBack: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ rollUntilMinute: fc.nat({ max: SPAN_MINUTES }) }) },
)
const arbitraryWindow = fc
  .tuple(fc.nat({ max: SPAN_MINUTES }), fc.nat({ max: SPAN_MINUTES }))
  .map(([a, b]) => ({ fromMs: atMinute(Math.max(a, b)), toMs: atMinute(Math.min(a, b)) + 1 }))

test('any commits, corrections and roll-ups in any order: every window says what was counted', async () => {
  const arbitrary = fc.record({
    steps: fc.array(arbitraryStep, { minLength: 1, maxLength: 8 }),
    windows: fc.array(arbitraryWindow, { minLength: 2, maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ steps, windows }) => {
      await world.clear()
      const counted: Call[] = []
      for (const step of steps) {
        if ('commit' in step) {
          await world.commit(deltaOf(step.commit))
          counted.push(...step.commit)
        } else if ('takeBack' in step) {
          const [given] = counted.splice(step.takeBack % Math.max(1, counted.length), 1)
          if (given) await world.commit(deltaOf([takeBack(given)]))
        } else await roll(atMinute(step.rollUntilMinute))
        for (const each of [ALL, ...windows])
          expect(await readSums(each)).toEqual(sumCalls(counted, each))
      }
      await roll()
      for (const each of [ALL, ...windows])
        expect(await readSums(each)).toEqual(sumCalls(counted, each))
    }),
    { numRuns: 15 },
  )
}, 120_000)

test('the tiers are equal, table by table, once nothing is due', async () => {
  const calls = fc.sample(arbitraryCall, { numRuns: 60, seed: 7 })
  await world.commit(deltaOf(calls))
  expect(await roll()).toMatchObject({ days: 3 })
  await world.commit(deltaOf(calls.slice(0, 20).map(takeBack)))
  await world.commit(deltaOf(fc.sample(arbitraryCall, { numRuns: 20, seed: 8 })))
  await roll(NOON_MS + DAY_MS)
  expect(await roll(NOON_MS + DAY_MS)).toEqual({ hours: 0, days: 0 })
  const sums = await world.owner`
    select sum(calls) as calls, sum(errors) as errors, sum(client_latency) as client from bucket
    union select sum(calls), sum(errors), sum(client_latency) from bucket_hour
    union select sum(calls), sum(errors), sum(client_latency) from bucket_day`
  expect(sums).toHaveLength(1)
  const [tally] = await world.owner`
    select sum(calls[25]) filter (where span = 'day') as days,
      sum(calls[33]) filter (where span = 'block') as blocks from edge_tally`
  expect(tally).toEqual({ days: sums[0]?.calls, blocks: sums[0]?.calls })
})

test('a call out of a skewed clock, a day late, lands in the sums that were taken', async () => {
  const early = call('web', 'cart', { atMs: NOON_MS - 20 * HOUR_MS })
  await world.commit(deltaOf([early]))
  await roll()
  await world.commit(deltaOf([{ ...early, calls: 3 }]))
  const around = { fromMs: NOON_MS - DAY_MS, toMs: NOON_MS }
  expect(await readSums(around)).toMatchObject([{ calls: 4 }])
  expect(await roll()).toEqual({ hours: 1, days: 1 })
  expect(await readSums(around)).toMatchObject([{ calls: 4 }])
})

test('an edge whose calls return to 0 leaves nothing behind in any tier', async () => {
  const lone = call('web', 'cart', { atMs: NOON_MS - 2 * DAY_MS })
  await world.commit(deltaOf([lone, call('web', 'pay')]))
  await roll()
  await world.commit(deltaOf([takeBack(lone)]))
  expect(await readSums(ALL)).toMatchObject([{ target: 'pay' }])
  await roll()
  const rows = await world.owner`
    select count(*)::int as count from (
      select edge_id from bucket_hour union all select edge_id from bucket_day
      union all select edge_id from edge_tally
    ) as kept`
  expect(rows).toEqual([{ count: 0 }])
})

test('killed with -9 anywhere, a roll-up is finished by the next', async () => {
  const calls = fc.sample(arbitraryCall, { numRuns: 60, seed: 3 })
  await world.commit(deltaOf(calls))
  for (let round = 0; round < 4; round++) {
    await rollAndDie(NOON_MS - (3 - round) * 18 * HOUR_MS, 5 + 40 * round)
    expect(await readSums(ALL)).toEqual(sumCalls(calls, ALL))
  }
  await roll()
  expect(await readSums(ALL)).toEqual(sumCalls(calls, ALL))
  expect(await roll()).toEqual({ hours: 0, days: 0 })
}, 60_000)

/** A roll-up in a process of its own, killed so long after it began. */
async function rollAndDie(nowMs: number, afterMs: number): Promise<void> {
  const script = `
    const [{ rollUp }, { openSql }] = await Promise.all(
      ['rollup', 'sql'].map((name) => import(${JSON.stringify(STORAGE)} + name + '.ts')))
    const sql = openSql({ url: process.argv[1], applicationName: 'doomed', connectionsMax: 1 })
    await sql\`select 1\`
    console.log('rolling')
    await rollUp(sql, { nowMs: ${nowMs}, waitMs: ${WAIT_MS} })
    await new Promise(() => setInterval(() => {}, 1000))`
  const args = ['--input-type=module', '-e', script, world.database.ownerUrl]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('beside commits, two roll-ups and a retention at once, no call is lost or doubled', async () => {
  const retention = { minute: 25 * HOUR_MS, hour: 7 * DAY_MS, day: 40 * DAY_MS, span: DAY_MS }
  const calls = fc.sample(arbitraryCall, { numRuns: 200, seed: 5 })
  let isDone = false
  const commits = async () => {
    for (let at = 0; at < calls.length; at += 2)
      await world.commit(deltaOf(calls.slice(at, at + 2)))
    isDone = true
  }
  const upkeep = async () => {
    for (let nowMs = NOON_MS - 2 * DAY_MS; !isDone; nowMs += HOUR_MS) {
      await roll(Math.min(nowMs, NOON_MS))
      await maintainPartitions(world.owner, Math.min(nowMs, NOON_MS), retention)
    }
  }
  await Promise.all([commits(), upkeep(), upkeep()])
  for (let run = 0; run < 2; run++) {
    await roll(NOON_MS + run * 2 * MINUTE_MS)
    await maintainPartitions(world.owner, NOON_MS + run * 2 * MINUTE_MS, retention)
  }
  expect(await readSums(ALL)).toEqual(sumCalls(calls, ALL))
})
