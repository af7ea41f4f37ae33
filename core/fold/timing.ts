// When a trace is evaluated: at once when it may complete an edge never seen before, after a short
// quiet, when its spans have waited for the hold time, and when a late span changed it. Each emission
// is f(after) - f(before) of the whole trace. A trace of many spans is evaluated less often, the more it
// has: else one that grows with every request would cost all of its spans each time.
import * as draftWords from './draft-words.ts'
import { captureResults, emitResults, takeBackResults } from './emit.ts'
import { evaluateTrace, isPlain } from './evaluate.ts'
import type { Fold } from './fold.ts'
import { holdSpans, viewHeld } from './hold.ts'
import * as layout from './layout.ts'
import { removeLinksOfTrace } from './link-store.ts'
import { isAlone, tracesAround } from './links.ts'
import * as spanIds from './span-ids.ts'
import { forgetSpans, hasTwin, spansOfTrace, tracesWithLowHalfOf } from './store.ts'
import { tracesAsOne } from './twins.ts'
import { schedule, takeDue, unschedule } from './wheel.ts'

const { Mark } = draftWords
const { TRACE_FLAGS, TRACE_TOUCHED, TRACE_UNHELD, TRACE_WORDS, TRACE_YOUNGER, TraceFlag } = layout
const { SMALL_TRACE_SPANS } = spanIds

/** Spans of a large trace that may be evaluated in a millisecond: with a tenth of that the machine is busy. */
const SPANS_PER_WAIT_MS = 25

export function advanceTraces(fold: Fold): void {
  const due: number[] = []
  takeDue(fold.wheel, fold.store, fold.nowMs, due)
  for (const trace of due) visitDue(fold, trace)
}

/** Finalises and forgets everything. */
export function finishTraces(fold: Fold): void {
  const { store } = fold
  let trace = store.oldest
  for (; trace >= 0; trace = store.traces.words[trace * TRACE_WORDS + TRACE_YOUNGER]!)
    if (isUnfinished(fold, trace)) emitTrace(fold, trace, 0)
  while (store.oldest >= 0) forgetRow(fold, store.oldest)
}

/** Makes room: the trace leaves now. If it was not final it is finalised early, and counted. */
export function evictTrace(fold: Fold, trace: number): void {
  const pending = fold.tallies.pending
  if (membersOf(fold, trace).some((row) => isUnfinished(fold, row))) emitTrace(fold, trace, 0)
  else fold.tallies.forgottenEarly++
  fold.tallies.evictedEarly += pending - fold.tallies.pending
  forgetTrace(fold, trace)
}

/** Before a trace changes: notes what it has contributed, to be taken back when it is evaluated. */
export function noteBefore(fold: Fold, trace: number): void {
  const members = membersOf(fold, trace)
  const owner = members[0]!
  if ((flagsOf(fold, owner) & TraceFlag.emitted) === 0 || fold.before.has(owner)) return
  evaluateTrace(fold.draft, members, fold.options.orphans)
  fold.before.set(owner, captureResults(fold))
}

/** A changed trace will be evaluated after the quiet; sooner when it may show something new. */
export function scheduleChanged(fold: Fold, trace: number, isUrgent: boolean): void {
  const words = fold.store.traces.words
  const base = trace * TRACE_WORDS
  const quietMs = Math.min(fold.options.quietMs, fold.options.holdMs)
  words[base + TRACE_FLAGS]! |= isUrgent ? TraceFlag.dirty | TraceFlag.urgent : TraceFlag.dirty
  const waitMs = isUrgent ? Math.min(backOffMs(fold, trace), quietMs) : quietMs
  schedule(fold.wheel, fold.store, trace, { nowMs: fold.nowMs, dueMs: fold.nowMs + waitMs })
}

/** How long a large trace waits where a small one does not. */
function backOffMs(fold: Fold, trace: number): number {
  const spans = spansOfTrace(fold.store, trace)
  if (spans <= SMALL_TRACE_SPANS) return 0
  return Math.min(spans / SPANS_PER_WAIT_MS, fold.options.quietMs, fold.options.holdMs)
}

function visitDue(fold: Fold, trace: number): void {
  if (spansOfTrace(fold.store, trace) === 0) return
  const flags = flagsOf(fold, trace)
  const { quietMs, holdMs } = fold.options
  const isQuiet = touchedMs(fold, trace) >= Math.min(quietMs, holdMs)
  const isDue =
    (flags & TraceFlag.urgent) !== 0 ||
    ((flags & TraceFlag.dirty) !== 0 && isQuiet) ||
    unheldMs(fold, trace) >= holdMs + backOffMs(fold, trace)
  if (isDue) emitTrace(fold, trace, holdMs)
  if (isForgettable(fold, trace)) forgetTrace(fold, trace)
  else scheduleNext(fold, trace)
}

/**
 * holdMs: spans of this trace at least this old count in full. Traces of the same low half are emitted with it
 * where they changed: which of them count as one may have changed, too.
 */
function emitTrace(fold: Fold, trace: number, holdMs: number): void {
  if (isPlainHold(fold, trace)) {
    viewHeld(fold, trace, holdMs)
    emitResults(fold, Mark.newlyHeld)
    return
  }
  const own = membersOf(fold, trace)
  if (hasTwin(fold.store, trace))
    for (const row of tracesWithLowHalfOf(fold.store, trace))
      if (!own.includes(row) && flagsOf(fold, row) & TraceFlag.dirty)
        emitAsOne(fold, membersOf(fold, row), fold.options.holdMs)
  emitAsOne(fold, own, holdMs)
}

