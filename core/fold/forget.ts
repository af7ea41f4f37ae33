// Forgetting an environment that was removed: its traces are finalised and leave, what they emitted and nobody
// has taken is dropped, and its nodes and edges count as never met, so that a later one of the same name
// begins as a new one does. A trace across environments leaves with it.
import { nodeId } from '../graph/node.ts'
import type { Fold } from './fold.ts'
import { evictTrace } from './timing.ts'

/** Part of the sequence of calls, like any other: repeated, it arrives at the same state. */
export function forgetEnvironment(fold: Fold, environment: string): void {
  for (const trace of tracesOf(fold, environment))
    if (fold.store.traces.columns.spanCount[trace]! > 0) evictTrace(fold, trace)
  dropPending(fold, environment)
  forgetGraph(fold, environment)
}

function tracesOf(fold: Fold, environment: string): number[] {
  const { store, table } = fold
  const { spans, traces } = store
  const found: number[] = []
  for (let trace = store.oldest; trace >= 0; trace = traces.columns.younger[trace]!) {
    let row = traces.columns.firstSpan[trace]!
    for (; row >= 0; row = spans.columns.next[row]!) {
      const { service } = table.shapes[spans.columns.shape[row]!]!
      if (service >= 0 && table.services[service]!.environment === environment) break
    }
    if (row >= 0) found.push(trace)
  }
  return found
}

function dropPending({ pending, memory }: Fold, environment: string): void {
  const isOf = (node: number) => memory.nodes[node]!.environment === environment
  for (const node of pending.nodes.keys()) if (isOf(node)) pending.nodes.delete(node)
  const shown = new Set<string>()
  for (const [edge, sums] of pending.edges) {
    const { source, target } = memory.edges[edge]!
    if (isOf(source) || isOf(target)) pending.edges.delete(edge)
    else for (const { traceId } of sums.exemplars) shown.add(traceId)
  }
  for (const traceId of pending.exemplars.keys())
    if (!shown.has(traceId)) pending.exemplars.delete(traceId)
}

/** Places stay, because others refer to them by position; no name leads to them any more. */
function forgetGraph({ memory, table, metFaces }: Fold, environment: string): void {
  const gone = new Set<number>()
  memory.nodes.forEach((key, node) => {
    if (key.environment !== environment) return
    gone.add(node)
    if (memory.nodeByKey.get(nodeId(key)) === node) memory.nodeByKey.delete(nodeId(key))
  })
  table.services.forEach((service, position) => {
    if (service.environment === environment) memory.serviceNodes[position] = undefined
  })
  for (const [key, edge] of memory.edgeByKey) {
    const { source, target } = memory.edges[edge]!
    if (gone.has(source) || gone.has(target)) memory.edgeByKey.delete(key)
  }
  memory.nodeCounts.delete(environment)
  memory.externalCounts.delete(environment)
  memory.edgeCounts.delete(environment)
  metFaces.clear()
}
