// Turns of routing: what is told to which channel, given what was told before, and what is taken back.
import { describe, expect, test } from 'vitest'
import type { AlertState } from '../../../core/baseline/alert-state.ts'
import type { NoticeAct } from '../../../core/notify/notice.ts'
import { type EarlierDelivery, planTurn, type Turn } from '../../../core/notify/turn.ts'
import { DAY, facts, happening, NIGHT, quiet, route, sentBefore, turnOf } from './routing.ts'

const at = (iso: string) => Date.parse(iso)
const QUIET = { quiet: quiet() }

const held = (act: NoticeAct) => sentBefore(act, { isHeld: true })
const toldOf = ({ deliveries }: Turn) =>
  deliveries.map(({ channelId, notice }) => `${channelId} ${notice.act}`)

test('an alert that opens goes to each channel by its first route, with key, time and facts', () => {
  const routes = [
    route(),
    route({ id: '2', place: 1 }),
    route({ id: '3', channelId: '2', ...QUIET }),
  ]
  const opened = happening('opened', { atMs: NIGHT - 5 })
  const alert = facts({ summary: 'checkout calls ledger.' })
  const alerts = new Map([['1', { facts: alert, state: 'open' as const }]])
  const turn = planTurn({ happenings: [opened], alerts, routes, earlier: [], nowMs: NIGHT })
  const key = `a1.${opened.eventId}`
  const notice = { type: 'alert', key, atMs: NIGHT - 5, act: 'open', why: '', alert }
  const own = { eventId: opened.eventId, notice }
  const dueAtMs = at('2026-01-15T06:00Z')
  expect(turn).toEqual({
    deliveries: [
      { dueAtMs: NIGHT, batch: null, channelId: '1', routeId: '1', ...own },
      { dueAtMs, batch: String(dueAtMs), channelId: '2', routeId: '3', ...own },
    ],
    supersededIds: [],
  })
})

test('an alert that is gone is not told', () => {
  const happenings = [happening('opened', { alertId: '9' })]
  const turn = planTurn({
    ...{ happenings, alerts: new Map(), routes: [route()], earlier: [], nowMs: DAY },
  })
  expect(turn).toEqual({ deliveries: [], supersededIds: [] })
})

test('an end is of the episode that was told, what opens after it of the new one', () => {
  const alert = { episode: 3 }
  const turn = turnOf({ actions: ['recovered', 'reopened'], alert, earlier: [sentBefore('open')] })
  expect(turn.deliveries.map(({ notice }) => [notice.act, notice.alert.episode])).toEqual([
    ['resolve', 1],
    ['open', 3],
  ])
  const rejected = turnOf({ actions: ['opened', 'rejected'], alert })
  expect(rejected.deliveries.map(({ notice }) => notice.alert.episode)).toEqual([3, 3])
  const late = turnOf({ actions: ['rejected'], alert, earlier: [sentBefore('open')] })
  expect(late.deliveries.map(({ notice }) => notice.alert.episode)).toEqual([1])
})

test('alerts are told in the order in which things happened', () => {
  const happenings = ['1', '2', '1', '3'].map((alertId) => happening('escalated', { alertId }))
  const alerts = new Map(
    ['1', '2', '3'].map((id) => [id, { facts: facts({ id }), state: 'open' as const }]),
  )
  const turn = planTurn({ happenings, alerts, routes: [route()], earlier: [], nowMs: DAY })
  expect(turn.deliveries.map(({ notice }) => notice.alert.id)).toEqual(['1', '2', '1', '3'])
})

