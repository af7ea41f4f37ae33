// Partitions of the bucket tables: made ahead so that no row goes to the default one, and dropped when all they
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

/** How long each tier is kept, ms. */
export type Retention = { readonly [tier in Tier]: number }

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
  const created: string[] = []
  const dropped: string[] = []
  const postponed: string[] = []
  for (const tier of TIERS) {
    for (const day of periodsAround(tier, nowMs)) {
      const name = `${BUCKET_TABLES[tier]}_${day.replaceAll('-', '')}`
      const made = await tryLocked(sql, (tx) => createPartition(tx, tier, day))
      if (made) created.push(name)
      if (made !== null) continue
      postponed.push(name)
      break
    }
    for (const name of await findPast(sql, tier, nowMs)) {
      if (await tryLocked(sql, (tx) => dropPartition(tx, name))) dropped.push(name)
      else {
        postponed.push(name)
        break
      }
    }
    const periodMs = PERIOD_DAYS[tier] * DAY_MS
    const sinceMs = Math.floor((nowMs - retention[tier]) / periodMs) * periodMs
    await sql.begin((tx) => advanceKeptSince(tx, tier, sinceMs, nowMs))
  }
  const prune = (tx: Query) => pruneExemplars(tx, nowMs - EXEMPLAR_RETENTION_MS)
  return { created, dropped, postponed, exemplarsRemoved: await sql.begin(prune) }
}

/** First days (UTC, YYYY-MM-DD) of the partitions that are, or will soon be, written to. */
function periodsAround(tier: Tier, nowMs: number): readonly string[] {
  const periodMs = PERIOD_DAYS[tier] * DAY_MS
  const firstMs = Math.floor((nowMs - DAYS_BACK * DAY_MS) / periodMs) * periodMs
  const days: string[] = []
  for (let ms = firstMs; ms <= nowMs + DAYS_AHEAD * DAY_MS; ms += periodMs)
    days.push(new Date(ms).toISOString().slice(0, 10))
  return days
}

/** Runs in a transaction that waits a moment for its locks, a few times; null when in vain. */
async function tryLocked<T>(sql: Sql, work: (tx: Query) => Promise<T>): Promise<T | null> {
  for (let attempt = 1; attempt <= LOCK_TRIES; attempt++) {
    try {
      const result = await sql.begin(async (tx) => {
        await tx`set local lock_timeout = '100ms'`
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

async function createPartition(tx: Query, tier: Tier, day: string): Promise<boolean> {
  const [row] = await tx<CreatedRow[]>`
    select create_partition(${BUCKET_TABLES[tier]}, ${day}::date, ${PERIOD_DAYS[tier]}) as created`
  return row?.created ?? false
}

type PartitionRow = { name: string }

/** Partitions that nobody reads any more; rows of the default one that are as old go at once. */
async function findPast(sql: Sql, tier: Tier, nowMs: number): Promise<readonly string[]> {
  const keptSinceMs = await readDroppable(sql, tier, nowMs)
  if (keptSinceMs === null) return []
  await sql`
    delete from ${sql(`${BUCKET_TABLES[tier]}_default`)}
    where start < to_timestamp(${keptSinceMs}::float8 / 1000)`
  if (tier === 'hour') await dropTallies(sql, 'day', keptSinceMs)
  if (tier === 'day') await dropTallies(sql, 'block', keptSinceMs)
  const rows = await sql<PartitionRow[]>`
    select list_past_partitions(${BUCKET_TABLES[tier]}, ${PERIOD_DAYS[tier]},
      to_timestamp(${keptSinceMs}::float8 / 1000)) as name`
  return rows.map((row) => row.name)
}

async function dropPartition(tx: Query, name: string): Promise<true> {
  await tx`drop table if exists ${tx(name)}`
  return true
}
