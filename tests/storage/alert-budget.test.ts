// Alerts a day, counted from their history in the environment's zone, and what is told of too many.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Severity } from '../../core/baseline/drift.ts'
import { planBudgets, readAlertBudget } from '../../storage/alert-budget.ts'
import { changeSettings } from '../../storage/environment-settings.ts'
import { routeAlerts } from '../../storage/route-alerts.ts'
import { facts, happening, route } from '../core/notify/routing.ts'
import { type AlertEvent, addAlert, addEvent } from './add-alert.ts'
import { addRoute, addWebhook } from './notices.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const at = (iso: string) => Date.parse(iso)
const NOW_MS = at('2026-03-29T12:00Z')

const alertWith = (environment: string, severity: Severity, events: readonly AlertEvent[]) =>
  addAlert(world, { environment, severity }, events)
const set = (environment: string, zone: string, alertTarget: number) =>
  changeSettings(world.web, { environment, settings: { zone, alertTarget }, actor: 'a@b.c' })
const countsOf = async (environment: string, days: number) =>
  (await readAlertBudget(world.web, environment, { nowMs: NOW_MS, days }))?.days.map(
    ({ day, alerts }) => `${day} ${alerts}`,
  )

test('an environment that is not there has none', async () => {
  expect(await readAlertBudget(world.web, 'nowhere', { nowMs: NOW_MS, days: 7 })).toBeNull()
})

test('what opened, opened again, began to flap or got worse counts, by severity', async () => {
  const day = '2026-03-29T10:00Z'
  await alertWith('prod', 'high', [
    ['opened', day],
    ['escalated', day],
    ['assigned', day],
  ])
  await alertWith('prod', 'high', [
    ['reopened', day],
    ['withdrawn', day],
    ['rejected', day],
  ])
  await alertWith('prod', 'low', [
    ['flapping', day],
    ['accepted', day],
    ['recovered', day],
  ])
  await alertWith('dev', 'low', [['opened', day]])
  const budget = await readAlertBudget(world.web, 'prod', { nowMs: NOW_MS, days: 1 })
  expect(budget).toEqual({
    ...{ environment: 'prod', zone: 'UTC', target: 10 },
    days: [
      {
        ...{ day: '2026-03-29', fromMs: at('2026-03-29'), toMs: at('2026-03-30'), alerts: 4 },
        counts: [
          { kind: 'new_edge', severity: 'high', alerts: 3 },
          { kind: 'new_edge', severity: 'low', alerts: 1 },
        ],
      },
    ],
  })
})

test('days begin and end in the zone, also the one of 23 hours', async () => {
  await alertWith('prod', 'low', [
    ['opened', '2026-03-27T22:59:59.999Z'],
    ['reopened', '2026-03-27T23:00:00Z'],
    ['reopened', '2026-03-28T22:59:59Z'],
    ['reopened', '2026-03-28T23:00:00Z'],
    ['reopened', '2026-03-29T21:59:59Z'],
    ['reopened', '2026-03-29T22:00:00Z'],
  ])
  expect(await countsOf('prod', 3)).toEqual(['2026-03-27 2', '2026-03-28 2', '2026-03-29 2'])
  await set('prod', 'Europe/Berlin', 10)
  expect(await countsOf('prod', 3)).toEqual(['2026-03-27 1', '2026-03-28 2', '2026-03-29 2'])
})

