// The spans, traces and links that the fold remembers, and nothing it concludes from them. A trace is
// a list of span rows; links hang on the trace they point to, which is created empty when unknown.
// Every store is bounded; a full one answers -1 and the caller makes room.
import { bigEndian } from './batch-view.ts'
import { createHashKeys, type HashKeys, hashPair } from './hash.ts'
import * as layout from './layout.ts'
import type { FoldOptions } from './options.ts'
import {
  addToIndex,
  createRecords,
  createRowIndex,
  type Records,
  type RowIndex,
  releaseRow,
  removeFromIndex,
  reserveRows,
  takeRow,
} from './records.ts'

const {
  LINK_WORDS,
  LINKS_IN_SHIFT,
  SPAN_ID_HIGH,
  SPAN_ID_LOW,
  SPAN_NEXT,
  SPAN_WORDS,
  TRACE_FIRST_SPAN,
  TRACE_FLAGS,
  TRACE_ID,
  TRACE_OLDER,
  TRACE_PLACE,
  TRACE_SPANS,
  TRACE_WORDS,
  TRACE_YOUNGER,
} = layout

export type Store = {
  /** 64-bit trace ids are never joined with full ones. */
  readonly isTraceIdStrict: boolean
  readonly hashKeys: HashKeys
  readonly spans: Records
  readonly traces: Records
  readonly links: Records
  /** Traces by the low half of their id. */
  readonly traceIndex: RowIndex
  /** First link of each linking span, by its row. */
  readonly linksOfSpan: RowIndex
  /** Spans by id of the traces with more than SMALL_TRACE_SPANS: the others' are indexed when needed. */
  readonly largeTraces: Map<number, RowIndex>
  oldest: number
  youngest: number
}

export type StoreOptions = Pick<FoldOptions, 'pendingSpansMax' | 'isTraceIdStrict'>

/** Spans of a batch that are taken in at once: their traces await them without a bound of their own. */
export const SLICE_SPANS = 65_536

export function createStore(
  { pendingSpansMax, isTraceIdStrict }: StoreOptions,
  seed: number,
): Store {
  return {
    isTraceIdStrict,
    hashKeys: createHashKeys(seed),
    spans: createRecords(SPAN_WORDS, pendingSpansMax),
    traces: createRecords(TRACE_WORDS, 2 * pendingSpansMax + SLICE_SPANS),
    links: createRecords(LINK_WORDS, pendingSpansMax),
    traceIndex: createRowIndex(),
    linksOfSpan: createRowIndex(),
    largeTraces: new Map(),
    oldest: -1,
    youngest: -1,
  }
}

/** The row of a trace, or -1. words: its id as four words, from `at` on. */
export function findTrace(store: Store, words: Int32Array, at: number): number {
  const traces = store.traces.words
  const { entries, mask } = store.traceIndex
  const hash = hashPair(store.hashKeys, words[at + 2]!, words[at + 3]!)
  let slot = (2 * hash) & mask
  for (let row = entries[slot + 1]! - 1; row >= 0; row = entries[slot + 1]! - 1) {
    if (entries[slot] === hash) {
      const id = row * TRACE_WORDS + TRACE_ID
      if (
        traces[id + 3] === words[at + 3] &&
        traces[id + 2] === words[at + 2] &&
        traces[id + 1] === words[at + 1] &&
        traces[id] === words[at]
      )
        return row
    }
    slot = (slot + 2) & mask
  }
  return -1
}

/**
 * Rows of all traces whose low 64 bits equal those of `trace`, itself included, in order of id; the trace
 * alone where such ids are not to be joined.
 */
export function tracesWithLowHalfOf(store: Store, trace: number): number[] {
  if (store.isTraceIdStrict) return [trace]
  const id = trace * TRACE_WORDS + TRACE_ID
  return tracesWithLowHalf(store, store.traces.words[id + 2]!, store.traces.words[id + 3]!)
}

/** Rows of all traces whose low 64 bits are these words, in order of id. */
export function tracesWithLowHalf(store: Store, high: number, low: number): number[] {
  const traces = store.traces.words
  const { entries, mask } = store.traceIndex
  const rows: number[] = []
  const hash = hashPair(store.hashKeys, high, low)
  let slot = (2 * hash) & mask
  for (let row = entries[slot + 1]! - 1; row >= 0; row = entries[slot + 1]! - 1) {
    const id = row * TRACE_WORDS + TRACE_ID
    if (traces[id + 3] === low && traces[id + 2] === high) rows.push(row)
    slot = (slot + 2) & mask
  }
  if (rows.length > 1) rows.sort((a, b) => compareTraceIds(traces, a, b))
  return rows
}

/** How many traces have these low 64 bits. */
export function countLowHalf(store: Store, high: number, low: number): number {
  const traces = store.traces.words
  const { entries, mask } = store.traceIndex
  let count = 0
  let slot = (2 * hashPair(store.hashKeys, high, low)) & mask
  for (let row = entries[slot + 1]! - 1; row >= 0; row = entries[slot + 1]! - 1) {
    const id = row * TRACE_WORDS + TRACE_ID
    if (traces[id + 3] === low && traces[id + 2] === high) count++
    slot = (slot + 2) & mask
  }
  return count
}

function compareTraceIds(traces: Int32Array, a: number, b: number): number {
  const left = a * TRACE_WORDS + TRACE_ID
  const right = b * TRACE_WORDS + TRACE_ID
  return (
    bigEndian(traces[left]!) - bigEndian(traces[right]!) ||
    bigEndian(traces[left + 1]!) - bigEndian(traces[right + 1]!)
  )
}

