// A turn of routing: what happened to alerts since the last one, as deliveries. The whole of it is here, so that the
// worker and a backtest tell the same; reading and writing is theirs.
import type { AlertState } from '../baseline/alert-state.ts'
import { chooseRoutes } from './match.ts'
import type { AlertFacts, AlertNotice, NoticeAct } from './notice.ts'
import { isEnd, type Plan, planDelivery } from './plan.ts'
import type { Route } from './route.ts'
import { type AlertHappening, type ToldHappening, tellOf, whyOf } from './tell.ts'

/** An alert as it is now. */
export type TurnAlert = { readonly facts: AlertFacts; readonly state: AlertState }

/** A delivery of an alert from an earlier turn, whatever became of it; not one that was superseded. */
export type EarlierDelivery = {
  readonly id: string
  readonly channelId: string
  /** Null: the route is gone. */
  readonly routeId: string | null
  readonly alertId: string
  readonly act: NoticeAct
  /** Of the alert, as it was told. */
  readonly episode: number
  /** In a batch that waits and was never tried, so that it can still be taken back. */
  readonly isHeld: boolean
}

export type PlannedDelivery = Plan & {
  readonly channelId: string
  readonly routeId: string
  readonly eventId: string
  readonly notice: AlertNotice
}

export type Turn = {
  /** In the order it happened. (channelId, notice.key) is unique. */
  readonly deliveries: readonly PlannedDelivery[]
  /** Held ones that are not told any more. */
  readonly supersededIds: readonly string[]
}

export type TurnInput = {
  /** In the order they were written. */
  readonly happenings: readonly AlertHappening[]
  /** By id; what happened to others (they are gone) is not told. */
  readonly alerts: ReadonlyMap<string, TurnAlert>
  /** All; those that are not enabled do not speak. */
  readonly routes: readonly Route[]
  /** Of these alerts, the oldest first. */
  readonly earlier: readonly EarlierDelivery[]
  readonly nowMs: number
}

/**
 * Ends go to whom the alert was told, by a route that matches or else by the one that told it. What is told at once
 * supersedes what is held of the same alert for the same channel; when nothing but held ones told of an alert that is
 * resolved, none of it is told. Who first hears of an alert by an escalation hears that it opened. Ends are of the
 * episode that was told, which a newer one may have followed before its turn came.
 */
export function planTurn({ happenings, alerts, routes, earlier, nowMs }: TurnInput): Turn {
  const earlierOf = Map.groupBy(earlier, ({ alertId }) => alertId)
  const turns: Turn[] = []
  for (const [alertId, events] of Map.groupBy(happenings, (each) => each.alertId)) {
    const alert = alerts.get(alertId)
    if (!alert) continue
    const told = tellOf(events, alert.state)
    const known = Map.groupBy(earlierOf.get(alertId) ?? [], ({ channelId }) => channelId)
    const chosen = chooseRoutes(routes, alert.facts)
    for (const route of chosen) {
      const before = known.get(route.channelId) ?? []
      turns.push(planChannel(told, { route, alert: alert.facts, earlier: before, nowMs }))
      known.delete(route.channelId)
    }
    const ends = told.filter(({ act }) => isEnd(act))
    for (const before of known.values()) {
      const route = routeThatTold(routes, before)
      const view = { alert: alert.facts, earlier: before, nowMs }
      turns.push(route ? planChannel(ends, { route, ...view }) : takeBackHeld(ends, before))
    }
  }
  const order = new Map(happenings.map(({ eventId }, i) => [eventId, i]))
  const placeOf = ({ eventId }: PlannedDelivery) => order.get(eventId) ?? 0
  return {
    deliveries: turns.flatMap((turn) => turn.deliveries).sort((a, b) => placeOf(a) - placeOf(b)),
    supersededIds: turns.flatMap((turn) => turn.supersededIds),
  }
}

type ChannelView = {
  readonly route: Route
  readonly alert: AlertFacts
  /** Of the alert, for the channel of the route. */
  readonly earlier: readonly EarlierDelivery[]
  readonly nowMs: number
}

/** One alert's turn for one channel. */
function planChannel(
  told: readonly ToldHappening[],
  { route, alert, earlier, nowMs }: ChannelView,
): Turn {
  const { id: routeId, channelId, settings } = route
  const deliveries: PlannedDelivery[] = []
  const superseded = new Set<string>()
  const takeBack = (ofThese: readonly EarlierDelivery[]) => {
    for (const { id, isHeld } of ofThese) if (isHeld) superseded.add(id)
  }
  const standing = sinceResolve(earlier)
  let isTold = standing.length > 0
  let isHeard = standing.some(({ isHeld }) => !isHeld)
  let last = earlier.at(-1)?.act
  let episode = earlier.at(-1)?.episode ?? alert.episode
  for (const happening of told) {
    if (!isNews(happening, last, isTold)) continue
    last = happening.act
    const isResolve = happening.act === 'resolve'
    if (isResolve) takeBack(standing)
    if (!isEnd(happening.act)) episode = alert.episode
    const notice = noticeOf(happening, { ...alert, episode })
    const plan = isResolve && !isHeard ? null : planDelivery(settings, notice, nowMs)
    if (isResolve) isTold = isHeard = false
    if (plan === null) continue
    const isFirst = plan.batch === null ? !isHeard : !isTold
    const act = notice.act === 'escalate' && isFirst ? 'open' : notice.act
    const { eventId } = happening
    deliveries.push({ ...plan, channelId, routeId, eventId, notice: { ...notice, act } })
    if (plan.batch === null) takeBack(earlier)
    if (isResolve) continue
    isTold = true
    isHeard ||= plan.batch === null
  }
  return { deliveries, supersededIds: [...superseded] }
}

/** Where no route may tell of the end: at least nobody hears later of what is resolved by now. */
function takeBackHeld(ends: readonly ToldHappening[], earlier: readonly EarlierDelivery[]): Turn {
  const isResolved = ends.some(({ act }) => act === 'resolve')
  const held = isResolved ? sinceResolve(earlier).filter(({ isHeld }) => isHeld) : []
  return { deliveries: [], supersededIds: held.map(({ id }) => id) }
}

/** What stands for the alert: all from after its last resolve. */
function sinceResolve(earlier: readonly EarlierDelivery[]): readonly EarlierDelivery[] {
  return earlier.slice(earlier.findLastIndex(({ act }) => act === 'resolve') + 1)
}

/** Ends are news to whom it was told, an undo where it takes back what was told last. */
function isNews(
  { action, act }: ToldHappening,
  last: NoticeAct | undefined,
  isTold: boolean,
): boolean {
  if (action !== 'undone' || last === undefined) return isTold || !isEnd(act)
  return act !== (last === 'escalate' ? 'open' : last)
}

function noticeOf(happening: ToldHappening, alert: AlertFacts): AlertNotice {
  const { act, alertId, eventId, atMs } = happening
  const key = `a${alertId}.${eventId}`
  return { type: 'alert', key, atMs, act, why: whyOf(happening), alert }
}

/** The route of the last delivery that still has one, if it may speak. */
function routeThatTold(
  routes: readonly Route[],
  earlier: readonly EarlierDelivery[],
): Route | undefined {
  const { routeId } = earlier.findLast((each) => each.routeId !== null) ?? {}
  return routes.find(({ id, isEnabled }) => id === routeId && isEnabled)
}
