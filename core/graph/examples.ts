// Which traces stand as examples of an edge where the order of arrival must not show: those whose ids hash
// lowest. Ids themselves are no good order: some senders begin them with the time.
import { compareText } from './node.ts'

export const EXAMPLES_PER_EDGE_MAX = 3

/** The ids to keep of those given, each once, in order. Trace ids: 32 hex digits. */
export function lowestExamples(traceIds: readonly string[]): readonly string[] {
  if (traceIds.length < 2) return traceIds
  return [...new Set(traceIds)]
    .sort((a, b) => rank(a) - rank(b) || compareText(a, b))
    .slice(0, EXAMPLES_PER_EDGE_MAX)
}

/** FNV-1a over the text, 32 bits. */
function rank(traceId: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < traceId.length; at++)
    hash = Math.imul(hash ^ traceId.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
