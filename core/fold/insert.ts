// Taking spans in, trace by trace: duplicates merged (R2), room made, links hung on their targets; and
// before anything changes, the results that the change may alter are noted, to be taken back later.
// The spans of a trace that came together lie together, which is what makes evaluation quick.

import type { SpanBatch } from '../span/batch.ts'
import * as batch from '../span/batch.ts'
import { isSameTrace, viewBatch } from './batch-view.ts'
import { compareCopies, isCopy } from './copies.ts'
import type { Fold } from './fold.ts'
import { hashPair } from './hash.ts'
import type { InsertDesk } from './insert-desk.ts'
import * as layout from './layout.ts'
import { addLink, linksTo, removeLinksOfSpan } from './link-store.ts'
import { isAlone, tracesAround } from './links.ts'
import * as options from './options.ts'
import { meetsNewFaces } from './presence.ts'
import { type RowIndex, reserveRows } from './records.ts'
import { noteSpanId, spanIds } from './span-ids.ts'
import * as store from './store.ts'
import {
  addSpan,
  addTrace,
  countLowHalf,
  dropIfEmpty,
  findTrace,
  type Store,
  spansOfTrace,
  tracesWithLowHalf,
} from './store.ts'
import { evictTrace, noteBefore, scheduleChanged } from './timing.ts'
import { linkedTraces } from './twins.ts'
import { type Incoming, noteArrival, writeSpan } from './write-span.ts'

const { SpanFlag } = batch
const {
  RowFlag,
  SPAN_ARRIVAL,
  SPAN_FLAGS,
  SPAN_ID_HIGH,
  SPAN_ID_LOW,
  SPAN_WORDS,
  TRACE_PLACE,
  TRACE_TOUCHED,
  TRACE_WORDS,
} = layout
const { LINKS_PER_TARGET_MAX, SPANS_PER_ID_MAX, SPANS_PER_TRACE_MAX, TRACES_PER_LOW_HALF_MAX } =
  options
const { SLICE_SPANS } = store

/** Spans of one trace for which room is made at once. */
const PIECE_SPANS = 4_096

type Insertion = Incoming & {
  readonly desk: InsertDesk
  /** Traces whose results were noted since the last eviction. */
  readonly prepared: Set<number>
}

/** shapes: of each span, as positions in the fold's shape table. instances: of each resource set. */
export function insertSpans(
  fold: Fold,
  batch: SpanBatch,
  { shapes, instances }: Pick<Incoming, 'shapes' | 'instances'>,
): void {
  const desk = fold.insertDesk
  if (desk.next.length < batch.count) desk.next = new Int32Array(batch.count)
  const prepared = new Set<number>()
  const insertion = { ...viewBatch(batch), fold, desk, shapes, instances, prepared }
  fold.tallies.accepted += batch.count
  for (let span = 0; span < batch.count; span++) {
    if (span % SLICE_SPANS === 0) insertTraces(insertion)
    sortIn(insertion, span)
  }
  insertTraces(insertion)
}

/** Puts the span behind those of its trace. */
function sortIn(insertion: Insertion, span: number): void {
  const { desk } = insertion
  const { store } = insertion.fold
  const trace = traceOf(insertion, span)
  const base = trace * TRACE_WORDS
  const place = store.traces.words[base + TRACE_PLACE]!
  desk.latest = trace
  desk.next[span] = -1
  if (place >= 0) {
    desk.next[desk.last[place]!] = span
    desk.last[place] = span
    return
  }
  store.traces.words[base + TRACE_PLACE] = desk.traces.length
  desk.traces.push(trace)
  desk.first.push(span)
  desk.last.push(span)
}

/** The trace of this span, made when it is new; a crowd of the same low half makes room first. */
function traceOf(insertion: Insertion, span: number): number {
  const { store } = insertion.fold
  const { traceIds, desk } = insertion
  // Spans of one trace often follow each other.
  if (desk.traces.length > 0 && isSameTrace(traceIds, span)) return desk.latest
  const known = findTrace(store, traceIds, 4 * span)
  if (known >= 0) return known
  const high = traceIds[4 * span + 2]!
  const low = traceIds[4 * span + 3]!
  if (countLowHalf(store, high, low) >= TRACES_PER_LOW_HALF_MAX) {
    insertTraces(insertion)
    const crowd = tracesWithLowHalf(store, high, low)
    // The lowest id of those that can go: an empty one is kept by the links to it.
    const leaving = crowd.find((row) => spansOfTrace(store, row) > 0)
    if (leaving !== undefined) evict(insertion, leaving)
  }
  return addTrace(store, traceIds, 4 * span)
}

