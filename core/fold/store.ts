// The spans, traces and links that the fold remembers, and nothing it concludes from them. A trace is
// a list of span rows; links hang on the trace they point to, which is created empty when unknown.
// Every store is bounded; a full one answers -1 and the caller makes room.
import { addToIndex, mixHash, releaseRow, removeFromIndex, takeRow } from './columns.ts'
import { LINKS_PER_TARGET_MAX } from './options.ts'
import type { Store } from './rows.ts'

/** A trace id as four big-endian 32-bit words. */
export type TraceId = readonly [number, number, number, number]

/** The row of a trace, or -1. */
export function findTrace(store: Store, id: TraceId): number {
  const t = store.traces.columns
  const { entries } = store.traceIndex
  const mask = entries.length - 1
  let at = mixHash(id[2], id[3]) & mask
  for (let entry = entries[at]!; entry !== 0; entry = entries[at]!) {
    const row = entry - 1
    if (
      t.id3[row] === id[3] &&
      t.id2[row] === id[2] &&
      t.id1[row] === id[1] &&
      t.id0[row] === id[0]
    )
      return row
    at = (at + 1) & mask
  }
  return -1
}

/**
 * Rows of all traces whose low 64 bits equal those of `trace`, itself included, in order of id; the trace
 * alone where such ids are not to be joined.
 */
export function tracesWithLowHalfOf(store: Store, trace: number): number[] {
  if (store.isTraceIdStrict) return [trace]
  const t = store.traces.columns
  return tracesWithLowHalf(store, t.id2[trace]!, t.id3[trace]!)
}

/** Rows of all traces whose low 64 bits are these words, in order of id. */
export function tracesWithLowHalf(store: Store, id2: number, id3: number): number[] {
  const t = store.traces.columns
  const { entries } = store.traceIndex
  const mask = entries.length - 1
  const rows: number[] = []
  let at = mixHash(id2, id3) & mask
  for (let entry = entries[at]!; entry !== 0; entry = entries[at]!) {
    const row = entry - 1
    if (t.id3[row] === id3 && t.id2[row] === id2) rows.push(row)
    at = (at + 1) & mask
  }
  if (rows.length > 1) rows.sort((a, b) => t.id0[a]! - t.id0[b]! || t.id1[a]! - t.id1[b]!)
  return rows
}

/** Whether another trace has the same low 64 bits: rare, and asked for every trace of every batch. */
export function hasTwin(store: Store, trace: number): boolean {
  if (store.isTraceIdStrict) return false
  const t = store.traces.columns
  const { entries } = store.traceIndex
  const mask = entries.length - 1
  let at = traceHash(store, trace) & mask
  for (let entry = entries[at]!; entry !== 0; entry = entries[at]!) {
    const row = entry - 1
    if (row !== trace && t.id3[row] === t.id3[trace] && t.id2[row] === t.id2[trace]) return true
    at = (at + 1) & mask
  }
  return false
}

export function isShortTraceId(store: Store, trace: number): boolean {
  const t = store.traces.columns
  return t.id0[trace] === 0 && t.id1[trace] === 0
}

/** A new, empty trace; -1 when there is no room. */
export function addTrace(store: Store, id: TraceId): number {
  const row = takeRow(store.traces)
  if (row < 0) return -1
  const t = store.traces.columns
  t.id0[row] = id[0]
  t.id1[row] = id[1]
  t.id2[row] = id[2]
  t.id3[row] = id[3]
  for (const column of [t.firstSpan, t.linksOut, t.linksIn, t.wheelSlot, t.older, t.younger])
    column[row] = -1
  t.spanCount[row] = 0
  t.linksInCount[row] = 0
  t.flags[row] = 0
  addToIndex(store.traceIndex, row, traceHash(store, row), (other) => traceHash(store, other))
  return row
}

/** The caller fills the other columns. -1 when there is no room. */
export function addSpan(store: Store, trace: number, idHi: number, idLo: number): number {
  const row = takeRow(store.spans)
  if (row < 0) return -1
  const s = store.spans.columns
  const t = store.traces.columns
  s.idHi[row] = idHi
  s.idLo[row] = idLo
  s.trace[row] = trace
  s.next[row] = t.firstSpan[trace]!
  t.firstSpan[trace] = row
  if (t.spanCount[trace]!++ === 0) appendYoungest(store, trace)
  addToIndex(store.spanIndex, row, spanHash(store, row), (other) => spanHash(store, other))
  return row
}

/** Calls `visit` for each span of the trace with this id until it answers true; gives that row, or -1. */
export function findSpan(
  store: Store,
  trace: number,
  idHi: number,
  idLo: number,
  visit: (row: number) => boolean,
): number {
  const s = store.spans.columns
  const { entries } = store.spanIndex
  const mask = entries.length - 1
  let at = mixHash(idLo ^ Math.imul(trace, 0x9e3779b1), idHi) & mask
  for (let entry = entries[at]!; entry !== 0; entry = entries[at]!) {
    const row = entry - 1
    if (s.trace[row] === trace && s.idLo[row] === idLo && s.idHi[row] === idHi && visit(row))
      return row
    at = (at + 1) & mask
  }
  return -1
}

