// Days of buckets are made ahead, take what was in the default partition, and go when they are old.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readGraph } from '../../storage/graph.ts'
import { maintainPartitions } from '../../storage/partitions.ts'
import { call, deltaOf, NOON_MS } from './delta.ts'
import { createWorld, type World } from './world.ts'

const DAY_MS = 86_400_000
let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())

const places = async () => {
  const rows = await world.owner<{ place: string; rows: number }[]>`
    select tableoid::regclass::text as place, count(*)::int as rows from bucket group by 1 order by 1`
  return Object.fromEntries(rows.map((row) => [row.place, row.rows]))
}

test('a day that got its buckets before its partition keeps them', async () => {
  await world.commit(
    deltaOf([call('web', 'cart'), call('web', 'cart', { atMs: NOON_MS - DAY_MS })]),
  )
  expect(await places()).toEqual({ bucket_default: 2 })
  const { created, dropped } = await maintainPartitions(world.owner, NOON_MS)
  expect(created).toEqual(['2026-07-31', '2026-08-01', '2026-08-02', '2026-08-03', '2026-08-04'])
  expect(dropped).toBe(0)
  await world.commit(deltaOf([call('web', 'cart')]))
  expect(await places()).toEqual({ bucket_20260731: 1, bucket_20260801: 1 })
  const window = { environment: 'prod', fromMs: NOON_MS - 2 * DAY_MS, toMs: NOON_MS + DAY_MS }
  expect((await readGraph(world.web, window)).edges[0]?.calls).toBe(3)
})

test('run again, nothing changes; a day later, one day comes', async () => {
  expect((await maintainPartitions(world.owner, NOON_MS)).created).toEqual([])
  const { created } = await maintainPartitions(world.owner, NOON_MS + DAY_MS)
  expect(created).toEqual(['2026-08-05'])
})

test('days past the retention go, those within stay', async () => {
  const { dropped } = await maintainPartitions(world.owner, NOON_MS + 7 * DAY_MS)
  expect(dropped).toBe(1)
  expect(await places()).toEqual({ bucket_20260801: 1 })
  await maintainPartitions(world.owner, NOON_MS + 20 * DAY_MS)
  expect(await places()).toEqual({})
})

test('made while commits run, no call is lost and no commit fails', async () => {
  for (let round = 0; round < 5; round++) {
    const late = NOON_MS + (40 + 10 * round) * DAY_MS
    const commits = async () => {
      for (let index = 0; index < 20; index++)
        await world.commit(deltaOf([call('a', 'b', { atMs: late + index * 60_000 })]))
    }
    const both = [maintainPartitions(world.owner, late), maintainPartitions(world.owner, late)]
    await Promise.all([commits(), ...both])
    const window = { environment: 'prod', fromMs: late - DAY_MS, toMs: late + DAY_MS }
    expect((await readGraph(world.web, window)).edges[0]?.calls).toBe(20)
  }
})
