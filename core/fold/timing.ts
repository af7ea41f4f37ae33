// When a trace is evaluated: at once when it may complete an edge never seen before, after a short
// quiet, when its spans have waited for the hold time, and when a late span changed it. Each emission
// is f(after) - f(before) of the whole trace.
import {
  addResults,
  dropCandidates,
  type EmitContext,
  keepExemplar,
  type Results,
  resultsOf,
} from './emit.ts'
import { type Evaluation, evaluateTrace } from './evaluate.ts'
import type { Fold } from './fold.ts'
import { addNeighbours } from './links.ts'
import { RowFlag, TraceFlag } from './rows.ts'
import { forgetSpans, hasTwin, tracesWithLowHalfOf } from './store.ts'
import { tracesAsOne } from './view.ts'
import { schedule, takeDue, unschedule } from './wheel.ts'

export function advanceTraces(fold: Fold): void {
  const { urgent } = fold
  fold.urgent = []
  for (const trace of urgent)
    if (fold.store.traces.columns.flags[trace]! & TraceFlag.urgent) emitTrace(fold, trace)
  takeDue(fold.wheel, fold.store, fold.nowMs, (trace) => visitDue(fold, trace))
}

/** Finalises and forgets everything. */
export function finishTraces(fold: Fold): void {
  const { store } = fold
  fold.urgent = []
  for (let trace = store.oldest; trace >= 0; trace = store.traces.columns.younger[trace]!)
    if (isUnfinished(fold, trace)) emitTrace(fold, trace, 0)
  while (store.oldest >= 0) forgetRow(fold, store.oldest)
}

/** Makes room: the trace leaves now. If it was not final it is finalised early, and counted. */
export function evictTrace(fold: Fold, trace: number): void {
  const pending = fold.tallies.pending
  const members = tracesAsOne(fold.store, trace)
  if (members.some((row) => isUnfinished(fold, row))) emitTrace(fold, trace, 0)
  else fold.tallies.forgottenEarly++
  fold.tallies.evictedEarly += pending - fold.tallies.pending
  forgetTrace(fold, trace)
}

/** Before a trace changes: notes what it has contributed, to be taken back when it is evaluated. */
export function noteBefore(fold: Fold, trace: number): void {
  const owner = tracesAsOne(fold.store, trace)[0]!
  const flags = fold.store.traces.columns.flags[owner]!
  if ((flags & TraceFlag.emitted) === 0 || fold.before.has(owner)) return
  const evaluation = evaluate(fold, owner)
  fold.before.set(owner, resultsOf(contextOf(fold), evaluation, isHeld(fold, evaluation), true))
}

function visitDue(fold: Fold, trace: number): void {
  const t = fold.store.traces.columns
  if (t.spanCount[trace] === 0) return
  const { quietMs, holdMs } = fold.options
  const newlyHeld = hasSpansToHold(fold, trace)
  const isQuiet = ageMs(fold, t.touched[trace]!) >= Math.min(quietMs, holdMs)
  if (newlyHeld || (isToBeEmitted(fold, trace) && isQuiet)) emitTrace(fold, trace)
  if (isForgettable(fold, trace)) forgetTrace(fold, trace)
  else scheduleNext(fold, trace)
}

function isToBeEmitted(fold: Fold, trace: number): boolean {
  return (fold.store.traces.columns.flags[trace]! & TraceFlag.dirty) !== 0
}

/**
 * holdMs: spans of this trace at least this old count in full. Traces of the same low half are emitted with it
 * where they changed: which of them count as one may have changed, too.
 */
function emitTrace(fold: Fold, trace: number, holdMs = fold.options.holdMs): void {
  const own = tracesAsOne(fold.store, trace)
  if (hasTwin(fold.store, trace))
    for (const row of tracesWithLowHalfOf(fold.store, trace))
      if (!own.includes(row) && isToBeEmitted(fold, row))
        emitAsOne(fold, tracesAsOne(fold.store, row), fold.options.holdMs)
  emitAsOne(fold, own, holdMs)
}

function emitAsOne(fold: Fold, members: readonly number[], holdMs: number): void {
  const t = fold.store.traces.columns
  const owner = members[0]!
  const context = contextOf(fold)
  const isUnchanged =
    (t.flags[owner]! & TraceFlag.emitted) !== 0 &&
    members.every((row) => (t.flags[row]! & TraceFlag.dirty) === 0 && !fold.before.has(row))
  const newlyHeld = new Set<number>()
  for (const row of members) holdSpans(fold, row, holdMs, newlyHeld)
  const evaluation = evaluate(fold, owner)
  let results: Results
  if (isUnchanged) {
    const isNewlyHeld = (i: number) => newlyHeld.has(evaluation.view.rows[i]!)
    results = resultsOf(context, evaluation, isNewlyHeld, false)
  } else {
    for (const row of members) takeBack(fold, context, row)
    results = resultsOf(context, evaluation, isHeld(fold, evaluation), true)
  }
  addResults(context, results, 1)
  keepExemplar(context, evaluation, results, owner)
  for (const row of members)
    t.flags[row]! &= ~(TraceFlag.emitted | TraceFlag.dirty | TraceFlag.urgent)
  t.flags[owner]! |= TraceFlag.emitted
}

