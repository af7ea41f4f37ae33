// Which traces show a drift: those of what is new or in the clear, where that is known, and not just any of the edge.
import type { ExamplesOf } from '../graph/graph.ts'
import type { DriftKind, News, ObservedEdge } from './drift.ts'

/** Trace ids, at most as many as an edge has of each. */
export function exampleTraces(
  { examples, examplesOf }: ObservedEdge,
  kind: DriftKind,
  news: News,
): readonly string[] {
  const own = examplesOf ? ofDrift(examplesOf, kind, news) : []
  return own.length > 0 ? own : examples
}

function ofDrift(
  { plain, operations }: ExamplesOf,
  kind: DriftKind,
  news: News,
): readonly string[] {
  if (kind === 'downgraded') return plain
  if (kind !== 'new_operation') return []
  return [...new Set(news.operations.flatMap((name) => (operations.get(name) ?? []).slice(0, 1)))]
}
