// A few spans under some settings, in every order there is: all at once, one a request, and with the hold
// time between any two. Every run must end with the same sums; those are what a test then looks at.
import { expect } from 'vitest'
import { SPAN_CLASSES } from '../../../core/fold/calls.ts'
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../../../core/fold/options.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { graphFromDelta } from '../../../core/graph/from-delta.ts'
import type { Graph } from '../../../core/graph/graph.ts'
import { batchOf, type TestSpan } from '../../support/spans.ts'

const START_MS = 1_760_000_000_000

/** Shapes: at most 6 spans. */
export function graphInEveryOrder(
  spans: readonly TestSpan[],
  options: Partial<FoldOptions> = {},
): Graph {
  const expected = graphOf([spans], options, 0)
  const batches = new Map(spans.map((one) => [one, batchOf([one])]))
  for (const order of permutations(spans))
    for (const stepMs of [1, 3_000, 40_000]) {
      const actual = graphOf(
        order.map((one) => [one]),
        options,
        stepMs,
        batches,
      )
      expect(withoutTimes(actual)).toEqual(withoutTimes(expected))
    }
  expect(withoutTimes(graphOf([spans, spans], options, 40_000))).toEqual(withoutTimes(expected))
  return expected
}

/** Edges in one line each: `a -> external:x 2 calls 1 errors`. */
export function edgeLines(graph: Graph): string[] {
  const end = (node: { readonly kind: string; readonly name: string }) =>
    node.kind === 'service' ? node.name : `${node.kind}:${node.name}`
  return graph.edges.map(
    ({ source, target, calls, errors }) =>
      `${end(source)} -> ${end(target)} ${calls}${errors ? ` (${errors} failed)` : ''}`,
  )
}

function graphOf(
  requests: readonly (readonly TestSpan[])[],
  options: Partial<FoldOptions>,
  stepMs: number,
  batches?: ReadonlyMap<TestSpan, ReturnType<typeof batchOf>>,
): Graph {
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, examples: 'lowestHash', ...options })
  const deltas: GraphDelta[] = []
  let nowMs = START_MS
  for (const spans of requests) {
    foldBatch(fold, batches?.get(spans[0]!) ?? batchOf(spans), nowMs)
    advanceFold(fold, nowMs)
    take(fold, deltas)
    nowMs += stepMs
    advanceFold(fold, nowMs)
    take(fold, deltas)
  }
  finishFold(fold)
  take(fold, deltas)
  const counters = foldCounters(fold)
  const final = SPAN_CLASSES.reduce((sum, name) => sum + counters[name], 0)
  expect(counters.accepted).toBe(counters.duplicate + final)
  return graphFromDelta(joined(deltas))
}

function take(fold: Fold, deltas: GraphDelta[]): void {
  const delta = takeDelta(fold)
  if (delta) deltas.push(delta)
}

/** One delta with the nodes and edges of all. */
function joined(deltas: readonly GraphDelta[]): GraphDelta {
  const nodes: GraphDelta['nodes'][number][] = []
  const edges: GraphDelta['edges'][number][] = []
  for (const delta of deltas) {
    const offset = nodes.length
    nodes.push(...delta.nodes)
    for (const edge of delta.edges)
      edges.push({ ...edge, source: edge.source + offset, target: edge.target + offset })
  }
  return { nodes, edges, exemplars: [] }
}

/**
 * What order may not change. Attributes that only ever grow (protocol, hosts, callers, traces) may remember
 * what a late span corrected, and a node that an edge no longer leads to stays known.
 */
function withoutTimes(graph: Graph): unknown {
  const ends = new Set(graph.edges.flatMap(({ source, target }) => [source, target].map(nameOf)))
  return {
    nodes: graph.nodes
      .filter((node) => node.isObserved || ends.has(nameOf(node)))
      .map(({ firstSeenMs, lastSeenMs, ...node }) => node),
    edges: graph.edges.map((edge) => {
      const { firstSeenMs, lastSeenMs, protocol, hosts, ports, examples, ...others } = edge
      const { callerInstances, traces, ...rest } = others
      return rest
    }),
  }
}

function nameOf(node: { readonly kind: string; readonly name: string }): string {
  return `${node.kind}:${node.name}`
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  )
}
