// What the server says on the live wire: how far the collector has come, and how much is open.

export type Pulse = {
  /** Commits so far, as text because it may pass 2^53; null before the first. */
  readonly sequence: string | null
  /** Last commit of the collector, unix ms; null before the first. */
  readonly committedMs: number | null
  /** Clock of the server, unix ms, to measure silence without the browser's clock. */
  readonly nowMs: number
  readonly openAlerts: number
}

/** A pulse from an event's data; null when it is none. */
export function parsePulse(data: unknown): Pulse | null {
  if (typeof data !== 'string') return null
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { sequence, committedMs, nowMs, openAlerts } = value as Record<string, unknown>
  if (typeof nowMs !== 'number' || typeof openAlerts !== 'number') return null
  return {
    sequence: typeof sequence === 'string' ? sequence : null,
    committedMs: typeof committedMs === 'number' ? committedMs : null,
    nowMs,
    openAlerts,
  }
}

const SILENT_AFTER_MS = 2 * 60_000

/** Whole minutes since the last commit when that is too long; null when the collector is heard. */
export function silentMinutes(pulse: Pulse): number | null {
  if (pulse.committedMs === null) return null
  const sinceMs = pulse.nowMs - pulse.committedMs
  return sinceMs < SILENT_AFTER_MS ? null : Math.floor(sinceMs / 60_000)
}