/** Takes in the spans that were sorted in. */
function insertTraces(insertion: Insertion): void {
  const { desk } = insertion
  const { store } = insertion.fold
  for (let place = 0; place < desk.traces.length; place++) {
    let span = desk.first[place]!
    while (span >= 0) span = insertPiece(insertion, desk.traces[place]!, span)
  }
  for (const trace of desk.traces) {
    store.traces.words[trace * TRACE_WORDS + TRACE_PLACE] = -1
    dropIfEmpty(store, trace)
  }
  desk.traces.length = 0
  desk.first.length = 0
  desk.last.length = 0
}

/** Takes in spans of one trace from `first` on; gives the first that is left, or -1. */
function insertPiece(insertion: Insertion, trace: number, first: number): number {
  const { fold, desk } = insertion
  const { store } = fold
  const count = makeRoom(insertion, first)
  let ids = spanIds(store, trace, desk.ids, count)
  let fresh = 0
  let isChanged = false
  let isShared = false
  let span = first
  for (let i = 0; i < count; i++) {
    const hash = hashPair(store.hashKeys, insertion.ids[2 * span]!, insertion.ids[2 * span + 1]!)
    const copy = findCopy(insertion, ids, span, hash)
    if (copy >= 0) {
      fold.tallies.duplicate++
      if (mergeCopy(insertion, trace, span, copy)) isChanged = true
    } else {
      if (copy === CROWDED || spansOfTrace(store, trace) >= SPANS_PER_TRACE_MAX) {
        // At a bound: the trace leaves, and its id begins again.
        evict(insertion, trace)
        ids = spanIds(store, trace, desk.ids, count)
        fresh = 0
      }
      if (copy === SHARED) isShared = true
      if (fresh === 0) prepareChange(insertion, trace)
      const row = addSpan(store, trace, insertion.ids[2 * span]!, insertion.ids[2 * span + 1]!)
      writeSpan(insertion, span, row)
      noteArrival(fold, trace)
      ids = noteSpanId(store, trace, ids, { hash, row })
      writeLinks(insertion, { trace, span, row })
      fresh++
      isChanged = true
    }
    span = desk.next[span]!
  }
  if (isChanged) touch(fold, trace, meetsNewFaces(fold, { trace, ids, fresh, isShared }))
  return span
}

/** Room for a piece of spans from this one on; how many those are. */
function makeRoom(insertion: Insertion, first: number): number {
  const { store } = insertion.fold
  const most = Math.min(PIECE_SPANS, store.spans.capacityMax)
  let count = 0
  for (let span = first; span >= 0 && count < most; span = insertion.desk.next[span]!) count++
  while (!reserveRows(store.spans, count)) evict(insertion, store.oldest)
  return count
}

const NO_COPY = -1
/** No copy, but others have its id ... */
const SHARED = -2
/** ... as many as there may be. */
const CROWDED = -3

/** The row of a copy of the span in its trace, else one of the above. hash: of the span's id. */
function findCopy(insertion: Insertion, ids: RowIndex, span: number, hash: number): number {
  const { fold, ids: batchIds, shapes } = insertion
  const { store } = fold
  const spans = store.spans.words
  const high = batchIds[2 * span]!
  const low = batchIds[2 * span + 1]!
  const { entries, mask } = ids
  let ofSameId = 0
  let slot = (2 * hash) & mask
  for (let stored = entries[slot + 1]!; stored !== 0; stored = entries[slot + 1]!) {
    if (entries[slot] === hash) {
      const known = (stored - 1) * SPAN_WORDS
      if (spans[known + SPAN_ID_LOW] === low && spans[known + SPAN_ID_HIGH] === high) {
        if (isCopy(fold, stored - 1, shapes[span]!)) return stored - 1
        ofSameId++
      }
    }
    slot = (slot + 2) & mask
  }
  if (ofSameId === 0) return NO_COPY
  return ofSameId >= SPANS_PER_ID_MAX ? CROWDED : SHARED
}

