// What lies around one edge: who else calls its ends and what else they call, one hop and no further. Bounded,
// with counts of what is left out, so that it can be drawn small and sent with an alert.
import { compareNodes, type NodeKey, nodeId } from './node.ts'

/** An edge as far as a small drawing of it needs; `id` as GraphEdge has it. */
export type NearEdge = {
  readonly id: string
  readonly source: NodeKey
  readonly target: NodeKey
  /** Unix ms. */
  readonly lastSeenMs: number
}

export type Surroundings = {
  /** The edge itself as it is stored now; null when it is gone. */
  readonly edge: NearEdge | null
  /** Nodes that call one end or both, those shown, and how many there are in all. */
  readonly callers: readonly NodeKey[]
  readonly callersTotal: number
  /** Nodes that an end calls and that call neither. */
  readonly callees: readonly NodeKey[]
  readonly calleesTotal: number
  /** Every other edge between an end and a node shown, or an end; by source, then target. */
  readonly edges: readonly NearEdge[]
}

/**
 * Shapes: `near` holds every edge that touches an end, in any order, and may hold others; each pair of nodes
 * at most once. On each side at most `nodesMax` nodes: in turn one of the source's own, one that both
 * ends share, one of the target's own, each in the order of compareNodes; what is given back stands in the
 * order source's, shared, target's, so that a drawing has no more crossings than it must.
 */
export function surroundingsOf(
  ends: { readonly source: NodeKey; readonly target: NodeKey },
  near: readonly NearEdge[],
  nodesMax: number,
): Surroundings {
  const [sourceId, targetId] = [nodeId(ends.source), nodeId(ends.target)]
  const isEnd = (id: string) => id === sourceId || id === targetId
  const keys = new Map<string, NodeKey>()
  const [callsSource, callsTarget] = [new Set<string>(), new Set<string>()]
  const [ofSource, ofTarget] = [new Set<string>(), new Set<string>()]
  for (const { source, target } of near) {
    const [from, to] = [nodeId(source), nodeId(target)]
    keys.set(from, source).set(to, target)
    if (!isEnd(from))
      (to === sourceId ? callsSource : to === targetId ? callsTarget : null)?.add(from)
    if (!isEnd(to)) (from === sourceId ? ofSource : from === targetId ? ofTarget : null)?.add(to)
  }
  const isCaller = (id: string) => callsSource.has(id) || callsTarget.has(id)
  const sort = (ids: ReadonlySet<string>) =>
    [...ids].flatMap((id) => keys.get(id) ?? []).sort(compareNodes)
  const callers = takeInTurn(splitShared(sort(callsSource), sort(callsTarget)), nodesMax)
  const others = (ids: ReadonlySet<string>) => sort(ids).filter((key) => !isCaller(nodeId(key)))
  const callees = takeInTurn(splitShared(others(ofSource), others(ofTarget)), nodesMax)
  const shown = new Set([...callers.taken, ...callees.taken].map(nodeId))
    .add(sourceId)
    .add(targetId)
  const isItself = ({ source, target }: NearEdge) =>
    nodeId(source) === sourceId && nodeId(target) === targetId
  const isShown = ({ source, target }: NearEdge) =>
    shown.has(nodeId(source)) &&
    shown.has(nodeId(target)) &&
    (isEnd(nodeId(source)) || isEnd(nodeId(target)))
  return {
    edge: near.find(isItself) ?? null,
    ...{ callers: callers.taken, callersTotal: callers.total },
    ...{ callees: callees.taken, calleesTotal: callees.total },
    edges: near
      .filter((edge) => isShown(edge) && !isItself(edge))
      .sort((a, b) => compareNodes(a.source, b.source) || compareNodes(a.target, b.target)),
  }
}

/** Those of the first alone, of both, of the second alone. */
function splitShared(first: readonly NodeKey[], second: readonly NodeKey[]): readonly NodeKey[][] {
  const [inFirst, inSecond] = [new Set(first.map(nodeId)), new Set(second.map(nodeId))]
  return [
    first.filter((key) => !inSecond.has(nodeId(key))),
    first.filter((key) => inSecond.has(nodeId(key))),
    second.filter((key) => !inFirst.has(nodeId(key))),
  ]
}

function takeInTurn(lists: readonly (readonly NodeKey[])[], countMax: number) {
  const total = lists.reduce((sum, list) => sum + list.length, 0)
  const counts = lists.map(() => 0)
  for (let left = Math.min(countMax, total), at = 0; left > 0; at = (at + 1) % lists.length) {
    if ((counts[at] ?? 0) >= (lists[at]?.length ?? 0)) continue
    counts[at] = (counts[at] ?? 0) + 1
    left--
  }
  return { taken: lists.flatMap((list, at) => list.slice(0, counts[at])), total }
}
