// The columns of an incident that say its cause.
import type { Cause, IncidentKind } from '../core/baseline/incident.ts'
import type { NodeKind } from '../core/graph/node.ts'

export type CauseColumns = {
  environment: string
  kind: IncidentKind
  node_kind: NodeKind
  node_namespace: string
  node_name: string
  version: string | null
  deployed_at: Date | null
}

/** Both ends of an alert's edge, and so every cause, are of the environment of its source. */
export function causeOfRow(row: CauseColumns): Cause {
  const { environment, kind, version, deployed_at: deployedAt } = row
  const name = { namespace: row.node_namespace, name: row.node_name }
  const node = { environment, kind: row.node_kind, ...name }
  if (kind !== 'deploy') return { kind, node }
  if (version === null || deployedAt === null)
    throw new Error('an incident of a deploy has a version and a time')
  return { kind, node, version, sinceMs: deployedAt.getTime() }
}
