// Quiet hours: when a notice that comes in them may be told. A time is quiet when the wall clock of the zone shows a
// time of a window; where the clock is set back within a window, the window is one stretch and so much longer.
import type { QuietHours } from './route.ts'
import { firstShown, isZone, lastPassed, wallClock } from './zone.ts'

export type QuietWindow = QuietHours['windows'][number]

export const DAY_MINUTES = 24 * 60
/** Windows leave out a minute of the week; this is longer than a change of the clock can hide it. */
const QUIET_MS_MAX = 16 * 86_400_000
/** No clock is set by more at once, so that windows farther off than that need no look. */
const CHANGE_MINUTES_MAX = 180

/** In minutes from the midnight of the day on which it begins; `to` is greater than `from`. */
export function minutesOf({ from, to }: QuietWindow): {
  readonly from: number
  readonly to: number
} {
  const begin = minuteOf(from)
  const end = minuteOf(to)
  return { from: begin, to: end > begin ? end : end + DAY_MINUTES }
}

/** clock: hh:mm. */
function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
}

/**
 * The first instant from atMs on that is not quiet: atMs itself, or the end of windows that follow each other without
 * a gap. Quiet hours that check-route.ts refuses (of no zone, without an end) are none. Unix ms.
 */
export function endOfQuiet(quiet: QuietHours, atMs: number): number {
  if (!isZone(quiet.zone)) return atMs
  let freeMs = atMs
  while (freeMs - atMs <= QUIET_MS_MAX) {
    const endMs = endOfWindow(quiet, freeMs)
    if (endMs === freeMs) return freeMs
    freeMs = endMs
  }
  return atMs
}

/** The end of a window that an instant is in; the instant itself when it is in none. */
function endOfWindow({ zone, windows }: QuietHours, atMs: number): number {
  const { midnight, weekday, minute } = wallClock(zone, atMs)
  // Tomorrow, too: where the clock is set back over midnight, it has begun already.
  for (const day of [-1, 0, 1]) {
    for (const window of windows) {
      if (!window.days.includes(((weekday - 1 + day + 7) % 7) + 1)) continue
      const { from, to } = minutesOf(window)
      const shown = minute - day * DAY_MINUTES
      if (shown < from - CHANGE_MINUTES_MAX || shown > to + CHANGE_MINUTES_MAX) continue
      const at = (minutes: number) => midnight.add({ minutes: day * DAY_MINUTES + minutes })
      if (atMs < firstShown(zone, at(from))) continue
      const endMs = lastPassed(zone, at(to))
      if (atMs < endMs) return endMs
    }
  }
  return atMs
}
