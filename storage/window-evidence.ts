// What was seen in a window of an environment, as the learner takes it: every edge with calls in it and every node,
// in resolved identities.
import type { EdgeEvidence, Evidence, NodeEvidence } from '../core/baseline/evidence.ts'
import { mergeDigests } from '../core/graph/digests.ts'
import { PROTOCOLS } from '../core/graph/edge.ts'
import { type GraphWindow, measureEdges, readWindow } from './graph.ts'
import type { EdgeGroup, NodeGroup } from './graph-groups.ts'
import { readOperationNames } from './operations.ts'
import type { Query } from './sql.ts'
import type { StoredEdge } from './stored-edges.ts'

/** An edge as it was seen, with its GraphEdge.id. */
type SeenEdge = EdgeEvidence & { readonly id: string }

export async function readEvidence(
  tx: Query,
  window: GraphWindow,
): Promise<Omit<Evidence, 'edges'> & { readonly edges: readonly SeenEdge[] }> {
  const stored = await readWindow(tx, window)
  const { groups } = stored
  const measured = await measureEdges(tx, groups.edges, { ...stored, latencyEdgesMax: 0 })
  const withCalls = new Set(measured.map(({ group }) => group))
  const isInWindow = (ms: number) => ms >= window.fromMs && ms < window.toMs
  const seen = groups.edges.filter(
    (group) =>
      withCalls.has(group) ||
      group.members.some((edge) => edge.calls > 0 && isInWindow(edge.lastSeenMs)),
  )
  const ids = seen.flatMap(({ members }) => members.map(({ id }) => id))
  const operations = await readOperationNames(tx, ids)
  const isSeen = ({ members }: NodeGroup) =>
    members.some((node) => node.lastSeenMs >= window.fromMs && node.firstSeenMs < window.toMs)
  return {
    edges: seen.map((group) => ({ ...edgeEvidence(group, operations), id: String(group.id) })),
    nodes: [...groups.nodes.values()].filter(isSeen).map(nodeEvidence),
  }
}

function edgeEvidence(
  { source, target, members }: EdgeGroup,
  operations: ReadonlyMap<bigint, readonly string[]>,
): EdgeEvidence {
  const sum = (count: (edge: StoredEdge) => number) =>
    members.reduce((total, edge) => total + count(edge), 0)
  return {
    ...{ source, target, examples: [] },
    calls: sum((edge) => edge.calls),
    protocol: PROTOCOLS[Math.max(...members.map((edge) => edge.protocol))] ?? 'other',
    operations: [...new Set(members.flatMap(({ id }) => operations.get(id) ?? []))],
    ports: [...new Set(members.flatMap((edge) => edge.ports))],
    tlsCalls: sum((edge) => edge.tlsCalls),
    plainCalls: sum((edge) => edge.plainCalls),
    firstSeenMs: Math.min(...members.map((edge) => edge.firstSeenMs)),
    lastSeenMs: Math.max(...members.map((edge) => edge.lastSeenMs)),
    callerInstances: members.map((edge) => edge.callerInstances).reduce(mergeDigests),
    traces: members.map((edge) => edge.traces).reduce(mergeDigests),
  }
}

function nodeEvidence({ key, members, tags }: NodeGroup): NodeEvidence {
  const { environment, kind, namespace, name } = key
  return {
    ...{ environment, kind, namespace, name, ...tags },
    isObserved: members.some((node) => node.isObserved),
    firstSeenMs: Math.min(...members.map((node) => node.firstSeenMs)),
    instances: members.map((node) => node.instances).reduce(mergeDigests),
  }
}