/** Whether another trace has the same low 64 bits: rare, and asked for every trace of every batch. */
export function hasTwin(store: Store, trace: number): boolean {
  if (store.isTraceIdStrict) return false
  const traces = store.traces.words
  const { entries, mask } = store.traceIndex
  const own = trace * TRACE_WORDS + TRACE_ID
  let slot = (2 * traceHash(store, trace)) & mask
  for (let row = entries[slot + 1]! - 1; row >= 0; row = entries[slot + 1]! - 1) {
    const id = row * TRACE_WORDS + TRACE_ID
    if (row !== trace && traces[id + 3] === traces[own + 3] && traces[id + 2] === traces[own + 2])
      return true
    slot = (slot + 2) & mask
  }
  return false
}

export function isShortTraceId(store: Store, trace: number): boolean {
  const id = trace * TRACE_WORDS + TRACE_ID
  return (store.traces.words[id]! | store.traces.words[id + 1]!) === 0
}

export function spansOfTrace(store: Store, trace: number): number {
  return store.traces.words[trace * TRACE_WORDS + TRACE_SPANS]!
}

/** A new, empty trace; -1 when there is no room. */
export function addTrace(store: Store, words: Int32Array, at: number): number {
  if (!reserveRows(store.traces, 1)) return -1
  const row = takeRow(store.traces)
  const traces = store.traces.words
  const base = row * TRACE_WORDS
  traces.fill(-1, base, base + TRACE_WORDS)
  for (let word = 0; word < 4; word++) traces[base + TRACE_ID + word] = words[at + word]!
  traces[base + TRACE_SPANS] = 0
  traces[base + TRACE_FLAGS] = 0
  addToIndex(store.traceIndex, traceHash(store, row), row)
  return row
}

/** A new span of a trace: the caller fills its other words. There must be room: see reserveRows. */
export function addSpan(store: Store, trace: number, idHigh: number, idLow: number): number {
  const row = takeRow(store.spans)
  const spans = store.spans.words
  const traces = store.traces.words
  const span = row * SPAN_WORDS
  const base = trace * TRACE_WORDS
  spans[span + SPAN_ID_HIGH] = idHigh
  spans[span + SPAN_ID_LOW] = idLow
  spans[span + SPAN_NEXT] = traces[base + TRACE_FIRST_SPAN]!
  traces[base + TRACE_FIRST_SPAN] = row
  const count = traces[base + TRACE_SPANS]! + 1
  traces[base + TRACE_SPANS] = count
  if (count === 1) appendYoungest(store, trace)
  return row
}

/** Forgets a trace's spans, whose links must be gone. Its row stays while others still link to it. */
export function forgetSpans(store: Store, trace: number): void {
  const spans = store.spans.words
  const traces = store.traces.words
  const base = trace * TRACE_WORDS
  for (let row = traces[base + TRACE_FIRST_SPAN]!; row >= 0; ) {
    const next = spans[row * SPAN_WORDS + SPAN_NEXT]!
    releaseRow(store.spans, row)
    row = next
  }
  store.largeTraces.delete(trace)
  removeFromAge(store, trace)
  traces[base + TRACE_FIRST_SPAN] = -1
  traces[base + TRACE_SPANS] = 0
  traces[base + TRACE_FLAGS]! &= -1 << LINKS_IN_SHIFT
  dropIfEmpty(store, trace)
}

/** Lets go of a trace without spans that nothing links to, and that awaits none from a batch. */
export function dropIfEmpty(store: Store, trace: number): void {
  const base = trace * TRACE_WORDS
  const traces = store.traces.words
  if (traces[base + TRACE_SPANS] !== 0 || traces[base + TRACE_FLAGS]! >>> LINKS_IN_SHIFT !== 0)
    return
  if (traces[base + TRACE_PLACE]! >= 0) return
  removeFromIndex(store.traceIndex, traceHash(store, trace), trace)
  releaseRow(store.traces, trace)
}

function traceHash(store: Store, trace: number): number {
  const id = trace * TRACE_WORDS + TRACE_ID
  const traces = store.traces.words
  return hashPair(store.hashKeys, traces[id + 2]!, traces[id + 3]!)
}

function appendYoungest(store: Store, trace: number): void {
  const traces = store.traces.words
  traces[trace * TRACE_WORDS + TRACE_OLDER] = store.youngest
  traces[trace * TRACE_WORDS + TRACE_YOUNGER] = -1
  if (store.youngest >= 0) traces[store.youngest * TRACE_WORDS + TRACE_YOUNGER] = trace
  else store.oldest = trace
  store.youngest = trace
}

function removeFromAge(store: Store, trace: number): void {
  const traces = store.traces.words
  const older = traces[trace * TRACE_WORDS + TRACE_OLDER]!
  const younger = traces[trace * TRACE_WORDS + TRACE_YOUNGER]!
  if (older >= 0) traces[older * TRACE_WORDS + TRACE_YOUNGER] = younger
  else if (store.oldest === trace) store.oldest = younger
  if (younger >= 0) traces[younger * TRACE_WORDS + TRACE_OLDER] = older
  else if (store.youngest === trace) store.youngest = older
  traces[trace * TRACE_WORDS + TRACE_OLDER] = -1
  traces[trace * TRACE_WORDS + TRACE_YOUNGER] = -1
}
