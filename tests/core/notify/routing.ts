// Routes, alerts and what happens to them, as the tests of routing write them.
import type { AlertAction, AlertState } from '../../../core/baseline/alert-state.ts'
import type { AlertFacts, AlertNotice, NoticeAct } from '../../../core/notify/notice.ts'
import { QuietHours, type Route, RouteSettings } from '../../../core/notify/route.ts'
import type { AlertHappening } from '../../../core/notify/tell.ts'
import { type EarlierDelivery, planTurn, type Turn } from '../../../core/notify/turn.ts'

const NODE = { environment: 'prod', kind: 'service', namespace: '', name: 'checkout' } as const

export function facts(given: Partial<AlertFacts> = {}): AlertFacts {
  return {
    ...{ id: '1', environment: 'prod', kind: 'new_edge', severity: 'medium', episode: 1 },
    ...{ source: NODE, target: { ...NODE, name: 'ledger' }, summary: 'checkout calls ledger.' },
    ...{ reasons: [], reasonsAgainst: [], owners: [], dataClasses: [], exposures: [], layers: [] },
    ...{ reachedClasses: [], baselineVersion: 1, ruleId: null, traceId: null },
    ...{ firstAtMs: 0, lastAtMs: 0, incident: null },
    ...given,
  }
}

export function notice(given: Partial<AlertNotice> = {}): AlertNotice {
  return { type: 'alert', key: 'a1.1', atMs: 0, act: 'open', why: '', alert: facts(), ...given }
}

/** Settings as they are sent: what is left out has its default. */
export function settings(given: { readonly [part: string]: unknown } = {}): RouteSettings {
  return RouteSettings.parse({ match: {}, ...given })
}

type GivenRoute = Partial<Omit<Route, 'settings'>> & { readonly [part: string]: unknown }

/** A route to channel 1; its settings stand beside its own fields. */
export function route(given: GivenRoute = {}): Route {
  const { id = '1', name = `route ${id}`, channelId = '1', place = 0, isEnabled = true } = given
  const { match = {}, quiet = null, digestMinutes = 0, tellsEnd = true } = given
  const own = settings({ match, quiet, digestMinutes, tellsEnd })
  return { id, name, channelId, place, isEnabled, settings: own }
}

/** Every night from 22:00 to 07:00, or what is given. */
export function quiet(given: { readonly [part: string]: unknown } = {}): QuietHours {
  const every = [1, 2, 3, 4, 5, 6, 7]
  const windows = [{ days: every, from: '22:00', to: '07:00' }]
  return QuietHours.parse({ zone: 'Europe/Berlin', windows, ...given })
}

let eventId = 0

export function happening(
  action: AlertAction,
  given: Partial<AlertHappening> = {},
): AlertHappening {
  eventId++
  return {
    ...{ eventId: String(eventId), alertId: '1', action, undone: null, actor: null, reason: '' },
    ...{ atMs: eventId },
    ...given,
  }
}

/** Outside and inside of quiet(). */
export const DAY = Date.parse('2026-01-15T12:00Z')
export const NIGHT = Date.parse('2026-01-15T02:00Z')

export type GivenTurn = {
  readonly actions: readonly AlertAction[]
  readonly routes?: readonly Route[]
  readonly alert?: Partial<AlertFacts>
  readonly state?: AlertState
  readonly earlier?: readonly EarlierDelivery[]
  readonly nowMs?: number
}

/** A turn of alert 1, by day. */
export function turnOf(given: GivenTurn): Turn {
  const { actions, routes = [route()], alert = {}, state = 'open' } = given
  const { earlier = [], nowMs = DAY } = given
  const happenings = actions.map((action) => happening(action))
  const alerts = new Map([['1', { facts: facts(alert), state }]])
  return planTurn({ happenings, alerts, routes, earlier, nowMs })
}

let deliveryId = 0
/** A delivery to channel 1 by route 1. */
export const sentBefore = (
  act: NoticeAct,
  given: Partial<EarlierDelivery> = {},
): EarlierDelivery => ({
  ...{ id: `e${++deliveryId}`, channelId: '1', routeId: '1', alertId: '1', act, isHeld: false },
  episode: 1,
  ...given,
})
