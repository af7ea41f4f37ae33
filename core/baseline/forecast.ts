// A backtest beside what stands: which of its alerts are new, which stand already, and which of those that stand would
// be gone; and how many would have come a day.

import type { STANDING_STATES } from './alert-state.ts'
import type { ForecastDrift, PastGraph } from './backtest.ts'
import {
  type Drift,
  type DriftKind,
  edgeSubject,
  isWorseKind,
  nodeSubject,
  type Severity,
} from './drift.ts'

/** An alert that stands now. */
export type StandingFacts = {
  readonly id: string
  readonly subject: string
  readonly state: (typeof STANDING_STATES)[number]
  readonly kind: DriftKind
  readonly severity: Severity
  readonly summary: string
  /** About a service without edges. */
  readonly isAlone: boolean
  readonly firstAtMs: number
}

/** new: none stands. worse: one stands, and would be told again as a worse kind. same: one stands. */
export const FORECAST_MARKS = ['new', 'worse', 'same'] as const
export type ForecastMark = (typeof FORECAST_MARKS)[number]

export type ForecastAlert = ForecastDrift & {
  readonly mark: ForecastMark
  /** The alert that stands; null: none does. */
  readonly standing: StandingFacts | null
}

export type Forecast = {
  /** In the order of the drifts. */
  readonly alerts: readonly ForecastAlert[]
  /** Standing alerts that it would not have raised. In the order given. */
  readonly gone: readonly StandingFacts[]
}

/** standing: each subject once. Alerts about what came after the window are no part of it. */
export function markForecast(
  drifts: readonly ForecastDrift[],
  standing: readonly StandingFacts[],
  graph: PastGraph,
  toMs: number,
): Forecast {
  const bySubject = new Map(standing.map((alert) => [alert.subject, alert]))
  const found = new Set(drifts.map(({ drift }) => drift.subject))
  const judged = new Set([
    ...graph.edges.filter(({ isJudged }) => isJudged).map(edgeSubject),
    ...graph.nodes.map(nodeSubject),
  ])
  const isOfThen = ({ subject, isAlone, firstAtMs }: StandingFacts) =>
    judged.has(subject) || (isAlone && firstAtMs < toMs)
  return {
    alerts: drifts.map((forecast) => {
      const alert = bySubject.get(forecast.drift.subject) ?? null
      return { ...forecast, mark: markOf(forecast.drift, alert), standing: alert }
    }),
    gone: standing.filter((alert) => !found.has(alert.subject) && isOfThen(alert)),
  }
}

/** As an alert that is there becomes what is found (storage/raise-alerts.ts). */
function markOf({ kind }: Drift, alert: StandingFacts | null): ForecastMark {
  if (alert === null) return 'new'
  return alert.state !== 'rejected' && isWorseKind(kind, alert.kind) ? 'worse' : 'same'
}
