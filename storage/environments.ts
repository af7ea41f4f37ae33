// Writes the tables environment and removed_environment. An environment's row is what keeps a commit and
// an approval apart: the commit holds it `for share` from before its first edge to its end, an
// approval for update.
import { StorageError } from './failure.ts'
import type { Query } from './sql.ts'

/** Whom an environment is of: the collector's senders, the demo, or an imported file. */
export type EnvironmentOrigin = 'observed' | 'demo' | 'import'

export type EnvironmentSummary = {
  readonly name: string
  readonly origin: EnvironmentOrigin
  /** Edges seen in the last 24 h. */
  readonly recentEdges: number
  /** Unix ms; null before the first edge. */
  readonly lastSeenMs: number | null
  /** Of its baseline; null: none was approved. */
  readonly activeVersion: number | null
}

/** What a person sets for an environment. */
export type EnvironmentSettings = {
  /** IANA, for example Europe/Berlin: in it its days begin. */
  readonly zone: string
  /** How many alerts a day are wanted at most. */
  readonly alertTarget: number
  /** For how long what strayed must not be seen until its alert recovers. */
  readonly recoverAfterMs: number
}

type NameRow = { name: string }
type SettingsRow = { zone: string; alert_target: number; recover_after_ms: bigint }
type OriginRow = { origin: EnvironmentOrigin }
type SummaryRow = {
  name: string
  origin: EnvironmentOrigin
  recent_edges: number
  last_seen: Date | null
  active_version: number | null
}
type VersionRow = { name: string; active_version: number | null }
type HeldRow = VersionRow & { judged_at: Date | null }

/** Names of all environments, sorted. */
export async function listEnvironments(sql: Query): Promise<readonly string[]> {
  const rows = await sql<NameRow[]>`select name from environment order by name`
  return rows.map((row) => row.name)
}

/** Names of the environments that have an active baseline, sorted. */
export async function listApproved(sql: Query): Promise<readonly string[]> {
  const rows = await sql<NameRow[]>`
    select name from environment where active_version is not null order by name`
  return rows.map((row) => row.name)
}

/** 'observed' also for one that is not there yet. */
export async function readOrigin(sql: Query, name: string): Promise<EnvironmentOrigin> {
  const [row] = await sql<OriginRow[]>`select origin from environment where name = ${name}`
  return row?.origin ?? 'observed'
}

/** All environments, sorted by name, with how much was seen of each lately. */
export async function readEnvironments(sql: Query): Promise<readonly EnvironmentSummary[]> {
  const rows = await sql<SummaryRow[]>`
    select name, origin, active_version,
      (select count(*)::int from edge
        where edge.environment = name and edge.last_seen > now() - interval '24 hours')
        as recent_edges,
      (select max(edge.last_seen) from edge where edge.environment = name) as last_seen
    from environment order by name`
  return rows.map((row) => ({
    name: row.name,
    origin: row.origin,
    recentEdges: row.recent_edges,
    lastSeenMs: row.last_seen?.getTime() ?? null,
    activeVersion: row.active_version,
  }))
}

/**
 * Takes a name for a demo or an import, before its first span: a new one, or one that was taken for the
 * same before. Errors: StorageError ENVIRONMENT_TAKEN when the name is anything else.
 */
export async function claimEnvironment(
  sql: Query,
  claim: { readonly name: string; readonly origin: 'demo' | 'import' },
): Promise<void> {
  await sql`
    insert into environment (name, origin) values (${claim.name}, ${claim.origin})
    on conflict (name) do nothing`
  const [row] = await sql<OriginRow[]>`select origin from environment where name = ${claim.name}`
  if (row?.origin === claim.origin) return
  throw new StorageError('ENVIRONMENT_TAKEN', `The environment ${claim.name} is of real traces.`)
}

/** Null: there is no such environment. */
export async function readSettings(sql: Query, name: string): Promise<EnvironmentSettings | null> {
  const [row] = await sql<SettingsRow[]>`
    select zone, alert_target, recover_after_ms from environment where name = ${name}`
  if (!row) return null
  const { zone, alert_target: alertTarget, recover_after_ms: recoverAfterMs } = row
  return { zone, alertTarget, recoverAfterMs: Number(recoverAfterMs) }
}

export async function writeSettings(
  tx: Query,
  name: string,
  { zone, alertTarget, recoverAfterMs }: EnvironmentSettings,
): Promise<void> {
  await tx`
    update environment set zone = ${zone}, alert_target = ${alertTarget},
      recover_after_ms = ${String(recoverAfterMs)}::bigint
    where name = ${name}`
}

/**
 * Notes that the clock looks at an environment; returns since when it has without a gap (unix ms). The caller holds
 * the environment.
 */
export async function noteWatched(
  tx: Query,
  name: string,
  { nowMs, gapMs }: { readonly nowMs: number; readonly gapMs: number },
): Promise<number> {
  const now = tx`to_timestamp(${nowMs}::float8 / 1000)`
  const [row] = await tx<{ watched_since: Date }[]>`
    update environment set watched_at = greatest(watched_at, ${now}),
      watched_since = case
        when watched_at >= ${now} - ${gapMs}::float8 * interval '1 millisecond'
        then watched_since else ${now} end
    where name = ${name} returning watched_since`
  if (!row) throw new Error('an environment that was held is gone')
  return row.watched_since.getTime()
}

/** Adds those that are missing. names: any order, may repeat. */
export async function addEnvironments(tx: Query, names: readonly string[]): Promise<void> {
  await tx`
    insert into environment (name)
    select distinct given.name from unnest(${names as string[]}::text[]) as given(name) order by 1
    on conflict (name) do nothing`
}

