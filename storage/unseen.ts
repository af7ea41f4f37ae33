// What was not seen for longer than anything is kept has no counts left: it goes, in small steps. Edges behind an
// open alert stay until somebody decides. Baselines and the audit keep the names.
import { deleteUnseenEdges } from './edges.ts'
import { deleteOrphanTags } from './node-tags.ts'
import { deleteUnseenNodes } from './nodes.ts'
import type { Sql } from './sql.ts'

/** A step holds its rows for some milliseconds only. */
const EDGES_A_STEP = 500

export type RemovedUnseen = { readonly edges: number; readonly nodes: number }

/** Removes edges, then nodes without any, that nothing was seen of since a time (unix ms). */
export async function removeUnseen(sql: Sql, beforeMs: number): Promise<RemovedUnseen> {
  let edges = 0
  for (;;) {
    const count = await deleteUnseenEdges(sql, beforeMs, EDGES_A_STEP)
    if (count === 0) break
    edges += count
  }
  const nodes = await deleteUnseenNodes(sql, beforeMs)
  if (nodes > 0) await deleteOrphanTags(sql)
  return { edges, nodes }
}
