// Reads what the side panel shows of one edge or node.
import 'server-only'
import type { EdgeDetail, NodeDetail } from '../components/map/detail-view.ts'
import { type Window, windowRange } from '../components/map/windows.ts'
import { edgeSubject } from '../core/baseline/drift.ts'
import { type Exemplar, isConfirmed } from '../core/graph/edge.ts'
import { findStandingAlert } from '../storage/alerts.ts'
import type { KeptTrace } from '../storage/exemplars.ts'
import { readEdge, readNode } from '../storage/graph-detail.ts'
import type { Sql } from '../storage/sql.ts'
import { readIncidentNames, toAlertView } from './read-alerts.ts'

export type DetailRequest = {
  readonly id: string
  readonly environment: string
  readonly window: Window
  readonly nowMs: number
}

/** Null when the edge is not in the window's graph. */
export async function readEdgeDetail(sql: Sql, request: DetailRequest): Promise<EdgeDetail | null> {
  const range = windowRange(request.window, request.nowMs)
  const edge = await readEdge(sql, { edgeId: request.id, ...range })
  if (edge === null) return null
  const { environment } = edge.source
  const alert = await findStandingAlert(sql, { environment, subject: edgeSubject(edge) })
  const { exemplars, storedTargets, p50Ms: _, p95Ms: __, ...others } = edge
  const { callerInstances: ___, traces: ____, ...rest } = others
  const storedNames = storedTargets.map((target) => target.name)
  return {
    ...rest,
    hosts: [...new Set([...rest.hosts, ...storedNames.filter((n) => n !== rest.target.name)])],
    operations: rest.operations.toSorted((a, b) => b.calls - a.calls),
    isConfirmed: isConfirmed(edge.trust),
    examples: exemplars.map((trace) => trace.traceId),
    exemplar: exemplars[0] ? toExemplar(exemplars[0]) : null,
    alert: alert ? toAlertView(alert, await readIncidentNames(sql, [alert])) : null,
  }
}

/** Null when the node is not in the window's graph. */
export async function readNodeDetail(sql: Sql, request: DetailRequest): Promise<NodeDetail | null> {
  const range = windowRange(request.window, request.nowMs)
  const node = await readNode(sql, {
    nodeId: request.id,
    environment: request.environment,
    ...range,
  })
  if (node === null) return null
  const { outgoing: _, incoming, storedAs, instances: __, ...rest } = node
  const names = storedAs.map((stored) => stored.name).filter((name) => name !== rest.name)
  return { ...rest, hosts: [...new Set([...names, ...incoming.flatMap((edge) => edge.hosts)])] }
}

/** A kept trace as the waterfall draws it. */
export function toExemplar(trace: KeptTrace): Exemplar {
  return {
    traceId: trace.traceId,
    startMs: Math.min(...trace.spans.map((span) => span.startMs)),
    spans: trace.spans,
  }
}
