// Counts by key within one minute, bounded: how often a token asks, how often an address shows a wrong one.
// Kept in memory, because a start that forgets a minute's counts harms nobody.

const MINUTE_MS = 60_000
const KEYS_MAX = 10_000
/** Counts for all keys beyond the bound together. */
const OTHERS = '(others)'

export type MinuteLimit = { minute: number; readonly counts: Map<string, number> }

export function createMinuteLimit(): MinuteLimit {
  return { minute: 0, counts: new Map() }
}

/** Counts one more; gives how many there are of the key in this minute. nowMs: unix ms. */
export function countOne(limit: MinuteLimit, key: string, nowMs: number): number {
  turn(limit, nowMs)
  const { counts } = limit
  const at = counts.has(key) || counts.size < KEYS_MAX ? key : OTHERS
  const count = (counts.get(at) ?? 0) + 1
  counts.set(at, count)
  return count
}

/** How many there are of the key in this minute. */
export function readCount(limit: MinuteLimit, key: string, nowMs: number): number {
  turn(limit, nowMs)
  return limit.counts.get(key) ?? 0
}

/** Whole seconds until the counts begin anew. */
export function secondsLeft(nowMs: number): number {
  return Math.ceil((MINUTE_MS - (nowMs % MINUTE_MS)) / 1000)
}

function turn(limit: MinuteLimit, nowMs: number): void {
  const minute = Math.floor(nowMs / MINUTE_MS)
  if (minute === limit.minute) return
  limit.minute = minute
  limit.counts.clear()
}
