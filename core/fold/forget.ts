// Forgetting an environment that was removed: its traces are finalised and leave, what they emitted and nobody
// has taken is dropped, and its nodes and edges count as never met, so that a later one of the same name
// begins as a new one does. A trace across environments leaves with it.
import { nodeId } from '../graph/node.ts'
import { clearEdge } from './accumulator.ts'
import type { Fold } from './fold.ts'
import { clearPairs, keepPairs } from './hash.ts'
import * as layout from './layout.ts'
import { spansOfTrace } from './store.ts'
import * as sumWords from './sum-words.ts'
import { evictTrace } from './timing.ts'

const { SPAN_NEXT, SPAN_SHAPE, SPAN_WORDS, TRACE_FIRST_SPAN, TRACE_WORDS, TRACE_YOUNGER } = layout
const { EDGE_ID, EDGE_WORDS } = sumWords

/** Part of the sequence of calls, like any other: repeated, it arrives at the same state. */
export function forgetEnvironment(fold: Fold, environment: string): void {
  for (const trace of tracesOf(fold, environment))
    if (spansOfTrace(fold.store, trace) > 0) evictTrace(fold, trace)
  dropPending(fold, environment)
  forgetGraph(fold, environment)
}

function tracesOf(fold: Fold, environment: string): number[] {
  const { store, table } = fold
  const spans = store.spans.words
  const traces = store.traces.words
  const found: number[] = []
  let trace = store.oldest
  for (; trace >= 0; trace = traces[trace * TRACE_WORDS + TRACE_YOUNGER]!) {
    let row = traces[trace * TRACE_WORDS + TRACE_FIRST_SPAN]!
    for (; row >= 0; row = spans[row * SPAN_WORDS + SPAN_NEXT]!) {
      const { service } = table.shapes[spans[row * SPAN_WORDS + SPAN_SHAPE]!]!
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
  for (let place = 0; place < pending.edgeCount; place++) {
    const edge = pending.edgeWords[place * EDGE_WORDS + EDGE_ID]!
    const { source, target } = memory.edges[edge]!
    if (isOf(source) || isOf(target)) clearEdge(pending, place)
    else for (const { traceId } of pending.examples.get(edge) ?? []) shown.add(traceId)
  }
  for (const traceId of pending.exemplars.keys())
    if (!shown.has(traceId)) pending.exemplars.delete(traceId)
}

/** Places stay, because others refer to them by position; no name leads to them any more. */
function forgetGraph({ memory, table, metFaces, keys }: Fold, environment: string): void {
  const gone = new Set<number>()
  memory.nodes.forEach((key, node) => {
    if (key.environment !== environment) return
    gone.add(node)
    if (memory.nodeByKey.get(nodeId(key)) === node) memory.nodeByKey.delete(nodeId(key))
  })
  table.services.forEach((service, position) => {
    if (service.environment === environment) memory.serviceNodes[position] = undefined
  })
  keepPairs(memory.endNodes, keys, (node) => !gone.has(node))
  keepPairs(memory.edgeByEnds, keys, (edge) => {
    const { source, target } = memory.edges[edge]!
    return !gone.has(source) && !gone.has(target)
  })
  memory.nodeCounts.delete(environment)
  memory.externalCounts.delete(environment)
  memory.edgeCounts.delete(environment)
  clearPairs(metFaces)
}
