// How long to wait after a failure: exponential with full jitter, so that what failed together does not come back
// together. Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
const FIRST_MS = 5_000
const LAST_MS = 15 * 60_000
/** A receiver that just failed is left alone for a moment, however the dice fall. */
const LEAST_MS = 500
/** What a receiver may ask for. */
const ASKED_MS_MAX = 3_600_000

export type Failure = {
  /** One after the other so far, this one included; at least 1. */
  readonly count: number
  /** How long the receiver asks to wait; null: it does not say. */
  readonly askedMs: number | null
}

/** random: 0 to 1, the end excluded. Never less than what the receiver asks for, up to an hour. */
export function backoffMs({ count, askedMs }: Failure, random: number): number {
  const boundMs = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(count - 1, 20))
  const ownMs = Math.max(LEAST_MS, Math.round(random * boundMs))
  return Math.max(ownMs, Math.min(askedMs ?? 0, ASKED_MS_MAX))
}
