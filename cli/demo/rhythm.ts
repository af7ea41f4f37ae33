// How much goes on in the shop at an hour: little at night, a peak at noon and a higher one in the evening.

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MINUTE_MS = 60_000

/** Share of the busiest moment, 0.1 to 1. atMs: unix ms; hours are UTC. */
export function busyRatio(atMs: number): number {
  const hour = (atMs % DAY_MS) / HOUR_MS
  const peak = (at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2))
  return 0.1 + 0.9 * Math.min(1, 0.75 * peak(12.5, 3) + peak(19.5, 2.5))
}

/** When `count` requests came between two moments, by the rhythm, oldest first. Unix ms. */
export function spreadByRhythm(count: number, fromMs: number, toMs: number): number[] {
  const minutes: number[] = []
  for (let atMs = fromMs; atMs < toMs; atMs += MINUTE_MS) minutes.push(atMs)
  const total = minutes.reduce((sum, atMs) => sum + busyRatio(atMs), 0)
  const times: number[] = []
  let due = 0
  for (const atMs of minutes) {
    due += (busyRatio(atMs) * count) / total
    while (times.length < Math.min(count, Math.round(due))) times.push(atMs)
  }
  return times
}
