// Nights in which the clock is set, through routing and the queue of a channel, by a clock that the test sets: what is
// held, what passes, what is taken back, and when the morning's digest goes.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Severity } from '../../core/baseline/drift.ts'
import type { AlertNotice } from '../../core/notify/notice.ts'
import { takeDue } from '../../storage/due-deliveries.ts'
import { routeAlerts } from '../../storage/route-alerts.ts'
import { type AlertEvent, addAlert, addEvent } from './add-alert.ts'
import { addRoute, addWebhook } from './notices.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const night = (zone: string) => ({
  quiet: { zone, windows: [{ days: EVERY_DAY, from: '22:00', to: '07:00' }] },
})

/** What a channel sends at a time: `act alert`, a digest in brackets. */
async function sentAt(channelId: string, at: string): Promise<string> {
  const said = (notice: AlertNotice) => `${notice.act} ${notice.alert.source.name}`
  const sent: string[] = []
  for (;;) {
    const due = await takeDue(world.owner, { channelId, nowMs: Date.parse(at), wanted: 'all' })
    if (due === null) return sent.join(', ')
    await world.owner`
      update delivery set state = 'sent', finished_at = now() where id = any(${[...due.ids]}::bigint[])`
    const { notice } = due
    if (notice.type === 'alert') sent.push(said(notice))
    else if (notice.type === 'digest') sent.push(`[${notice.notices.map(said).join(', ')}]`)
  }
}

/** Something happens to an alert, and is routed then. */
async function happen(id: string, event: AlertEvent): Promise<void> {
  await addEvent(world, id, event)
  await routeAlerts(world.owner, () => Date.parse(event[1]))
}

const alert = (severity: Severity) => addAlert(world, { environment: 'prod', severity })

test.each([
  // 22:00 to 07:00: eight hours in spring, ten in autumn, and half an hour more at Lord Howe.
  [
    'Europe/Berlin',
    '2026-03-28T21:00Z',
    '2026-03-29T00:59Z',
    '2026-03-29T01:00Z',
    '2026-03-29T05:00Z',
  ],
  [
    'Europe/Berlin',
    '2026-10-24T20:00Z',
    '2026-10-25T00:30Z',
    '2026-10-25T01:30Z',
    '2026-10-25T06:00Z',
  ],
  [
    'America/New_York',
    '2026-03-08T03:00Z',
    '2026-03-08T06:59Z',
    '2026-03-08T07:00Z',
    '2026-03-08T11:00Z',
  ],
  [
    'America/New_York',
    '2026-11-01T02:00Z',
    '2026-11-01T05:30Z',
    '2026-11-01T06:30Z',
    '2026-11-01T12:00Z',
  ],
  [
    'Australia/Lord_Howe',
    '2026-04-04T11:00Z',
    '2026-04-04T14:45Z',
    '2026-04-04T15:15Z',
    '2026-04-04T20:30Z',
  ],
] as const)('a night in %s from %s', async (zone, begins, before, after, ends) => {
  const channel = await addWebhook(world.web, 'chat')
  await addRoute(world.web, channel, night(zone))
  const [first, gone, last, urgent] = [
    await alert('high'),
    await alert('medium'),
    await alert('low'),
    await alert('critical'),
  ]
  await happen(first, ['opened', begins])
  await happen(gone, ['opened', before])
  expect(await sentAt(channel.id, before)).toBe('')
  await happen(last, ['opened', after])
  await happen(urgent, ['opened', after])
  expect(await sentAt(channel.id, after)).toBe('open web3')
  await happen(gone, ['withdrawn', after])
  await happen(urgent, ['accepted', after])
  expect(await sentAt(channel.id, after)).toBe('resolve web3')
  const lastMoment = new Date(Date.parse(ends) - 1).toISOString()
  expect(await sentAt(channel.id, lastMoment)).toBe('')
  expect(await sentAt(channel.id, ends)).toBe('[open web0, open web2]')
  await happen(gone, ['reopened', ends])
  expect(await sentAt(channel.id, ends)).toBe('open web1')
})

test('digests go at the end of their slots, one alert as itself', async () => {
  const channel = await addWebhook(world.web, 'chat')
  await addRoute(world.web, channel, { digestMinutes: 30 })
  const [one, two] = [await alert('high'), await alert('low')]
  await happen(one, ['opened', '2026-01-15T12:07Z'])
  await happen(two, ['opened', '2026-01-15T12:29Z'])
  await happen(one, ['rejected', '2026-01-15T12:30Z'])
  expect(await sentAt(channel.id, '2026-01-15T12:29:59Z')).toBe('')
  expect(await sentAt(channel.id, '2026-01-15T12:30Z')).toBe('[open web0, open web1]')
  expect(await sentAt(channel.id, '2026-01-15T12:59:59Z')).toBe('')
  expect(await sentAt(channel.id, '2026-01-15T13:00Z')).toBe('reject web0')
})
