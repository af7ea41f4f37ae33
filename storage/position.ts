// Writes the table position: how far the collector has committed, and with what counters.
import type { Query } from './sql.ts'

export type JournalPosition = {
  readonly journalId: string
  /** Bytes: the end of the last record folded. */
  readonly offset: bigint
}

/** The collector's counters by name, as they stood at the position. */
export type Counters = { readonly [name: string]: number }

export type CommittedPosition = JournalPosition & {
  /** Commits so far; what NOTIFY carries. */
  readonly sequence: bigint
  readonly committedAtMs: number
  readonly counters: Counters
}

type PositionRow = {
  journal_id: string
  journal_offset: bigint
  sequence: bigint
  committed_at: Date
  counters: Counters
}

/** Null before the first commit. */
export async function readPosition(sql: Query): Promise<CommittedPosition | null> {
  const [row] = await sql<PositionRow[]>`
    select journal_id, journal_offset, sequence, committed_at, counters from position`
  if (!row) return null
  return {
    journalId: row.journal_id,
    offset: row.journal_offset,
    sequence: row.sequence,
    committedAtMs: row.committed_at.getTime(),
    counters: row.counters,
  }
}

type SequenceRow = { sequence: bigint }

/**
 * Moves the position forward and holds it until the transaction ends; returns the new sequence, or
 * null when the position is not past the stored one of the same journal, so that a replay counts
 * nothing twice.
 */
export async function advancePosition(
  tx: Query,
  position: JournalPosition,
  counters: Counters,
  nowMs: number,
): Promise<bigint | null> {
  const [row] = await tx<SequenceRow[]>`
    insert into position as stored (journal_id, journal_offset, sequence, committed_at, counters)
    values (${position.journalId}, ${String(position.offset)}::bigint, 1,
      to_timestamp(${nowMs}::float8 / 1000), ${JSON.stringify(counters)}::text::jsonb)
    on conflict (singleton) do update set
      journal_id = excluded.journal_id, journal_offset = excluded.journal_offset,
      sequence = stored.sequence + 1, committed_at = excluded.committed_at,
      counters = excluded.counters
    where stored.journal_id <> excluded.journal_id
      or stored.journal_offset < excluded.journal_offset
    returning sequence`
  return row?.sequence ?? null
}
