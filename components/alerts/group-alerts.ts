// The list of alerts by incident: those of one stand together, where the first of them does.
import { SEVERITIES, type Severity } from '../../core/baseline/drift.ts'
import type { AlertView } from './alert-view.ts'
import type { IncidentName } from './incident-view.ts'

export type AlertGroup = {
  /** Null: an alert by itself, whether it has an incident or not. */
  readonly incident: IncidentName | null
  /** At least one, in the order of the list. */
  readonly alerts: readonly AlertView[]
  /** The worst of these. */
  readonly severity: Severity
}

export function groupAlerts(alerts: readonly AlertView[]): readonly AlertGroup[] {
  const groups = Map.groupBy(alerts, ({ id, incident }) =>
    incident ? `incident ${incident.id}` : `alert ${id}`,
  )
  return [...groups.values()].map((group) => {
    const severities = new Set(group.map(({ severity }) => severity))
    return {
      incident: group.length > 1 ? (group[0]?.incident ?? null) : null,
      alerts: group,
      severity: SEVERITIES.find((severity) => severities.has(severity)) ?? 'low',
    }
  })
}
