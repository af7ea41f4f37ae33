// Which traces stand as examples of an edge where the order of arrival must not show: those whose ids hash
// lowest. Ids themselves are no good order: some senders begin them with the time.
import { compareText } from './node.ts'

export const EXAMPLES_PER_EDGE_MAX = 3
/** Of an operation; more are kept until all is final, because a late span may show that a trace is none. */
const CANDIDATES_MAX = 16

/** A trace (32 hex digits) that shows an edge, by one of its operations; isPlain: by a call in the clear. */
export type ShownBy = {
  readonly traceId: string
  readonly operation: string
  readonly isPlain: boolean
}
/** One that may come to stand as an example. */
export type Example = ShownBy & { readonly rank: number }

/** FNV-1a over the text, 32 bits. */
export function rankExample(traceId: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < traceId.length; at++)
    hash = Math.imul(hash ^ traceId.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Adds one to the candidates, which stay sorted, bounded, and each trace once. */
export function addCandidate(candidates: Example[], example: Example): void {
  const worst = candidates[CANDIDATES_MAX - 1]
  if (worst && compareExamples(example, worst) >= 0) return
  const place = candidates.findIndex((other) => compareExamples(example, other) <= 0)
  if (place >= 0 && candidates[place]!.traceId === example.traceId) return
  candidates.splice(place < 0 ? candidates.length : place, 0, example)
  if (candidates.length > CANDIDATES_MAX) candidates.pop()
}

export function dropCandidate(candidates: Example[], traceId: string): void {
  const place = candidates.findIndex((other) => other.traceId === traceId)
  if (place >= 0) candidates.splice(place, 1)
}

/** The ids to show of those given, each once, in order of their hashes. */
export function lowestExamples(traceIds: readonly string[]): readonly string[] {
  if (traceIds.length < 2) return traceIds
  return [...new Set(traceIds)]
    .map((traceId) => ({ traceId, rank: rankExample(traceId) }))
    .sort(compareExamples)
    .slice(0, EXAMPLES_PER_EDGE_MAX)
    .map(({ traceId }) => traceId)
}

type Ranked = Pick<Example, 'traceId' | 'rank'>

function compareExamples(a: Ranked, b: Ranked): number {
  return a.rank - b.rank || compareText(a.traceId, b.traceId)
}
