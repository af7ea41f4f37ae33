// Reads sums of buckets over a window, each segment of it from the coarsest tier that fits (tiers.ts): by
// operation and latency for a few edges, calls and errors alone for all of an environment.
import { WEIGHT_UNIT } from '../core/span/sampling.ts'
import { unpackCounts } from './packed-counts.ts'
import type { Query } from './sql.ts'
import { stretchesOf } from './tallies.ts'
import type { Segment, Tier } from './tiers.ts'

export type OperationSum = {
  readonly edgeId: bigint
  readonly name: string
  readonly calls: number
  readonly errors: number
}

type OperationSumRow = { edge_id: bigint; name: string; calls: number; errors: number }

/** Calls and errors by operation of these edges. */
export async function sumOperations(
  tx: Query,
  edgeIds: readonly bigint[],
  segments: readonly Segment[],
): Promise<readonly OperationSum[]> {
  const rows = await tx<OperationSumRow[]>`
    select sums.edge_id, operation.name, sums.calls, sums.errors
    from (
      select edge_id, operation_id, sum(calls)::float8 as calls, sum(errors)::float8 as errors
      from (${bucketsIn(tx, edgeIds, segments)}) as buckets
      group by edge_id, operation_id
    ) as sums join operation on operation.id = sums.operation_id`
  return rows.map((row) => ({
    edgeId: row.edge_id,
    name: row.name,
    calls: row.calls,
    errors: row.errors,
  }))
}

export type LatencySums = {
  /** Counts by latency bucket (core/graph/histogram.ts). */
  readonly client: readonly number[]
  readonly server: readonly number[]
}

type LatencySumRow = { edge_id: bigint; client: string | null; server: string | null }

/** Latency counts of these edges, both sides, in 1/WEIGHT_UNIT: with what sampling left out. */
export async function sumLatencies(
  tx: Query,
  edgeIds: readonly bigint[],
  segments: readonly Segment[],
): Promise<ReadonlyMap<bigint, LatencySums>> {
  const rows = await tx<LatencySumRow[]>`
    select edge_id, (${WEIGHT_UNIT} * sum(client_latency) + coalesce(sum(unseen_client), 0))::text
      as client, (${WEIGHT_UNIT} * sum(server_latency) + coalesce(sum(unseen_server), 0))::text
      as server
    from (${bucketsIn(tx, edgeIds, segments)}) as buckets
    group by edge_id`
  return new Map(
    rows.map((row) => [
      row.edge_id,
      { client: unpackCounts(row.client), server: unpackCounts(row.server) },
    ]),
  )
}

/** The buckets of these edges, each segment's from its tier. */
function bucketsIn(tx: Query, edgeIds: readonly bigint[], segments: readonly Segment[]) {
  const ids = edgeIds.map(String)
  const starts = (tier: Tier) =>
    segments.filter((segment) => segment.tier === tier).map((segment) => segment.fromMs)
  const ends = (tier: Tier) =>
    segments.filter((segment) => segment.tier === tier).map((segment) => segment.toMs)
  return tx`
    select bucket.* from bucket, unnest(${starts('minute')}::float8[], ${ends('minute')}::float8[])
      as segment(low, high)
    where edge_id = any(${ids}::bigint[]) and start >= to_timestamp(segment.low / 1000)
      and start < to_timestamp(segment.high / 1000)
    union all
    select bucket_hour.* from bucket_hour,
      unnest(${starts('hour')}::float8[], ${ends('hour')}::float8[]) as segment(low, high)
    where edge_id = any(${ids}::bigint[]) and start >= to_timestamp(segment.low / 1000)
      and start < to_timestamp(segment.high / 1000)
    union all
    select bucket_day.* from bucket_day,
      unnest(${starts('day')}::float8[], ${ends('day')}::float8[]) as segment(low, high)
    where edge_id = any(${ids}::bigint[]) and start >= to_timestamp(segment.low / 1000)
      and start < to_timestamp(segment.high / 1000)`
}

export type EdgeSum = {
  readonly calls: number
  readonly errors: number
  /** As in BucketDelta (core/graph/edge.ts). */
  readonly sampledCalls: number
  readonly unseenCalls: number
  readonly unseenErrors: number
}

/** By the id of a stored edge. */
export type EdgeSums = ReadonlyMap<bigint, EdgeSum>

/** A column of EdgeSum each, and the ids of the edges, in one order. */
type EdgeSumColumns = { readonly [column in keyof EdgeSum | 'edgeIds']: readonly number[] | null }

/**
 * Calls and errors of every edge that has buckets in the segments, of all environments, by id. One JSON value of whole
 * columns is made and parsed several times faster than as many rows; sums are float8, because those of bigint are
 * numeric.
 */
