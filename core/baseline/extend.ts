// A baseline that people keep, brought up to what captures show: what is new is added as it was learned, what is
// there stays as it is, seen or not, since its notes and narrowings are decisions.
import { nodeId } from '../graph/node.ts'
import type { BaselineContent } from './content.ts'
import { edgeId } from './drift.ts'

/** known, learned: of one environment. New items come where the learned order has them. */
export function extendBaseline(known: BaselineContent, learned: BaselineContent): BaselineContent {
  return {
    ...known,
    entries: merge(known.entries, learned.entries, edgeId),
    nodes: merge(known.nodes, learned.nodes, nodeId),
  }
}

/** Each new item after the one that it follows in its own list, else first. */
function merge<T>(known: readonly T[], learned: readonly T[], idOf: (item: T) => string): T[] {
  const merged = new Map(known.map((item) => [idOf(item), [item]]))
  const first: T[] = []
  let place = first
  for (const item of learned) {
    const there = merged.get(idOf(item))
    if (there) place = there
    else place.push(item)
  }
  return [...first, ...[...merged.values()].flat()]
}
