// Taking spans in: duplicates merged (R2), room made, links hung on their targets; and before
// anything changes, the results that the change may alter are noted, to be taken back later.
// It also notices when a span completes an edge never seen before.
import { type SpanBatch, SpanFlag } from '../span/batch.ts'
import type { Fold } from './fold.ts'
import { addNeighbours, linkedTraces } from './links.ts'
import { LINKS_PER_TARGET_MAX, SPANS_PER_TRACE_MAX } from './options.ts'
import { noticeNewEdges } from './presence.ts'
import { RowFlag, type Store, TraceFlag } from './rows.ts'
import { internShapes } from './shape.ts'
import {
  addLink,
  addSpan,
  addTrace,
  findSpan,
  findTrace,
  removeLinksOfSpan,
  type TraceId,
  tracesWithLowHalfOf,
} from './store.ts'
import { evictTrace, noteBefore } from './timing.ts'
import { schedule } from './wheel.ts'

const DAY_MS = 86_400_000
const AHEAD_MS = 60_000

type Insertion = {
  readonly fold: Fold
  readonly batch: SpanBatch
  readonly view: DataView
  readonly linkView: DataView
  readonly linkIds: DataView
  readonly parents: DataView
  readonly ids: DataView
  /** Traces whose results were noted since the last eviction. */
  readonly prepared: Set<number>
  readonly touched: Set<number>
}

