// Taking spans in: duplicates merged (R2), room made, links hung on their targets; and before
// anything changes, the results that the change may alter are noted, to be taken back later.
// It also notices when a span completes an edge never seen before.
import { type SpanBatch, SpanFlag } from '../span/batch.ts'
import { WEIGHT_ONE } from '../span/sampling.ts'
import { type BatchView, durationMs, traceIdAt, unixMs, viewBatch } from './batch-view.ts'
import { compareCopies, isCopy } from './copies.ts'
import type { Fold } from './fold.ts'
import { addNeighbours, linkedTraces } from './links.ts'
import {
  LINKS_PER_TARGET_MAX,
  SPANS_PER_ID_MAX,
  SPANS_PER_TRACE_MAX,
  TRACES_PER_LOW_HALF_MAX,
} from './options.ts'
import { noticeNewEdges } from './presence.ts'
import { RowFlag, type Store, TraceFlag } from './rows.ts'
import { internShapes } from './shape.ts'
import {
  addLink,
  addSpan,
  addTrace,
  findSpan,
  findTrace,
  hasTwin,
  removeLinksOfSpan,
  type TraceId,
  tracesWithLowHalf,
  tracesWithLowHalfOf,
} from './store.ts'
import { evictTrace, noteBefore } from './timing.ts'
import { weightedShape } from './weights.ts'
import { schedule } from './wheel.ts'

const DAY_MS = 86_400_000
const AHEAD_MS = 60_000

type Insertion = BatchView & {
  readonly fold: Fold
  /** Traces whose results were noted since the last eviction. */
  readonly prepared: Set<number>
  readonly touched: Set<number>
}

/** Gives the batch's span -> shape function, which the caller needs too. */
export function insertSpans(fold: Fold, batch: SpanBatch): (span: number) => number {
  const shapeOf = internShapes(fold.table, batch)
  const insertion: Insertion = {
    ...viewBatch(batch),
    fold,
    prepared: new Set(),
    touched: new Set(),
  }
  for (let span = 0; span < batch.count; span++) {
    const shape = shapeOf(span)
    const weight = batch.weights[span]!
    insertSpan(
      insertion,
      span,
      weight > WEIGHT_ONE ? weightedShape(fold.table, shape, weight) : shape,
    )
  }
  for (const trace of insertion.touched) noticeNewEdges(fold, trace)
  return shapeOf
}

function insertSpan(insertion: Insertion, span: number, shape: number): void {
  const { fold } = insertion
  const { store } = fold
  fold.tallies.accepted++
  makeRoom(insertion)
  const id = traceIdAt(insertion.view, span)
  let trace = traceOf(insertion, id)
  if (store.traces.columns.spanCount[trace]! >= SPANS_PER_TRACE_MAX)
    trace = startAnew(insertion, trace, id)
  const idHi = insertion.ids.getUint32(span * 8)
  const idLo = insertion.ids.getUint32(span * 8 + 4)
  let ofSameId = 0
  const copy = findSpan(store, trace, idHi, idLo, (row) => {
    ofSameId++
    return isCopy(fold, row, shape)
  })
  if (copy >= 0) {
    fold.tallies.duplicate++
    mergeCopy(insertion, span, shape, copy)
    return
  }
  if (ofSameId >= SPANS_PER_ID_MAX) trace = startAnew(insertion, trace, id)
  prepareChange(insertion, trace)
  const row = addSpan(store, trace, idHi, idLo)
  fold.tallies.pending++
  writeSpan(insertion, span, shape, row)
  store.spans.columns.flags[row]! |= RowFlag.fresh | RowFlag.waiting
  writeLinks(insertion, span, row)
  touch(insertion, trace)
}

function makeRoom(insertion: Insertion): void {
  const { store } = insertion.fold
  const { spans, traces } = store
  while (spans.size >= spans.capacityMax || traces.size >= traces.capacityMax - 1) {
    if (store.oldest < 0) return
    evict(insertion, store.oldest)
  }
}

/** The trace of this id, made when it is new; a crowd of the same low half makes room first. */
function traceOf(insertion: Insertion, id: TraceId): number {
  const { store } = insertion.fold
  const known = findTrace(store, id)
  if (known >= 0) return known
  const crowd = tracesWithLowHalf(store, id[2], id[3])
  if (crowd.length >= TRACES_PER_LOW_HALF_MAX) {
    const t = store.traces.columns
    // The lowest id of those that can go: an empty one is kept by the links to it.
    const leaving = crowd.find((row) => t.spanCount[row]! > 0)
    if (leaving !== undefined) evict(insertion, leaving)
  }
  return addTrace(store, id)
}

/** The trace is at a bound: it leaves, and its id begins again. */
function startAnew(insertion: Insertion, trace: number, id: TraceId): number {
  evict(insertion, trace)
  return traceOf(insertion, id)
}

function evict(insertion: Insertion, trace: number): void {
  evictTrace(insertion.fold, trace)
  insertion.prepared.clear()
  insertion.touched.delete(trace)
}

