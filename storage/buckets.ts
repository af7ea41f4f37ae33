// Writes the tables bucket, bucket_hour and bucket_day: calls, errors and latency of one operation in one
// minute, hour or day. A commit adds to the finest tier that still keeps the moment; whatever was summed
// from there already is marked to be summed again, so each call is in each tier exactly once.
import type { BucketDelta } from '../core/graph/edge.ts'
import { type EdgePair, pairColumns } from './edge-pairs.ts'
import { packCounts } from './packed-counts.ts'
import type { Query } from './sql.ts'
import { markDue, type Slice, shareTiers } from './tier-state.ts'
import {
  finestTier,
  isRolled,
  SLICE_MS,
  type SummedTier,
  sliceKey,
  sliceStart,
  TIERS,
  type Tier,
  type TierStates,
} from './tiers.ts'

export type BucketRow = BucketDelta & { readonly operationId: bigint; readonly edgeId: bigint }

export const BUCKET_TABLES: { readonly [tier in Tier]: string } = {
  minute: 'bucket',
  hour: 'bucket_hour',
  day: 'bucket_day',
}

/**
 * Adds counts, signed; a bucket whose calls return to 0 goes. buckets: each (operation, start) once,
 * any order. Waits for nobody but a moving mark of the roll-up.
 */
export async function addBuckets(tx: Query, buckets: readonly BucketRow[]): Promise<void> {
  if (buckets.length === 0) return
  const states = await shareTiers(tx)
  const byTier = Map.groupBy(buckets, (bucket) => finestTier(states, bucket.startMs))
  for (const [tier, rows] of byTier) {
    await upsertBuckets(tx, tier, rows)
    const shrunk = rows.filter((row) => row.calls <= 0)
    if (shrunk.length > 0) await removeEmpty(tx, tier, shrunk)
  }
  const starts = new Set(buckets.map((bucket) => bucket.startMs))
  await markDue(tx, slicesToSum(states, starts))
}

/** Slices that have been summed before these moments changed. */
function slicesToSum(states: TierStates, startsMs: Iterable<number>): readonly Slice[] {
  const slices = new Map<string, Slice>()
  for (const ms of startsMs)
    for (const tier of ['hour', 'day'] as const) {
      const startMs = sliceStart(tier, ms)
      if (isRolled(states, tier, startMs)) slices.set(sliceKey(tier, startMs), { tier, startMs })
    }
  return [...slices.values()]
}

/** Rows of one coarse slice and operation are added up first: a row cannot be proposed twice. */
async function upsertBuckets(tx: Query, tier: Tier, rows: readonly BucketRow[]): Promise<void> {
  await tx`
    insert into ${tx(BUCKET_TABLES[tier])} as stored (operation_id, edge_id, start, calls, errors,
      client_latency, server_latency, sampled_calls, unseen_calls, unseen_errors, unseen_client,
      unseen_server)
    select given.operation_id, given.edge_id, to_timestamp(given.start / 1000), sum(given.calls),
      sum(given.errors), sum(given.client_latency), sum(given.server_latency),
      sum(given.sampled_calls), sum(given.unseen_calls), sum(given.unseen_errors),
      sum(given.unseen_client), sum(given.unseen_server)
    from unnest(
      ${rows.map((row) => String(row.operationId))}::bigint[],
      ${rows.map((row) => String(row.edgeId))}::bigint[],
      ${rows.map((row) => sliceStart(tier, row.startMs))}::float8[],
      ${rows.map((row) => row.calls)}::bigint[],
      ${rows.map((row) => row.errors)}::bigint[],
      ${rows.map((row) => packCounts(row.clientLatency))}::numeric[],
      ${rows.map((row) => packCounts(row.serverLatency))}::numeric[],
      ${rows.map((row) => row.sampledCalls)}::bigint[],
      ${rows.map((row) => row.unseenCalls)}::bigint[],
      ${rows.map((row) => row.unseenErrors)}::bigint[],
      ${rows.map((row) => packCounts(row.unseenClient))}::numeric[],
      ${rows.map((row) => packCounts(row.unseenServer))}::numeric[]
    ) as given(operation_id, edge_id, start, calls, errors, client_latency, server_latency,
      sampled_calls, unseen_calls, unseen_errors, unseen_client, unseen_server)
    group by given.operation_id, given.edge_id, given.start
    order by 3, 1
    on conflict (start, operation_id) do update set ${addedCounts(tx)}`
}

/** What is stored plus what is proposed, for an upsert. */
function addedCounts(tx: Query) {
  return tx`
      calls = greatest(stored.calls + excluded.calls, 0),
      errors = greatest(stored.errors + excluded.errors, 0),
      client_latency = nullif(
        coalesce(stored.client_latency, 0) + coalesce(excluded.client_latency, 0), 0),
      server_latency = nullif(
        coalesce(stored.server_latency, 0) + coalesce(excluded.server_latency, 0), 0),
      sampled_calls = greatest(stored.sampled_calls + excluded.sampled_calls, 0),
      unseen_calls = greatest(stored.unseen_calls + excluded.unseen_calls, 0),
      unseen_errors = greatest(stored.unseen_errors + excluded.unseen_errors, 0),
      unseen_client = nullif(
        coalesce(stored.unseen_client, 0) + coalesce(excluded.unseen_client, 0), 0),
      unseen_server = nullif(
        coalesce(stored.unseen_server, 0) + coalesce(excluded.unseen_server, 0), 0)`
}

