// Partitions of buckets are made ahead, take what was in the default one, and go when they are old, rolled up
// and out of every reader's sight; a commit does not wait for any of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readGraph } from '../../storage/graph.ts'
import { maintainPartitions, type Retention } from '../../storage/partitions.ts'
import { rollUp } from '../../storage/rollup.ts'
import { call, deltaOf, MINUTE_MS, NOON_MS } from './delta.ts'
import { createWorld, type World } from './world.ts'

const DAY_MS = 86_400_000
const RETENTION: Retention = {
  minute: 2 * DAY_MS,
  hour: 30 * DAY_MS,
  day: 400 * DAY_MS,
  span: DAY_MS,
}
const WAIT_MS = 15 * MINUTE_MS
let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())

const maintain = async (nowMs: number) => {
  const maintenance = await maintainPartitions(world.owner, nowMs, RETENTION)
  // Days of spans come and go at every step; no span is stored here.
  const dropped = maintenance.dropped.filter((name) => name.startsWith('bucket'))
  return { ...maintenance, dropped }
}
const places = async () => {
  const rows = await world.owner<{ place: string; rows: number }[]>`
    select tableoid::regclass::text as place, count(*)::int as rows from (
      select tableoid from bucket union all select tableoid from bucket_hour
      union all select tableoid from bucket_day
    ) as buckets group by 1 order by 1`
  return Object.fromEntries(rows.map((row) => [row.place, row.rows]))
}
const readCalls = async (fromMs: number, toMs: number) => {
  const graph = await readGraph(world.web, { environment: 'prod', fromMs, toMs })
  return graph.edges[0]?.calls
}

test('a day that got its buckets before its partition keeps them', async () => {
  await world.commit(
    deltaOf([call('web', 'cart'), call('web', 'cart', { atMs: NOON_MS - DAY_MS })]),
  )
  expect(await places()).toEqual({ bucket_default: 2 })
  const { created, dropped, postponed } = await maintain(NOON_MS)
  expect(created.filter((name) => /^bucket_\d/.test(name))).toEqual(
    ['20260731', '20260801', '20260802', '20260803', '20260804'].map((day) => `bucket_${day}`),
  )
  expect([dropped, postponed]).toEqual([[], []])
  await world.commit(deltaOf([call('web', 'cart')]))
  expect(await places()).toEqual({ bucket_20260731: 1, bucket_20260801: 1 })
  expect(await readCalls(NOON_MS - 2 * DAY_MS, NOON_MS + DAY_MS)).toBe(3)
})

test('run again, nothing changes; a day later, one day comes', async () => {
  expect((await maintain(NOON_MS)).created).toEqual([])
  expect((await maintain(NOON_MS + DAY_MS)).created).toContain('bucket_20260805')
})

test('minutes past the retention stay until they are rolled up, and a minute longer', async () => {
  const laterMs = NOON_MS + 3 * DAY_MS
  expect((await maintain(laterMs)).dropped).toEqual([])
  await rollUp(world.owner, { nowMs: laterMs, waitMs: WAIT_MS })
  expect((await maintain(laterMs + 1)).dropped).toEqual([])
  expect((await maintain(laterMs + 2)).dropped).toEqual([])
  const { dropped } = await maintain(laterMs + MINUTE_MS + 1)
  expect(dropped).toEqual(['bucket_20260731', 'bucket_20260801'])
  expect(await places()).toMatchObject({ [`bucket_day_${blockOf(NOON_MS)}`]: 2 })
  expect(await readCalls(NOON_MS - 2 * DAY_MS, NOON_MS + DAY_MS)).toBe(3)
})

/** The first day of the 32 that hold a moment. */
function blockOf(ms: number): string {
  const blockMs = 32 * DAY_MS
  const day = new Date(Math.floor(ms / blockMs) * blockMs).toISOString().slice(0, 10)
  return day.replaceAll('-', '')
}

test('what comes for a time whose minutes, or hours, are gone is counted where it is kept', async () => {
  const late = call('web', 'cart', { calls: 10, atMs: NOON_MS + MINUTE_MS })
  await world.commit(deltaOf([late, call('web', 'cart', { calls: 5, atMs: NOON_MS })]))
  expect(await readCalls(NOON_MS - DAY_MS, NOON_MS + DAY_MS)).toBe(18)
  const [hour] = [NOON_MS, NOON_MS + 3_600_000]
  expect(await readCalls(hour, hour + 1)).toBe(17)
  const muchLaterMs = NOON_MS + 60 * DAY_MS
  for (const ms of [0, 1, 2 * MINUTE_MS, 4 * MINUTE_MS]) {
    await rollUp(world.owner, { nowMs: muchLaterMs + ms, waitMs: WAIT_MS })
    await maintain(muchLaterMs + ms)
  }
  expect(Object.keys(await places())).toEqual([`bucket_day_${blockOf(NOON_MS)}`])
  await world.commit(deltaOf([late]))
  expect(await readCalls(NOON_MS, NOON_MS + 1)).toBe(27)
  await rollUp(world.owner, { nowMs: muchLaterMs, waitMs: WAIT_MS })
  expect(await readCalls(NOON_MS - DAY_MS, NOON_MS + DAY_MS)).toBe(28)
  for (const ms of [0, 2 * MINUTE_MS]) await maintain(NOON_MS + 500 * DAY_MS + ms)
  expect(await places()).toEqual({})
  const [tallies] = await world.owner`select count(*)::int as count from edge_tally`
  expect(tallies?.count).toBe(0)
})

test('made while commits run, no call is lost and no commit fails', async () => {
  for (let round = 0; round < 5; round++) {
    const late = NOON_MS + (600 + 10 * round) * DAY_MS
    const commits = async () => {
      for (let index = 0; index < 20; index++)
        await world.commit(deltaOf([call('a', 'b', { atMs: late + index * MINUTE_MS })]))
    }
    await Promise.all([commits(), maintain(late), maintain(late)])
    expect(await readCalls(late - DAY_MS, late + DAY_MS)).toBe(20)
  }
}, 60_000)

test('a reader that takes long postpones a drop, and no commit waits for either', async () => {
  const baseMs = NOON_MS + 700 * DAY_MS
  await maintain(baseMs)
  await world.commit(deltaOf([call('a', 'b', { atMs: baseMs })]))
  const laterMs = baseMs + 5 * DAY_MS
  await rollUp(world.owner, { nowMs: laterMs, waitMs: WAIT_MS })
  await maintain(laterMs)
  await world.owner.begin(async (reader) => {
    await reader`select count(*) from bucket`
    const maintenance = maintain(laterMs + 2 * MINUTE_MS)
    const startedMs = performance.now()
    for (let index = 0; index < 10; index++)
      await world.commit(deltaOf([call('a', 'b', { atMs: laterMs })]))
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect((await maintenance).postponed.length).toBeGreaterThan(0)
  })
  const { dropped, postponed } = await maintain(laterMs + 3 * MINUTE_MS)
  expect(postponed).toEqual([])
  expect(dropped.length).toBeGreaterThan(0)
}, 60_000)
