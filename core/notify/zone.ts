// Wall clocks of IANA zones as instants. Days have 23, 24 or 25 hours, or other lengths; times of day may be missing
// or come twice where the clock is set. Source: the zone data of the runtime (docs/decisions/0025).
import { Temporal } from 'temporal-polyfill'

/** A day of a wall clock, from its first instant to that of the next. day: yyyy-mm-dd; times: unix ms. */
export type ZonedDay = { readonly day: string; readonly fromMs: number; readonly toMs: number }

/** Whether it names a zone, for example Europe/Berlin or UTC; a fixed offset (+02:00) does not. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    wallClock(name, 0)
    return true
  } catch {
    return false
  }
}

/** What the wall clock shows. midnight: of its date, whether or not it was shown. */
export type WallClock = {
  readonly midnight: Temporal.PlainDateTime
  /** ISO: 1 is Monday. */
  readonly weekday: number
  /** Since midnight, by what is shown; 0 to 1439. */
  readonly minute: number
}

/** zone: one of isZone. */
export function wallClock(zone: string, atMs: number): WallClock {
  const shown = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone)
  const { dayOfWeek: weekday, hour, minute } = shown
  return { midnight: shown.toPlainDate().toPlainDateTime(), weekday, minute: hour * 60 + minute }
}

/** The day that the wall clock shows. zone: one of isZone. */
export function dayAt(zone: string, atMs: number): ZonedDay {
  return dayOf(zone, wallClock(zone, atMs).midnight.toPlainDate())
}

/** Today and the days before it, the oldest first: as many. zone: one of isZone. */
export function lastDays(zone: string, nowMs: number, days: number): readonly ZonedDay[] {
  const today = wallClock(zone, nowMs).midnight.toPlainDate()
  return Array.from({ length: days }, (_, i) => {
    return dayOf(zone, today.subtract({ days: days - 1 - i }))
  })
}

function dayOf(zone: string, date: Temporal.PlainDate): ZonedDay {
  const fromMs = date.toZonedDateTime(zone).epochMilliseconds
  const toMs = date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds
  return { day: date.toString(), fromMs, toMs }
}

/**
 * When the wall clock first shows a time of a date; where that time is skipped, when it is. Unix ms.
 * zone: one of isZone.
 */
export function firstShown(zone: string, local: Temporal.PlainDateTime): number {
  const first = local.toZonedDateTime(zone, { disambiguation: 'earlier' })
  const isShown = first.toPlainDateTime().equals(local)
  return (isShown ? first : changeAt(first, 'next')).epochMilliseconds
}

/**
 * From when on the wall clock shows no time just before this one any more: where that comes twice, after the second
 * time; where it is skipped, when it is. Unix ms. zone: one of isZone.
 */
export function lastPassed(zone: string, local: Temporal.PlainDateTime): number {
  const before = local.subtract({ milliseconds: 1 })
  const last = before.toZonedDateTime(zone, { disambiguation: 'later' })
  const isShown = last.toPlainDateTime().equals(before)
  return isShown ? last.epochMilliseconds + 1 : changeAt(last, 'previous').epochMilliseconds
}

/** A skipped time lies between two that are as far apart as the clock was set; it was set between them. */
function changeAt(
  near: Temporal.ZonedDateTime,
  direction: 'next' | 'previous',
): Temporal.ZonedDateTime {
  return near.getTimeZoneTransition(direction) ?? near
}
