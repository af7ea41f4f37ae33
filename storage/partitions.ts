// Partitions of the buckets and of kept spans: made ahead so that no row goes to the default one, and dropped when all they
// hold is older than the retention. The worker runs it at start and hourly, as owner. A lock that is not to be
// had at once is given up and tried again: a commit never waits long behind a drop that waits for a reader.
import { setTimeout as sleep } from 'node:timers/promises'
import { BUCKET_TABLES } from './buckets.ts'
import { pruneExemplars } from './exemplars.ts'
import { errorCode } from './failure.ts'
import type { Query, Sql } from './sql.ts'
import { dropTallies } from './tallies.ts'
import { advanceKeptSince, readDroppable } from './tier-state.ts'
import { SLICE_MS, TIERS, type Tier } from './tiers.ts'

const DAY_MS = SLICE_MS.day
const DAYS_AHEAD = 3
/** Late spans reach back at most 24 h (DESIGN section 2, Bucket time). */
const DAYS_BACK = 1
/** How many days a partition of each tier holds. */
const PERIOD_DAYS: { readonly [tier in Tier]: number } = { minute: 1, hour: 7, day: 32 }
const EXEMPLAR_RETENTION_MS = 30 * DAY_MS
const LOCK_TRIES = 5
const LOCK_PAUSE_MS = 100

/** How long each tier, and every span, is kept, ms. */
export type Retention = { readonly [tier in Tier]: number } & { readonly span: number }

export type Maintenance = {
  /** Partitions made, by name. */
  readonly created: readonly string[]
  readonly dropped: readonly string[]
  /** Partitions whose lock was not to be had; the next run tries them and those after them again. */
  readonly postponed: readonly string[]
  readonly exemplarsRemoved: number
}

/** Idempotent; a crash half-way leaves nothing half-done. nowMs: unix ms. */
export async function maintainPartitions(
  sql: Sql,
  nowMs: number,
  retention: Retention,
): Promise<Maintenance> {
  const done = { created: [] as string[], dropped: [] as string[], postponed: [] as string[] }
  for (const tier of TIERS) {
    const parts = { table: BUCKET_TABLES[tier], days: PERIOD_DAYS[tier] }
    await makeAhead(sql, parts, nowMs, done)
    const keptSinceMs = await readDroppable(sql, tier, nowMs)
    if (keptSinceMs !== null) {
      if (tier === 'hour') await dropTallies(sql, 'day', keptSinceMs)
      if (tier === 'day') await dropTallies(sql, 'block', keptSinceMs)
      await dropPast(sql, { ...parts, column: 'start' }, keptSinceMs, done)
    }
    const sinceMs = periodStart(parts.days, nowMs - retention[tier])
    await sql.begin((tx) => advanceKeptSince(tx, tier, sinceMs, nowMs))
  }
  const spans = { table: 'span', days: 1, column: 'arrived' }
  await makeAhead(sql, spans, nowMs, done)
  await dropPast(sql, spans, periodStart(1, nowMs - retention.span), done)
  const prune = (tx: Query) => pruneExemplars(tx, nowMs - EXEMPLAR_RETENTION_MS)
  return { ...done, exemplarsRemoved: await sql.begin(prune) }
}

type Parts = { readonly table: string; readonly days: number }
type Done = { readonly created: string[]; readonly dropped: string[]; readonly postponed: string[] }

function periodStart(days: number, ms: number): number {
  return Math.floor(ms / (days * DAY_MS)) * days * DAY_MS
}

async function makeAhead(sql: Sql, parts: Parts, nowMs: number, done: Done): Promise<void> {
  for (const day of periodsAround(parts.days, nowMs)) {
    const name = `${parts.table}_${day.replaceAll('-', '')}`
    const isMade = await tryLocked(sql, (tx) => createPartition(tx, parts, day))
    if (isMade) done.created.push(name)
    if (isMade !== null) continue
    done.postponed.push(name)
    return
  }
}

/** First days (UTC, YYYY-MM-DD) of the partitions that are, or will soon be, written to. */
function periodsAround(days: number, nowMs: number): readonly string[] {
  const firsts: string[] = []
  const untilMs = nowMs + DAYS_AHEAD * DAY_MS
  const firstMs = periodStart(days, nowMs - DAYS_BACK * DAY_MS)
  for (let ms = firstMs; ms <= untilMs; ms += days * DAY_MS)
    firsts.push(new Date(ms).toISOString().slice(0, 10))
  return firsts
}

/** Drops what nobody reads any more; rows of the default partition that are as old go, too. */
async function dropPast(
  sql: Sql,
  parts: Parts & { readonly column: string },
  beforeMs: number,
  done: Done,
): Promise<void> {
  await sql`
    delete from ${sql(`${parts.table}_default`)}
    where ${sql(parts.column)} < to_timestamp(${beforeMs}::float8 / 1000)`
  for (const name of await findPast(sql, parts, beforeMs)) {
    if (await tryLocked(sql, (tx) => dropPartition(tx, name))) done.dropped.push(name)
    else {
      done.postponed.push(name)
      return
    }
  }
}

/** Runs in a transaction that waits a moment for its locks, a few times; null when in vain. */
async function tryLocked<T>(sql: Sql, work: (tx: Query) => Promise<T>): Promise<T | null> {
  for (let attempt = 1; attempt <= LOCK_TRIES; attempt++) {
    try {
      const result = await sql.begin(async (tx) => {
        await tx`set local lock_timeout = '100ms'`
        // Two that drop the same partition: the second would look for the parent of what is gone.
        await tx`select pg_advisory_xact_lock(hashtext('strayline.partitions'))`
        return { value: await work(tx) }
      })
      return result.value
    } catch (error) {
      if (errorCode(error) !== '55P03') throw error // lock_not_available
      await sleep(LOCK_PAUSE_MS * attempt)
    }
  }
  return null
}

type CreatedRow = { created: boolean }

async function createPartition(tx: Query, { table, days }: Parts, day: string): Promise<boolean> {
  const [row] = await tx<CreatedRow[]>`
    select create_partition(${table}, ${day}::date, ${days}) as created`
  return row?.created ?? false
}

type PartitionRow = { name: string }

async function findPast(
  sql: Sql,
  { table, days }: Parts,
  beforeMs: number,
): Promise<readonly string[]> {
  const rows = await sql<PartitionRow[]>`
    select list_past_partitions(${table}, ${days}, to_timestamp(${beforeMs}::float8 / 1000)) as name`
  return rows.map((row) => row.name)
}

async function dropPartition(tx: Query, name: string): Promise<true> {
  await tx`drop table if exists ${tx(name)}`
  return true
}
