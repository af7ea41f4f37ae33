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

type EdgeSumTuple = readonly [
  edgeId: number,
  calls: number,
  errors: number,
  sampledCalls: number,
  unseenCalls: number,
  unseenErrors: number,
]

/** Calls and errors of every edge that has buckets in the segments, of all environments, by id. */
export async function sumEdges(
  tx: Query,
  segments: readonly Segment[],
): Promise<ReadonlyMap<bigint, EdgeSum>> {
  const stretches = segments.filter((segment) => segment.isTallied).flatMap(stretchesOf)
  const raw = (tier: Tier) =>
    segments.filter((segment) => segment.tier === tier && !segment.isTallied)
  const low = (tier: Tier) => raw(tier).map((segment) => segment.fromMs)
  const high = (tier: Tier) => raw(tier).map((segment) => segment.toMs)
  // One JSON value is parsed several times faster than as many rows.
  const [row] = await tx<{ sums: readonly EdgeSumTuple[] | null }[]>`
    select json_agg(json_build_array(edge_id, calls, errors, sampled_calls, unseen_calls,
      unseen_errors)) as sums
    from (
    select edge_id, sum(calls) as calls, coalesce(sum(errors), 0) as errors,
      coalesce(sum(sampled_calls), 0) as sampled_calls,
      coalesce(sum(unseen_calls), 0) as unseen_calls,
      coalesce(sum(unseen_errors), 0) as unseen_errors
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
  return new Map(
    (row?.sums ?? []).map((sum) => [
      BigInt(sum[0]),
      {
        calls: sum[1],
        errors: sum[2],
        sampledCalls: sum[3],
        unseenCalls: sum[4],
        unseenErrors: sum[5],
      },
    ]),
  )
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
