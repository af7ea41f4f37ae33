// What time alone does to alerts: a snooze ends, a rejected edge is seen again a day later. The clock
// is an argument.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readAlert } from '../../storage/alerts.ts'
import { reopenRejectedSeenAgain, reopenSnoozed } from '../../storage/triage-clock.ts'
import { call, deltaOf, service } from './delta.ts'
import { readOutbox } from './judged.ts'
import {
  act,
  BOB,
  conditionOf,
  DAY_MS,
  HOUR_MS,
  REJECT,
  strangers,
  stray,
  undo,
} from './triage-world.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const run = (work: typeof reopenSnoozed, nowMs: number) =>
  world.collector.begin((tx) => work(tx, nowMs))

test('a snooze ends at its time and not before, in its episode, and is told once', async () => {
  const nowMs = Date.now()
  const ids = await stray(world, strangers(2))
  const [id = '', other = ''] = ids
  await act(world, [id], { action: 'snooze', untilMs: nowMs + HOUR_MS })
  await act(world, [other], { action: 'snooze', untilMs: nowMs + DAY_MS })
  await world.owner`update alert_event set is_routed = true`
  expect(await run(reopenSnoozed, nowMs + HOUR_MS - 1)).toEqual([])
  expect(await run(reopenSnoozed, nowMs + HOUR_MS)).toEqual([BigInt(id)])
  expect(await run(reopenSnoozed, nowMs + HOUR_MS)).toEqual([])
  expect(await conditionOf(world, id)).toMatchObject({
    ...{ state: 'open', episode: 1, snoozedUntilMs: null, lastAtMs: nowMs + HOUR_MS },
  })
  expect(await conditionOf(world, other)).toMatchObject({ state: 'snoozed' })
  expect(await readOutbox(world)).toEqual([`reopened ${id}`])
  const alert = await readAlert(world.web, id)
  expect(alert?.events.at(-1)).toMatchObject({ action: 'reopened', actor: 'strayline' })
})

test('a snooze that has ended cannot be undone any more', async () => {
  const nowMs = Date.now()
  const ids = await stray(world, strangers(1))
  const { actId } = await act(world, ids, { action: 'snooze', untilMs: nowMs + HOUR_MS })
  await run(reopenSnoozed, nowMs + HOUR_MS)
  await expect(undo(world, actId)).rejects.toMatchObject({ code: 'ACT_OVERTAKEN' })
})

test('an undo that gives back a snooze whose time has passed is put right by the clock', async () => {
  const nowMs = Date.now()
  const ids = await stray(world, strangers(1))
  await act(world, ids, { action: 'snooze', untilMs: nowMs + HOUR_MS })
  const { actId } = await act(world, ids, REJECT)
  await undo(world, actId, { actor: BOB, nowMs: nowMs + DAY_MS })
  expect(await conditionOf(world, ids[0] ?? '')).toMatchObject({ state: 'snoozed' })
  expect(await run(reopenSnoozed, nowMs + DAY_MS)).toHaveLength(1)
})

test('a rejected edge that is seen a day later or more reopens once, as a new episode', async () => {
  const nowMs = Date.now()
  const ids = await stray(world, strangers(2))
  const [id = '', other = ''] = ids
  await act(world, ids, REJECT, { nowMs })
  const seen = (atMs: number) => deltaOf([call('cart', 'stranger-0', { atMs })])
  await world.commit(seen(nowMs + DAY_MS - 1_000))
  expect(await run(reopenRejectedSeenAgain, nowMs + 2 * DAY_MS)).toEqual([])
  await world.commit(seen(nowMs + DAY_MS + 1_000))
  expect(await run(reopenRejectedSeenAgain, nowMs + DAY_MS - 1)).toEqual([])
  expect(await run(reopenRejectedSeenAgain, nowMs + 2 * DAY_MS)).toEqual([BigInt(id)])
  expect(await run(reopenRejectedSeenAgain, nowMs + 2 * DAY_MS)).toEqual([])
  expect(await conditionOf(world, id)).toMatchObject({ state: 'open', episode: 2 })
  expect(await conditionOf(world, other)).toMatchObject({ state: 'rejected', episode: 1 })
  expect((await readOutbox(world)).filter((each) => each.startsWith('reopened'))).toEqual([
    `reopened ${id}`,
  ])
})

test('a rejected service without edges reopens when it is seen a day later', async () => {
  const nowMs = Date.now()
  const [id = ''] = await stray(world, strangers(1))
  await act(world, [id], REJECT, { nowMs })
  await world.owner`
    update alert set target_environment = null, target_kind = null, target_namespace = null,
      target_name = null, source_name = 'lone' where id = ${id}::bigint`
  await world.owner`update edge set alert_id = null`
  await world.commit(deltaOf([], () => true, [service('lone')]))
  const lastSeen = new Date(nowMs + DAY_MS + 1)
  await world.owner`update node set last_seen = ${lastSeen} where name = 'lone'`
  expect(await run(reopenRejectedSeenAgain, nowMs + 2 * DAY_MS)).toEqual([BigInt(id)])
})
