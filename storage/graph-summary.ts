// Reads the graph for the map: counts, and what is dear only where there are few enough edges to read it.
import type { GraphSummary } from '../core/graph/graph.ts'
import { compareText } from '../core/graph/node.ts'
import { assembleGraph, type GraphWindow, readWindow } from './graph.ts'
import { readOperationNames } from './operations.ts'
import type { Sql } from './sql.ts'

/** A map of more edges is read without latency and operations: nobody reads so many, and they are dear. */
const DETAILED_EDGES_MAX = 500

/**
 * Edges with calls in the window, their ends, and services seen in it that have no edge. Operations are
 * those of all time, in order. Sorted by node (kind, name, namespace, environment); edges by source, then
 * target. All of one moment.
 */
export function readGraphSummary(sql: Sql, window: GraphWindow): Promise<GraphSummary> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const stored = await readWindow(tx, window)
    const latencyEdgesMax = DETAILED_EDGES_MAX
    const { edges, ...graph } = await assembleGraph(tx, { ...stored, window, latencyEdgesMax })
    if (edges.length > DETAILED_EDGES_MAX)
      return { ...graph, edges: edges.map((edge) => ({ ...edge, operationNames: null })) }
    const membersOf = new Map(stored.groups.edges.map(({ id, members }) => [String(id), members]))
    const idsOf = (id: string) => (membersOf.get(id) ?? []).map((edge) => edge.id)
    const names = await readOperationNames(
      tx,
      edges.flatMap((edge) => idsOf(edge.id)),
    )
    const namesOf = (id: string) => [...new Set(idsOf(id).flatMap((each) => names.get(each) ?? []))]
    const named = edges.map((edge) => ({
      ...edge,
      operationNames: namesOf(edge.id).sort(compareText),
    }))
    return { ...graph, edges: named }
  })
}