describe('who is told of an end', () => {
  test.each(['accepted', 'withdrawn', 'recovered'] as const)('%s: who was told', (action) => {
    const routes = [route(), route({ id: '2', channelId: '2' })]
    const turn = turnOf({ actions: [action], routes, earlier: [sentBefore('open')] })
    expect(toldOf(turn)).toEqual(['1 resolve'])
  })

  test('a rejection, too; and after it the resolve', () => {
    expect(toldOf(turnOf({ actions: ['rejected'] }))).toEqual([])
    expect(toldOf(turnOf({ actions: ['rejected'], earlier: [sentBefore('open')] }))).toEqual([
      '1 reject',
    ])
    const earlier = [sentBefore('open'), sentBefore('reject')]
    expect(toldOf(turnOf({ actions: ['recovered'], earlier }))).toEqual(['1 resolve'])
  })

  test('who is told in the same turn', () => {
    expect(toldOf(turnOf({ actions: ['opened', 'rejected'] }))).toEqual(['1 open', '1 reject'])
    const night = { routes: [route(QUIET)], nowMs: NIGHT }
    expect(toldOf(turnOf({ actions: ['opened', 'rejected'], ...night }))).toEqual([
      '1 open',
      '1 reject',
    ])
  })

  test('nobody twice: what was resolved is not told of again before it reopens', () => {
    const earlier = [sentBefore('open'), sentBefore('resolve')]
    expect(toldOf(turnOf({ actions: ['withdrawn'], earlier }))).toEqual([])
    expect(toldOf(turnOf({ actions: ['rejected'], earlier }))).toEqual([])
    expect(toldOf(turnOf({ actions: ['reopened'], earlier }))).toEqual(['1 open'])
  })

  test('nobody, of what opened and was resolved before its turn came', () => {
    expect(toldOf(turnOf({ actions: ['opened', 'withdrawn'] }))).toEqual([])
    const again = ['withdrawn', 'reopened'] as const
    expect(toldOf(turnOf({ actions: ['opened', ...again] }))).toEqual(['1 open'])
    expect(toldOf(turnOf({ actions: again, earlier: [sentBefore('open')] }))).toEqual([
      '1 resolve',
      '1 open',
    ])
  })

  test('who was told by a route that no longer matches, by that route', () => {
    const severe = route({ match: { severity: 'high' } })
    const given = {
      routes: [severe],
      alert: { severity: 'low' },
      earlier: [sentBefore('open')],
    } as const
    expect(toldOf(turnOf({ actions: ['accepted'], ...given }))).toEqual(['1 resolve'])
    expect(toldOf(turnOf({ actions: ['rejected'], ...given }))).toEqual(['1 reject'])
    expect(toldOf(turnOf({ actions: ['escalated'], ...given }))).toEqual([])
    const off = [route({ isEnabled: false, match: { severity: 'high' } })]
    expect(toldOf(turnOf({ actions: ['accepted'], ...given, routes: off }))).toEqual([])
    const gone = [sentBefore('open', { routeId: null })]
    expect(toldOf(turnOf({ actions: ['accepted'], ...given, earlier: gone }))).toEqual([])
  })

  test('not who does not want it', () => {
    const routes = [route({ tellsEnd: false })]
    const earlier = [sentBefore('open')]
    expect(toldOf(turnOf({ actions: ['accepted'], routes, earlier }))).toEqual([])
    expect(toldOf(turnOf({ actions: ['accepted', 'reopened'], routes, earlier }))).toEqual([
      '1 open',
    ])
  })
})

describe('an undo', () => {
  const undone = (undone: string, earlier: readonly EarlierDelivery[], state: AlertState) => {
    const happenings = [happening('undone', { undone })]
    const alerts = new Map([['1', { facts: facts(), state }]])
    return toldOf(planTurn({ happenings, alerts, routes: [route()], earlier, nowMs: DAY }))
  }
  const [open, reject, resolve] = [
    sentBefore('open'),
    sentBefore('reject'),
    sentBefore('resolve'),
  ] as const

  test('is told where it takes back what was told', () => {
    expect(undone('accept', [open, resolve], 'open')).toEqual(['1 open'])
    expect(undone('accept', [open, reject, resolve], 'rejected')).toEqual(['1 reject'])
    expect(undone('reject', [open, reject], 'open')).toEqual(['1 open'])
  })

  // An acceptance that was only proposed left the alert open.
  test('is not told where the channel has heard no other', () => {
    expect(undone('accept', [open], 'open')).toEqual([])
    expect(undone('accept', [open, sentBefore('escalate')], 'snoozed')).toEqual([])
    expect(undone('accept', [open, reject], 'rejected')).toEqual([])
    expect(undone('reject', [open, resolve], 'accepted')).toEqual([])
    expect(undone('accept', [], 'rejected')).toEqual([])
    expect(undone('accept', [], 'open')).toEqual(['1 open'])
    const again = [happening('opened'), happening('undone', { undone: 'accept' })]
    const alerts = new Map([['1', { facts: facts(), state: 'open' as const }]])
    const turn = { happenings: again, alerts, routes: [route()], earlier: [], nowMs: DAY }
    expect(toldOf(planTurn(turn))).toEqual(['1 open'])
  })
})

