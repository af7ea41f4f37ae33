// Incidents as the pages and /api/v1/incidents hand them out: plain data, times in unix ms, ids as text.
import type { AlertState } from '../../core/baseline/alert-state.ts'
import type { Severity } from '../../core/baseline/drift.ts'
import type { IncidentKind } from '../../core/baseline/incident.ts'
import type { NodeKey } from '../../core/graph/node.ts'

/** What an alert says of its incident. */
export type IncidentName = {
  readonly id: string
  readonly kind: IncidentKind
  /** What happened, in one sentence. */
  readonly sentence: string
}

export type IncidentView = IncidentName & {
  readonly environment: string
  /** The caller, or the external destination. */
  readonly node: NodeKey
  /** Of the caller, and when it was new; null: no deploy. */
  readonly version: string | null
  readonly deployedMs: number | null
  readonly isOpen: boolean
  /** The worst of those that wait; when none does, of all. */
  readonly severity: Severity
  /** How many. */
  readonly alerts: number
  /** Absent: none. */
  readonly states: { readonly [state in AlertState]?: number }
  readonly firstMs: number
  readonly lastMs: number
}
