// Writes the table bucket: calls, errors and latency counts of one operation in one minute.
import type { BucketDelta } from '../core/graph/edge.ts'
import { HISTOGRAM_BUCKETS } from '../core/graph/histogram.ts'
import { countsLiteral } from './array-literal.ts'
import type { Query } from './sql.ts'

export type BucketRow = BucketDelta & { readonly operationId: bigint; readonly edgeId: bigint }

/** Adds and merges buckets. buckets: each (operation, start) once, any order. */
export async function upsertBuckets(tx: Query, buckets: readonly BucketRow[]): Promise<void> {
  await tx`
    insert into bucket as stored (operation_id, edge_id, start, calls, errors, client_latency,
      server_latency)
    select given.operation_id, given.edge_id, to_timestamp(given.start / 1000), given.calls,
      given.errors, given.client_latency::bigint[], given.server_latency::bigint[]
    from unnest(
      ${buckets.map((bucket) => String(bucket.operationId))}::bigint[],
      ${buckets.map((bucket) => String(bucket.edgeId))}::bigint[],
      ${buckets.map((bucket) => bucket.startMs)}::float8[],
      ${buckets.map((bucket) => bucket.calls)}::bigint[],
      ${buckets.map((bucket) => bucket.errors)}::bigint[],
      ${buckets.map((bucket) => countsLiteral(bucket.clientLatency))}::text[],
      ${buckets.map((bucket) => countsLiteral(bucket.serverLatency))}::text[]
    ) as given(operation_id, edge_id, start, calls, errors, client_latency, server_latency)
    order by 3, 1
    on conflict (start, operation_id) do update set
      calls = greatest(stored.calls + excluded.calls, 0),
      errors = greatest(stored.errors + excluded.errors, 0),
      client_latency = case when excluded.client_latency is null then stored.client_latency
        else add_counts(stored.client_latency, excluded.client_latency) end,
      server_latency = case when excluded.server_latency is null then stored.server_latency
        else add_counts(stored.server_latency, excluded.server_latency) end`
}

/** Removes the buckets of these operations whose calls have returned to 0. */
export async function removeEmptyBuckets(
  tx: Query,
  operationIds: readonly bigint[],
  starts: { readonly fromMs: number; readonly toMs: number },
): Promise<void> {
  await tx`
    delete from bucket
    where operation_id = any(${operationIds.map(String)}::bigint[]) and calls <= 0
      and start between to_timestamp(${starts.fromMs}::float8 / 1000)
        and to_timestamp(${starts.toMs}::float8 / 1000)`
}

/** Removes all buckets of edges that are gone. */
export async function removeBucketsOf(tx: Query, edgeIds: readonly bigint[]): Promise<void> {
  await tx`delete from bucket where edge_id = any(${edgeIds.map(String)}::bigint[])`
}

/** Unix ms; buckets whose minute begins in [fromMs, toMs). */
export type Window = { readonly fromMs: number; readonly toMs: number }

export type OperationSum = {
  readonly edgeId: bigint
  readonly name: string
  readonly calls: number
  readonly errors: number
}

type OperationSumRow = { edge_id: bigint; name: string; calls: number; errors: number }

/** Calls and errors by operation of these edges in a window. */
export async function sumOperations(
  sql: Query,
  edgeIds: readonly bigint[],
  window: Window,
): Promise<readonly OperationSum[]> {
  const rows = await sql<OperationSumRow[]>`
    select bucket.edge_id, operation.name, sum(bucket.calls)::float8 as calls,
      sum(bucket.errors)::float8 as errors
    from bucket join operation on operation.id = bucket.operation_id
    where bucket.edge_id = any(${edgeIds.map(String)}::bigint[])
      and bucket.start >= to_timestamp(${window.fromMs}::float8 / 1000)
      and bucket.start < to_timestamp(${window.toMs}::float8 / 1000)
    group by bucket.edge_id, operation.id`
  return rows.map((row) => ({
    edgeId: row.edge_id,
    name: row.name,
    calls: row.calls,
    errors: row.errors,
  }))
}

export type LatencySide = 'client' | 'server'

type LatencySumRow = { edge_id: bigint; place: number; calls: number }

/**
 * Latency counts of these edges in a window on one side, by latency bucket
 * (core/graph/histogram.ts). Empty places are left out before they are summed: most are, and it is
 * six times as fast.
 */
export async function sumLatencies(
  sql: Query,
  side: LatencySide,
  edgeIds: readonly bigint[],
  window: Window,
): Promise<ReadonlyMap<bigint, readonly number[]>> {
  const rows = await sql<LatencySumRow[]>`
    select bucket.edge_id, (counts.place - 1)::int as place, sum(counts.calls)::float8 as calls
    from bucket, unnest(bucket.${sql(`${side}_latency`)}) with ordinality as counts(calls, place)
    where bucket.edge_id = any(${edgeIds.map(String)}::bigint[])
      and bucket.start >= to_timestamp(${window.fromMs}::float8 / 1000)
      and bucket.start < to_timestamp(${window.toMs}::float8 / 1000)
      and counts.calls > 0
    group by bucket.edge_id, counts.place`
  const sums = new Map<bigint, number[]>()
  for (const { edge_id: edgeId, place, calls } of rows) {
    const counts = sums.get(edgeId) ?? new Array<number>(HISTOGRAM_BUCKETS).fill(0)
    counts[place] = calls
    sums.set(edgeId, counts)
  }
  return sums
}
