// The spans of a trace by their ids: an index that is kept for large traces, and made anew in passing for small
// ones, which are by far the most.
import { hashPair } from './hash.ts'
import * as layout from './layout.ts'
import { addToIndex, type RowIndex, resetIndex } from './records.ts'
import type { Store } from './store.ts'

const {
  SPAN_ID_HIGH,
  SPAN_ID_LOW,
  SPAN_NEXT,
  SPAN_WORDS,
  TRACE_FIRST_SPAN,
  TRACE_SPANS,
  TRACE_WORDS,
} = layout

/** Up to here a walk over a trace costs no more than keeping an index of it. */
export const SMALL_TRACE_SPANS = 256

/** The spans of a trace by id, with room for more: kept when the trace is large, else made in `scratch`. */
export function spanIds(store: Store, trace: number, scratch: RowIndex, more: number): RowIndex {
  const large = store.largeTraces.get(trace)
  if (large) return large
  const spans = store.spans.words
  const base = trace * TRACE_WORDS
  resetIndex(scratch, store.traces.words[base + TRACE_SPANS]! + more)
  let row = store.traces.words[base + TRACE_FIRST_SPAN]!
  for (; row >= 0; row = spans[row * SPAN_WORDS + SPAN_NEXT]!)
    addToIndex(scratch, idHash(store, row), row)
  return scratch
}

/** Adds a new span to the ids of its trace, and keeps them from the size on at which that pays. */
export function noteSpanId(
  store: Store,
  trace: number,
  ids: RowIndex,
  { hash, row }: { readonly hash: number; readonly row: number },
): RowIndex {
  addToIndex(ids, hash, row)
  if (ids.count <= SMALL_TRACE_SPANS || store.largeTraces.has(trace)) return ids
  const kept = { ...ids, entries: ids.entries.slice(0, ids.mask + 1) }
  store.largeTraces.set(trace, kept)
  return kept
}

function idHash(store: Store, row: number): number {
  const span = row * SPAN_WORDS
  const spans = store.spans.words
  return hashPair(store.hashKeys, spans[span + SPAN_ID_HIGH]!, spans[span + SPAN_ID_LOW]!)
}

/** Adds the rows of a trace's spans with this id to `into`. */
export function findSpans(
  store: Store,
  trace: number,
  id: { readonly high: number; readonly low: number },
  into: number[],
): void {
  const spans = store.spans.words
  const large = store.largeTraces.get(trace)
  const isSame = (row: number) =>
    spans[row * SPAN_WORDS + SPAN_ID_LOW] === id.low &&
    spans[row * SPAN_WORDS + SPAN_ID_HIGH] === id.high
  if (large) {
    const { entries, mask } = large
    let slot = (2 * hashPair(store.hashKeys, id.high, id.low)) & mask
    for (let row = entries[slot + 1]! - 1; row >= 0; row = entries[slot + 1]! - 1) {
      if (isSame(row)) into.push(row)
      slot = (slot + 2) & mask
    }
    return
  }
  let row = store.traces.words[trace * TRACE_WORDS + TRACE_FIRST_SPAN]!
  for (; row >= 0; row = spans[row * SPAN_WORDS + SPAN_NEXT]!) if (isSame(row)) into.push(row)
}