async function removeEmpty(tx: Query, tier: Tier, shrunk: readonly BucketRow[]): Promise<void> {
  await tx`
    delete from ${tx(BUCKET_TABLES[tier])} as stored
    using unnest(
      ${shrunk.map((row) => String(row.operationId))}::bigint[],
      ${shrunk.map((row) => sliceStart(tier, row.startMs))}::float8[]
    ) as given(operation_id, start)
    where stored.operation_id = given.operation_id and stored.calls <= 0
      and stored.start = to_timestamp(given.start / 1000)`
}

type StartRow = { start: Date }

/**
 * Removes all buckets of edges that are gone. What a roll-up made of finer rows is left to it: they
 * are marked, and the next sum has nothing of these edges. So this never waits for a roll-up.
 */
export async function removeBucketsOf(tx: Query, edgeIds: readonly bigint[]): Promise<void> {
  const ids = edgeIds.map(String)
  const states = await shareTiers(tx)
  const minutes = await tx<StartRow[]>`
    delete from bucket where edge_id = any(${ids}::bigint[]) returning start`
  const hours = await tx<StartRow[]>`
    delete from bucket_hour where edge_id = any(${ids}::bigint[])
      and start < to_timestamp(${states.minute.keptSinceMs}::float8 / 1000)
    returning start`
  const days = await tx<StartRow[]>`
    delete from bucket_day where edge_id = any(${ids}::bigint[])
      and start < to_timestamp(${states.hour.keptSinceMs}::float8 / 1000)
    returning start`
  const starts = new Set([...minutes, ...hours, ...days].map((row) => row.start.getTime()))
  await markDue(tx, slicesToSum(states, starts))
}

const FINER_TIER: { readonly [tier in SummedTier]: Tier } = { hour: 'minute', day: 'hour' }

/**
 * Sums a slice anew: an hour of its minutes, a day of its hours. Run in a transaction that has taken the
 * slice's marks off.
 */
export async function sumBuckets(tx: Query, tier: SummedTier, startMs: number): Promise<void> {
  const [table, finer] = [BUCKET_TABLES[tier], BUCKET_TABLES[FINER_TIER[tier]]]
  await tx`delete from ${tx(table)} where start = to_timestamp(${startMs}::float8 / 1000)`
  await tx`
    insert into ${tx(table)} (operation_id, edge_id, start, calls, errors, client_latency,
      server_latency, sampled_calls, unseen_calls, unseen_errors, unseen_client, unseen_server)
    select operation_id, min(edge_id), to_timestamp(${startMs}::float8 / 1000), sum(calls),
      sum(errors), sum(client_latency), sum(server_latency), sum(sampled_calls),
      sum(unseen_calls), sum(unseen_errors), sum(unseen_client), sum(unseen_server)
    from ${tx(finer)}
    where start >= to_timestamp(${startMs}::float8 / 1000)
      and start < to_timestamp(${startMs + SLICE_MS[tier]}::float8 / 1000)
    group by operation_id order by operation_id`
}

type OldestRow = { start: Date | null }

/** When the oldest bucket of a tier begins (unix ms); null when it has none. */
export async function readOldestStart(tx: Query, tier: Tier): Promise<number | null> {
  const [row] = await tx<OldestRow[]>`select min(start) as start from ${tx(BUCKET_TABLES[tier])}`
  return row?.start?.getTime() ?? null
}

/** Starts (unix ms) of those slices of a range in which a finer tier has buckets, ascending. */
export async function readFilledSlices(
  tx: Query,
  finer: 'minute' | 'hour',
  slices: { readonly fromMs: number; readonly toMs: number; readonly sliceMs: number },
): Promise<readonly number[]> {
  const rows = await tx<StartRow[]>`
    select slice.start from generate_series(
      to_timestamp(${slices.fromMs}::float8 / 1000),
      to_timestamp(${slices.toMs - 1}::float8 / 1000),
      make_interval(secs => ${slices.sliceMs / 1000})
    ) as slice(start)
    where exists (
      select from ${tx(BUCKET_TABLES[finer])} as finer where finer.start >= slice.start
        and finer.start < slice.start + make_interval(secs => ${slices.sliceMs / 1000})
    ) order by 1`
  return rows.map((row) => row.start.getTime())
}

/**
 * Gives the buckets of merged edges and operations to what they were merged into, in every tier. No
 * roll-up may run beside it (lockRollup).
 */
export async function mergeBuckets(
  tx: Query,
  edges: readonly EdgePair[],
  operations: readonly EdgePair[],
): Promise<void> {
  const edge = pairColumns(edges)
  const operation = pairColumns(operations)
  for (const tier of TIERS) {
    const table = tx(BUCKET_TABLES[tier])
    await tx`
      with gone as (
        delete from ${table} as old
        using unnest(${operation.from}::bigint[], ${operation.into}::bigint[])
          as pair(from_id, into_id)
        where old.operation_id = pair.from_id and old.edge_id = any(${edge.from}::bigint[])
        returning old.*, pair.into_id
      )
      insert into ${table} as stored (operation_id, edge_id, start, calls, errors, client_latency,
        server_latency, sampled_calls, unseen_calls, unseen_errors, unseen_client, unseen_server)
      select gone.into_id, pair.into_id, start, calls, errors, client_latency, server_latency,
        sampled_calls, unseen_calls, unseen_errors, unseen_client, unseen_server
      from gone join unnest(${edge.from}::bigint[], ${edge.into}::bigint[])
        as pair(from_id, into_id) on pair.from_id = gone.edge_id
      on conflict (start, operation_id) do update set ${addedCounts(tx)}`
    await tx`
      update ${table} as stored set edge_id = pair.into_id
      from unnest(${edge.from}::bigint[], ${edge.into}::bigint[]) as pair(from_id, into_id)
      where stored.edge_id = pair.from_id`
  }
}
