// Backtests as the API hands them out: bounded lists beside totals, counted by the days of the environment's zone. Runs
// in a thread (backtest-thread.ts).
import { SEVERITIES } from '../../core/baseline/drift.ts'
import type { ForecastAlert } from '../../core/baseline/forecast.ts'
import { countDays, type DayCount } from '../../core/notify/count-days.ts'
import type { AlertFacts, AlertNotice } from '../../core/notify/notice.ts'
import {
  type BaselineCandidate,
  type BaselineForecast,
  backtestBaseline,
} from '../../storage/backtest-baseline.ts'
import {
  backtestRoute,
  type RouteCandidate,
  type RouteForecast,
} from '../../storage/backtest-route.ts'
import { backtestSettings } from '../../storage/backtest-settings.ts'
import { type EnvironmentSettings, readSettings } from '../../storage/environments.ts'
import type { GraphWindow } from '../../storage/graph.ts'
import type { Sql } from '../../storage/sql.ts'
import { type BACKTEST, LISTED_MAX } from '../contract/routes/backtest.ts'
import type { RouteAnswer } from '../contract/serve.ts'

/** How many notices of one message are listed. */
const NOTICES_LISTED_MAX = 20

export type AskedBacktest = { readonly window: GraphWindow; readonly nowMs: number } & (
  | { readonly what: 'baseline'; readonly baseline: BaselineCandidate }
  | { readonly what: 'route'; readonly route: RouteCandidate }
  | { readonly what: 'settings'; readonly settings: Partial<EnvironmentSettings> }
)

/** Null: there is no such environment. */
export type BacktestAnswer = Exclude<RouteAnswer<typeof BACKTEST>, Response>

/** Errors: what storage refuses. */
export async function answerBacktest(sql: Sql, asked: AskedBacktest): Promise<BacktestAnswer> {
  const { window, nowMs } = asked
  const present = await readSettings(sql, window.environment)
  if (present === null) return null
  switch (asked.what) {
    case 'baseline': {
      const request = { ...window, candidate: asked.baseline, nowMs }
      return viewBaseline(await backtestBaseline(sql, request), window, present)
    }
    case 'route': {
      const { zone } = present
      return viewRoute(await backtestRoute(sql, { ...window, route: asked.route }), window, zone)
    }
    case 'settings': {
      const request = { ...window, nowMs }
      const forecast = await backtestSettings(sql, { ...request, settings: asked.settings })
      const now = await backtestSettings(sql, { ...request, settings: {} })
      const { settings, days, daysOver, recovering } = forecast
      return {
        ...{ what: 'settings', ...window, ...settings, days, daysOver, recovering },
        daysOverNow: now.daysOver,
      }
    }
  }
}

function viewBaseline(
  { alerts, gone, incidents, version }: BaselineForecast,
  window: GraphWindow,
  { zone, alertTarget }: EnvironmentSettings,
) {
  const places = new Map(
    incidents.flatMap((incident, place) => incident.alerts.map((alert) => [alert, place] as const)),
  )
  const times = alerts.filter(({ isAtStart }) => !isAtStart).map(({ opensAtMs }) => opensAtMs)
  const days = countDays(times, { zone, ...window })
  const countOf = (mark: ForecastAlert['mark']) =>
    alerts.filter((each) => each.mark === mark).length
  const worstFirst = alerts.toSorted((a, b) => rankOf(a.drift) - rankOf(b.drift))
  return {
    ...({ what: 'baseline', ...window, version, zone, alertTarget, days } as const),
    daysOver: countOver(days, alertTarget),
    totals: {
      ...{ alerts: alerts.length, incidents: incidents.length, gone: gone.length },
      ...{ new: countOf('new'), worse: countOf('worse'), same: countOf('same') },
      atStart: alerts.filter(({ isAtStart }) => isAtStart).length,
      ended: alerts.filter(({ endsAtMs }) => endsAtMs !== null).length,
    },
    incidents: incidents.slice(0, LISTED_MAX).map(({ kind, sentence, alerts: members }) => ({
      ...{ kind, sentence, alerts: members.length, opensAtMs: members[0]?.opensAtMs ?? 0 },
      new: members.filter(({ mark }) => mark === 'new').length,
    })),
    alerts: worstFirst.slice(0, LISTED_MAX).map((alert) => {
      return { ...viewAlert(alert), incident: places.get(alert) ?? 0 }
    }),
    gone: gone.slice(0, LISTED_MAX).map(({ id: alertId, kind, severity, state, summary }) => {
      return { alertId, kind, severity, state, summary }
    }),
  }
}

function viewAlert({ drift, mark, opensAtMs, endsAtMs, isAtStart, standing }: ForecastAlert) {
  const { kind, severity, summary, reasonsFor: reasons, reasonsAgainst, ruleId } = drift
  const source = drift.edge?.source ?? drift.node
  if (!source) throw new Error('a drift is of an edge or of a node')
  return {
    ...{ mark, kind, severity, source, target: drift.edge?.target ?? null },
    ...{ summary, reasons, reasonsAgainst, ruleId, opensAtMs, endsAtMs, isAtStart },
    alertId: standing?.id ?? null,
  }
}

function viewRoute(forecast: RouteForecast, window: GraphWindow, zone: string) {
  const { messages, before, alerts, told, untold } = forecast
  const times = messages.map(({ atMs }) => atMs)
  const toMs = Math.max(window.toMs, ...times.slice(-1).map((ms) => ms + 1))
  const incidents = groupByIncident(alerts, told)
  return {
    ...({ what: 'route', ...window, zone } as const),
    totals: {
      ...{ alerts: alerts.length, told: told.size, untold: untold.size },
      ...{ messages: messages.length, before: before.length, incidents: incidents.length },
    },
    days: countDays(times, { zone, fromMs: window.fromMs, toMs }),
    messages: messages.slice(0, LISTED_MAX).map(({ atMs, notice }) => {
      const notices = notice.type === 'alert' ? [notice] : notice.notices
      const total = notice.type === 'alert' ? 1 : notice.noticesTotal
      return { atMs, notices: total, told: notices.slice(0, NOTICES_LISTED_MAX).map(viewNotice) }
    }),
    incidents: incidents.slice(0, LISTED_MAX),
    untold: alerts
      .filter(({ id }) => untold.has(id))
      .slice(0, LISTED_MAX)
      .map(viewFacts),
  }
}

function viewFacts({ id: alertId, kind, severity, summary }: AlertFacts) {
  return { alertId, kind, severity, summary }
}

function viewNotice({ act, alert }: AlertNotice) {
  return { act, ...viewFacts(alert) }
}

function groupByIncident(alerts: readonly AlertFacts[], told: ReadonlySet<string>) {
  const groups = Map.groupBy(alerts, ({ incident }) => incident?.id ?? '')
  return [...groups]
    .filter(([id]) => id !== '')
    .map(([id, members]) => ({
      ...{ id, sentence: members[0]?.incident?.sentence ?? '', alerts: members.length },
      told: members.filter((alert) => told.has(alert.id)).length,
    }))
    .sort((a, b) => b.alerts - a.alerts)
}

function rankOf({ severity }: ForecastAlert['drift']): number {
  return SEVERITIES.indexOf(severity)
}

function countOver(days: readonly DayCount[], target: number): number {
  return days.filter(({ count }) => count > target).length
}