function evict(insertion: Insertion, trace: number): void {
  evictTrace(insertion.fold, trace)
  insertion.prepared.clear()
}

/** R2, Decided: ERROR if any copy says so, the rest from the copy that sorts first. Whether it changed. */
function mergeCopy(insertion: Insertion, trace: number, span: number, row: number): boolean {
  const { fold, batch } = insertion
  const { words } = fold.store.spans
  const base = row * SPAN_WORDS
  const shape = insertion.shapes[span]!
  const wins = compareCopies(fold, insertion, { span, shape, row }) < 0
  const error = (words[base + SPAN_FLAGS]! | batch.flags[span]!) & SpanFlag.error
  if (!wins && (words[base + SPAN_FLAGS]! & SpanFlag.error) === error) return false
  prepareChange(insertion, trace)
  if (wins) {
    const held = words[base + SPAN_FLAGS]! & RowFlag.held
    const arrival = words[base + SPAN_ARRIVAL]!
    removeLinksOfSpan(fold.store, row)
    writeSpan(insertion, span, row)
    words[base + SPAN_ARRIVAL] = arrival
    words[base + SPAN_FLAGS]! |= held
    writeLinks(insertion, { trace, span, row })
  }
  words[base + SPAN_FLAGS]! |= error
  return true
}

type Linking = { readonly trace: number; readonly span: number; readonly row: number }

function writeLinks(insertion: Insertion, { trace, span, row }: Linking): void {
  const { fold, batch, linkIds, linkTraceIds } = insertion
  const { store } = fold
  if (batch.linkStarts[span] === batch.linkStarts[span + 1]) return
  const seen = new Set<string>()
  for (let link = batch.linkStarts[span]!; link < batch.linkStarts[span + 1]!; link++) {
    const targetHigh = linkIds[2 * link]!
    const targetLow = linkIds[2 * link + 1]!
    const key = [...linkTraceIds.subarray(4 * link, 4 * link + 4), targetHigh, targetLow].join(' ')
    if (seen.has(key)) continue
    seen.add(key)
    const targetTrace = linkTargetOf(store, linkTraceIds, 4 * link)
    if (targetTrace < 0 || linksTo(store, targetTrace) >= LINKS_PER_TARGET_MAX) {
      fold.tallies.linksCut++
      continue
    }
    for (const target of linkedTraces(store, targetTrace)) prepareChange(insertion, target)
    if (addLink(store, { trace, span: row, targetTrace, targetHigh, targetLow })) continue
    fold.tallies.linksCut++
    dropIfEmpty(store, targetTrace)
  }
}

/** The trace that a link names, made empty when it is new; -1 when there is no room, or a crowd. */
function linkTargetOf(store: Store, words: Int32Array, at: number): number {
  if (countLowHalf(store, words[at + 2]!, words[at + 3]!) > TRACES_PER_LOW_HALF_MAX / 2) return -1
  const known = findTrace(store, words, at)
  return known >= 0 ? known : addTrace(store, words, at)
}

function touch(fold: Fold, trace: number, isUrgent: boolean): void {
  fold.store.traces.words[trace * TRACE_WORDS + TRACE_TOUCHED] = fold.nowMs
  scheduleChanged(fold, trace, isUrgent)
}

/** Notes the results of this trace, of those that count as one with it, and of those linked. */
function prepareChange(insertion: Insertion, trace: number): void {
  const { fold, prepared } = insertion
  const { store } = fold
  if (isAlone(store, trace)) {
    noteBefore(fold, trace)
    if (spansOfTrace(store, trace) > 0) scheduleChanged(fold, trace, false)
    return
  }
  if (prepared.has(trace)) return
  prepared.add(trace)
  const affected = tracesAround(store, trace)
  for (const row of affected) noteBefore(fold, row)
  for (const row of affected) if (spansOfTrace(store, row) > 0) scheduleChanged(fold, row, false)
}
