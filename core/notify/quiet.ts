// Quiet hours: when a notice that comes in them may be told. A time is quiet when the wall clock of the zone shows a
// time of a window; where the clock is set back within a window, the window is one stretch and so much longer.
import { Temporal } from 'temporal-polyfill'
import type { QuietHours } from './route.ts'
import { dateAt, firstShown, isZone, lastPassed, type Stretch } from './zone.ts'

export type QuietWindow = QuietHours['windows'][number]

/** Windows leave out a time of the week; this is longer than a clock change can hide it. */
const QUIET_MS_MAX = 16 * 86_400_000

/**
 * The first instant from atMs on that is not quiet: atMs itself, or the end of windows that follow each other without
 * a gap. Quiet hours that problemsOf refuses (of no zone, without an end) are none. Unix ms.
 */
export function endOfQuiet(quiet: QuietHours, atMs: number): number {
  if (!isZone(quiet.zone)) return atMs
  let freeMs = atMs
  while (freeMs - atMs <= QUIET_MS_MAX) {
    const endMs = endOfStretch(quiet, freeMs)
    if (endMs === freeMs) return freeMs
    freeMs = endMs
  }
  return atMs
}

/** The latest end of the windows that an instant is in; the instant itself when it is in none. */
function endOfStretch({ zone, windows }: QuietHours, atMs: number): number {
  const today = dateAt(zone, atMs)
  let endMs = atMs
  // Tomorrow, too: where the clock is set back over midnight, it has begun already.
  for (const days of [-1, 0, 1]) {
    const date = today.add({ days })
    for (const window of windows) {
      if (!window.days.includes(date.dayOfWeek)) continue
      const { fromMs, toMs } = stretchOf(zone, date, window)
      if (fromMs <= atMs && atMs < toMs) endMs = Math.max(endMs, toMs)
    }
  }
  return endMs
}

/** A window that begins on a date. */
function stretchOf(zone: string, date: Temporal.PlainDate, { from, to }: QuietWindow): Stretch {
  const endDate = to > from ? date : date.add({ days: 1 })
  return {
    fromMs: firstShown(zone, date.toPlainDateTime(Temporal.PlainTime.from(from))),
    toMs: lastPassed(zone, endDate.toPlainDateTime(Temporal.PlainTime.from(to))),
  }
}