/** False when the link does not fit: too many links to the target, or no room. */
export function addLink(
  store: Store,
  span: number,
  targetTrace: number,
  targetHi: number,
  targetLo: number,
): boolean {
  const t = store.traces.columns
  if (t.linksInCount[targetTrace]! >= LINKS_PER_TARGET_MAX) return false
  const row = takeRow(store.links)
  if (row < 0) return false
  const l = store.links.columns
  const trace = store.spans.columns.trace[span]!
  l.span[row] = span
  l.targetTrace[row] = targetTrace
  l.targetHi[row] = targetHi
  l.targetLo[row] = targetLo
  l.nextOut[row] = t.linksOut[trace]!
  t.linksOut[trace] = row
  l.nextIn[row] = t.linksIn[targetTrace]!
  t.linksIn[targetTrace] = row
  t.linksInCount[targetTrace]!++
  return true
}

/** Takes back the links of one span (a copy that sorts before it had others). */
export function removeLinksOfSpan(store: Store, span: number): void {
  const l = store.links.columns
  const t = store.traces.columns
  const trace = store.spans.columns.trace[span]!
  let previous = -1
  for (let link = t.linksOut[trace]!; link >= 0; ) {
    const next = l.nextOut[link]!
    if (l.span[link] !== span) previous = link
    else {
      if (previous < 0) t.linksOut[trace] = next
      else l.nextOut[previous] = next
      dropIncoming(store, link)
    }
    link = next
  }
}

function dropIncoming(store: Store, link: number): void {
  const l = store.links.columns
  const t = store.traces.columns
  const target = l.targetTrace[link]!
  if (t.linksIn[target] === link) t.linksIn[target] = l.nextIn[link]!
  else {
    let before = t.linksIn[target]!
    while (l.nextIn[before] !== link) before = l.nextIn[before]!
    l.nextIn[before] = l.nextIn[link]!
  }
  t.linksInCount[target]!--
  releaseRow(store.links, link)
  if (t.spanCount[target] === 0 && t.linksInCount[target] === 0) releaseTrace(store, target)
}

/** Forgets a trace's spans and links. Its row stays while others still link to it. */
export function forgetSpans(store: Store, trace: number): void {
  const s = store.spans.columns
  const t = store.traces.columns
  while (t.linksOut[trace]! >= 0) {
    const link = t.linksOut[trace]!
    t.linksOut[trace] = store.links.columns.nextOut[link]!
    if (store.links.columns.targetTrace[link] !== trace) dropIncoming(store, link)
    else dropSelfLink(store, trace, link)
  }
  for (let row = t.firstSpan[trace]!; row >= 0; ) {
    const next = s.next[row]!
    const hash = spanHash(store, row)
    removeFromIndex(store.spanIndex, row, hash, (other) => spanHash(store, other))
    releaseRow(store.spans, row)
    row = next
  }
  removeFromAge(store, trace)
  t.firstSpan[trace] = -1
  t.spanCount[trace] = 0
  t.flags[trace] = 0
  if (t.linksInCount[trace] === 0) releaseTrace(store, trace)
}

/** A link within the trace being forgotten must not release the row under our feet. */
function dropSelfLink(store: Store, trace: number, link: number): void {
  const t = store.traces.columns
  t.spanCount[trace]!++
  dropIncoming(store, link)
  t.spanCount[trace]!--
}

function releaseTrace(store: Store, trace: number): void {
  const hash = traceHash(store, trace)
  removeFromIndex(store.traceIndex, trace, hash, (other) => traceHash(store, other))
  releaseRow(store.traces, trace)
}

function traceHash(store: Store, trace: number): number {
  const t = store.traces.columns
  return mixHash(t.id2[trace]!, t.id3[trace]!)
}

function spanHash(store: Store, row: number): number {
  const s = store.spans.columns
  return mixHash(s.idLo[row]! ^ Math.imul(s.trace[row]!, 0x9e3779b1), s.idHi[row]!)
}

function appendYoungest(store: Store, trace: number): void {
  const t = store.traces.columns
  t.older[trace] = store.youngest
  t.younger[trace] = -1
  if (store.youngest >= 0) t.younger[store.youngest] = trace
  else store.oldest = trace
  store.youngest = trace
}

function removeFromAge(store: Store, trace: number): void {
  const t = store.traces.columns
  const older = t.older[trace]!
  const younger = t.younger[trace]!
  if (older >= 0) t.younger[older] = younger
  else if (store.oldest === trace) store.oldest = younger
  if (younger >= 0) t.older[younger] = older
  else if (store.youngest === trace) store.youngest = older
  t.older[trace] = -1
  t.younger[trace] = -1
}
