// The alerts of a backtest grouped as incidents: by the same causes, and opened and closed at the same pauses, as
// those that alerts get when they are raised (incident.ts).
import { compareText, type NodeKey, nodeId } from '../graph/node.ts'
import type { ForecastDrift } from './backtest.ts'
import { DRIFT_KINDS } from './drift.ts'
import { type Cause, causeKey, causeOf, takesMore, tellIncident } from './incident.ts'
import type { Rollouts } from './reasons.ts'

/** Its alerts in the order in which they open; at least one. */
export type ForecastIncident<T extends ForecastDrift = ForecastDrift> = {
  readonly kind: Cause['kind']
  readonly sentence: string
  readonly alerts: readonly T[]
}

/** In the order in which they open. alerts: each subject once, any order. */
export function groupIncidents<T extends ForecastDrift>(
  alerts: readonly T[],
  rollouts: Rollouts,
): readonly ForecastIncident<T>[] {
  const newest = new Map<string, { readonly cause: Cause; readonly alerts: T[] }>()
  const all: { readonly cause: Cause; readonly alerts: T[] }[] = []
  for (const alert of alerts.toSorted(compareOpenings)) {
    const cause = causeOf({ ...endsOf(alert), ...originOf(alert, rollouts) })
    const key = causeKey(cause)
    const open = newest.get(key)
    const lastAtMs = open?.alerts.at(-1)?.opensAtMs
    if (open && lastAtMs !== undefined && takesMore(cause.kind, momentOf(alert, lastAtMs))) {
      open.alerts.push(alert)
      continue
    }
    const incident = { cause, alerts: [alert] }
    newest.set(key, incident)
    all.push(incident)
  }
  return all.map((incident) => ({
    kind: incident.cause.kind,
    sentence: tell(incident),
    alerts: incident.alerts,
  }))
}

function compareOpenings(a: ForecastDrift, b: ForecastDrift): number {
  return a.opensAtMs - b.opensAtMs || compareText(a.drift.subject, b.drift.subject)
}

function momentOf({ opensAtMs }: ForecastDrift, lastAtMs: number) {
  return { lastAtMs, nowMs: opensAtMs }
}

/** A drift is of an edge or of a service alone. */
function endsOf({ drift }: ForecastDrift): { source: NodeKey; target: NodeKey | null } {
  if (drift.edge) return drift.edge
  if (drift.node) return { source: drift.node, target: null }
  throw new Error('a drift is of an edge or of a node')
}

function originOf(alert: ForecastDrift, rollouts: Rollouts) {
  const rollout = rollouts.get(nodeId(endsOf(alert).source)) ?? null
  return { sinceMs: alert.sinceMs, rollout }
}

function tell({
  cause,
  alerts,
}: {
  readonly cause: Cause
  readonly alerts: readonly ForecastDrift[]
}) {
  const edges = alerts.filter(({ drift }) => drift.edge !== null)
  const kinds = DRIFT_KINDS.flatMap((kind) => {
    const ofKind = edges.filter(({ drift }) => drift.kind === kind)
    const others = ofKind.map(({ drift: { edge } }) =>
      cause.kind === 'domain' ? edge!.source : edge!.target,
    )
    return others.length > 0 ? [{ kind, others, total: others.length }] : []
  })
  return tellIncident({ cause, kinds })
}
