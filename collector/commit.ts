// A delta into the database, whatever it takes: failures that may pass are tried again with growing, jittered
// pauses while the journal keeps accepting; of a delta that is refused twice on its data, the parts at fault are
// set aside, so that one bad value does not hold up the graph for ever. A commit tried again at the same
// position applies nothing (storage/commit.ts), so a lost answer does no harm.
import type { GraphDelta } from '../core/graph/edge.ts'
import { isolateRefused } from './isolate.ts'

export type CommitParts = {
  /** One transaction; null moves the position only. Errors: whatever the database threw. */
  readonly commit: (delta: GraphDelta | null) => Promise<void>
  /** Whether the database takes a delta; it is rolled back. Errors: as commit, but for refusals. */
  readonly isTaken: (delta: GraphDelta) => Promise<boolean>
  readonly isDataRefused: (error: unknown) => boolean
  /** Told of every failed try, before the pause. */
  readonly onFailure: (error: unknown, tries: number) => void
  /** The database refuses this part on its data; the rest is committed without it. */
  readonly onRefused: (delta: GraphDelta, error: unknown) => void
  /**
   * Leaves out what the database refuses of the spans that go along to be kept whole; whether there was any.
   * Errors: as commit, but for refusals.
   */
  readonly leaveOutSpans: (error: unknown) => Promise<boolean>
  /** No more tries: the process is stopping, and the journal keeps the records. */
  readonly shouldGiveUp: () => boolean
}

export type CommitOutcome = 'committed' | 'gaveUp'

const PAUSE_MS_MIN = 100
const PAUSE_MS_MAX = 5_000
const DATA_TRIES = 2

/** Errors: throws what the database says when it refuses even the bare position. */
export async function commitPersistently(
  parts: CommitParts,
  delta: GraphDelta | null,
): Promise<CommitOutcome> {
  let refusals = 0
  let hasLeftOut = false
  let rest = delta
  for (let tries = 1; ; tries++) {
    try {
      await parts.commit(rest)
      return 'committed'
    } catch (error) {
      parts.onFailure(error, tries)
      if (parts.shouldGiveUp()) return 'gaveUp'
      if (!parts.isDataRefused(error)) await pause(tries)
      else if (++refusals >= DATA_TRIES) {
        refusals = 0
        if (await leaveOutSpans(parts, error)) continue
        if (rest === null) throw error
        if (hasLeftOut) parts.onRefused(rest, error)
        rest = hasLeftOut ? null : await leaveOut(parts, rest, error)
        hasLeftOut = true
      }
    }
  }
}

async function leaveOutSpans(parts: CommitParts, error: unknown): Promise<boolean> {
  return (await searched(parts, () => parts.leaveOutSpans(error))) ?? false
}

/** The delta without what is refused. */
async function leaveOut(
  parts: CommitParts,
  delta: GraphDelta,
  error: unknown,
): Promise<GraphDelta | null> {
  const isolated = await searched(parts, () => isolateRefused(delta, parts.isTaken))
  if (isolated?.refused) parts.onRefused(isolated.refused, error)
  return isolated ? isolated.good : delta
}

/** What a search for the parts at fault found; null when a failure that may pass ended it: then all stays whole. */
function searched<Found>(parts: CommitParts, search: () => Promise<Found>): Promise<Found | null> {
  return search().catch((failure: unknown) => {
    parts.onFailure(failure, 1)
    return null
  })
}

function pause(tries: number): Promise<void> {
  const longestMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(tries, 10))
  const pauseMs = longestMs / 2 + (Math.random() * longestMs) / 2
  return new Promise((resolve) => setTimeout(resolve, pauseMs))
}