export async function sumEdges(tx: Query, segments: readonly Segment[]): Promise<EdgeSums> {
  const stretches = segments.filter((segment) => segment.isTallied).flatMap(stretchesOf)
  const raw = (tier: Tier) =>
    segments.filter((segment) => segment.tier === tier && !segment.isTallied)
  const low = (tier: Tier) => raw(tier).map((segment) => segment.fromMs)
  const high = (tier: Tier) => raw(tier).map((segment) => segment.toMs)
  await preferIndexes(tx)
  const [row] = await tx<{ sums: EdgeSumColumns }[]>`
    select json_build_object('edgeIds', json_agg(edge_id), 'calls', json_agg(calls),
      'errors', json_agg(errors), 'sampledCalls', json_agg(sampled_calls),
      'unseenCalls', json_agg(unseen_calls), 'unseenErrors', json_agg(unseen_errors)) as sums
    from (
    select edge_id, sum(calls::float8) as calls, coalesce(sum(errors::float8), 0) as errors,
      coalesce(sum(sampled_calls::float8), 0) as sampled_calls,
      coalesce(sum(unseen_calls::float8), 0) as unseen_calls,
      coalesce(sum(unseen_errors::float8), 0) as unseen_errors
    from (
      select edge_id, tally.calls[stretch.high + 1] - tally.calls[stretch.low + 1] as calls,
        tally.errors[stretch.high + 1] - tally.errors[stretch.low + 1] as errors,
        tally.sampled_calls[stretch.high + 1] - tally.sampled_calls[stretch.low + 1]
          as sampled_calls,
        tally.unseen_calls[stretch.high + 1] - tally.unseen_calls[stretch.low + 1]
          as unseen_calls,
        tally.unseen_errors[stretch.high + 1] - tally.unseen_errors[stretch.low + 1]
          as unseen_errors
      from unnest(
        ${stretches.map((stretch) => stretch.span)}::text[],
        ${stretches.map((stretch) => stretch.startMs)}::float8[],
        ${stretches.map((stretch) => stretch.from)}::int[],
        ${stretches.map((stretch) => stretch.to)}::int[]
      ) as stretch(span, start, low, high)
      join edge_tally as tally on tally.span = stretch.span
        and tally.start = to_timestamp(stretch.start / 1000)
      union all
      select edge_id, calls, errors, sampled_calls, unseen_calls, unseen_errors
      from unnest(${low('minute')}::float8[], ${high('minute')}::float8[]) as segment(low, high)
      join bucket on start >= to_timestamp(segment.low / 1000)
        and start < to_timestamp(segment.high / 1000)
      union all
      select edge_id, calls, errors, sampled_calls, unseen_calls, unseen_errors
      from unnest(${low('hour')}::float8[], ${high('hour')}::float8[]) as segment(low, high)
      join bucket_hour on start >= to_timestamp(segment.low / 1000)
        and start < to_timestamp(segment.high / 1000)
      union all
      select edge_id, calls, errors, sampled_calls, unseen_calls, unseen_errors
      from unnest(${low('day')}::float8[], ${high('day')}::float8[]) as segment(low, high)
      join bucket_day on start >= to_timestamp(segment.low / 1000)
        and start < to_timestamp(segment.high / 1000)
    ) as parts
    group by edge_id having sum(calls) > 0
    ) as edges`
  const sums = row?.sums
  const at = (column: keyof EdgeSum, place: number) => sums?.[column]?.[place] ?? 0
  return new Map(
    (sums?.edgeIds ?? []).map((edgeId, place) => [
      BigInt(edgeId),
      {
        calls: at('calls', place),
        errors: at('errors', place),
        sampledCalls: at('sampledCalls', place),
        unseenCalls: at('unseenCalls', place),
        unseenErrors: at('unseenErrors', place),
      },
    ]),
  )
}

/**
 * For the rest of this transaction. The sums of one stretch lie together, which the planner cannot know: it reads all
 * running sums instead of some percent of them. Compiling such a statement takes longer than to run it.
 */
async function preferIndexes(tx: Query): Promise<void> {
  await tx`select set_config('random_page_cost', '1.1', true), set_config('jit', 'off', true)`
}

type SeriesRow = { start: Date; calls: number; errors: number; client: string | null }

export type SeriesPoint = {
  /** Unix ms. */
  readonly startMs: number
  readonly calls: number
  readonly errors: number
  /** Client-side latency counts. */
  readonly client: readonly number[]
}

/** These edges together over time, a point for each bucket's start, ascending. */
export async function readBucketSeries(
  tx: Query,
  edgeIds: readonly bigint[],
  segments: readonly Segment[],
): Promise<readonly SeriesPoint[]> {
  const rows = await tx<SeriesRow[]>`
    select start, sum(calls)::float8 as calls, sum(errors)::float8 as errors,
      sum(client_latency)::text as client
    from (${bucketsIn(tx, edgeIds, segments)}) as buckets
    group by start order by start`
  return rows.map((row) => ({
    startMs: row.start.getTime(),
    calls: row.calls,
    errors: row.errors,
    client: unpackCounts(row.client),
  }))
}
