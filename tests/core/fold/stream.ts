// Requests folded one after the other, with a restart now and then, and the graph that comes of them.
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../../../core/fold/options.ts'
import { loadFold, saveFold } from '../../../core/fold/snapshot.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { graphFromDelta } from '../../../core/graph/from-delta.ts'
import type { Graph } from '../../../core/graph/graph.ts'
import { batchOf, span, type TestSpan } from '../../support/spans.ts'

const START_MS = 1_760_000_000_000

type Run = { readonly fold: Fold; readonly deltas: GraphDelta[] }

/** Each request in its own batch, stepMs apart, and then the end. */
export function run(
  requests: readonly (readonly TestSpan[])[],
  stepMs = 10,
  options: Partial<FoldOptions> = {},
): Run {
  let fold = createFold({ ...DEFAULT_FOLD_OPTIONS, ...options })
  const deltas: GraphDelta[] = []
  requests.forEach((spans, at) => {
    const nowMs = START_MS + at * stepMs
    foldBatch(fold, batchOf(spans), nowMs)
    advanceFold(fold, nowMs)
    take(fold, deltas)
    // A restart in between changes nothing.
    if (at % 3 === 1) fold = loadFold(structuredClone(saveFold(fold)))
  })
  finishFold(fold)
  take(fold, deltas)
  return { fold, deltas }
}

function take(fold: Fold, deltas: GraphDelta[]): void {
  const delta = takeDelta(fold)
  if (delta) deltas.push(delta)
}

export function graphOf(deltas: readonly GraphDelta[]): Graph {
  const nodes: GraphDelta['nodes'][number][] = []
  const edges: GraphDelta['edges'][number][] = []
  for (const delta of deltas) {
    const offset = nodes.length
    nodes.push(...delta.nodes)
    for (const edge of delta.edges)
      edges.push({ ...edge, source: edge.source + offset, target: edge.target + offset })
  }
  return graphFromDelta({ nodes, edges, exemplars: [] })
}

/** A call a -> b by both halves. */
export function pair(client: TestSpan['attributes'], server: TestSpan['attributes'], trace = 1) {
  return [
    span({ trace, id: 1, service: 'a', kind: 'client', attributes: client }),
    span({ trace, id: 2, parent: 1, service: 'b', kind: 'server', attributes: server }),
  ]
}
