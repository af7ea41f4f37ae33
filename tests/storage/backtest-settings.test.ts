// What other settings of an environment would have meant: days over the target by the zone, alerts that would recover.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backtestSettings } from '../../storage/backtest-settings.ts'
import { changeSettings } from '../../storage/environment-settings.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { entry } from './content.ts'
import { call, deltaOf, service } from './delta.ts'
import { ANN, activate, HOUR_MS, NOW_MS } from './judged.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  await world.owner`insert into environment (name) values ('prod')`
  await activate(world, [entry(service('a'), service('b'))])
  await world.commit(deltaOf([call('a', 'x', { atMs: NOW_MS }), call('a', 'y', { atMs: NOW_MS })]))
  await world.commit(deltaOf([call('a', 'z', { atMs: NOW_MS })]))
  // When they opened; and what was seen of them since.
  await world.owner`
    update alert_event set at = case alert_id
      when (select id from alert where target_name = 'x') then timestamptz '2026-03-28T22:30Z'
      when (select id from alert where target_name = 'y') then timestamptz '2026-03-28T23:30Z'
      else timestamptz '2026-03-29T21:30Z' end`
  await world.owner`update alert set last_at = timestamptz '2026-03-29T21:30Z'`
  await world.owner`
    update edge set last_seen = to_timestamp(${NOW_MS - 5 * HOUR_MS}::float8 / 1000)
    where target_id = (select id from node where name = 'x')`
})
afterAll(() => world.end())

const window = {
  environment: 'prod',
  fromMs: Date.UTC(2026, 2, 28, 12),
  toMs: Date.UTC(2026, 2, 30),
  nowMs: NOW_MS,
}

test('alerts are counted by the days of the zone, against the target', async () => {
  const utc = await backtestSettings(world.web, { ...window, settings: { alertTarget: 1 } })
  expect(utc.days).toEqual([
    { day: '2026-03-28', count: 2 },
    { day: '2026-03-29', count: 1 },
  ])
  expect(utc.daysOver).toBe(1)
  const settings = { alertTarget: 1, zone: 'Europe/Berlin' }
  const berlin = await backtestSettings(world.web, { ...window, settings })
  expect(berlin.days.map(({ count }) => count)).toEqual([1, 2, 0])
  expect(berlin.settings).toMatchObject({
    ...settings,
    recoverAfterMs: utc.settings.recoverAfterMs,
  })
})

test('an alert that waits and was not seen for so long would recover; it then does', async () => {
  const recoverAfterMs = 4 * HOUR_MS
  const at = { ...window, settings: { recoverAfterMs } }
  const { recovering } = await backtestSettings(world.web, at)
  const [x] = await world.owner<{ id: bigint }[]>`select id from alert where target_name = 'x'`
  expect(recovering).toEqual([String(x!.id)])
  const longer = { ...window, settings: { recoverAfterMs: 6 * HOUR_MS } }
  expect((await backtestSettings(world.web, longer)).recovering).toEqual([])
  await changeSettings(world.web, { environment: 'prod', settings: { recoverAfterMs }, actor: ANN })
  // The clock must have looked for as long, every few minutes.
  for (let passedMs = 0; passedMs <= recoverAfterMs; passedMs += HOUR_MS / 6)
    await judgeByClock(world.collector, NOW_MS - recoverAfterMs + passedMs)
  const rows = await world.owner<{ id: bigint }[]>`select id from alert where state = 'recovered'`
  expect(rows.map(({ id }) => String(id))).toEqual(recovering)
})

test('what cannot be set is refused in the words of the settings', async () => {
  const zone = { ...window, settings: { zone: 'Mars/Base' } }
  await expect(backtestSettings(world.web, zone)).rejects.toThrow('zone: name an IANA time zone')
  const nowhere = { ...window, environment: 'lab', settings: {} }
  await expect(backtestSettings(world.web, nowhere)).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
  })
})
