// Writes the table refusal: what the collector's receivers refused, by why, so that the dashboard can say
// why nothing arrives. Refused requests never reach the journal, so no commit could tell of them.
import { notifyChange } from './events.ts'
import type { Query, Sql } from './sql.ts'

export const REFUSAL_REASONS = [
  'unauthorized', // requests without the ingest token, or with a wrong one
  'undecodable', // requests that are not what their content-type says
  'otherSignal', // requests with metrics or logs
  'malformedSpan', // spans without ids, in requests that were otherwise accepted
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** Counts by reason, since the start of the collector. */
export type Refusals = { readonly [reason in RefusalReason]: number }

/** Replaces the counts of these reasons and tells listeners. nowMs: the last of them, unix ms. */
export async function writeRefusals(
  sql: Sql,
  refusals: Partial<Refusals>,
  nowMs: number,
): Promise<void> {
  const reasons = Object.keys(refusals)
  await sql.begin(async (tx) => {
    await tx`
      insert into refusal (reason, count, last_at)
      select given.reason, given.count, to_timestamp(${nowMs}::float8 / 1000)
      from unnest(${reasons}::text[], ${Object.values(refusals)}::bigint[]) as given(reason, count)
      order by 1
      on conflict (reason) do update set count = excluded.count, last_at = excluded.last_at`
    await notifyChange(tx)
  })
}

export type Refusal = {
  readonly reason: RefusalReason
  readonly count: number
  /** Unix ms. */
  readonly lastAtMs: number
}

type RefusalRow = { reason: RefusalReason; count: bigint; last_at: Date }

/** Newest first. */
export async function readRefusals(sql: Query): Promise<readonly Refusal[]> {
  const rows = await sql<RefusalRow[]>`
    select reason, count, last_at from refusal order by last_at desc, reason`
  return rows.map((row) => ({
    reason: row.reason,
    count: Number(row.count),
    lastAtMs: row.last_at.getTime(),
  }))
}
