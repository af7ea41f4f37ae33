// A delta into the database, whatever it takes: failures that may pass are tried again with growing, jittered
// pauses while the journal keeps accepting; a delta that the database refuses twice on its data is set aside,
// so that one bad value does not hold up the graph for ever. A commit tried again at the same position
// applies nothing (storage/commit.ts), so a lost answer does no harm.
import type { GraphDelta } from '../core/graph/edge.ts'

export type CommitParts = {
  /** One transaction; null moves the position only. Errors: whatever the database threw. */
  readonly commit: (delta: GraphDelta | null) => Promise<void>
  readonly isRetryable: (error: unknown) => boolean
  /** Told of every failed try, before the pause. */
  readonly onFailure: (error: unknown, tries: number) => void
  /** The database refuses this on its data; the position goes on without it. */
  readonly onRefused: (delta: GraphDelta, error: unknown) => void
  /** No more tries: the process is stopping, and the journal keeps the records. */
  readonly shouldGiveUp: () => boolean
}

export type CommitOutcome = 'committed' | 'gaveUp'

const PAUSE_MS_MIN = 100
const PAUSE_MS_MAX = 5_000
const DATA_TRIES = 2

/** Errors: throws what the database says when not even the bare position can be written. */
export async function commitPersistently(
  parts: CommitParts,
  delta: GraphDelta | null,
): Promise<CommitOutcome> {
  let refusals = 0
  let rest = delta
  for (let tries = 1; ; tries++) {
    try {
      await parts.commit(rest)
      return 'committed'
    } catch (error) {
      parts.onFailure(error, tries)
      if (parts.shouldGiveUp()) return 'gaveUp'
      if (parts.isRetryable(error)) await pause(tries)
      else if (++refusals >= DATA_TRIES) {
        if (rest === null) throw error
        parts.onRefused(rest, error)
        rest = null
      }
    }
  }
}

function pause(tries: number): Promise<void> {
  const longestMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(tries, 10))
  const pauseMs = longestMs / 2 + (Math.random() * longestMs) / 2
  return new Promise((resolve) => setTimeout(resolve, pauseMs))
}
