// Writes the table operation: what is called over an edge, with its counts of all time.
import { type EdgePair, pairColumns } from './edge-pairs.ts'
import type { Query } from './sql.ts'

export type OperationRow = {
  readonly edgeId: bigint
  readonly name: string
  readonly calls: number
  readonly errors: number
}

type UpsertedRow = { id: bigint; edge_id: bigint; name: string; is_new: boolean }

export type UpsertedOperations = {
  /** By operationKey. */
  readonly ids: ReadonlyMap<string, bigint>
  /** Edges that show an operation for the first time. */
  readonly widenedEdgeIds: readonly bigint[]
}

/** `${edgeId} ${name}`: an operation's identity. */
export function operationKey(operation: {
  readonly edgeId: bigint
  readonly name: string
}): string {
  return `${operation.edgeId} ${operation.name}`
}

/**
 * Adds and merges operations. operations: each once, any order.
 */
export async function upsertOperations(
  tx: Query,
  operations: readonly OperationRow[],
): Promise<UpsertedOperations> {
  const rows = await tx<UpsertedRow[]>`
    insert into operation as stored (edge_id, name, calls, errors)
    select given.edge_id, given.name, given.calls, given.errors
    from unnest(
      ${operations.map((each) => String(each.edgeId))}::bigint[],
      ${operations.map((each) => each.name)}::text[],
      ${operations.map((each) => each.calls)}::bigint[],
      ${operations.map((each) => each.errors)}::bigint[]
    ) as given(edge_id, name, calls, errors)
    order by 1, 2
    on conflict (edge_id, name) do update set
      calls = greatest(stored.calls + excluded.calls, 0),
      errors = greatest(stored.errors + excluded.errors, 0)
    returning id, edge_id, name, xmax = 0 as is_new`
  return {
    ids: new Map(
      rows.map((row) => [operationKey({ edgeId: row.edge_id, name: row.name }), row.id]),
    ),
    widenedEdgeIds: [...new Set(rows.filter((row) => row.is_new).map((row) => row.edge_id))],
  }
}

/** Removes those of these operations whose calls have returned to 0; returns the edges that showed them. */
export async function removeEmptyOperations(
  tx: Query,
  ids: readonly bigint[],
): Promise<readonly bigint[]> {
  const rows = await tx<{ edge_id: bigint }[]>`
    delete from operation where id = any(${ids.map(String)}::bigint[]) and calls <= 0
    returning edge_id`
  return [...new Set(rows.map((row) => row.edge_id))]
}

type PairRow = { from_id: bigint; into_id: bigint }

/**
 * Moves the operations of edges that are merged; returns those that became one with an operation of
 * the same name. pairs: each `into` at most once.
 */
export async function mergeOperations(
  tx: Query,
  pairs: readonly EdgePair[],
): Promise<readonly EdgePair[]> {
  const { from, into } = pairColumns(pairs)
  const same = await tx<PairRow[]>`
    select old.id as from_id, kept.id as into_id
    from unnest(${from}::bigint[], ${into}::bigint[]) as pair(from_id, into_id)
    join operation as old on old.edge_id = pair.from_id
    join operation as kept on kept.edge_id = pair.into_id and kept.name = old.name`
  const merged = same.map((row) => ({ from: row.from_id, into: row.into_id }))
  const columns = pairColumns(merged)
  await tx`
    update operation as kept set calls = kept.calls + old.calls, errors = kept.errors + old.errors
    from unnest(${columns.from}::bigint[], ${columns.into}::bigint[]) as pair(from_id, into_id)
    join operation as old on old.id = pair.from_id
    where kept.id = pair.into_id`
  await tx`delete from operation where id = any(${columns.from}::bigint[])`
  await tx`
    update operation set edge_id = pair.into_id
    from unnest(${from}::bigint[], ${into}::bigint[]) as pair(from_id, into_id)
    where operation.edge_id = pair.from_id`
  return merged
}

type NameRow = { edge_id: bigint; names: string[] }

/** What is called over edges, by edge. */
export async function readOperationNames(
  tx: Query,
  edgeIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, readonly string[]>> {
  const rows = await tx<NameRow[]>`
    select edge_id, array_agg(name) as names from operation
    where edge_id = any(${edgeIds.map(String)}::bigint[]) group by edge_id`
  return new Map(rows.map((row) => [row.edge_id, row.names]))
}