test('who first hears of an alert by its escalation hears that it opened', () => {
  expect(toldOf(turnOf({ actions: ['escalated'] }))).toEqual(['1 open'])
  expect(toldOf(turnOf({ actions: ['escalated', 'escalated'] }))).toEqual(['1 open', '1 escalate'])
  expect(toldOf(turnOf({ actions: ['escalated'], earlier: [sentBefore('open')] }))).toEqual([
    '1 escalate',
  ])
})

describe('what is held', () => {
  const routes = [route(QUIET)]

  test('is taken back when the alert is resolved before anybody heard of it', () => {
    const earlier = [held('open'), held('escalate')]
    const turn = turnOf({ actions: ['withdrawn'], routes, earlier, nowMs: NIGHT })
    expect(turn).toEqual({ deliveries: [], supersededIds: earlier.map(({ id }) => id) })
  })

  test('is taken back, and the resolve told, when somebody heard of it', () => {
    const earlier = [sentBefore('open'), held('escalate')]
    const turn = turnOf({ actions: ['withdrawn'], routes, earlier, nowMs: NIGHT })
    expect(toldOf(turn)).toEqual(['1 resolve'])
    expect(turn.deliveries[0]?.batch).not.toBeNull()
    expect(turn.supersededIds).toEqual([earlier[1]?.id])
  })

  test('is taken back of a resolved alert also where its route is gone', () => {
    const earlier = [held('open'), held('resolve'), { ...held('open'), routeId: null }]
    const none = { routes: [], earlier, nowMs: NIGHT }
    const resolved = turnOf({ actions: ['accepted'], ...none })
    expect(resolved).toEqual({ deliveries: [], supersededIds: [earlier[2]?.id] })
    expect(turnOf({ actions: ['rejected'], ...none }).supersededIds).toEqual([])
  })

  test('stays when more of it is held', () => {
    const earlier = [sentBefore('open'), held('resolve')]
    const turn = turnOf({ actions: ['reopened'], routes, earlier, nowMs: NIGHT })
    expect(toldOf(turn)).toEqual(['1 open'])
    expect(turn.supersededIds).toEqual([])
    const again = [...earlier, held('open')]
    const resolved = turnOf({ actions: ['recovered'], routes, earlier: again, nowMs: NIGHT })
    expect(resolved).toEqual({ deliveries: [], supersededIds: [again[2]?.id] })
  })

  test('is superseded by what is urgent, which goes at once', () => {
    const earlier = [sentBefore('open'), held('resolve'), held('open')]
    const alert = { severity: 'critical' } as const
    const turn = turnOf({ actions: ['escalated'], routes, earlier, alert, nowMs: NIGHT })
    expect(turn.deliveries).toMatchObject([{ dueAtMs: NIGHT, batch: null }])
    expect(turn.supersededIds).toEqual([earlier[1]?.id, earlier[2]?.id])
  })

  test('and told at once as an escalation is told as opened when nobody heard of it', () => {
    const alert = { severity: 'critical' } as const
    const given = { actions: ['escalated'], routes, alert, nowMs: NIGHT } as const
    expect(toldOf(turnOf({ ...given, earlier: [held('open')] }))).toEqual(['1 open'])
    expect(toldOf(turnOf({ ...given, earlier: [sentBefore('open')] }))).toEqual(['1 escalate'])
    const night = { ...given, alert: {}, earlier: [held('open')] }
    expect(toldOf(turnOf(night))).toEqual(['1 escalate'])
  })

  test('for another channel or of another alert stays', () => {
    const both = [route(), route({ id: '2', channelId: '2', ...QUIET })]
    const earlier = [sentBefore('open', { channelId: '2', routeId: '2', isHeld: true })]
    const turn = turnOf({ actions: ['escalated'], routes: both, earlier, nowMs: NIGHT })
    expect(toldOf(turn)).toEqual(['1 open', '2 escalate'])
    expect(turn.supersededIds).toEqual([])
    const others = [sentBefore('open', { alertId: '2', isHeld: true })]
    expect(turnOf({ actions: ['escalated'], earlier: others }).supersededIds).toEqual([])
  })
})
