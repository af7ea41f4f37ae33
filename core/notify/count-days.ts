// How many of something there were on each day of a window, by the wall clock of a zone.
import { dayAt, type ZonedDay } from './zone.ts'

export type DayCount = {
  /** yyyy-mm-dd. */
  readonly day: string
  readonly count: number
}

/** Every day that the window touches, the oldest first. timesMs: any order; those outside are left out. zone: one of isZone. */
export function countDays(
  timesMs: readonly number[],
  { zone, fromMs, toMs }: Omit<ZonedDay, 'day'> & { readonly zone: string },
): readonly DayCount[] {
  const times = timesMs.filter((ms) => ms >= fromMs && ms < toMs).sort((a, b) => a - b)
  const days: DayCount[] = []
  let next = 0
  for (let startMs = fromMs; startMs < toMs; ) {
    const day = dayAt(zone, startMs)
    const first = next
    while (next < times.length && times[next]! < day.toMs) next++
    days.push({ day: day.day, count: next - first })
    startMs = day.toMs
  }
  return days
}
