// Reads what the alerts page and /api/v1/alerts show.
import 'server-only'
import type { AlertCounts, AlertDetail, AlertView } from '../components/alerts/alert-view.ts'
import { ALERT_STATES, type AlertState } from '../core/baseline/alert-state.ts'
import { type Alert, listAlerts, readAlert } from '../storage/alerts.ts'
import { readEdge } from '../storage/graph-detail.ts'
import type { Sql } from '../storage/sql.ts'
import { toExemplar } from './read-detail.ts'

export const ALERTS_LISTED_MAX = 500
const EDGE_WINDOW_MS = 30 * 24 * 3600 * 1000

export type AlertList = { readonly alerts: readonly AlertView[]; readonly counts: AlertCounts }

/** Alerts of one state (null: all) and how many there are of each. environment null: of all. */
export async function readAlertList(
  sql: Sql,
  wanted: { readonly environment: string | null; readonly state: AlertState | null },
): Promise<AlertList> {
  const lists = await Promise.all(
    ALERT_STATES.map((state) =>
      listAlerts(sql, {
        environment: wanted.environment,
        states: [state],
        countMax: ALERTS_LISTED_MAX,
      }),
    ),
  )
  const counts = Object.fromEntries(
    ALERT_STATES.map((state, at) => [state, lists[at]?.length ?? 0]),
  ) as AlertCounts
  const alerts = lists
    .flat()
    .filter((alert) => wanted.state === null || alert.state === wanted.state)
    .toSorted((a, b) => b.lastAtMs - a.lastAtMs)
    .slice(0, ALERTS_LISTED_MAX)
  return { alerts: alerts.map(toAlertView), counts }
}

/** One alert with its history and an example trace of its edge; null when there is none. */
export async function readAlertDetail(
  sql: Sql,
  id: string,
  nowMs: number,
): Promise<AlertDetail | null> {
  const alert = await readAlert(sql, id)
  if (alert === null) return null
  const range = { fromMs: nowMs - EDGE_WINDOW_MS, toMs: nowMs + 60_000 }
  const edge = alert.edgeId ? await readEdge(sql, { edgeId: alert.edgeId, ...range }) : null
  const trace = edge?.exemplars[0]
  return {
    ...toAlertView(alert),
    events: alert.events,
    edgeId: edge?.id ?? null,
    exemplar: trace ? toExemplar(trace) : null,
  }
}

/** An alert as it is handed out. */
export function toAlertView(alert: Alert): AlertView {
  return {
    id: alert.id,
    environment: alert.environment,
    kind: alert.kind,
    state: alert.state,
    summary: alert.summary,
    reasons: alert.reasons,
    source: alert.source,
    target: alert.target,
    baselineVersion: alert.baselineVersion,
    firstMs: alert.firstAtMs,
    lastMs: alert.lastAtMs,
    episode: alert.episode,
  }
}
