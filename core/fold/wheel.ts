// A timing wheel: when each trace is next due, in slots of a fixed width, so that scheduling and
// taking the due ones cost the same however many traces wait. Pure: time comes as an argument.
import type { Store } from './rows.ts'

export type Wheel = {
  /** First trace of each slot, -1 when empty. */
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

/** Makes a trace due at `dueMs`, or earlier if it already was. */
export function schedule(wheel: Wheel, store: Store, trace: number, dueMs: number): void {
  const t = store.traces.columns
  if (t.wheelSlot[trace]! >= 0) {
    if (t.dueMs[trace]! <= dueMs) return
    unschedule(wheel, store, trace)
  }
  // What lies past the horizon waits in the farthest slot and is scheduled again when it comes up.
  const horizonMs = wheel.takenMs + (SLOTS - 1) * wheel.slotMs
  const atMs = Math.max(Math.min(dueMs, horizonMs), wheel.takenMs)
  const slot = Math.floor(atMs / wheel.slotMs) % SLOTS
  const head = wheel.heads[slot]!
  t.dueMs[trace] = dueMs
  t.wheelSlot[trace] = slot
  t.wheelPrevious[trace] = -1
  t.wheelNext[trace] = head
  if (head >= 0) t.wheelPrevious[head] = trace
  wheel.heads[slot] = trace
}

export function unschedule(wheel: Wheel, store: Store, trace: number): void {
  const t = store.traces.columns
  const slot = t.wheelSlot[trace]!
  if (slot < 0) return
  const previous = t.wheelPrevious[trace]!
  const next = t.wheelNext[trace]!
  if (previous >= 0) t.wheelNext[previous] = next
  else wheel.heads[slot] = next
  if (next >= 0) t.wheelPrevious[next] = previous
  t.wheelSlot[trace] = -1
}

/** Takes every trace due at or before `nowMs` out of the wheel and hands it to `visit`. */
export function takeDue(
  wheel: Wheel,
  store: Store,
  nowMs: number,
  visit: (trace: number) => void,
): void {
  const t = store.traces.columns
  const firstSlot = Math.floor(wheel.takenMs / wheel.slotMs)
  const lastSlot = Math.floor(nowMs / wheel.slotMs)
  const slots = Math.min(lastSlot - firstSlot, SLOTS - 1)
  const due: number[] = []
  const later: number[] = []
  for (let slot = lastSlot - slots; slot <= lastSlot; slot++) {
    let trace = wheel.heads[slot % SLOTS]!
    while (trace >= 0) {
      const next = t.wheelNext[trace]!
      t.wheelSlot[trace] = -1
      if (t.dueMs[trace]! <= nowMs) due.push(trace)
      else later.push(trace)
      trace = next
    }
    wheel.heads[slot % SLOTS] = -1
  }
  wheel.takenMs = Math.max(wheel.takenMs, nowMs)
  for (const trace of later) schedule(wheel, store, trace, t.dueMs[trace]!)
  for (const trace of due) visit(trace)
}
