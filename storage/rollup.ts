// Rolls minutes up to hours and hours to days. Two steps: a mark moves on and declares slices due (a short
// transaction, from which on commits say what they change in them); then each due slice is summed by itself.
// A kill between or within leaves slices due, and reads take the finer tier for what is due: every sum is
// right at every moment. docs/decisions/0010 has the argument.
import { readFilledSlices, readOldestStart, sumBuckets } from './buckets.ts'
import type { Query, Sql } from './sql.ts'
import { tallyBlock, tallyDay } from './tallies.ts'
import {
  advanceRolledUntil,
  clearDue,
  lockRolledUntil,
  readDue,
  readTiers,
  type Slice,
} from './tier-state.ts'
import { SLICE_MS, sliceStart } from './tiers.ts'

export type RollupOptions = {
  /** Unix ms. */
  readonly nowMs: number
  /** How long after its end a slice waits for late spans: what follows is rare, and costs a sum. */
  readonly waitMs: number
}

export type Rollup = {
  /** Slices summed. */
  readonly hours: number
  readonly days: number
}

/**
 * Sums what is due. Idempotent; safe to kill, and to run twice at once. Never holds up a commit
 * beyond the moment in which a mark moves.
 */
export async function rollUp(sql: Sql, { nowMs, waitMs }: RollupOptions): Promise<Rollup> {
  const untilMs = nowMs - waitMs
  await sql.begin((tx) => advance(tx, 'hour', sliceStart('hour', untilMs)))
  let hours = 0
  for (const slice of await readDue(sql, 'hour')) if (await sumSlice(sql, slice)) hours++
  await sql.begin((tx) => advance(tx, 'day', sliceStart('day', untilMs)))
  let days = 0
  for (const slice of await readDue(sql, 'day')) if (await sumSlice(sql, slice)) days++
  return { hours, days }
}

/** A slice of nothing needs no sum, so only those with finer buckets become due. */
async function advance(tx: Query, tier: Slice['tier'], untilMs: number): Promise<void> {
  const rolledUntilMs = await lockRolledUntil(tx, tier)
  if (untilMs <= rolledUntilMs) return
  const finer = tier === 'hour' ? 'minute' : 'hour'
  const oldestMs = (await readOldestStart(tx, finer)) ?? untilMs
  const fromMs = Math.max(rolledUntilMs, sliceStart(tier, oldestMs))
  const range = { fromMs, toMs: untilMs, sliceMs: SLICE_MS[tier] }
  const dueStartsMs = fromMs < untilMs ? await readFilledSlices(tx, finer, range) : []
  await advanceRolledUntil(tx, tier, { untilMs, dueStartsMs })
}

/**
 * Sums one slice from its parts, if they are still kept, and the running sums above it. Its marks go
 * first: what is committed after that marks it anew. False: an hour of the day is due itself.
 */
function sumSlice(sql: Sql, slice: Slice): Promise<boolean> {
  return sql
    .begin(async (tx) => {
      await lockRollup(tx)
      if (slice.tier === 'day' && (await hasDueHour(tx, slice.startMs))) return false
      await clearDue(tx, slice)
      // A commit between those two statements may have marked an hour and had its mark on the day
      // taken off with the others.
      if (slice.tier === 'day' && (await hasDueHour(tx, slice.startMs))) throw new HourIsDue()
      const states = await readTiers(tx)
      if (slice.tier === 'hour') {
        if (slice.startMs >= states.minute.keptSinceMs) await sumBuckets(tx, 'hour', slice.startMs)
        await tallyDay(tx, slice.startMs)
      } else {
        if (slice.startMs >= states.hour.keptSinceMs) await sumBuckets(tx, 'day', slice.startMs)
        await tallyBlock(tx, slice.startMs)
      }
      return true
    })
    .catch((error: unknown) => {
      if (error instanceof HourIsDue) return false
      throw error
    })
}

/** Thrown to roll back: the day stays due. */
class HourIsDue extends Error {}

async function hasDueHour(tx: Query, dayMs: number): Promise<boolean> {
  const hours = await readDue(tx, 'hour')
  return hours.some(({ startMs }) => startMs >= dayMs && startMs < dayMs + SLICE_MS.day)
}

/** Keeps roll-ups away until the transaction ends: for who changes several tiers at once. */
export async function lockRollup(tx: Query): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext('strayline.rollup'))`
}