function takeBack(fold: Fold, context: EmitContext, trace: number): void {
  const before = fold.before.get(trace)
  if (!before) return
  fold.before.delete(trace)
  fold.tallies.corrected++
  addResults(context, before, -1)
  dropCandidates(context, before, trace)
}

function evaluate(fold: Fold, trace: number): Evaluation {
  const { store, table, options } = fold
  return evaluateTrace(store, table, tracesAsOne(store, trace), options.orphans)
}

function contextOf(fold: Fold): EmitContext {
  const { options, store, table, memory, pending, nowMs } = fold
  const { classTotals } = fold.tallies
  return { options, store, table, memory, pending, classTotals, nowMs }
}

function isHeld(fold: Fold, evaluation: Evaluation): (position: number) => boolean {
  const { flags } = fold.store.spans.columns
  return (position) => (flags[evaluation.view.rows[position]!]! & RowFlag.held) !== 0
}

/** Marks the trace's spans that are at least `waitMs` old as held, and adds them to `into`. */
function holdSpans(fold: Fold, trace: number, waitMs: number, into: Set<number>): void {
  const s = fold.store.spans.columns
  for (let row = fold.store.traces.columns.firstSpan[trace]!; row >= 0; row = s.next[row]!) {
    if (s.flags[row]! & RowFlag.held || ageMs(fold, s.arrival[row]!) < waitMs) continue
    s.flags[row]! |= RowFlag.held
    into.add(row)
    fold.tallies.pending--
  }
}

function hasSpansToHold(fold: Fold, trace: number): boolean {
  return oldestUnheldMs(fold, trace) >= fold.options.holdMs
}

/** Age of the trace's oldest span that is not held, or -1 when all are. */
function oldestUnheldMs(fold: Fold, trace: number): number {
  const s = fold.store.spans.columns
  let oldest = -1
  for (let row = fold.store.traces.columns.firstSpan[trace]!; row >= 0; row = s.next[row]!)
    if ((s.flags[row]! & RowFlag.held) === 0)
      oldest = Math.max(oldest, ageMs(fold, s.arrival[row]!))
  return oldest
}

/** Times are kept modulo 2^32 ms; every age is far below that. */
function ageMs(fold: Fold, arrival: number): number {
  return ((fold.nowMs >>> 0) - arrival) >>> 0
}

/**
 * Past the late window, and so is everything linked: a producer waits for its latest consumer. After a jump
 * of time both are due at once; the one that is visited first stays until the other is final too.
 */
function isForgettable(fold: Fold, trace: number): boolean {
  if (isUnfinished(fold, trace)) return false
  const t = fold.store.traces.columns
  const rememberedMs = fold.options.holdMs + fold.options.lateWindowMs
  for (const row of aroundTrace(fold, trace)) {
    if (t.spanCount[row]! === 0) continue
    if (ageMs(fold, t.touched[row]!) < rememberedMs || isUnfinished(fold, row)) return false
  }
  return true
}

function isUnfinished(fold: Fold, trace: number): boolean {
  return isToBeEmitted(fold, trace) || oldestUnheldMs(fold, trace) >= 0
}

/**
 * Two traces that count as one go together. What others got from them stays theirs: it is noted before it can no
 * longer be found out, and taken back should they change.
 */
function forgetTrace(fold: Fold, trace: number): void {
  const members = tracesAsOne(fold.store, trace)
  const others = aroundTrace(fold, trace)
  for (const row of members) others.delete(row)
  for (const row of others) if (fold.store.traces.columns.spanCount[row]! > 0) noteBefore(fold, row)
  for (const row of members) forgetRow(fold, row)
}

/** The trace, those whose ids may stand for it, and all that they link to or are linked from. */
function aroundTrace(fold: Fold, trace: number): Set<number> {
  const rows = new Set(
    hasTwin(fold.store, trace) ? tracesWithLowHalfOf(fold.store, trace) : [trace],
  )
  for (const row of [...rows]) addNeighbours(fold.store, row, rows)
  return rows
}

function forgetRow(fold: Fold, trace: number): void {
  unschedule(fold.wheel, fold.store, trace)
  fold.before.delete(trace)
  forgetSpans(fold.store, trace)
}

function scheduleNext(fold: Fold, trace: number): void {
  const { quietMs, holdMs, lateWindowMs } = fold.options
  const touchedAgo = ageMs(fold, fold.store.traces.columns.touched[trace]!)
  const unheld = oldestUnheldMs(fold, trace)
  const waits = [holdMs + lateWindowMs - touchedAgo]
  if (isToBeEmitted(fold, trace)) waits.push(Math.min(quietMs, holdMs) - touchedAgo)
  if (unheld >= 0) waits.push(holdMs - unheld)
  schedule(fold.wheel, fold.store, trace, fold.nowMs + Math.max(1, Math.min(...waits)))
}
