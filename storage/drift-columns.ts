// A drift as columns of the table alert.
import { createHash } from 'node:crypto'
import type { Drift } from '../core/baseline/drift.ts'

/** A drift with where it was found, and when what it is about was seen (unix ms). */
export type FoundDrift = Drift & {
  readonly environment: string
  readonly version: number
  readonly seen: Seen
}

export type Seen = {
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** In the clear; null: never, or nothing is known of it. */
  readonly lastPlainMs: number | null
}

/** When what strays was seen last: of a downgrade it is calls in the clear that count. */
export function lastSight({ kind, seen }: Pick<FoundDrift, 'kind' | 'seen'>): number {
  return kind === 'downgraded' ? (seen.lastPlainMs ?? seen.lastSeenMs) : seen.lastSeenMs
}

export function hashSubject(subject: string): string {
  return createHash('sha256').update(subject).digest('hex')
}

/** What an alert is about, which never changes. */
export function subjectColumns({ environment, subject, edge, node }: FoundDrift) {
  const source = edge?.source ?? node
  if (!source) throw new Error('a drift is of an edge or of a node')
  const target = edge?.target
  return {
    ...{ environment, subject, subject_hash: hashSubject(subject) },
    source_environment: source.environment,
    source_kind: source.kind,
    source_namespace: source.namespace,
    source_name: source.name,
    target_environment: target?.environment,
    target_kind: target?.kind,
    target_namespace: target?.namespace,
    target_name: target?.name,
  }
}

/** What it says of it. */
export function driftColumns(drift: FoundDrift) {
  return {
    kind: drift.kind,
    severity: drift.severity,
    baseline_version: drift.version,
    summary: drift.summary,
    reasons: drift.reasonsFor,
    reasons_against: drift.reasonsAgainst,
    rule_id: drift.ruleId,
    reaches: drift.reaches,
    news: drift.news,
  }
}
