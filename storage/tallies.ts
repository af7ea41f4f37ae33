// Writes the table edge_tally: running sums of an edge within a day (by hour) and within 32 days (by day), so
// that any stretch of hours or days is two look-ups and a subtraction. It is what makes a graph of a month
// with 20,000 edges a matter of tens of milliseconds. Rebuilt whenever a slice below it is summed.
import { BUCKET_TABLES } from './buckets.ts'
import { type EdgePair, pairColumns } from './edge-pairs.ts'
import type { Query } from './sql.ts'
import { type Segment, SLICE_MS, type SummedTier } from './tiers.ts'

const DAY_MS = SLICE_MS.day
const BLOCK_DAYS = 32
const BLOCK_MS = BLOCK_DAYS * DAY_MS

function blockStart(ms: number): number {
  return Math.floor(ms / BLOCK_MS) * BLOCK_MS
}

/** Makes the running sums of a day by hour from its hours. startMs: any moment of the day. */
export function tallyDay(tx: Query, startMs: number): Promise<void> {
  const dayMs = Math.floor(startMs / DAY_MS) * DAY_MS
  return tally(tx, 'day', dayMs, { tier: 'hour', places: 24 })
}

/** Makes the running sums of 32 days by day from their days. startMs: any moment of them. */
export function tallyBlock(tx: Query, startMs: number): Promise<void> {
  return tally(tx, 'block', blockStart(startMs), { tier: 'day', places: BLOCK_DAYS })
}

/** of: the slices that are summed, and how many there are from startMs on. */
async function tally(
  tx: Query,
  span: Span,
  startMs: number,
  of: { readonly tier: SummedTier; readonly places: number },
): Promise<void> {
  const { tier, places } = of
  const sliceMs = SLICE_MS[tier]
  await removeTally(tx, span, startMs)
  await tx`
    insert into edge_tally (span, start, edge_id, calls, errors, sampled_calls, unseen_calls,
      unseen_errors)
    select ${span}, to_timestamp(${startMs}::float8 / 1000), edge_id,
      coalesce(running_sums(array_agg(place), array_agg(calls), ${places}), '{}'),
      coalesce(running_sums(array_agg(place), array_agg(errors), ${places}), '{}'),
      running_sums(array_agg(place), array_agg(sampled_calls), ${places}),
      running_sums(array_agg(place), array_agg(unseen_calls), ${places}),
      running_sums(array_agg(place), array_agg(unseen_errors), ${places})
    from (
      select edge_id, sum(calls)::bigint as calls, sum(errors)::bigint as errors,
        sum(sampled_calls)::bigint as sampled_calls, sum(unseen_calls)::bigint as unseen_calls,
        sum(unseen_errors)::bigint as unseen_errors,
        (extract(epoch from start - to_timestamp(${startMs}::float8 / 1000))
          / ${sliceMs / 1000}::numeric)::int as place
      from ${tx(BUCKET_TABLES[tier])}
      where start >= to_timestamp(${startMs}::float8 / 1000)
        and start < to_timestamp(${startMs + places * sliceMs}::float8 / 1000)
      group by edge_id, start
    ) as slices
    group by edge_id order by edge_id`
}

async function removeTally(tx: Query, span: Span, startMs: number): Promise<void> {
  await tx`
    delete from edge_tally
    where span = ${span} and start = to_timestamp(${startMs}::float8 / 1000)`
}

/** Removes running sums of which nothing is kept any more. */
export async function dropTallies(tx: Query, span: Span, keptSinceMs: number): Promise<void> {
  const spanMs = span === 'day' ? DAY_MS : BLOCK_MS
  await tx`
    delete from edge_tally
    where span = ${span} and start <= to_timestamp(${keptSinceMs - spanMs}::float8 / 1000)`
}

type Span = 'day' | 'block'

/** A stretch within one span: the slices [from, to) of those it is divided into. */
export type TallyStretch = {
  readonly span: Span
  readonly startMs: number
  readonly from: number
  readonly to: number
}

/** The stretches that cover a tallied segment of hours or days. */
export function stretchesOf(segment: Segment): readonly TallyStretch[] {
  const isHours = segment.tier === 'hour'
  const [span, spanMs] = isHours ? (['day', DAY_MS] as const) : (['block', BLOCK_MS] as const)
  const sliceMs = SLICE_MS[segment.tier]
  const stretches: TallyStretch[] = []
  for (let atMs = segment.fromMs; atMs < segment.toMs; ) {
    const startMs = Math.floor(atMs / spanMs) * spanMs
    const untilMs = Math.min(startMs + spanMs, segment.toMs)
    const [from, to] = [(atMs - startMs) / sliceMs, (untilMs - startMs) / sliceMs]
    stretches.push({ span, startMs, from, to })
    atMs = untilMs
  }
  return stretches
}

/** Adds the running sums of merged edges to those of what they were merged into. */
export async function mergeTallies(tx: Query, edges: readonly EdgePair[]): Promise<void> {
  const { from, into } = pairColumns(edges)
  await tx`
    with gone as (
      delete from edge_tally as old
      using unnest(${from}::bigint[], ${into}::bigint[]) as pair(from_id, into_id)
      where old.edge_id = pair.from_id
      returning old.*, pair.into_id
    )
    insert into edge_tally as stored (span, start, edge_id, calls, errors, sampled_calls,
      unseen_calls, unseen_errors)
    select span, start, into_id, calls, errors, sampled_calls, unseen_calls, unseen_errors
    from gone
    on conflict (span, start, edge_id) do update set
      calls = coalesce(add_counts(stored.calls, excluded.calls), '{}'),
      errors = coalesce(add_counts(stored.errors, excluded.errors), '{}'),
      sampled_calls = add_counts(stored.sampled_calls, excluded.sampled_calls),
      unseen_calls = add_counts(stored.unseen_calls, excluded.unseen_calls),
      unseen_errors = add_counts(stored.unseen_errors, excluded.unseen_errors)`
}
