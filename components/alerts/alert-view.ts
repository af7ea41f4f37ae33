// Alerts as the pages and /api/v1/alerts hand them out: plain data, times in unix ms, ids as text.
import type { AlertState } from '../../core/baseline/alert-state.ts'
import type { DriftKind } from '../../core/baseline/drift.ts'
import type { Exemplar } from '../../core/graph/edge.ts'
import type { NodeKey } from '../../core/graph/node.ts'

export type AlertView = {
  readonly id: string
  readonly environment: string
  readonly kind: DriftKind
  readonly state: AlertState
  readonly summary: string
  readonly reasons: readonly string[]
  readonly source: NodeKey
  readonly target: NodeKey
  /** The version it was judged against. */
  readonly baselineVersion: number
  readonly firstMs: number
  readonly lastMs: number
  readonly episode: number
}

/** One line of an alert's history. */
export type AlertEventView = {
  readonly atMs: number
  readonly action: string
  readonly actor: string
  readonly reason: string
}

export type AlertDetail = AlertView & {
  readonly events: readonly AlertEventView[]
  /** The edge as it is now; null when it is gone. */
  readonly edgeId: string | null
  readonly exemplar: Exemplar | null
}

export type AlertCounts = { readonly [state in AlertState]: number }

export const DRIFT_LABELS: { readonly [kind in DriftKind]: string } = {
  denied: 'Denied by a rule',
  expired: 'Approval expired',
  downgraded: 'Encryption downgrade',
  first_path: 'First path to classified data',
  cross_environment: 'Between environments',
  new_external: 'New external destination',
  new_database: 'First access to a database',
  new_service: 'New service',
  new_edge: 'New edge',
  new_protocol: 'New protocol',
  new_port: 'New port',
  new_operation: 'New operation',
}
