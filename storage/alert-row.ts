// An alert as it is stored and as it is handed out: the columns of its row, and what they become.
import type { AlertState } from '../core/baseline/alert-state.ts'
import type { DriftKind, News, Reaches, Severity } from '../core/baseline/drift.ts'
import type { NodeKey, NodeKind } from '../core/graph/node.ts'

export type Alert = {
  readonly id: string
  readonly environment: string
  readonly kind: DriftKind
  readonly severity: Severity
  readonly subject: string
  /** Resolved ends, as GraphEdge has them; the node itself when there is no target. */
  readonly source: NodeKey
  /** Null: about a service without edges. */
  readonly target: NodeKey | null
  /** GraphEdge.id while the alert stands and its edge is stored. */
  readonly edgeId: string | null
  readonly state: AlertState
  /** Null unless it is snoozed. */
  readonly snoozedUntilMs: number | null
  /** A user's e-mail address; null: nobody's. */
  readonly assignee: string | null
  readonly episode: number
  /** Of its episode; null: it is from before there were incidents. */
  readonly incidentId: string | null
  readonly baselineVersion: number
  readonly summary: string
  /** Sentences: what speaks for its being something bad, and what against. */
  readonly reasons: readonly string[]
  readonly reasonsAgainst: readonly string[]
  /** Of the rule that denies the edge, or that held it until it expired. */
  readonly ruleId: string | null
  readonly reaches: Reaches
  readonly news: News
  readonly firstAtMs: number
  /** When its state last changed. */
  readonly lastAtMs: number
}

/** All columns of the table, and the edge that stands behind it. */
export type AlertRow = {
  id: bigint
  environment: string
  kind: DriftKind
  severity: Severity
  subject: string
  source_environment: string
  source_kind: NodeKind
  source_namespace: string
  source_name: string
  target_environment: string | null
  target_kind: NodeKind | null
  target_namespace: string | null
  target_name: string | null
  edge_id: bigint | null
  state: AlertState
  snoozed_until: Date | null
  assignee: string | null
  episode: number
  baseline_version: number
  summary: string
  reasons: string[]
  reasons_against: string[]
  rule_id: string | null
  reaches: Reaches
  news: News
  first_at: Date
  last_at: Date
  incident_id: bigint | null
}

export function alertOf(row: AlertRow): Alert {
  return {
    ...{ id: String(row.id), environment: row.environment, kind: row.kind },
    ...{ severity: row.severity, subject: row.subject, ...endsOf(row) },
    edgeId: row.edge_id === null ? null : String(row.edge_id),
    state: row.state,
    snoozedUntilMs: row.snoozed_until?.getTime() ?? null,
    assignee: row.assignee,
    episode: row.episode,
    incidentId: row.incident_id === null ? null : String(row.incident_id),
    baselineVersion: row.baseline_version,
    summary: row.summary,
    reasons: row.reasons,
    reasonsAgainst: row.reasons_against,
    ruleId: row.rule_id,
    reaches: row.reaches,
    news: row.news,
    firstAtMs: row.first_at.getTime(),
    lastAtMs: row.last_at.getTime(),
  }
}

/** The columns that say what an alert is about. */
export type AlertEnds = Pick<
  AlertRow,
  | `source_${'environment' | 'kind' | 'namespace' | 'name'}`
  | `target_${'environment' | 'kind' | 'namespace' | 'name'}`
>

/** The ends of an alert's edge; without a target it is about the node `source`. */
export function endsOf(row: AlertEnds): {
  readonly source: NodeKey
  readonly target: NodeKey | null
} {
  const source = {
    environment: row.source_environment,
    kind: row.source_kind,
    namespace: row.source_namespace,
    name: row.source_name,
  }
  const { target_environment: environment, target_kind: kind } = row
  const { target_namespace: namespace, target_name: name } = row
  const isEdge = environment !== null && kind !== null && namespace !== null && name !== null
  return { source, target: isEdge ? { environment, kind, namespace, name } : null }
}
