// The two ends of an edge as columns of a row: tables that must outlive the nodes they name spell them out.
import type { EdgeKey } from '../core/graph/edge.ts'
import type { NodeKind } from '../core/graph/node.ts'

export type EndColumns = {
  source_environment: string
  source_kind: NodeKind
  source_namespace: string
  source_name: string
  target_environment: string
  target_kind: NodeKind
  target_namespace: string
  target_name: string
}

/** The edge that a row names. */
export function edgeOfRow(row: EndColumns): EdgeKey {
  return {
    source: {
      environment: row.source_environment,
      kind: row.source_kind,
      namespace: row.source_namespace,
      name: row.source_name,
    },
    target: {
      environment: row.target_environment,
      kind: row.target_kind,
      namespace: row.target_namespace,
      name: row.target_name,
    },
  }
}
