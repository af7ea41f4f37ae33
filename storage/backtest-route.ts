// What a route would have told of the history of alerts, beside all other routes: read in one snapshot, planned by the
// worker's own planning (core/notify/turn.ts); nothing is written, and nothing is sent.
import { type ForecastMessage, forecastMessages, openedIn } from '../core/notify/backtest.ts'
import { chooseRoutes } from '../core/notify/match.ts'
import type { AlertFacts } from '../core/notify/notice.ts'
import type { Route, RouteSettings } from '../core/notify/route.ts'
import { type AlertHappening, actOf } from '../core/notify/tell.ts'
import { readHistory } from './alert-events.ts'
import { readAlertFacts } from './alert-facts.ts'
import { StorageError } from './failure.ts'
import type { GraphWindow } from './graph.ts'
import { listActiveRoutes, readRoute } from './notification-routes.ts'
import type { Query, Sql } from './sql.ts'

/** As it is to be: it speaks, after all others when it is new. */
export type RouteCandidate = {
  /** The route that is to be changed; null: a new one. */
  readonly id: string | null
  /** Null: of a channel that is not there yet; left out by a change: the channel stays. */
  readonly channelId: string | null
  readonly settings: RouteSettings
}

export type RouteForecast = {
  /** What the route would have told, in the order it would have been sent. */
  readonly messages: readonly ForecastMessage[]
  /** What it would have told as it is now; empty when it is new or disabled. */
  readonly before: readonly ForecastMessage[]
  /** Alerts that opened in the window, in that order. */
  readonly alerts: readonly AlertFacts[]
  /** Those of them that the route tells, by id. */
  readonly told: ReadonlySet<string>
  /** Those of them that neither it nor any other route is about, by id. */
  readonly untold: ReadonlySet<string>
}

/** Errors: StorageError ROUTE_UNKNOWN, CHANNEL_UNKNOWN, BACKTEST_TOO_LARGE. */
export async function backtestRoute(
  sql: Sql,
  { route, ...window }: GraphWindow & { readonly route: RouteCandidate },
): Promise<RouteForecast> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const present = await listActiveRoutes(tx)
    const candidate = await completeRoute(tx, route, present)
    const routes = [...present.filter(({ id }) => id !== candidate.id), candidate]
    const happenings = await readHappenings(tx, window)
    const read = await readAlertFacts(tx, [...new Set(happenings.map(({ alertId }) => alertId))])
    const facts = new Map([...read].map(([id, alert]) => [id, alert.facts]))
    const tellsOf = (among: readonly Route[]) =>
      forecastMessages({ happenings, alerts: facts }, among).filter(
        ({ routeId, atMs }) => routeId === candidate.id && atMs >= window.fromMs,
      )
    const messages = tellsOf(routes)
    const opened = new Set(
      happenings.flatMap((each) =>
        each.atMs >= window.fromMs && actOf(each, 'open') === 'open' ? [each.alertId] : [],
      ),
    )
    const alerts = [...opened].flatMap((id) => facts.get(id) ?? [])
    const told = openedIn(messages)
    return {
      ...{ messages, before: tellsOf(present), alerts },
      told: new Set([...opened].filter((id) => told.has(id))),
      untold: new Set(
        alerts.filter((alert) => chooseRoutes(routes, alert).length === 0).map(({ id }) => id),
      ),
    }
  })
}

/** Some hundred bytes each, all in memory. */
const HAPPENINGS_MAX = 100_000

async function readHappenings(tx: Query, window: GraphWindow): Promise<readonly AlertHappening[]> {
  const happenings = await readHistory(tx, window, HAPPENINGS_MAX + 1)
  if (happenings.length <= HAPPENINGS_MAX) return happenings
  const text = `More than ${HAPPENINGS_MAX} things happened to alerts in this time: choose a shorter one.`
  throw new StorageError('BACKTEST_TOO_LARGE', text)
}

const NEW_ID = 'new'

async function completeRoute(
  tx: Query,
  { id, channelId, settings }: RouteCandidate,
  present: readonly Route[],
): Promise<Route> {
  if (channelId !== null) await requireChannel(tx, channelId)
  if (id === null) {
    const place = Math.max(0, ...present.map((route) => route.place)) + 1
    const fresh = { id: NEW_ID, name: NEW_ID, channelId: channelId ?? NEW_ID }
    return { ...fresh, place, isEnabled: true, settings }
  }
  const known = await readRoute(tx, id)
  if (!known) throw new StorageError('ROUTE_UNKNOWN', 'There is no such route.')
  return { ...known, channelId: channelId ?? known.channelId, isEnabled: true, settings }
}

async function requireChannel(tx: Query, id: string): Promise<void> {
  const [row] = await tx`select from channel where id::text = ${id}`
  if (!row) throw new StorageError('CHANNEL_UNKNOWN', 'There is no such channel.')
}
