// Ticks: time as data. While anything may be pending the journal gets the bare time now and then, so that
// the fold never reads a clock and a replay makes the same decisions at the same places.
// Fast until the hold of the last batch is surely over, slow until its late window is, then one a minute
// or so: the position goes on moving, which is how others see that an idle collector is alive.
import { appendTick, arrivalNow, type Journal } from './journal.ts'

export type TickTimes = {
  readonly holdMs: number
  readonly quietMs: number
  readonly lateWindowMs: number
}

/** How far past a deadline the ticks go on: a few ticks more than needed cost nothing. */
const MARGIN_MS = 2000
const FAST_INTERVAL_MS_MAX = 250
const SLOW_INTERVAL_MS_MAX = 5000
const IDLE_INTERVAL_MS = 45_000

export type TickPlan = {
  readonly intervalMs: number
  readonly slowIntervalMs: number
  readonly fastForMs: number
  readonly slowForMs: number
  readonly idleIntervalMs: number
}

export function planTicks(times: TickTimes): TickPlan {
  const intervalMs = Math.min(FAST_INTERVAL_MS_MAX, times.holdMs / 4, times.quietMs / 2)
  const fastForMs = times.holdMs + times.quietMs + MARGIN_MS
  return {
    intervalMs,
    slowIntervalMs: Math.max(intervalMs, Math.min(SLOW_INTERVAL_MS_MAX, times.lateWindowMs / 4)),
    fastForMs,
    slowForMs: fastForMs + times.lateWindowMs,
    idleIntervalMs: IDLE_INTERVAL_MS,
  }
}

/** Whether a tick is due, `sinceBatchMs` after the newest batch and `sinceRecordMs` after the newest record. */
export function isTickDue(plan: TickPlan, sinceBatchMs: number, sinceRecordMs: number): boolean {
  // Half an interval of tolerance, or every second timer would come just too early.
  const due = (intervalMs: number) => sinceRecordMs >= intervalMs - plan.intervalMs / 2
  if (sinceBatchMs <= plan.fastForMs) return due(plan.intervalMs)
  return due(sinceBatchMs <= plan.slowForMs ? plan.slowIntervalMs : plan.idleIntervalMs)
}

/** Appends ticks as they fall due; the returned function stops it. A disk error only costs that tick. */
export function startTicks(journal: Journal, plan: TickPlan): () => void {
  let isWriting = false
  const timer = setInterval(() => {
    if (isWriting || journal.lastBatchMs === 0) return
    // Arrival time, not the wall's: after the clock was set back it is ahead of the wall for a while.
    const nowMs = arrivalNow(journal)
    const sinceBatchMs = Math.max(0, nowMs - journal.lastBatchMs)
    if (!isTickDue(plan, sinceBatchMs, Math.max(0, nowMs - journal.lastRecordMs))) return
    isWriting = true
    appendTick(journal)
      .catch(() => {})
      .finally(() => {
        isWriting = false
      })
  }, plan.intervalMs)
  return () => clearInterval(timer)
}
