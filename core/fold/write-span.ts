// What is kept of a span of a batch.
import { type BatchView, durationMs, unixMs } from './batch-view.ts'
import type { Fold } from './fold.ts'
import * as layout from './layout.ts'

const {
  INSTANCE_SHIFT,
  RowFlag,
  SPAN_ARRIVAL,
  SPAN_DURATION,
  SPAN_FLAGS,
  SPAN_LAG,
  SPAN_PARENT_HIGH,
  SPAN_PARENT_LOW,
  SPAN_SHAPE,
  SPAN_WORDS,
  TRACE_FLAGS,
  TRACE_UNHELD,
  TRACE_WORDS,
  TraceFlag,
} = layout

const DAY_MS = 86_400_000
const AHEAD_MS = 60_000

/** A batch and the shapes of its spans, on their way into a fold. */
export type Incoming = BatchView & {
  readonly fold: Fold
  /** By span. */
  readonly shapes: Int32Array
  /** By resource set: see instances.ts. */
  readonly instances: Int32Array
}

export function writeSpan(incoming: Incoming, span: number, row: number): void {
  const { fold, batch, parents, shapes } = incoming
  const { words, floats } = fold.store.spans
  const base = row * SPAN_WORDS
  const startMs = unixMs(incoming.starts, span)
  const duration = durationMs(incoming, span)
  const endMs = startMs + duration
  const isSkewed = endMs < fold.nowMs - DAY_MS || endMs > fold.nowMs + AHEAD_MS
  if (isSkewed) fold.tallies.clockSkewed++
  words[base + SPAN_PARENT_HIGH] = parents[2 * span]!
  words[base + SPAN_PARENT_LOW] = parents[2 * span + 1]!
  words[base + SPAN_SHAPE] = shapes[span]!
  words[base + SPAN_ARRIVAL] = fold.nowMs
  floats[base + SPAN_LAG] = fold.nowMs - startMs
  floats[base + SPAN_DURATION] = duration
  const skewed = isSkewed ? RowFlag.clockSkewed : 0
  const instance = incoming.instances[batch.resources[span]!]! << INSTANCE_SHIFT
  words[base + SPAN_FLAGS] = batch.flags[span]! | skewed | RowFlag.waiting | instance
}

export function noteArrival(fold: Fold, trace: number): void {
  const words = fold.store.traces.words
  const base = trace * TRACE_WORDS
  fold.tallies.pending++
  if (words[base + TRACE_FLAGS]! & TraceFlag.waiting) return
  words[base + TRACE_FLAGS]! |= TraceFlag.waiting
  words[base + TRACE_UNHELD] = fold.nowMs
}