/** R2, Decided: ERROR if any copy says so, the rest from the copy that sorts first. */
function mergeCopy(insertion: Insertion, span: number, shape: number, row: number): void {
  const { fold, batch } = insertion
  const s = fold.store.spans.columns
  const wins = compareCopies(fold, insertion, { span, shape, row }) < 0
  const error = (s.flags[row]! | batch.flags[span]!) & SpanFlag.error
  if (!wins && (s.flags[row]! & SpanFlag.error) === error) return
  const trace = s.trace[row]!
  prepareChange(insertion, trace)
  if (wins) {
    const held = s.flags[row]! & RowFlag.held
    const arrival = s.arrival[row]!
    removeLinksOfSpan(fold.store, row)
    writeSpan(insertion, span, shape, row)
    s.arrival[row] = arrival
    s.flags[row]! |= held | RowFlag.fresh | RowFlag.waiting
    writeLinks(insertion, span, row)
  }
  s.flags[row]! |= error
  touch(insertion, trace)
}

function writeSpan(insertion: Insertion, span: number, shape: number, row: number): void {
  const { fold, batch, parents } = insertion
  const s = fold.store.spans.columns
  const startMs = unixMs(insertion.starts, span)
  const duration = durationMs(insertion, span)
  const endMs = startMs + duration
  const isSkewed = endMs < fold.nowMs - DAY_MS || endMs > fold.nowMs + AHEAD_MS
  if (isSkewed) fold.tallies.clockSkewed++
  s.parentHi[row] = parents.getUint32(span * 8)
  s.parentLo[row] = parents.getUint32(span * 8 + 4)
  s.shape[row] = shape
  s.arrival[row] = fold.nowMs >>> 0
  s.lag[row] = fold.nowMs - startMs
  s.durationMs[row] = duration
  s.flags[row] = batch.flags[span]! | (isSkewed ? RowFlag.clockSkewed : 0)
}

function writeLinks(insertion: Insertion, span: number, row: number): void {
  const { fold, batch, linkIds: ids } = insertion
  if (batch.linkStarts[span] === batch.linkStarts[span + 1]) return
  const seen = new Set<string>()
  for (let link = batch.linkStarts[span]!; link < batch.linkStarts[span + 1]!; link++) {
    const id = traceIdAt(insertion.linkView, link)
    const hi = ids.getUint32(link * 8)
    const lo = ids.getUint32(link * 8 + 4)
    const key = [...id, hi, lo].join(' ')
    if (seen.has(key)) continue
    seen.add(key)
    const target = linkTargetOf(fold.store, id)
    const t = fold.store.traces.columns
    if (target < 0 || t.linksInCount[target]! >= LINKS_PER_TARGET_MAX) {
      fold.tallies.linksCut++
      continue
    }
    for (const trace of linkedTraces(fold.store, target)) prepareChange(insertion, trace)
    if (!addLink(fold.store, row, target, hi, lo)) fold.tallies.linksCut++
  }
}

/** The trace that a link names, made empty when it is new; -1 when there is no room, or a crowd. */
function linkTargetOf(store: Store, id: TraceId): number {
  const crowd = tracesWithLowHalf(store, id[2], id[3])
  if (crowd.length > TRACES_PER_LOW_HALF_MAX / 2) return -1
  const known = findTrace(store, id)
  return known >= 0 ? known : addTrace(store, id)
}

function touch(insertion: Insertion, trace: number): void {
  const { fold } = insertion
  fold.store.traces.columns.touched[trace] = fold.nowMs >>> 0
  markDirty(fold, trace)
  insertion.touched.add(trace)
}

/** Notes the results of this trace, of those that count as one with it, and of those linked. */
function prepareChange(insertion: Insertion, trace: number): void {
  if (insertion.prepared.has(trace)) return
  insertion.prepared.add(trace)
  const { fold } = insertion
  const t = fold.store.traces.columns
  if (isAlone(fold.store, trace)) {
    noteBefore(fold, trace)
    if (t.spanCount[trace]! > 0) markDirty(fold, trace)
    return
  }
  const group = tracesWithLowHalfOf(fold.store, trace)
  const affected = new Set(group)
  for (const row of group) addNeighbours(fold.store, row, affected)
  for (const row of affected) noteBefore(fold, row)
  for (const row of affected) if (t.spanCount[row]! > 0) markDirty(fold, row)
}

/** Most traces: nothing links to or from it, and no other one shares its low half. */
function isAlone(store: Store, trace: number): boolean {
  const t = store.traces.columns
  return t.linksIn[trace]! < 0 && t.linksOut[trace]! < 0 && !hasTwin(store, trace)
}

/** Only traces with spans are ever scheduled: an empty one may go without notice. */
function markDirty(fold: Fold, trace: number): void {
  fold.store.traces.columns.flags[trace]! |= TraceFlag.dirty
  const waitMs = Math.min(fold.options.quietMs, fold.options.holdMs)
  schedule(fold.wheel, fold.store, trace, fold.nowMs + waitMs)
}
