// Reads what /api/v1/incidents shows: incidents in pages, and one with its alerts.
import 'server-only'
import type { AlertView } from '../components/alerts/alert-view.ts'
import type { IncidentView } from '../components/alerts/incident-view.ts'
import { listAlerts } from '../storage/alerts.ts'
import {
  type Incident,
  type IncidentQuery,
  listIncidents,
  readIncident,
} from '../storage/incident-reads.ts'
import type { Sql } from '../storage/sql.ts'
import { cutPage, type Page } from './contract/paging.ts'
import { readIncidentNames, toAlertView } from './read-alerts.ts'

/** With an incident; the worst of its alerts, and of these the newest. */
const INCIDENT_ALERTS_MAX = 500

export async function readIncidentPage(
  sql: Sql,
  { limit, ...query }: Omit<IncidentQuery, 'countMax'> & { readonly limit: number },
): Promise<Page<IncidentView>> {
  const incidents = await listIncidents(sql, { ...query, countMax: limit + 1 })
  const route = 'listIncidents'
  return cutPage(incidents, { route, limit, keyOf: ({ place }) => place, toItem: toIncidentView })
}

type IncidentDetail = { readonly incident: IncidentView; readonly items: readonly AlertView[] }

/** Null: there is none. */
export async function readIncidentDetail(sql: Sql, id: string): Promise<IncidentDetail | null> {
  const [incident, alerts] = await Promise.all([
    readIncident(sql, id),
    listAlerts(sql, { incidentId: id, order: 'severity', countMax: INCIDENT_ALERTS_MAX }),
  ])
  const names = await readIncidentNames(sql, alerts)
  const items = alerts.map((alert) => toAlertView(alert, names))
  return incident && { incident: toIncidentView(incident), items }
}

function toIncidentView(incident: Incident): IncidentView {
  return {
    ...{ id: incident.id, kind: incident.kind, sentence: incident.sentence },
    ...{ environment: incident.environment, node: incident.node, version: incident.version },
    ...{ deployedMs: incident.deployedMs, isOpen: incident.isOpen, severity: incident.severity },
    ...{ alerts: incident.alerts, states: incident.states },
    ...{ firstMs: incident.firstMs, lastMs: incident.lastMs },
  }
}
