// Writes the table node_alias: former names of nodes, and names of nodes that were merged into another. Spans
// go on stating them; each commit looks them up, so what comes under an old name is counted under the new.
import { type NodeKey, type NodeKind, nodeId } from '../core/graph/node.ts'
import type { Query } from './sql.ts'

type AliasRow = {
  environment: string
  kind: NodeKind
  namespace: string
  name: string
  new_namespace: string
  new_name: string
}

/** What those of these names stand for that are no longer a node's own, by nodeId. */
export async function readAliases(
  tx: Query,
  names: readonly NodeKey[],
): Promise<ReadonlyMap<string, NodeKey>> {
  const rows = await tx<AliasRow[]>`
    select alias.environment, alias.kind, alias.namespace, alias.name,
      node.namespace as new_namespace, node.name as new_name
    from node_alias as alias join node on node.id = alias.node_id
    join unnest(
      ${names.map((node) => node.environment)}::text[],
      ${names.map((node) => node.kind)}::text[],
      ${names.map((node) => node.namespace)}::text[],
      ${names.map((node) => node.name)}::text[]
    ) as given(environment, kind, namespace, name)
      on given.environment = alias.environment and given.kind = alias.kind
        and given.namespace = alias.namespace and given.name = alias.name`
  return new Map(
    rows.map(({ new_namespace, new_name, ...old }) => [
      nodeId(old),
      { ...old, namespace: new_namespace, name: new_name },
    ]),
  )
}

/** Makes these names stand for a node, and those that stood for one of `formerIds` too. */
export async function pointAliases(
  tx: Query,
  to: {
    readonly nodeId: bigint
    readonly formerIds: readonly bigint[]
    readonly names: readonly NodeKey[]
    /** The node's own name, which stands for nothing else any more. */
    readonly own: NodeKey
  },
): Promise<void> {
  const { names, own } = to
  await tx`
    delete from node_alias where environment = ${own.environment} and kind = ${own.kind}
      and namespace = ${own.namespace} and name = ${own.name}`
  await tx`
    update node_alias set node_id = ${String(to.nodeId)}::bigint
    where node_id = any(${to.formerIds.map(String)}::bigint[])`
  await tx`
    insert into node_alias (environment, kind, namespace, name, node_id)
    select given.environment, given.kind, given.namespace, given.name, ${String(to.nodeId)}::bigint
    from unnest(
      ${names.map((node) => node.environment)}::text[],
      ${names.map((node) => node.kind)}::text[],
      ${names.map((node) => node.namespace)}::text[],
      ${names.map((node) => node.name)}::text[]
    ) as given(environment, kind, namespace, name)
    on conflict (environment, kind, namespace, name) do update set node_id = excluded.node_id`
}
