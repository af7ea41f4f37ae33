// Reads what has come in so far, for the page that says how to connect.
import 'server-only'
import type { IntakeEnvironment, IntakeView } from '../components/connect/intake-view.ts'
import { windowRange } from '../components/map/windows.ts'
import { findSilentCallers } from '../core/graph/coverage.ts'
import { readEnvironments } from '../storage/environments.ts'
import { readGraph } from '../storage/graph.ts'
import { readPosition } from '../storage/position.ts'
import { readRefusals } from '../storage/refusals.ts'
import type { Sql } from '../storage/sql.ts'

const DAY_MS = 24 * 3600 * 1000
const ENVIRONMENTS_MAX = 3
const SILENT_CALLERS_MAX = 20

/** Environments of real traces only: neither the demo nor imports. */
export async function readIntake(sql: Sql, nowMs: number): Promise<IntakeView> {
  const [position, environments, refusals] = await Promise.all([
    readPosition(sql),
    readEnvironments(sql),
    readRefusals(sql),
  ])
  const observed = environments
    .filter(({ origin }) => origin === 'observed')
    .toSorted((a, b) => (b.lastSeenMs ?? 0) - (a.lastSeenMs ?? 0))
  const recent = observed
    .filter(({ lastSeenMs }) => (lastSeenMs ?? 0) > nowMs - DAY_MS)
    .slice(0, ENVIRONMENTS_MAX)
  return {
    nowMs,
    lastSpanMs: observed[0]?.lastSeenMs ?? null,
    namelessSpans: position?.counters.nameless ?? 0,
    environments: await Promise.all(recent.map(({ name }) => readCoverage(sql, name, nowMs))),
    refusals,
  }
}

async function readCoverage(sql: Sql, name: string, nowMs: number): Promise<IntakeEnvironment> {
  const graph = await readGraph(sql, { environment: name, ...windowRange('24h', nowMs) })
  const silent = findSilentCallers(graph)
  return {
    name,
    services: graph.nodes.filter((node) => node.kind === 'service').length,
    edges: graph.edges.length,
    silentCallers: silent.slice(0, SILENT_CALLERS_MAX).map((node) => node.name),
    silentCallerCount: silent.length,
  }
}
