// Reads what the alerts page and /api/v1/alerts show.
import 'server-only'
import type { AlertDetail, AlertView } from '../components/alerts/alert-view.ts'
import type { IncidentName } from '../components/alerts/incident-view.ts'
import { surroundingsOf } from '../core/graph/surroundings.ts'
import type { Alert } from '../storage/alert-row.ts'
import {
  type AlertCounts,
  type AlertQuery,
  countAlerts,
  listAlerts,
  readAlert,
} from '../storage/alerts.ts'
import { readEdge } from '../storage/graph-detail.ts'
import { nameIncidents } from '../storage/incident-reads.ts'
import { readNearEdges } from '../storage/near-edges.ts'
import { findSimilarDecisions } from '../storage/similar-alerts.ts'
import type { Sql } from '../storage/sql.ts'
import { readUndoableAct } from '../storage/triage-record.ts'
import { cutPage, type Page } from './contract/paging.ts'
import { toExemplar } from './read-detail.ts'
import { readTold } from './read-notifications.ts'

const EDGE_WINDOW_MS = 30 * 24 * 3600 * 1000
const SIMILAR_MAX = 10
/** On each side of an alert's edge. */
const NEAR_NODES_MAX = 6

export type AlertPage = Page<AlertView> & { readonly counts: AlertCounts }

/** A page of alerts, and how many there are of each by the other filters. */
export async function readAlertPage(
  sql: Sql,
  { limit, ...query }: Omit<AlertQuery, 'countMax'> & { readonly limit: number },
): Promise<AlertPage> {
  const [alerts, counts] = await Promise.all([
    listAlerts(sql, { ...query, countMax: limit + 1 }),
    countAlerts(sql, query),
  ])
  const incidents = await readIncidentNames(sql, alerts)
  const toItem = (alert: Alert) => toAlertView(alert, incidents)
  const page = { route: 'listAlerts', limit, keyOf: placeOf, toItem } as const
  return { ...cutPage(alerts, page), counts }
}

function placeOf({ place }: Awaited<ReturnType<typeof listAlerts>>[number]) {
  return place
}

/** One alert with all that helps to decide; null when there is none. */
export async function readAlertDetail(
  sql: Sql,
  id: string,
  nowMs: number,
): Promise<AlertDetail | null> {
  const alert = await readAlert(sql, id)
  if (alert === null) return null
  const range = { fromMs: nowMs - EDGE_WINDOW_MS, toMs: nowMs + 60_000 }
  const [edge, similar, lastAct, surroundings, told, incidents] = await Promise.all([
    alert.edgeId ? readEdge(sql, { edgeId: alert.edgeId, ...range }) : null,
    findSimilarDecisions(sql, id, SIMILAR_MAX),
    readUndoableAct(sql, id),
    readSurroundings(sql, alert, range.fromMs),
    readTold(sql, id),
    readIncidentNames(sql, [alert]),
  ])
  const trace = edge?.exemplars[0]
  return {
    ...toAlertView(alert, incidents),
    events: alert.events,
    edgeId: edge?.id ?? null,
    exemplar: trace ? toExemplar(trace) : null,
    ...{ similar, surroundings, lastAct, told },
  }
}

async function readSurroundings(sql: Sql, alert: Alert, sinceMs: number) {
  const { environment, source, target } = alert
  if (target === null) return null
  const near = await readNearEdges(sql, { environment, nodes: [source, target], sinceMs })
  return surroundingsOf({ source, target }, near, NEAR_NODES_MAX)
}

type IncidentNames = ReadonlyMap<string, IncidentName>

/** The incidents of alerts, by id, as toAlertView takes them. */
export function readIncidentNames(sql: Sql, alerts: readonly Alert[]): Promise<IncidentNames> {
  const ids = alerts.flatMap(({ incidentId }) => (incidentId === null ? [] : [BigInt(incidentId)]))
  return nameIncidents(sql, ids)
}

/** An alert as it is handed out. */
export function toAlertView(alert: Alert, incidents: IncidentNames): AlertView {
  return {
    ...{ id: alert.id, environment: alert.environment, kind: alert.kind },
    ...{ severity: alert.severity, state: alert.state, snoozedUntilMs: alert.snoozedUntilMs },
    ...{ assignee: alert.assignee, summary: alert.summary, reasons: alert.reasons },
    ...{ reasonsAgainst: alert.reasonsAgainst, source: alert.source, target: alert.target },
    ...{ baselineVersion: alert.baselineVersion, ruleId: alert.ruleId, reaches: alert.reaches },
    ...{ news: alert.news, firstMs: alert.firstAtMs, lastMs: alert.lastAtMs },
    episode: alert.episode,
    incident: incidents.get(alert.incidentId ?? '') ?? null,
  }
}