describe('a day with too many', () => {
  const day = '2026-03-29T10:00Z'
  const turn = (id: string, environment = 'prod') => ({
    happenings: [happening('opened', { alertId: id, atMs: at(day) })],
    alerts: new Map([[id, { facts: facts({ id, environment }), state: 'open' as const }]]),
    ...{ routes: [route()], nowMs: NOW_MS },
  })

  test('is planned from the first alert beyond the target on, with one key', async () => {
    const id = await alertWith('prod', 'low', [
      ['opened', day],
      ['escalated', day],
    ])
    await set('prod', 'Europe/Berlin', 2)
    expect(await planBudgets(world.owner, turn(id))).toEqual([])
    await alertWith('prod', 'low', [['opened', day]])
    const [planned] = await planBudgets(world.owner, turn(id))
    expect(planned).toMatchObject({
      ...{ channelId: '1', routeId: '1', dueAtMs: NOW_MS, batch: null },
      notice: {
        environment: 'prod',
        day: '2026-03-29',
        zone: 'Europe/Berlin',
        alerts: 3,
        target: 2,
      },
    })
    expect(planned?.notice.key).toMatch(/^b[0-9a-f]{32}\.2026-03-29$/)
    await alertWith('prod', 'low', [['opened', day]])
    const [again] = await planBudgets(world.owner, turn(id))
    expect(again?.notice).toMatchObject({ key: planned?.notice.key, alerts: 4 })
  })

  test('is that of its environment alone', async () => {
    const id = await alertWith('prod', 'low', [['opened', day]])
    const other = await alertWith('dev', 'low', [
      ['opened', day],
      ['reopened', day],
    ])
    await set('prod', 'UTC', 1)
    await set('dev', 'UTC', 1)
    expect(await planBudgets(world.owner, turn(id))).toEqual([])
    const [planned] = await planBudgets(world.owner, turn(other, 'dev'))
    expect(planned?.notice.environment).toBe('dev')
    expect(planned?.notice.key).not.toContain('prod')
  })

  test('is that of the day on which it happened, though it is routed on the next', async () => {
    const id = await alertWith('prod', 'low', [
      ['opened', day],
      ['reopened', day],
    ])
    await set('prod', 'UTC', 1)
    const [planned] = await planBudgets(world.owner, {
      ...turn(id),
      nowMs: at('2026-03-30T01:00Z'),
    })
    expect(planned?.notice.day).toBe('2026-03-29')
  })
})

test('routing tells each channel once of a day beyond its target, and not at all without need', async () => {
  const now = new Date().toISOString()
  const told = async () => {
    await routeAlerts(world.owner, Date.now)
    const rows = await world.owner<{ name: string; alerts: number }[]>`
      select channel.name, (notice ->> 'alerts')::int as alerts
      from delivery join channel on channel.id = delivery.channel_id
      where type = 'budget' order by delivery.id`
    return rows.map(({ name, alerts }) => `${name} ${alerts}`)
  }
  await addRoute(world.web, await addWebhook(world.web, 'chat'))
  await addRoute(world.web, await addWebhook(world.web, 'dev'), {
    match: { environments: ['dev'] },
  })
  await alertWith('prod', 'low', [['opened', now]])
  await set('prod', 'Asia/Kathmandu', 1)
  expect(await told()).toEqual([])
  const id = await alertWith('prod', 'low', [['opened', now]])
  expect(await told()).toEqual(['chat 2'])
  await alertWith('prod', 'low', [['opened', now]])
  expect(await told()).toEqual(['chat 2'])
  await addRoute(world.web, await addWebhook(world.web, 'pager'))
  await addEvent(world, id, ['accepted', now])
  expect(await told()).toEqual(['chat 2'])
  await alertWith('prod', 'low', [['opened', now]])
  expect(await told()).toEqual(['chat 2', 'pager 4'])
})

test('days are counted by the index', async () => {
  await alertWith('prod', 'low', [['opened', '2026-03-29T10:00Z']])
  await world.owner`
    insert into alert_event (alert_id, at, action, actor, reason)
    select alert.id, now() - n * interval '1 minute', case when n % 2 = 0 then 'opened' else 'commented' end,
      '', '' from alert, generate_series(1, 20000) as n`
  await world.owner`analyze alert_event`
  await countsOf('prod', 7)
  const [uses] = await world.owner<{ scans: bigint }[]>`
    select pg_stat_force_next_flush(), (select idx_scan from pg_stat_user_indexes
      where indexrelname = 'alert_event_told_at_idx') as scans`
  expect(Number(uses?.scans)).toBeGreaterThan(0)
})
