// A wish for an act on a node, from the web to the worker: the web's role may ask, the owner does it
// (node-acts.ts). It is a job, so it happens once the asking transaction commits, and survives a restart.
import { forgetNode, type NodeAct, renameNode } from './node-acts.ts'
import type { Query, Sql } from './sql.ts'

export type NodeActRequest = NodeAct &
  (
    | { readonly act: 'forget' }
    /** Merges when another node has the name. */
    | { readonly act: 'rename'; readonly namespace: string; readonly name: string }
  )

/** Has the worker do it, usually within a second. */
export async function requestNodeAct(tx: Query, request: NodeActRequest): Promise<void> {
  await tx`select enqueue_node_act(${JSON.stringify(request)}::text::json)`
}

/** Does it, as owner. Errors: as node-acts.ts. */
export async function doNodeAct(
  sql: Sql,
  request: NodeActRequest,
): Promise<'renamed' | 'merged' | 'forgotten'> {
  if (request.act === 'rename') return renameNode(sql, request)
  await forgetNode(sql, request)
  return 'forgotten'
}