/** Nothing changed since it was emitted, and what waits for the hold rests on single spans. */
function isPlainHold(fold: Fold, trace: number): boolean {
  const settled = TraceFlag.emitted | TraceFlag.plain
  const flags = flagsOf(fold, trace) & (settled | TraceFlag.dirty)
  return flags === settled && !fold.before.has(trace) && isAlone(fold.store, trace)
}

function emitAsOne(fold: Fold, members: readonly number[], holdMs: number): void {
  const words = fold.store.traces.words
  const owner = members[0]!
  const isUnchanged =
    (flagsOf(fold, owner) & TraceFlag.emitted) !== 0 &&
    members.every((row) => !(flagsOf(fold, row) & TraceFlag.dirty) && !fold.before.has(row))
  evaluateTrace(fold.draft, members, fold.options.orphans)
  holdSpans(fold, holdMs)
  if (!isUnchanged) for (const row of members) takeBack(fold, row)
  emitResults(fold, isUnchanged ? Mark.newlyHeld : Mark.held)
  const spent = TraceFlag.emitted | TraceFlag.dirty | TraceFlag.urgent | TraceFlag.plain
  const isPlainNow = isPlain(fold.draft)
  for (const row of members) words[row * TRACE_WORDS + TRACE_FLAGS]! &= ~spent
  const settled = isPlainNow ? TraceFlag.emitted | TraceFlag.plain : TraceFlag.emitted
  words[owner * TRACE_WORDS + TRACE_FLAGS]! |= settled
}

function takeBack(fold: Fold, trace: number): void {
  const before = fold.before.get(trace)
  if (!before) return
  fold.before.delete(trace)
  fold.tallies.corrected++
  takeBackResults(fold, before, trace)
}

/** The traces that count as one with this one, itself included; the first owns the results. */
function membersOf(fold: Fold, trace: number): readonly number[] {
  return hasTwin(fold.store, trace) ? tracesAsOne(fold.store, trace) : [trace]
}

function flagsOf(fold: Fold, trace: number): number {
  return fold.store.traces.words[trace * TRACE_WORDS + TRACE_FLAGS]!
}

/** Ages: times are kept modulo 2^32 ms, and every age is far below that. */
function touchedMs(fold: Fold, trace: number): number {
  return (fold.nowMs - fold.store.traces.words[trace * TRACE_WORDS + TRACE_TOUCHED]!) >>> 0
}

/** Age of the trace's oldest span that is not held, or -1 when all are. */
function unheldMs(fold: Fold, trace: number): number {
  if ((flagsOf(fold, trace) & TraceFlag.waiting) === 0) return -1
  return (fold.nowMs - fold.store.traces.words[trace * TRACE_WORDS + TRACE_UNHELD]!) >>> 0
}

/** Something of it has yet to be emitted. */
function isUnfinished(fold: Fold, trace: number): boolean {
  return (flagsOf(fold, trace) & (TraceFlag.dirty | TraceFlag.waiting)) !== 0
}

/**
 * Past the late window, and so is everything linked: a producer waits for its latest consumer. After a jump
 * of time both are due at once; the one that is visited first stays until the other is final too.
 */
function isForgettable(fold: Fold, trace: number): boolean {
  const rememberedMs = fold.options.holdMs + fold.options.lateWindowMs
  if (isUnfinished(fold, trace) || touchedMs(fold, trace) < rememberedMs) return false
  if (isAlone(fold.store, trace)) return true
  for (const row of tracesAround(fold.store, trace)) {
    if (spansOfTrace(fold.store, row) === 0) continue
    if (touchedMs(fold, row) < rememberedMs || isUnfinished(fold, row)) return false
  }
  return true
}

/**
 * Two traces that count as one go together. What others got from them stays theirs: it is noted before it can no
 * longer be found out, and taken back should they change.
 */
function forgetTrace(fold: Fold, trace: number): void {
  if (isAlone(fold.store, trace)) {
    forgetRow(fold, trace)
    return
  }
  const members = membersOf(fold, trace)
  const others = tracesAround(fold.store, trace)
  for (const row of members) others.delete(row)
  for (const row of others) if (spansOfTrace(fold.store, row) > 0) noteBefore(fold, row)
  for (const row of members) forgetRow(fold, row)
}

function forgetRow(fold: Fold, trace: number): void {
  unschedule(fold.wheel, fold.store, trace)
  fold.before.delete(trace)
  removeLinksOfTrace(fold.store, trace)
  forgetSpans(fold.store, trace)
}

function scheduleNext(fold: Fold, trace: number): void {
  const { quietMs, holdMs, lateWindowMs } = fold.options
  const touchedAgoMs = touchedMs(fold, trace)
  const unheldAgoMs = unheldMs(fold, trace)
  let waitMs = holdMs + lateWindowMs - touchedAgoMs
  if (flagsOf(fold, trace) & TraceFlag.dirty)
    waitMs = Math.min(waitMs, Math.min(quietMs, holdMs) - touchedAgoMs)
  if (unheldAgoMs >= 0) waitMs = Math.min(waitMs, holdMs + backOffMs(fold, trace) - unheldAgoMs)
  const dueMs = fold.nowMs + Math.max(1, waitMs)
  schedule(fold.wheel, fold.store, trace, { nowMs: fold.nowMs, dueMs })
}
