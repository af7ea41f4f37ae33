// What routes would have told of what happened to alerts in the past: their history is taken turn by turn, as it was
// written, through the planning of the worker (turn.ts). Pure; of alerts count the facts of now (docs/decisions/0029).
import type { AlertAction, AlertState } from '../baseline/alert-state.ts'
import type { AlertFacts, AlertNotice, DigestNotice } from './notice.ts'
import { gather } from './plan.ts'
import type { Route } from './route.ts'
import type { AlertHappening } from './tell.ts'
import { type EarlierDelivery, type PlannedDelivery, planTurn, type TurnAlert } from './turn.ts'

export type AlertHistory = {
  /** All that happened to these alerts, in the order it was written. */
  readonly happenings: readonly AlertHappening[]
  /** By id; what happened to others is not told. */
  readonly alerts: ReadonlyMap<string, AlertFacts>
}

export type ForecastMessage = {
  readonly channelId: string
  readonly routeId: string
  /** When it would have been sent, unix ms. */
  readonly atMs: number
  readonly notice: AlertNotice | DigestNotice
}

/** In the order they would have been sent. routes: all there are; those that are not enabled do not speak. */
export function forecastMessages(
  { happenings, alerts }: AlertHistory,
  routes: readonly Route[],
): readonly ForecastMessage[] {
  const planned = planHistory(happenings, alerts, routes)
  const groups = Map.groupBy(planned, ({ channelId, routeId, batch, notice }) =>
    JSON.stringify([channelId, routeId, batch ?? notice.key]),
  )
  const messages = [...groups.values()].map((group): ForecastMessage => {
    const { channelId, routeId, dueAtMs: atMs } = group[0]!
    const notices = group.map(({ notice }) => notice)
    return { channelId, routeId, atMs, notice: gather(routeId, atMs, notices) }
  })
  return messages.sort((a, b) => a.atMs - b.atMs)
}

/** Those of these that are told as what they are by one of the messages. */
export function openedIn(messages: readonly ForecastMessage[]): ReadonlySet<string> {
  return new Set(
    messages
      .flatMap(({ notice }) => (notice.type === 'alert' ? [notice] : notice.notices))
      .flatMap(({ act, alert }) => (act === 'open' ? [alert.id] : [])),
  )
}

type Delivery = PlannedDelivery & { readonly id: string; readonly alertId: string }

/** Every delivery that was not superseded, in the order it was planned. */
function planHistory(
  happenings: readonly AlertHappening[],
  alerts: ReadonlyMap<string, AlertFacts>,
  routes: readonly Route[],
): readonly Delivery[] {
  const deliveries = new Map<string, Delivery>()
  const byAlert = new Map<string, Delivery[]>()
  const past: PastStates = { states: new Map(), before: new Map() }
  for (const turn of turnsOf(happenings)) {
    const nowMs = turn[0]!.atMs
    for (const happening of turn) noteState(past, happening)
    const ids = [...new Set(turn.map(({ alertId }) => alertId))]
    const { deliveries: planned, supersededIds } = planTurn({
      happenings: turn,
      alerts: new Map(ids.flatMap((id) => turnAlert(id, alerts, past))),
      routes,
      earlier: ids.flatMap((id) => (byAlert.get(id) ?? []).map((each) => earlierOf(each, nowMs))),
      nowMs,
    })
    for (const id of supersededIds) {
      const { alertId } = deliveries.get(id)!
      deliveries.delete(id)
      byAlert.set(
        alertId,
        byAlert.get(alertId)!.filter((each) => each.id !== id),
      )
    }
    for (const each of planned) {
      const alertId = each.notice.alert.id
      const delivery = { ...each, alertId, id: `${each.channelId} ${each.notice.key}` }
      deliveries.set(delivery.id, delivery)
      byAlert.set(alertId, [...(byAlert.get(alertId) ?? []), delivery])
    }
  }
  return [...deliveries.values()]
}

function turnAlert(
  id: string,
  alerts: ReadonlyMap<string, AlertFacts>,
  past: PastStates,
): readonly (readonly [string, TurnAlert])[] {
  const facts = alerts.get(id)
  return facts ? [[id, { facts, state: stateOf(past, id) }]] : []
}

/** A batch is held until it is due. */
function earlierOf(delivery: Delivery, nowMs: number): EarlierDelivery {
  const { id, channelId, routeId, alertId, batch, dueAtMs, notice } = delivery
  const isHeld = batch !== null && dueAtMs > nowMs
  const { act, alert } = notice
  return { id, channelId, routeId, alertId, act, episode: alert.episode, isHeld }
}

/** What was written at one time was routed in one turn. */
function turnsOf(happenings: readonly AlertHappening[]): readonly (readonly AlertHappening[])[] {
  const turns: AlertHappening[][] = []
  for (const happening of happenings) {
    const turn = turns.at(-1)
    if (turn && turn[0]!.atMs === happening.atMs) turn.push(happening)
    else turns.push([happening])
  }
  return turns
}

const STATE_AFTER: { readonly [action in AlertAction]?: AlertState } = {
  ...({ opened: 'open', reopened: 'open', escalated: 'open' } as const),
  ...({ snoozed: 'snoozed', accepted: 'accepted', rejected: 'rejected' } as const),
  ...({ recovered: 'recovered', flapping: 'flapping', withdrawn: 'withdrawn' } as const),
}
const UNDOABLE: { readonly [act: string]: AlertAction } = {
  ...{ accept: 'accepted', reject: 'rejected', snooze: 'snoozed' },
}

/** The states of alerts as they were; by alert and action, the state before it. */
type PastStates = {
  readonly states: Map<string, AlertState>
  readonly before: Map<string, AlertState>
}

function stateOf({ states }: PastStates, alertId: string): AlertState {
  return states.get(alertId) ?? 'open'
}

function noteState(past: PastStates, { alertId, action, undone }: AlertHappening): void {
  const taken = action === 'undone' && undone !== null ? UNDOABLE[undone] : undefined
  const next = taken ? past.before.get(`${alertId} ${taken}`) : STATE_AFTER[action]
  if (next === undefined) return
  if (!taken) past.before.set(`${alertId} ${action}`, stateOf(past, alertId))
  past.states.set(alertId, next)
}
