// Reads the edges that touch a few nodes, in resolved identities and without their counts: what is drawn
// around an alert's edge, which may itself be gone.
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import type { NearEdge } from '../core/graph/surroundings.ts'
import { readGroups } from './graph-groups.ts'
import type { Sql } from './sql.ts'

export type NearRequest = {
  /** The edges' own, that is their sources'. */
  readonly environment: string
  /** Resolved identities; unknown ones touch nothing. */
  readonly nodes: readonly NodeKey[]
  /** Unix ms: edges that were not seen since then are left out. */
  readonly sinceMs: number
}

/** Edges with such an end, seen since then; in no particular order. */
export function readNearEdges(sql: Sql, request: NearRequest): Promise<readonly NearEdge[]> {
  const wanted = new Set(request.nodes.map(nodeId))
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const { edges } = await readGroups(tx, request.environment)
    return edges.flatMap(({ id, source, target, sourceId, targetId, members }) => {
      if (!wanted.has(sourceId) && !wanted.has(targetId)) return []
      const lastSeenMs = Math.max(...members.map((edge) => edge.lastSeenMs))
      if (lastSeenMs < request.sinceMs) return []
      return [{ id: String(id), source: keyOf(source), target: keyOf(target), lastSeenMs }]
    })
  })
}

function keyOf({ environment, kind, namespace, name }: NodeKey): NodeKey {
  return { environment, kind, namespace, name }
}
