// Reads versions of baselines as the routes hand them out.
import 'server-only'
import type { BaselineContent } from '../core/baseline/content.ts'
import { readSide } from '../storage/baseline-compare.ts'
import { type ListedVersion, readVersion, type StoredVersion } from '../storage/baseline-record.ts'
import { readActiveVersion } from '../storage/baselines.ts'
import type { Query } from '../storage/sql.ts'

/** A version by its number, or the active one. */
export type WantedVersion = {
  readonly environment: string
  readonly version: number | 'active'
}

/** A version without what only storage knows. */
export function toVersionView<V extends StoredVersion | ListedVersion>({
  id: _,
  ...version
}: V): Omit<V, 'id'> {
  return version
}

/** Null when there is none, or none is active. */
export async function findVersion(
  sql: Query,
  { environment, version }: WantedVersion,
): Promise<StoredVersion | null> {
  const number = version === 'active' ? await readActiveVersion(sql, environment) : version
  return number === null ? null : readVersion(sql, environment, number)
}

/** A version with what it holds, and the tags of nodes as they are now; null when there is none. */
export async function readVersionContent(
  sql: Query,
  wanted: WantedVersion,
): Promise<{ readonly version: StoredVersion; readonly content: BaselineContent } | null> {
  const version = await findVersion(sql, wanted)
  if (version === null) return null
  const { environment } = wanted
  return {
    version,
    content: await readSide(sql, { side: 'version', environment, version: version.version }),
  }
}
