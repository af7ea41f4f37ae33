// Reads the edges that have to be held against their environment's active baseline.
import type { NodeKind } from '../core/graph/node.ts'
import type { ResolvableNode } from '../core/graph/resolve.ts'
import type { Query } from './sql.ts'

/** An edge to be judged, in the identities it is stored under. */
export type UnjudgedEdge = {
  readonly id: bigint
  readonly environment: string
  readonly source: ResolvableNode
  readonly target: ResolvableNode
  /** The alert it stood behind until now. */
  readonly alertId: bigint | null
}

type UnjudgedRow = {
  id: bigint
  environment: string
  alert_id: bigint | null
  source_environment: string
  source_kind: NodeKind
  source_namespace: string
  source_name: string
  source_is_observed: boolean
  target_environment: string
  target_kind: NodeKind
  target_namespace: string
  target_name: string
  target_is_observed: boolean
}

/**
 * Those of these edges that have calls and were not yet held against their environment's active
 * version.
 */
export async function readUnjudged(
  tx: Query,
  ids: readonly bigint[],
): Promise<readonly UnjudgedEdge[]> {
  const rows = await tx<UnjudgedRow[]>`
    select edge.id, edge.environment, edge.alert_id,
      source.environment as source_environment, source.kind as source_kind,
      source.namespace as source_namespace, source.name as source_name,
      source.is_observed as source_is_observed,
      target.environment as target_environment, target.kind as target_kind,
      target.namespace as target_namespace, target.name as target_name,
      target.is_observed as target_is_observed
    from edge
    join environment on environment.name = edge.environment
    join node as source on source.id = edge.source_id
    join node as target on target.id = edge.target_id
    where edge.id = any(${ids.map(String)}::bigint[]) and edge.calls > 0
      and environment.active_version is not null
      and edge.judged_version is distinct from environment.active_version
    order by edge.id`
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    alertId: row.alert_id,
    source: {
      environment: row.source_environment,
      kind: row.source_kind,
      namespace: row.source_namespace,
      name: row.source_name,
      isObserved: row.source_is_observed,
    },
    target: {
      environment: row.target_environment,
      kind: row.target_kind,
      namespace: row.target_namespace,
      name: row.target_name,
      isObserved: row.target_is_observed,
    },
  }))
}
