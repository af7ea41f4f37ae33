// When an alert recovers by itself, and when it comes back too often to be told each time. Pure: times are arguments,
// unix ms; the tables are asked by storage/recover-alerts.ts (docs/decisions/0024).
import type { AlertState } from './alert-state.ts'
import { countOf } from './sentence.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** So many recoveries within flapWindowMs, and the alert flaps when it comes back again. */
export const FLAPS_MIN = 3

/** At least a day, and long enough that three rounds of going and coming back fit in. */
export function flapWindowMs(recoverAfterMs: number): number {
  return Math.max(DAY_MS, 5 * recoverAfterMs)
}

/** For how long what strayed must not be seen. What flaps goes quiet for a while all the time. */
export function quietNeededMs(state: AlertState, recoverAfterMs: number): number {
  return state === 'flapping' ? flapWindowMs(recoverAfterMs) : recoverAfterMs
}

/** recoveries: of the alert, within flapWindowMs. */
export function stateOnReturn(recoveries: number): 'open' | 'flapping' {
  return recoveries >= FLAPS_MIN ? 'flapping' : 'open'
}

export type QuietWait = {
  /** A state that waits. */
  readonly state: AlertState
  /** When its state changed last. */
  readonly changedMs: number
  /** When what strayed was seen last. */
  readonly seenMs: number
}

export type Watch = {
  readonly recoverAfterMs: number
  /** Since when somebody has looked without a gap. */
  readonly watchedSinceMs: number
  /** When anything of the environment was seen last. */
  readonly newestMs: number
  readonly nowMs: number
}

/** Whether it was quiet for long enough while somebody looked and the environment spoke. */
export function hasRecovered({ state, changedMs, seenMs }: QuietWait, watch: Watch): boolean {
  const { watchedSinceMs, newestMs, nowMs, recoverAfterMs } = watch
  const neededMs = quietNeededMs(state, recoverAfterMs)
  const isQuiet = nowMs - Math.max(seenMs, changedMs, watchedSinceMs) >= neededMs
  return isQuiet && newestMs - seenMs >= neededMs
}

/** A gap after which what was not seen may have been missed: senders try again for about 5 minutes. */
export const WATCH_GAP_MS = 15 * MINUTE_MS

/** In the largest unit that fits: “7 days”, “36 hours”, “90 minutes”. */
export function durationOf(ms: number): string {
  if (ms % DAY_MS === 0) return countOf(ms / DAY_MS, 'day', 'days')
  if (ms % HOUR_MS === 0) return countOf(ms / HOUR_MS, 'hour', 'hours')
  return countOf(Math.max(1, Math.round(ms / MINUTE_MS)), 'minute', 'minutes')
}
