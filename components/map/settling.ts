// What is settling, in words: how many edges have come onto the map, how long nothing new came, and when what
// is on its way must have arrived. Edges seen from one side only come after the hold, so the map is never done
// the moment it is still.
import { plural } from '../ui/numbers.ts'

export type Settling = {
  /** All edges of the environment, whatever the window. */
  readonly edges: number
  /** When the newest of them came onto the map, unix ms by the server's clock; null without edges. */
  readonly newestMs: number | null
  /** Quiet time after which no call can be on its way: the hold and a while. */
  readonly settledAfterMs: number
}

/**
 * '19 edges so far, the last new one 4 s ago; settles in 4 s'. Empty before the first edge. nowMs: null
 * while the server's clock is not known.
 */
export function saySettling(settling: Settling, nowMs: number | null): string {
  const { edges, newestMs, settledAfterMs } = settling
  if (newestMs === null) return ''
  const count = `${plural(edges, 'edge')} so far`
  if (nowMs === null) return count
  const sinceMs = Math.max(0, nowMs - newestMs)
  if (sinceMs >= settledAfterMs) return `${count}, nothing new for ${sayAge(sinceMs)}`
  const ago = sinceMs < 1_000 ? 'just now' : `${sayAge(sinceMs)} ago`
  return `${count}, the last new one ${ago}; settles in ${sayAge(settledAfterMs - sinceMs)}`
}

/** 'settles in 4 s' while more may come after a new edge; null when nothing can be on its way. */
export function sayUnsettled(settling: Settling, nowMs: number | null): string | null {
  if (settling.newestMs === null || nowMs === null) return null
  const leftMs = settling.newestMs + settling.settledAfterMs - nowMs
  return leftMs > 0 ? `settles in ${sayAge(Math.min(leftMs, settling.settledAfterMs))}` : null
}

/** '4 s', '3 min', '5 h', '2 d'; at least 1 s. */
export function sayAge(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}
