// Wall clocks of IANA zones as instants. Days have 23, 24 or 25 hours, or other lengths; times of day may be missing
// or come twice where the clock is set. Source: the zone data of the runtime (docs/decisions/0025).
import { Temporal } from 'temporal-polyfill'

/** A stretch of time, its end not included. Unix ms. */
export type Stretch = { readonly fromMs: number; readonly toMs: number }

/** A day of a wall clock. day: yyyy-mm-dd. */
export type ZonedDay = Stretch & { readonly day: string }

/** Whether it names a zone, for example Europe/Berlin or UTC; a fixed offset (+02:00) does not. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

/** The date on the wall at an instant. zone: one of isZone. */
export function dateAt(zone: string, atMs: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate()
}

/** The day on the wall at an instant, from its first instant to that of the next. zone: one of isZone. */
export function dayAt(zone: string, atMs: number): ZonedDay {
  return dayOf(zone, dateAt(zone, atMs))
}

/** Today and the days before it, the oldest first: as many. zone: one of isZone. */
export function lastDays(zone: string, nowMs: number, days: number): readonly ZonedDay[] {
  const today = dateAt(zone, nowMs)
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
  return skippedAt(zone, local) ?? instantOf(zone, local, 'earlier')
}

/**
 * From when on the wall clock shows no time just before this one any more: where that comes twice, after the second
 * time; where it is skipped, when it is. Unix ms. zone: one of isZone.
 */
export function lastPassed(zone: string, local: Temporal.PlainDateTime): number {
  const before = local.subtract({ milliseconds: 1 })
  return skippedAt(zone, before) ?? instantOf(zone, before, 'later') + 1
}

/** When the clock was set forward past a time that it never showed; null when it shows it. */
function skippedAt(zone: string, local: Temporal.PlainDateTime): number | null {
  const before = local.toZonedDateTime(zone, { disambiguation: 'earlier' })
  if (before.toPlainDateTime().equals(local)) return null
  return before.getTimeZoneTransition('next')?.epochMilliseconds ?? before.epochMilliseconds
}

function instantOf(
  zone: string,
  local: Temporal.PlainDateTime,
  disambiguation: 'earlier' | 'later',
): number {
  return local.toZonedDateTime(zone, { disambiguation }).epochMilliseconds
}
