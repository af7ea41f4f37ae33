// Partitions of the table bucket, a day each: made ahead so that no row goes to the default one,
// and dropped when they are older than the retention. The worker runs it at start and daily, as
// owner.
import { pruneExemplars } from './exemplars.ts'
import type { Query, Sql } from './sql.ts'

const DAY_MS = 86_400_000
const DAYS_AHEAD = 3
/** Late spans reach back at most 24 h (DESIGN section 2, Bucket time). */
const DAYS_BACK = 1
/** Until minutes are rolled up to hours and days, minutes are kept for a week instead of 48 h. */
const BUCKET_RETENTION_MS = 7 * DAY_MS
const EXEMPLAR_RETENTION_MS = 30 * DAY_MS

export type Maintenance = {
  /** Days (UTC, YYYY-MM-DD) that got a partition. */
  readonly created: readonly string[]
  readonly dropped: number
  readonly exemplarsRemoved: number
}

/** Idempotent; a crash half-way leaves nothing half-done. nowMs: unix ms. */
export async function maintainPartitions(sql: Sql, nowMs: number): Promise<Maintenance> {
  const created: string[] = []
  for (let day = -DAYS_BACK; day <= DAYS_AHEAD; day++) {
    const date = new Date(nowMs + day * DAY_MS).toISOString().slice(0, 10)
    if (await createPartition(sql, date)) created.push(date)
  }
  const dropped = await dropPartitions(sql, nowMs - BUCKET_RETENTION_MS)
  const prune = (tx: Query) => pruneExemplars(tx, nowMs - EXEMPLAR_RETENTION_MS)
  return { created, dropped, exemplarsRemoved: await sql.begin(prune) }
}

type CreatedRow = { created: boolean }

async function createPartition(sql: Query, date: string): Promise<boolean> {
  const [row] = await sql<CreatedRow[]>`select create_bucket_partition(${date}::date) as created`
  return row?.created ?? false
}

type DroppedRow = { dropped: number }

async function dropPartitions(sql: Query, beforeMs: number): Promise<number> {
  const [row] = await sql<DroppedRow[]>`
    select drop_bucket_partitions(to_timestamp(${beforeMs}::float8 / 1000)) as dropped`
  return row?.dropped ?? 0
}
