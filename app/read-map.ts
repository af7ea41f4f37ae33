// Reads what the map page and /api/v1/graph show: graph, active baseline and the alerts that stand.
import 'server-only'
import { buildMapView, type MapBaseline, type MapView } from '../components/map/map-view.ts'
import type { Settling } from '../components/map/settling.ts'
import { type Window, windowRange } from '../components/map/windows.ts'
import { listStandingAlerts } from '../storage/alerts.ts'
import { listBaselines, readActiveBaseline } from '../storage/baselines.ts'
import { readArrivals } from '../storage/edges.ts'
import { readOrigin } from '../storage/environments.ts'
import { readGraphSummary } from '../storage/graph-summary.ts'
import { readPosition } from '../storage/position.ts'
import { createJudgeCache, readInventory } from '../storage/prepared-baselines.ts'
import type { Sql } from '../storage/sql.ts'

/** Past the hold: the quiet time and a commit lie between the end of a wait and the map. */
const SETTLED_AFTER_HOLD_MS = 5_000
const DEFAULT_HOLD_MS = 30_000
const MINUTE_MS = 60_000

export type MapRequest = {
  readonly environment: string
  readonly window: Window
  readonly nowMs: number
}

/** The view of one environment and window; empty for an environment that nothing has named. */
export async function readMap(sql: Sql, request: MapRequest): Promise<MapView> {
  const { environment, window, nowMs } = request
  const [graph, judged, versions, alerts, tags, settling, origin] = await Promise.all([
    readGraphSummary(sql, { environment, ...windowRange(window, nowMs) }),
    readActiveBaseline(sql, environment),
    listBaselines(sql, environment),
    listStandingAlerts(sql, environment),
    readInventory(sql, createJudgeCache()),
    readSettling(sql, environment),
    readOrigin(sql, environment),
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
    ...{ environment, origin, window, settling, graph },
    // To the minute, as buckets are: a graph in which nothing happens keeps its ETag so long.
    readAtMs: Math.floor(nowMs / MINUTE_MS) * MINUTE_MS,
    baseline: judged && meta ? { judged, meta, moment: { nowMs, tags } } : null,
    alerts,
  })
}

async function readSettling(sql: Sql, environment: string): Promise<Settling> {
  const [{ edges, newestMs }, position] = await Promise.all([
    readArrivals(sql, environment),
    readPosition(sql),
  ])
  const holdMs = position?.counters.holdMs ?? DEFAULT_HOLD_MS
  return { edges, newestMs, settledAfterMs: holdMs + SETTLED_AFTER_HOLD_MS }
}
