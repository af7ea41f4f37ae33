// A timing wheel: when each trace is next due, in slots of a fixed width, so that scheduling and
// taking the due ones cost the same however many traces wait. Pure: time comes as an argument.
import * as layout from './layout.ts'
import type { Store } from './store.ts'

const { TRACE_DUE, TRACE_FLAGS, TRACE_WHEEL_NEXT, TRACE_WHEEL_PREVIOUS, TRACE_WORDS, TraceFlag } =
  layout

export type Wheel = {
  /** First trace of each slot, -1 when empty. A first trace has -2 - slot as its previous one. */
  readonly heads: Int32Array
  readonly slotMs: number
  /** Everything due before this was taken; unix ms. */
  takenMs: number
}

const SLOTS = 8192

/** finestMs: the shortest wait that matters; slots are an eighth of it. */
export function createWheel(finestMs: number): Wheel {
  return {
    heads: new Int32Array(SLOTS).fill(-1),
    slotMs: Math.max(1, Math.floor(finestMs / 8)),
    takenMs: 0,
  }
}

/** Makes a trace due at `dueMs` (at or after nowMs), or earlier if it already was. */
export function schedule(
  wheel: Wheel,
  store: Store,
  trace: number,
  time: { readonly nowMs: number; readonly dueMs: number },
): void {
  const traces = store.traces.words
  const base = trace * TRACE_WORDS
  const { nowMs, dueMs } = time
  if (traces[base + TRACE_FLAGS]! & TraceFlag.scheduled) {
    // Due times are kept modulo 2^32 ms: what was due before is that much from now, or overdue.
    const waitMs = (traces[base + TRACE_DUE]! - nowMs) | 0
    if (waitMs <= dueMs - nowMs) return
    unschedule(wheel, store, trace)
  }
  // What lies past the horizon waits in the farthest slot and is scheduled again when it comes up.
  const horizonMs = wheel.takenMs + (SLOTS - 1) * wheel.slotMs
  const atMs = Math.max(Math.min(dueMs, horizonMs), wheel.takenMs)
  const slot = Math.floor(atMs / wheel.slotMs) % SLOTS
  const head = wheel.heads[slot]!
  traces[base + TRACE_DUE] = dueMs
  traces[base + TRACE_FLAGS]! |= TraceFlag.scheduled
  traces[base + TRACE_WHEEL_PREVIOUS] = -2 - slot
  traces[base + TRACE_WHEEL_NEXT] = head
  if (head >= 0) traces[head * TRACE_WORDS + TRACE_WHEEL_PREVIOUS] = trace
  wheel.heads[slot] = trace
}

export function unschedule(wheel: Wheel, store: Store, trace: number): void {
  const traces = store.traces.words
  const base = trace * TRACE_WORDS
  if ((traces[base + TRACE_FLAGS]! & TraceFlag.scheduled) === 0) return
  const previous = traces[base + TRACE_WHEEL_PREVIOUS]!
  const next = traces[base + TRACE_WHEEL_NEXT]!
  if (previous >= 0) traces[previous * TRACE_WORDS + TRACE_WHEEL_NEXT] = next
  else wheel.heads[-2 - previous] = next
  if (next >= 0) traces[next * TRACE_WORDS + TRACE_WHEEL_PREVIOUS] = previous
  traces[base + TRACE_FLAGS]! &= ~TraceFlag.scheduled
}

/** Takes every trace due at or before `nowMs` out of the wheel, into `due`. */
export function takeDue(wheel: Wheel, store: Store, nowMs: number, due: number[]): void {
  const traces = store.traces.words
  const firstSlot = Math.floor(wheel.takenMs / wheel.slotMs)
  const lastSlot = Math.floor(nowMs / wheel.slotMs)
  const slots = Math.min(lastSlot - firstSlot, SLOTS - 1)
  const later: number[] = []
  for (let slot = lastSlot - slots; slot <= lastSlot; slot++) {
    let trace = wheel.heads[slot % SLOTS]!
    while (trace >= 0) {
      const base = trace * TRACE_WORDS
      traces[base + TRACE_FLAGS]! &= ~TraceFlag.scheduled
      if (((traces[base + TRACE_DUE]! - nowMs) | 0) <= 0) due.push(trace)
      else later.push(trace)
      trace = traces[base + TRACE_WHEEL_NEXT]!
    }
    wheel.heads[slot % SLOTS] = -1
  }
  wheel.takenMs = Math.max(wheel.takenMs, nowMs)
  for (const trace of later) {
    const waitMs = (traces[trace * TRACE_WORDS + TRACE_DUE]! - nowMs) | 0
    schedule(wheel, store, trace, { nowMs, dueMs: nowMs + waitMs })
  }
}
