// So many a minute of each key, bounded: how often a token asks, how often an address shows a wrong one.
// Kept in memory, because a start that forgets a minute's counts harms nobody.

const MINUTE_MS = 60_000
const KEYS_MAX = 10_000
/** Counts for all keys beyond the bound together. */
const OTHERS = '(others)'

export type MinuteLimit = {
  readonly max: number
  minute: number
  readonly counts: Map<string, number>
}

export function createMinuteLimit(max: number): MinuteLimit {
  return { max, minute: 0, counts: new Map() }
}

/** Counts one of the key. nowMs: unix ms. */
export function countOne(limit: MinuteLimit, key: string, nowMs: number): void {
  const at = keyIn(limit, key, nowMs)
  limit.counts.set(at, (limit.counts.get(at) ?? 0) + 1)
}

/** Whether the key has had all that it may have in this minute. */
export function isSpent(limit: MinuteLimit, key: string, nowMs: number): boolean {
  return (limit.counts.get(keyIn(limit, key, nowMs)) ?? 0) >= limit.max
}

/** Whole seconds until all counts begin anew. */
export function secondsLeft(nowMs: number): number {
  return Math.ceil((MINUTE_MS - (nowMs % MINUTE_MS)) / 1000)
}

/** The key as it is counted; begins anew when the minute is another. */
function keyIn(limit: MinuteLimit, key: string, nowMs: number): string {
  const minute = Math.floor(nowMs / MINUTE_MS)
  if (minute !== limit.minute) {
    limit.minute = minute
    limit.counts.clear()
  }
  return limit.counts.has(key) || limit.counts.size < KEYS_MAX ? key : OTHERS
}
