// What is stored, as the judge takes it: edges with calls, in resolved identities, with the alert they stand behind;
// services that stay without edges.
import type { ObservedEdge } from '../core/baseline/drift.ts'
import { PROTOCOLS } from '../core/graph/edge.ts'
import { readAlertsOfEdges } from './edge-reads.ts'
import { readGroups } from './graph-groups.ts'
import { type LonelyService, readLonelyServices } from './nodes.ts'
import { readPosition } from './position.ts'
import type { Query } from './sql.ts'
import type { JudgedEdge } from './unjudged-edges.ts'

/** Every edge of an environment with calls. */
export async function readLive(tx: Query, environment: string): Promise<readonly JudgedEdge[]> {
  const { edges } = await readGroups(tx, environment)
  const alerts = await readAlertsOfEdges(tx, environment)
  return edges.flatMap(({ source, target, members }) => {
    const counted = members.filter(({ calls }) => calls > 0)
    if (counted.length === 0) return []
    const judged = counted.map((edge) => ({ ...edge, alertId: alerts.get(edge.id) ?? null }))
    return [{ source, target, members: judged }]
  })
}

/** operations: by id of the stored edge; none where what is called does not matter. */
export function observeEdge(
  { source, target, members }: JudgedEdge,
  operations: ReadonlyMap<bigint, readonly string[]>,
): ObservedEdge {
  const sum = (count: (member: JudgedEdge['members'][number]) => number) =>
    members.reduce((total, member) => total + count(member), 0)
  return {
    ...{ source, target },
    protocol: PROTOCOLS[Math.max(...members.map(({ protocol }) => protocol))] ?? 'other',
    operations: [...new Set(members.flatMap(({ id }) => operations.get(id) ?? []))].sort(),
    ports: [...new Set(members.flatMap(({ ports }) => ports))].sort((a, b) => a - b),
    tlsCalls: sum(({ tlsCalls }) => tlsCalls),
    plainCalls: sum(({ plainCalls }) => plainCalls),
    calls: sum(({ calls }) => calls),
    firstSeenMs: Math.min(...members.map(({ firstSeenMs }) => firstSeenMs)),
    lastSeenMs: Math.max(...members.map(({ lastSeenMs }) => lastSeenMs)),
    examples: [],
  }
}

/** The edges of a service may come so much later than it: as long as calls are held, and a while. */
const DEFAULT_HOLD_MS = 30_000
const LONELY_AFTER_HOLD_MS = 120_000

/** Observed services without edges that were seen since a time, once their edges should have come. */
export async function readLonely(
  tx: Query,
  environment: string,
  { seenSinceMs, nowMs }: { readonly seenSinceMs: number; readonly nowMs: number },
): Promise<readonly LonelyService[]> {
  const holdMs = (await readPosition(tx))?.counters.holdMs ?? DEFAULT_HOLD_MS
  const foundBeforeMs = nowMs - holdMs - LONELY_AFTER_HOLD_MS
  return readLonelyServices(tx, environment, { seenSinceMs, foundBeforeMs })
}
