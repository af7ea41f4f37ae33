// Writes the tables bucket_tier and rollup_due: how far each tier is rolled up and kept, and which slices
// must be summed anew. A commit holds the tiers `for share`; moving a mark waits for it (milliseconds), so a
// commit always knows which tier its counts belong to and whether a sum of them has been taken already.
import type { Query } from './sql.ts'
import {
  planWindow,
  type Segment,
  type SummedTier,
  sliceKey,
  type Tier,
  type TierStates,
} from './tiers.ts'

type TierRow = { tier: Tier; rolled_until: Date; kept_since: Date }
type DueRow = { tier: Tier; start: Date }

/** The tiers as this snapshot sees them, slices that are due included. */
export async function readTiers(tx: Query): Promise<TierStates> {
  const rows = await tx<TierRow[]>`select tier, rolled_until, kept_since from bucket_tier`
  const due = await tx<DueRow[]>`select distinct tier, start from rollup_due`
  return statesOf(rows, due)
}

/** What a window (unix ms) is to be read from, as this snapshot sees the tiers. */
export async function readSegments(
  tx: Query,
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly Segment[]> {
  return planWindow(await readTiers(tx), window)
}

/** The tiers, held until the transaction ends; `due` is empty, because writers need not know it. */
export async function shareTiers(tx: Query): Promise<TierStates> {
  const rows = await tx<TierRow[]>`
    select tier, rolled_until, kept_since from bucket_tier order by tier for share`
  return statesOf(rows, [])
}

function statesOf(rows: readonly TierRow[], due: readonly DueRow[]): TierStates {
  const stateOf = (tier: Tier) => {
    const row = rows.find((each) => each.tier === tier)
    if (!row) throw new Error(`bucket_tier has lost its row ${tier}`)
    return { rolledUntilMs: row.rolled_until.getTime(), keptSinceMs: row.kept_since.getTime() }
  }
  return {
    ...{ minute: stateOf('minute'), hour: stateOf('hour'), day: stateOf('day') },
    due: new Set(due.map(({ tier, start }) => sliceKey(tier, start.getTime()))),
  }
}

export type Slice = { readonly tier: SummedTier; readonly startMs: number }

/** Asks for slices to be summed again. Rows are only added, so that nobody waits for anybody. */
export async function markDue(tx: Query, slices: readonly Slice[]): Promise<void> {
  if (slices.length === 0) return
  await tx`
    insert into rollup_due (tier, start)
    select given.tier, to_timestamp(given.start / 1000)
    from unnest(
      ${slices.map((slice) => slice.tier)}::text[],
      ${slices.map((slice) => slice.startMs)}::float8[]
    ) as given(tier, start)`
}

/** Takes the marks of a slice off, those that are visible now. Sum the slice after this, not before. */
export async function clearDue(tx: Query, { tier, startMs }: Slice): Promise<void> {
  await tx`
    delete from rollup_due
    where tier = ${tier} and start = to_timestamp(${startMs}::float8 / 1000)`
}

/** Slices to be summed, the oldest first. */
export async function readDue(sql: Query, tier: Slice['tier']): Promise<readonly Slice[]> {
  const rows = await sql<DueRow[]>`
    select distinct tier, start from rollup_due where tier = ${tier} order by start`
  return rows.map((row) => ({ tier, startMs: row.start.getTime() }))
}

type MarkRow = { rolled_until: Date }

/** Until when a tier is rolled up (unix ms). No commit that began before is still running. */
export async function lockRolledUntil(tx: Query, tier: Slice['tier']): Promise<number> {
  const [row] = await tx<MarkRow[]>`
    select rolled_until from bucket_tier where tier = ${tier} for update`
  return row?.rolled_until.getTime() ?? 0
}

/**
 * Declares all slices up to a time rolled up, and these of them due, in one step: from here on every
 * commit marks what it changes in them, and they count only once they have been summed. The tier is
 * locked.
 */
export async function advanceRolledUntil(
  tx: Query,
  tier: Slice['tier'],
  to: { readonly untilMs: number; readonly dueStartsMs: readonly number[] },
): Promise<void> {
  await tx`
    update bucket_tier set rolled_until = to_timestamp(${to.untilMs}::float8 / 1000)
    where tier = ${tier}`
  await markDue(
    tx,
    to.dueStartsMs.map((startMs) => ({ tier, startMs })),
  )
}

type KeptRow = { kept_since: Date; is_old: boolean }

/**
 * Declares a tier's slices before a time gone, if the coarser tier holds them all. They are dropped
 * later, see readDroppable.
 */
export async function advanceKeptSince(
  tx: Query,
  tier: Tier,
  sinceMs: number,
  nowMs: number,
): Promise<void> {
  const [row] = await tx<KeptRow[]>`
    select kept_since from bucket_tier where tier = ${tier} for update`
  if (!row || row.kept_since.getTime() >= sinceMs) return
  await tx`
    update bucket_tier as stored set kept_since = to_timestamp(${sinceMs}::float8 / 1000),
      kept_at = to_timestamp(${nowMs}::float8 / 1000)
    where stored.tier = ${tier} and (
      ${tier} = 'day' or not exists (
        select from rollup_due as due
        where due.tier = case ${tier}::text when 'minute' then 'hour' else 'day' end
          and due.start < to_timestamp(${sinceMs}::float8 / 1000)
      ) and exists (
        select from bucket_tier as coarser
        where coarser.tier = case ${tier}::text when 'minute' then 'hour' else 'day' end
          and coarser.rolled_until >= to_timestamp(${sinceMs}::float8 / 1000)
      )
    )`
}

/**
 * From when on a tier's slices are kept, once every read that may still want older ones is over;
 * null before that.
 */
export async function readDroppable(sql: Query, tier: Tier, nowMs: number): Promise<number | null> {
  const [row] = await sql<KeptRow[]>`
    select kept_since, kept_at <= to_timestamp(${nowMs - READ_MS_MAX}::float8 / 1000) as is_old
    from bucket_tier where tier = ${tier}`
  return row?.is_old ? row.kept_since.getTime() : null
}

/** No graph read takes longer than this. */
const READ_MS_MAX = 60_000