/** What the judge needs of an environment, as it is held. */
export type HeldEnvironment = {
  /** Null: no version was approved yet. */
  readonly version: number | null
  /** Unix ms; when all of it was judged last, null: never. */
  readonly judgedAtMs: number | null
}

/** By environment; it cannot change until the transaction ends. */
export async function shareActiveVersions(
  tx: Query,
  names: readonly string[],
): Promise<ReadonlyMap<string, HeldEnvironment>> {
  const rows = await tx<HeldRow[]>`
    select name, active_version, judged_at from environment
    where name = any(${names as string[]}::text[]) order by name for share`
  return new Map(
    rows.map((row) => [
      row.name,
      { version: row.active_version, judgedAtMs: row.judged_at?.getTime() ?? null },
    ]),
  )
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

/** The next number for a version; none is given twice, whatever became of the version that had it. */
export async function takeVersionNumber(tx: Query, name: string): Promise<number> {
  const [row] = await tx<{ last_version: number }[]>`
    update environment set last_version = last_version + 1 where name = ${name}
    returning last_version`
  if (!row) throw new Error('an environment that was held is gone')
  return row.last_version
}

export async function writeActiveVersion(tx: Query, name: string, version: number): Promise<void> {
  await tx`update environment set active_version = ${version} where name = ${name}`
}

/** Notes that all of an environment was judged, by the tags there are. */
export async function writeJudged(tx: Query, environment: string, nowMs: number): Promise<void> {
  const key = await readTagsKey(tx, environment)
  await tx`
    update environment set judged_tags = ${key},
      judged_at = to_timestamp(${nowMs}::float8 / 1000)
    where name = ${environment}`
}

type DueRow = { active_version: number; is_due: boolean }

/**
 * The active version, and whether since all was judged something of it has expired or a tag was changed; null when no
 * version is active.
 */
export async function readDue(
  tx: Query,
  environment: string,
  nowMs: number,
): Promise<{ readonly version: number; readonly isDue: boolean } | null> {
  const key = await readTagsKey(tx, environment)
  const [row] = await tx<DueRow[]>`
    select active_version, judged_tags <> ${key} or exists (
      select from baseline, lateral (
        select expires_at from baseline_entry where baseline_id = baseline.id
        union all
        select expires_at from baseline_rule where baseline_id = baseline.id
      ) as line
      where baseline.environment = name and baseline.version = active_version
        and line.expires_at > coalesce(judged_at, baseline.activated_at)
        and line.expires_at <= to_timestamp(${nowMs}::float8 / 1000)
    ) as is_due
    from environment where name = ${environment} and active_version is not null`
  return row ? { version: row.active_version, isDue: row.is_due } : null
}

type KeyRow = { key: string }

/**
 * Changes with every change of a tag in any environment, or of one that an environment's edges lead to (itself
 * included).
 */
export async function readTagsKey(tx: Query, of: string | null): Promise<string> {
  const [row] = await tx<KeyRow[]>`
    select coalesce(string_agg(name || ' ' || tags_revision, ', ' order by name), '') as key
    from environment
    where tags_revision > 0 and (${of}::text is null or name = ${of} or name in (
      select target.environment from edge join node as target on target.id = edge.target_id
      where edge.environment = ${of} and target.environment <> ${of}))`
  return row?.key ?? ''
}

/** To be called with each change of a tag of these environments. */
export async function noteTagChange(tx: Query, names: readonly string[]): Promise<void> {
  await tx`
    update environment set tags_revision = tags_revision + 1
    where name = any(${names as string[]}::text[])`
}

/**
 * Holds an environment for its removal: no commit and no approval passes. Errors: StorageError
 * ENVIRONMENT_UNKNOWN, ENVIRONMENT_OBSERVED when it is of real traces.
 */
export async function lockForRemoval(tx: Query, name: string): Promise<void> {
  const [row] = await tx<OriginRow[]>`
    select origin from environment where name = ${name} for update`
  if (!row) throw new StorageError('ENVIRONMENT_UNKNOWN', 'There is no such environment.')
  if (row.origin !== 'observed') return
  const text = 'An environment of real traces is not removed; it becomes stale when they end.'
  throw new StorageError('ENVIRONMENT_OBSERVED', text)
}

/** From here on commits leave the environment out, until the collector has forgotten it. */
export async function markRemoved(tx: Query, name: string): Promise<void> {
  await tx`insert into removed_environment (name) values (${name}) on conflict (name) do nothing`
}

/** Last of all: nothing refers to the environment any more. */
export async function deleteEnvironment(tx: Query, name: string): Promise<void> {
  await tx`delete from environment where name = ${name}`
}

/** Names of removed environments that the collector has not forgotten yet. */
export async function listRemoved(sql: Query): Promise<readonly string[]> {
  const rows = await sql<NameRow[]>`select name from removed_environment order by name`
  return rows.map((row) => row.name)
}

/** Those of them that were removed at least so long ago. */
export async function listRemovedFor(sql: Query, durationMs: number): Promise<readonly string[]> {
  const rows = await sql<NameRow[]>`
    select name from removed_environment
    where removed_at <= clock_timestamp() - ${durationMs}::float8 * interval '1 millisecond'
    order by name`
  return rows.map((row) => row.name)
}

/** The collector has forgotten these: what comes of them from now on is new. */
export async function clearRemoved(tx: Query, names: readonly string[]): Promise<void> {
  await tx`delete from removed_environment where name = any(${names as string[]}::text[])`
}
