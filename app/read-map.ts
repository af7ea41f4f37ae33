// Reads what the map page and /api/v1/graph show: graph, active baseline and the alerts that stand.
import 'server-only'
import { buildMapView, type MapBaseline, type MapView } from '../components/map/map-view.ts'
import { type Window, windowRange } from '../components/map/windows.ts'
import { listAlerts } from '../storage/alerts.ts'
import { listBaselines, readActiveBaseline } from '../storage/baselines.ts'
import { readGraphSummary } from '../storage/graph.ts'
import type { Sql } from '../storage/sql.ts'

const ALERTS_MAX = 5000

export type MapRequest = {
  readonly environment: string
  readonly window: Window
  readonly nowMs: number
}

/** The view of one environment and window; empty for an environment that nothing has named. */
export async function readMap(sql: Sql, request: MapRequest): Promise<MapView> {
  const { environment, window, nowMs } = request
  const [graph, judged, versions, alerts] = await Promise.all([
    readGraphSummary(sql, { environment, ...windowRange(window, nowMs) }),
    readActiveBaseline(sql, environment),
    listBaselines(sql, environment),
    listAlerts(sql, { environment, states: ['open', 'rejected'], countMax: ALERTS_MAX }),
  ])
  const active = versions.find((version) => version.version === judged?.version)
  const meta: MapBaseline | null = active
    ? {
        version: active.version,
        author: active.author,
        activatedMs: active.activatedAtMs ?? active.createdAtMs,
      }
    : null
  return buildMapView({
    environment,
    window,
    graph,
    baseline: judged && meta ? { judged, meta } : null,
    alerts: alerts.flatMap(({ id, subject, state }) =>
      state === 'open' || state === 'rejected' ? [{ id, subject, state }] : [],
    ),
  })
}
