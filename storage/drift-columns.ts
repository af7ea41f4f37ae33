// A drift as columns of the table alert.
import { createHash } from 'node:crypto'
import type { Drift } from '../core/baseline/drift.ts'

/** A drift with where it was found. */
export type FoundDrift = Drift & { readonly environment: string; readonly version: number }

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
