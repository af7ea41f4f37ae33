// Writes the tables baseline and baseline_entry: versions and their approved edges.
import type { EdgeKey } from '../core/graph/edge.ts'
import { type EndColumns, edgeOfRow } from './end-columns.ts'
import type { Query } from './sql.ts'

export type NewBaseline = {
  readonly environment: string
  readonly author: string
  readonly approver: string
  readonly reason: string
  /** Resolved identities, each edge once. */
  readonly entries: readonly EdgeKey[]
}

/**
 * Stores the next version as the active one and supersedes the former. The environment must be
 * locked.
 */
export async function insertActiveBaseline(tx: Query, baseline: NewBaseline): Promise<number> {
  await supersede(tx, baseline.environment)
  const { id, version } = await insertVersion(tx, baseline)
  await insertEntries(tx, id, baseline.entries)
  return version
}

async function supersede(tx: Query, environment: string): Promise<void> {
  await tx`
    update baseline set state = 'superseded'
    where environment = ${environment} and state = 'active'`
}

type InsertedRow = { id: bigint; version: number }

async function insertVersion(tx: Query, baseline: NewBaseline): Promise<InsertedRow> {
  const [row] = await tx<InsertedRow[]>`
    insert into baseline (environment, version, state, author, approver, reason, activated_at)
    select ${baseline.environment}, coalesce(max(version), 0) + 1, 'active', ${baseline.author},
      ${baseline.approver}, ${baseline.reason}, now()
    from baseline where environment = ${baseline.environment}
    returning id, version`
  if (!row) throw new Error('an insert of one row returned none')
  return row
}

async function insertEntries(tx: Query, id: bigint, entries: readonly EdgeKey[]): Promise<void> {
  const source = entries.map((entry) => entry.source)
  const target = entries.map((entry) => entry.target)
  await tx`
    insert into baseline_entry (baseline_id, entry, source_environment, source_kind,
      source_namespace, source_name, target_environment, target_kind, target_namespace, target_name)
    select ${String(id)}::bigint, given.entry, given.source_environment, given.source_kind,
      given.source_namespace, given.source_name, given.target_environment, given.target_kind,
      given.target_namespace, given.target_name
    from unnest(
      ${source.map((node) => node.environment)}::text[],
      ${source.map((node) => node.kind)}::text[],
      ${source.map((node) => node.namespace)}::text[],
      ${source.map((node) => node.name)}::text[],
      ${target.map((node) => node.environment)}::text[],
      ${target.map((node) => node.kind)}::text[],
      ${target.map((node) => node.namespace)}::text[],
      ${target.map((node) => node.name)}::text[]
    ) with ordinality as given(source_environment, source_kind, source_namespace, source_name,
      target_environment, target_kind, target_namespace, target_name, entry)`
}

/** The approved edges of one version, in the order they were stored. */
export async function readEntries(
  sql: Query,
  environment: string,
  version: number,
): Promise<readonly EdgeKey[]> {
  const rows = await sql<EndColumns[]>`
    select source_environment, source_kind, source_namespace, source_name, target_environment,
      target_kind, target_namespace, target_name
    from baseline_entry join baseline on baseline.id = baseline_entry.baseline_id
    where baseline.environment = ${environment} and baseline.version = ${version}
    order by entry`
  return rows.map((row) => ({
    ...edgeOfRow(row),
  }))
}

/**
 * Deletes all versions of an environment with their entries; the database refuses it but for one that
 * is marked as removed (markRemoved).
 */
export async function deleteBaselines(tx: Query, environment: string): Promise<void> {
  await tx`
    delete from baseline_entry using baseline
    where baseline.id = baseline_entry.baseline_id and baseline.environment = ${environment}`
  await tx`delete from baseline where environment = ${environment}`
}
