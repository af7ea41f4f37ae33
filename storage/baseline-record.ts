// Writes the table baseline: versions and their states. What a version holds is in baseline-content.ts. Whoever
// calls here holds the environment (lockActiveVersion), so that numbers and states cannot pass each other.
import type { Query } from './sql.ts'

export const BASELINE_STATES = ['draft', 'in_review', 'active', 'superseded'] as const
export type BaselineState = (typeof BASELINE_STATES)[number]

/** What a version was made from. */
export const BASELINE_ORIGINS = [
  ...(['window', 'content', 'version', 'rollback', 'promotion', 'alert', 'node'] as const),
] as const
export type BaselineOrigin = (typeof BASELINE_ORIGINS)[number]

export type NewVersion = {
  readonly environment: string
  /** A user's e-mail address. */
  readonly author: string
  readonly title: string
  readonly reason: string
  readonly origin: BaselineOrigin
  /** The version of this environment that it began from; null: none. */
  readonly baseVersion: number | null
}

export type StoredVersion = NewVersion & {
  readonly id: bigint
  readonly version: number
  readonly state: BaselineState
  /** Who else changed it while it was a draft. */
  readonly editors: readonly string[]
  readonly approver: string | null
  /** One more with each change, so that nobody overwrites what he has not seen. */
  readonly revision: number
  readonly createdAtMs: number
  readonly submittedAtMs: number | null
  readonly activatedAtMs: number | null
}

type VersionRow = {
  id: bigint
  environment: string
  version: number
  state: BaselineState
  author: string
  editors: string[]
  approver: string | null
  title: string
  reason: string
  origin: BaselineOrigin
  base_version: number | null
  revision: number
  created_at: Date
  submitted_at: Date | null
  activated_at: Date | null
}

/** version: takeVersionNumber. */
export async function insertDraft(
  tx: Query,
  draft: NewVersion & { readonly version: number; readonly editors: readonly string[] },
): Promise<StoredVersion> {
  const rows = await tx<VersionRow[]>`
    insert into baseline
      (environment, version, state, author, editors, title, reason, origin, base_version)
    values (${draft.environment}, ${draft.version}, 'draft', ${draft.author},
      ${[...draft.editors]}::text[], ${draft.title}, ${draft.reason}, ${draft.origin},
      ${draft.baseVersion})
    returning *`
  return only(rows)
}

/** Null when there is no such version. */
export async function readVersion(
  sql: Query,
  environment: string,
  version: number,
): Promise<StoredVersion | null> {
  const rows = await sql<VersionRow[]>`
    select * from baseline where environment = ${environment} and version = ${version}`
  return rows[0] ? versionOf(rows[0]) : null
}

export type Editing = {
  readonly editor: string
  readonly title: string
  readonly reason: string
}

/** Notes a change of a draft. */
export async function touchDraft(tx: Query, id: bigint, editing: Editing): Promise<StoredVersion> {
  const rows = await tx<VersionRow[]>`
    update baseline set title = ${editing.title}, reason = ${editing.reason},
      revision = revision + 1,
      editors = case when ${editing.editor} = author or ${editing.editor} = any(editors)
        then editors else editors || ${editing.editor}::text end
    where id = ${String(id)}::bigint returning *`
  return only(rows)
}

/** Moves a version between draft and review. */
export async function moveVersion(
  tx: Query,
  id: bigint,
  state: 'draft' | 'in_review',
): Promise<StoredVersion> {
  const rows = await tx<VersionRow[]>`
    update baseline set state = ${state}, revision = revision + 1,
      submitted_at = case when ${state}::text = 'in_review' then now() end
    where id = ${String(id)}::bigint returning *`
  return only(rows)
}

/** Makes it the active version in place of the former. */
export async function activateVersion(
  tx: Query,
  { id, environment, approver }: Pick<StoredVersion, 'id' | 'environment'> & { approver: string },
): Promise<void> {
  await tx`
    update baseline set state = 'superseded'
    where environment = ${environment} and state = 'active'`
  await tx`
    update baseline set state = 'active', approver = ${approver}, activated_at = now()
    where id = ${String(id)}::bigint`
}

/** Deletes a draft whose content is gone; the database refuses any other. */
export async function deleteDraft(tx: Query, id: bigint): Promise<void> {
  await tx`delete from baseline where id = ${String(id)}::bigint`
}

/**
 * Deletes all versions of an environment, when their content is gone; the database refuses it but for one that is
 * marked as removed (markRemoved).
 */
export async function deleteVersions(tx: Query, environment: string): Promise<void> {
  await tx`delete from baseline where environment = ${environment}`
}

export type ListedVersion = StoredVersion & {
  /** How many it holds; of the entries, how many are in quarantine. */
  readonly entries: number
  readonly quarantined: number
  readonly rules: number
}

export type VersionPage = {
  readonly environment: string
  readonly limit: number
  /** The number of the last version of the page before; null: the first page. */
  readonly after: number | null
}

type ListedRow = VersionRow & { entries: number; quarantined: number; rules: number }

/** Versions of an environment, the highest number first. */
export async function listVersions(
  sql: Query,
  page: VersionPage,
): Promise<readonly ListedVersion[]> {
  const rows = await sql<ListedRow[]>`
    select baseline.*, counted.entries, counted.quarantined,
      (select count(*)::int from baseline_rule where baseline_id = baseline.id) as rules
    from baseline, lateral (
      select count(*)::int as entries,
        count(*) filter (where quarantine <> '{}')::int as quarantined
      from baseline_entry where baseline_id = baseline.id
    ) as counted
    where environment = ${page.environment}
      and (${page.after}::int is null or version < ${page.after}::int)
    order by version desc limit ${page.limit}`
  return rows.map((row) => ({
    ...versionOf(row),
    ...{ entries: row.entries, quarantined: row.quarantined, rules: row.rules },
  }))
}

function only(rows: readonly VersionRow[]): StoredVersion {
  const [row] = rows
  if (!row) throw new Error('a baseline version that was held is gone')
  return versionOf(row)
}

function versionOf(row: VersionRow): StoredVersion {
  return {
    id: row.id,
    environment: row.environment,
    version: row.version,
    state: row.state,
    author: row.author,
    editors: row.editors,
    approver: row.approver,
    title: row.title,
    reason: row.reason,
    origin: row.origin,
    baseVersion: row.base_version,
    revision: row.revision,
    createdAtMs: row.created_at.getTime(),
    submittedAtMs: row.submitted_at?.getTime() ?? null,
    activatedAtMs: row.activated_at?.getTime() ?? null,
  }
}
