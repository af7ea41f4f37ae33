// Writes the tables baseline_entry and baseline_rule: what a version holds. Rows are added to a draft and deleted from
// it, never changed; the database refuses both for any other version.
import type {
  BaselineContent,
  BaselineEntry,
  BaselineRule,
  NodePattern,
  Notes,
  QuarantineReason,
} from '../core/baseline/content.ts'
import type { Protocol } from '../core/graph/edge.ts'
import { type EndColumns, edgeOfRow } from './end-columns.ts'
import type { Query } from './sql.ts'

/** A draft's content as it is handed over at once; what it says of nodes is no part of a version. */
type Versioned = Pick<BaselineContent, 'entries' | 'rules'>

/** Gives an empty draft its content. */
export async function insertContent(tx: Query, id: bigint, content: Versioned): Promise<void> {
  if (content.entries.length > 0) await insertEntries(tx, id, content.entries)
  if (content.rules.length > 0) await insertRules(tx, id, content.rules)
}

/** Empties a draft. */
export async function deleteContent(tx: Query, id: bigint): Promise<void> {
  await tx`delete from baseline_entry where baseline_id = ${String(id)}::bigint`
  await tx`delete from baseline_rule where baseline_id = ${String(id)}::bigint`
}

/** Deletes what all versions of an environment hold; refused but for one that is marked as removed. */
export async function deleteContentOf(tx: Query, environment: string): Promise<void> {
  await tx`
    delete from baseline_entry using baseline
    where baseline.id = baseline_entry.baseline_id and baseline.environment = ${environment}`
  await tx`
    delete from baseline_rule using baseline
    where baseline.id = baseline_rule.baseline_id and baseline.environment = ${environment}`
}

/** The columns that entries and rules share. */
type NoteColumns = {
  purpose: string
  owner: string
  ticket: string
  approver: string
  expires_at: Date | null
  protocols: Protocol[] | null
  operations: string[] | null
  ports: number[] | null
}

async function insertEntries(
  tx: Query,
  id: bigint,
  entries: readonly BaselineEntry[],
): Promise<void> {
  const rows = entries.map((entry, place) => ({
    entry: place + 1,
    source_environment: entry.source.environment,
    source_kind: entry.source.kind,
    source_namespace: entry.source.namespace,
    source_name: entry.source.name,
    target_environment: entry.target.environment,
    target_kind: entry.target.kind,
    target_namespace: entry.target.namespace,
    target_name: entry.target.name,
    ...noteColumns(entry),
    is_encrypted: entry.isEncrypted,
    exception_to: entry.exceptionTo,
    quarantine: entry.quarantine,
  }))
  await tx`
    insert into baseline_entry (baseline_id, entry, source_environment, source_kind,
      source_namespace, source_name, target_environment, target_kind, target_namespace,
      target_name, purpose, owner, ticket, approver, expires_at, protocols, operations, ports,
      is_encrypted, exception_to, quarantine)
    select ${String(id)}::bigint, given.* from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as given(entry int, source_environment text, source_kind text, source_namespace text,
        source_name text, target_environment text, target_kind text, target_namespace text,
        target_name text, purpose text, owner text, ticket text, approver text,
        expires_at timestamptz, protocols text[], operations text[], ports int[],
        is_encrypted boolean, exception_to text[], quarantine text[])`
}

async function insertRules(tx: Query, id: bigint, rules: readonly BaselineRule[]): Promise<void> {
  const rows = rules.map((rule, place) => ({
    ...{ id: rule.id, place: place + 1, effect: rule.effect },
    ...{ source: rule.source, target: rule.target },
    ...noteColumns(rule),
  }))
  await tx`
    insert into baseline_rule (baseline_id, id, place, effect, source, target, purpose, owner,
      ticket, approver, expires_at, protocols, operations, ports)
    select ${String(id)}::bigint, given.* from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as given(id text, place int, effect text, source jsonb, target jsonb, purpose text,
        owner text, ticket text, approver text, expires_at timestamptz, protocols text[],
        operations text[], ports int[])`
}

function noteColumns(
  given: Pick<BaselineRule, keyof Notes | 'protocols' | 'operations' | 'ports'>,
) {
  const { purpose, owner, ticket, approver, expiresAtMs, protocols, operations, ports } = given
  const expires_at = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
  return { purpose, owner, ticket, approver, expires_at, protocols, operations, ports }
}

/** Who approved a version approved every line of it that does not say otherwise. */
type ApproverRow = { id: bigint; approver: string | null }

/**
 * What a version holds, in the order it was given, without nodes (node-tags.ts); null when there is no such version.
 */
export async function readContent(
  sql: Query,
  environment: string,
  version: number,
): Promise<BaselineContent | null> {
  const [stored] = await sql<ApproverRow[]>`
    select id, approver from baseline
    where environment = ${environment} and version = ${version}`
  if (!stored) return null
  const approver = stored.approver ?? ''
  const entries = await readEntries(sql, stored.id)
  const rules = await readRules(sql, stored.id)
  return {
    environment,
    entries: entries.map((entry) => ({ ...entry, approver: entry.approver || approver })),
    rules: rules.map((rule) => ({ ...rule, approver: rule.approver || approver })),
    nodes: [],
  }
}

type EntryRow = EndColumns &
  NoteColumns & {
    is_encrypted: boolean
    exception_to: string[]
    quarantine: QuarantineReason[]
  }

async function readEntries(sql: Query, id: bigint): Promise<readonly BaselineEntry[]> {
  const rows = await sql<EntryRow[]>`
    select source_environment, source_kind, source_namespace, source_name, target_environment,
      target_kind, target_namespace, target_name, purpose, owner, ticket, approver, expires_at,
      protocols, operations, ports, is_encrypted, exception_to, quarantine
    from baseline_entry where baseline_id = ${String(id)}::bigint order by entry`
  return rows.map((row) => ({
    ...edgeOfRow(row),
    ...notesOf(row),
    isEncrypted: row.is_encrypted,
    exceptionTo: row.exception_to,
    quarantine: row.quarantine,
  }))
}

type RuleRow = NoteColumns & {
  id: string
  effect: 'allow' | 'deny'
  source: NodePattern
  target: NodePattern
}

async function readRules(sql: Query, id: bigint): Promise<readonly BaselineRule[]> {
  const rows = await sql<RuleRow[]>`
    select id, effect, source, target, purpose, owner, ticket, approver, expires_at, protocols,
      operations, ports
    from baseline_rule where baseline_id = ${String(id)}::bigint order by place`
  return rows.map((row) => ({
    ...{ id: row.id, effect: row.effect, source: row.source, target: row.target },
    ...notesOf(row),
  }))
}

function notesOf(row: NoteColumns) {
  const { purpose, owner, ticket, approver, protocols, operations, ports } = row
  const expiresAtMs = row.expires_at?.getTime() ?? null
  return { purpose, owner, ticket, approver, expiresAtMs, protocols, operations, ports }
}
