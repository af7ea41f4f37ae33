// Where the spans of a batch are sorted by trace.
import { createRowIndex, type RowIndex } from './records.ts'
/** Room for a batch's order by trace; nothing of it is state. */
export type InsertDesk = {
  /** Traces of the slice at hand, in order of appearance, and their first and last spans in it. */
  readonly traces: number[]
  readonly first: number[]
  readonly last: number[]
  /** Next span of the same trace in the batch, -1 at the end. */
  next: Int32Array
  /** Trace of the span that was sorted in last. */
  latest: number
  readonly ids: RowIndex
}

export function createInsertDesk(): InsertDesk {
  return {
    traces: [],
    first: [],
    last: [],
    next: new Int32Array(0),
    latest: -1,
    ids: createRowIndex(),
  }
}
