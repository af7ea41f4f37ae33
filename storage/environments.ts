// Writes the table environment. Its rows are what keeps a commit and an approval apart: the commit
// holds them `for share` from before its first edge to its end, an approval for update.
import { StorageError } from './failure.ts'
import type { Query } from './sql.ts'

type NameRow = { name: string }
type VersionRow = { name: string; active_version: number | null }

/** Names of all environments, sorted. */
export async function listEnvironments(sql: Query): Promise<readonly string[]> {
  const rows = await sql<NameRow[]>`select name from environment order by name`
  return rows.map((row) => row.name)
}

/** Adds those that are missing. names: any order, may repeat. */
export async function addEnvironments(tx: Query, names: readonly string[]): Promise<void> {
  await tx`
    insert into environment (name)
    select distinct given.name from unnest(${names as string[]}::text[]) as given(name) order by 1
    on conflict (name) do nothing`
}

/**
 * Active versions by environment (null: none approved yet), which cannot change until the
 * transaction ends.
 */
export async function shareActiveVersions(
  tx: Query,
  names: readonly string[],
): Promise<ReadonlyMap<string, number | null>> {
  const rows = await tx<VersionRow[]>`
    select name, active_version from environment
    where name = any(${names as string[]}::text[]) order by name for share`
  return new Map(rows.map((row) => [row.name, row.active_version]))
}

/**
 * The active version (null: none), held for this transaction alone. Errors: StorageError
 * ENVIRONMENT_UNKNOWN.
 */
export async function lockActiveVersion(tx: Query, name: string): Promise<number | null> {
  const rows = await tx<VersionRow[]>`
    select name, active_version from environment where name = ${name} for no key update`
  const row = rows[0]
  if (row) return row.active_version
  throw new StorageError('ENVIRONMENT_UNKNOWN', 'No span of this environment has been seen.')
}

export async function writeActiveVersion(tx: Query, name: string, version: number): Promise<void> {
  await tx`update environment set active_version = ${version} where name = ${name}`
}