/** Gives the batch's span -> shape function, which the caller needs too. */
export function insertSpans(fold: Fold, batch: SpanBatch): (span: number) => number {
  const shapeOf = internShapes(fold.table, batch)
  const insertion: Insertion = {
    fold,
    batch,
    view: viewOf(batch.traceIds),
    ids: viewOf(batch.spanIds),
    parents: viewOf(batch.parentIds),
    linkView: viewOf(batch.linkTraceIds),
    linkIds: viewOf(batch.linkSpanIds),
    prepared: new Set(),
    touched: new Set(),
  }
  for (let span = 0; span < batch.count; span++) insertSpan(insertion, span, shapeOf(span))
  for (const trace of insertion.touched) noticeNewEdges(fold, trace)
  return shapeOf
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function insertSpan(insertion: Insertion, span: number, shape: number): void {
  const { fold } = insertion
  const { store } = fold
  fold.tallies.accepted++
  makeRoom(insertion)
  const id = traceIdAt(insertion.view, span)
  let trace = findTrace(store, id)
  if (trace >= 0 && store.traces.columns.spanCount[trace]! >= SPANS_PER_TRACE_MAX) {
    evict(insertion, trace)
    trace = findTrace(store, id)
  }
  if (trace < 0) trace = addTrace(store, id)
  const idHi = insertion.ids.getUint32(span * 8)
  const idLo = insertion.ids.getUint32(span * 8 + 4)
  const copy = findSpan(store, trace, idHi, idLo, (row) => isCopy(fold, row, shape))
  if (copy >= 0) {
    fold.tallies.duplicate++
    mergeCopy(insertion, span, shape, copy)
    return
  }
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

function evict(insertion: Insertion, trace: number): void {
  evictTrace(insertion.fold, trace)
  insertion.prepared.clear()
  insertion.touched.delete(trace)
}

function traceIdAt(view: DataView, position: number): TraceId {
  const at = position * 16
  return [
    view.getUint32(at),
    view.getUint32(at + 4),
    view.getUint32(at + 8),
    view.getUint32(at + 12),
  ]
}

/** R2: same trace and span id (found already), kind and service name. */
function isCopy(fold: Fold, row: number, shape: number): boolean {
  const { shapes, services } = fold.table
  const a = shapes[fold.store.spans.columns.shape[row]!]!
  const b = shapes[shape]!
  return a.kind === b.kind && services[a.service]?.name === services[b.service]?.name
}

/** R2, Decided: ERROR if any copy says so, the rest from the copy that sorts first. */
function mergeCopy(insertion: Insertion, span: number, shape: number, row: number): void {
  const { fold, batch } = insertion
  const s = fold.store.spans.columns
  const wins = compareCopies(insertion, span, shape, row) < 0
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

function compareCopies(insertion: Insertion, span: number, shape: number, row: number): number {
  const { fold, batch, parents } = insertion
  const s = fold.store.spans.columns
  const { shapes } = fold.table
  const known = shapes[s.shape[row]!]!.sortKey
  const other = shapes[shape]!.sortKey
  const knownLinks = linksText(fold.store, row)
  const otherLinks = batchLinksText(insertion, span)
  const duration = durationMs(batch, span)
  return (
    parents.getUint32(span * 8) - s.parentHi[row]! ||
    parents.getUint32(span * 8 + 4) - s.parentLo[row]! ||
    (batch.flags[span]! & SpanFlag.parentLost) - (s.flags[row]! & SpanFlag.parentLost) ||
    compareText(other, known) ||
    compareText(otherLinks, knownLinks) ||
    Math.fround(duration) - s.durationMs[row]!
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function linksText(store: Store, row: number): string {
  const l = store.links.columns
  const t = store.traces.columns
  const texts: string[] = []
  let link = t.linksOut[store.spans.columns.trace[row]!]!
  for (; link >= 0; link = l.nextOut[link]!) {
    if (l.span[link] !== row) continue
    const target = l.targetTrace[link]!
    const words = [t.id0, t.id1, t.id2, t.id3].map((column) => column[target]!)
    texts.push([...words, l.targetHi[link]!, l.targetLo[link]!].join(' '))
  }
  return texts.sort().join(',')
}

function batchLinksText(insertion: Insertion, span: number): string {
  const { batch, linkView, linkIds: ids } = insertion
  const texts: string[] = []
  for (let link = batch.linkStarts[span]!; link < batch.linkStarts[span + 1]!; link++) {
    const words = traceIdAt(linkView, link)
    texts.push([...words, ids.getUint32(link * 8), ids.getUint32(link * 8 + 4)].join(' '))
  }
  return texts.sort().join(',')
}

function writeSpan(insertion: Insertion, span: number, shape: number, row: number): void {
  const { fold, batch, parents } = insertion
  const s = fold.store.spans.columns
  const startMs = Number(batch.startUnixNanos[span]!) / 1e6
  const duration = durationMs(batch, span)
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

/** A span that ends before it starts counts as 0 ms long. */
function durationMs(batch: SpanBatch, span: number): number {
  const nanos = batch.endUnixNanos[span]! - batch.startUnixNanos[span]!
  return nanos > 0n ? Number(nanos) / 1e6 : 0
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
    const found = findTrace(fold.store, id)
    const target = found >= 0 ? found : addTrace(fold.store, id)
    const t = fold.store.traces.columns
    if (target < 0 || t.linksInCount[target]! >= LINKS_PER_TARGET_MAX) {
      fold.tallies.linksCut++
      continue
    }
    for (const trace of linkedTraces(fold.store, target)) prepareChange(insertion, trace)
    if (!addLink(fold.store, row, target, hi, lo)) fold.tallies.linksCut++
  }
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
  const group = tracesWithLowHalfOf(fold.store, trace)
  const affected = new Set(group)
  for (const row of group) addNeighbours(fold.store, row, affected)
  for (const row of affected) noteBefore(fold, row)
  for (const row of affected) if (t.spanCount[row]! > 0) markDirty(fold, row)
}

/** Only traces with spans are ever scheduled: an empty one may go without notice. */
function markDirty(fold: Fold, trace: number): void {
  fold.store.traces.columns.flags[trace]! |= TraceFlag.dirty
  const waitMs = Math.min(fold.options.quietMs, fold.options.holdMs)
  schedule(fold.wheel, fold.store, trace, fold.nowMs + waitMs)
}
