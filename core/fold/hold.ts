// What counts when spans reach the hold time. Where nothing has changed and every waiting call rests on its
// span alone, spans are taken as they were classed; else the trace is on the desk, evaluated anew.
import { clearDraft } from './draft.ts'
import * as draftWords from './draft-words.ts'
import type { Fold } from './fold.ts'
import * as layout from './layout.ts'
import { addOwnCall } from './own-calls.ts'
import * as shapeWords from './shape-words.ts'
import { spansOfTrace } from './store.ts'

const { Mark } = draftWords
const {
  CLASS_BITS,
  CLASS_SHIFT,
  RowFlag,
  SPAN_ARRIVAL,
  SPAN_FLAGS,
  SPAN_NEXT,
  SPAN_SHAPE,
  SPAN_WORDS,
  TRACE_FIRST_SPAN,
  TRACE_FLAGS,
  TRACE_UNHELD,
  TRACE_WORDS,
  TraceFlag,
} = layout
const { SHAPE_SERVICE, SHAPE_WORDS } = shapeWords

/** Marks the spans on the desk that are at least `waitMs` old as held, and keeps what each was classed. */
export function holdSpans(fold: Fold, waitMs: number): void {
  const { draft, store } = fold
  const spans = store.spans.words
  let i = 0
  for (let at = 0; at < draft.members.length; at++) {
    let oldestMs = -1
    for (; i < draft.memberEnds[at]!; i++) {
      const span = draft.rows[i]! * SPAN_WORDS
      let flags = spans[span + SPAN_FLAGS]! & ~CLASS_BITS
      if ((flags & RowFlag.held) === 0) {
        const ageMs = (fold.nowMs - spans[span + SPAN_ARRIVAL]!) >>> 0
        if (ageMs >= waitMs) {
          flags |= RowFlag.held
          draft.marks[i]! |= Mark.held | Mark.newlyHeld
          fold.tallies.pending--
        } else if (ageMs > oldestMs) oldestMs = ageMs
      }
      spans[span + SPAN_FLAGS] = flags | (draft.classes[i]! << CLASS_SHIFT)
    }
    noteUnheld(fold, draft.members[at]!, oldestMs)
  }
}

/** Puts on the desk just the spans of a plain trace that reach the hold time, with their calls. */
export function viewHeld(fold: Fold, trace: number, waitMs: number): void {
  const { draft, store } = fold
  const { rows, shapes, services, flags, marks, classes } = draft
  const spans = store.spans.words
  let oldestMs = -1
  clearDraft(draft, spansOfTrace(store, trace))
  draft.isPartial = true
  draft.members.push(trace)
  let row = store.traces.words[trace * TRACE_WORDS + TRACE_FIRST_SPAN]!
  for (; row >= 0; row = spans[row * SPAN_WORDS + SPAN_NEXT]!) {
    const span = row * SPAN_WORDS
    const found = spans[span + SPAN_FLAGS]!
    if (found & RowFlag.held) continue
    const ageMs = (fold.nowMs - spans[span + SPAN_ARRIVAL]!) >>> 0
    if (ageMs < waitMs) {
      if (ageMs > oldestMs) oldestMs = ageMs
      continue
    }
    spans[span + SPAN_FLAGS] = found | RowFlag.held
    fold.tallies.pending--
    const i = draft.count++
    const shape = spans[span + SPAN_SHAPE]! * SHAPE_WORDS
    rows[i] = row
    shapes[i] = shape
    services[i] = fold.shapeWords.words[shape + SHAPE_SERVICE]!
    flags[i] = found
    marks[i] = Mark.held | Mark.newlyHeld
    classes[i] = (found & CLASS_BITS) >> CLASS_SHIFT
    addOwnCall(draft, i)
  }
  noteUnheld(fold, trace, oldestMs)
}

/** oldestMs: age of the oldest span that is not held, -1 when all are. */
function noteUnheld({ store, nowMs }: Fold, trace: number, oldestMs: number): void {
  const base = trace * TRACE_WORDS
  const { words } = store.traces
  words[base + TRACE_UNHELD] = nowMs - oldestMs
  if (oldestMs < 0) words[base + TRACE_FLAGS]! &= ~TraceFlag.waiting
}
