// What routes would have told of a history: planned turn by turn as the worker plans, digests and quiet hours included.
import { expect, test } from 'vitest'
import type { AlertAction } from '../../../core/baseline/alert-state.ts'
import { forecastMessages, openedIn } from '../../../core/notify/backtest.ts'
import type { Route } from '../../../core/notify/route.ts'
import type { AlertHappening } from '../../../core/notify/tell.ts'
import { facts, happening, quiet, route } from './routing.ts'

const at = (iso: string) => Date.parse(`2026-01-15T${iso}:00Z`)

type Line = readonly [iso: string, alertId: string, action: AlertAction, undone?: string]

const historyOf = (lines: readonly Line[]): readonly AlertHappening[] =>
  lines.map(([iso, alertId, action, undone = null]) =>
    happening(action, { alertId, undone, atMs: at(iso) }),
  )

function forecast(lines: readonly Line[], routes: readonly Route[] = [route()]) {
  const happenings = historyOf(lines)
  const ids = new Set(happenings.map(({ alertId }) => alertId))
  const alerts = new Map(
    [...ids].map((id) => [id, facts({ id, severity: id === 'bad' ? 'critical' : 'medium' })]),
  )
  return forecastMessages({ happenings, alerts }, routes)
}

const tell = (messages: ReturnType<typeof forecast>) =>
  messages.map(({ atMs, channelId, notice }) => {
    const notices = notice.type === 'alert' ? [notice] : notice.notices
    const told = notices.map(({ act, alert }) => `${act} ${alert.id}`).join(', ')
    return `${new Date(atMs).toISOString().slice(11, 16)} ${channelId}: ${told}`
  })

test('each happening is told at its time, to every channel by its first route', () => {
  const routes = [
    route(),
    route({ id: '2', place: 1 }),
    route({ id: '3', channelId: '2', place: 2 }),
  ]
  const lines: Line[] = [
    ['10:00', 'a', 'opened'],
    ['10:05', 'a', 'commented'],
    ['11:00', 'a', 'accepted'],
  ]
  expect(tell(forecast(lines, routes))).toEqual([
    '10:00 1: open a',
    '10:00 2: open a',
    '11:00 1: resolve a',
    '11:00 2: resolve a',
  ])
})

test('quiet hours and digests tell later and as one, and what is urgent at once', () => {
  const routes = [route({ quiet: quiet(), digestMinutes: 60 })]
  const lines: Line[] = [
    ['02:00', 'a', 'opened'],
    ['02:30', 'bad', 'opened'],
    ['03:00', 'b', 'opened'],
    ['10:10', 'c', 'opened'],
    ['10:40', 'd', 'opened'],
    ['10:50', 'e', 'opened'],
    ['10:55', 'e', 'withdrawn'],
  ]
  expect(tell(forecast(lines, routes))).toEqual([
    '02:30 1: open bad',
    '06:00 1: open a, open b',
    '11:00 1: open c, open d',
  ])
})

test('an undo is told by the state that it brought back then, whatever became of the alert', () => {
  const lines: Line[] = [
    ['10:00', 'a', 'opened'],
    ['10:10', 'a', 'accepted'],
    ['10:20', 'a', 'undone', 'accept'],
    ['10:30', 'a', 'rejected'],
    ['10:40', 'a', 'withdrawn'],
  ]
  expect(tell(forecast(lines))).toEqual([
    '10:00 1: open a',
    '10:10 1: resolve a',
    '10:20 1: open a',
    '10:30 1: reject a',
    '10:40 1: resolve a',
  ])
})

test('who is told of which alert is known, and who of none', () => {
  const routes = [route({ match: { severity: 'high' } })]
  const messages = forecast(
    [
      ['10:00', 'a', 'opened'],
      ['10:00', 'bad', 'opened'],
    ],
    routes,
  )
  expect(openedIn(messages)).toEqual(new Set(['bad']))
})
