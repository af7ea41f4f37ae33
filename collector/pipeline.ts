// THE FLOW. Records of the journal are folded; what the fold emits is committed in one transaction (graph, buckets,
// exemplars, alerts, jobs, position; the commit notifies web and worker); then the state may be kept as a snapshot.
// Invariants: a delta is taken at the end of a record and committed with that position; nothing is folded while
// a commit is under way, so memory stays bounded when the database stalls; no clock decides a result.

import { takeDelta } from '../core/fold/fold.ts'
import type { GraphDelta } from '../core/graph/edge.ts'
import type { CommitOutcome } from './commit.ts'
import { foldRecord, type RecordFold } from './fold-record.ts'
import type { PlacedRecord } from './journal/segments.ts'
import type { RecordSource } from './source.ts'

export type Pipeline = {
  readonly source: RecordSource
  readonly fold: RecordFold
  /** Commits a delta with the position it reaches; null when only the position moved. */
  readonly commit: (
    delta: GraphDelta | null,
    offset: number,
    isStopping: () => boolean,
  ) => Promise<CommitOutcome>
  /** Told of a position up to which nothing waits for a commit but the position itself. */
  readonly onSettled: (offset: number) => void
  /** Keeps the state, which is exactly that of the committed position; the bytes that took. */
  readonly snapshot: (offset: number) => number
  /** Whether a record is left out, or the fold failed on it: see set-aside.ts. */
  readonly isSetAside: (startOffset: number) => boolean
  readonly onFoldFailure: (record: PlacedRecord, error: unknown) => void
  readonly onGap: (gapBytes: number) => void
  readonly pace: Pace
  /** End of the last folded record. */
  offset: number
  /** Where the fold was last asked for a delta, and when (monotonic ms, as all `AtMs` here). */
  takenOffset: number
  takenAtMs: number
  committedOffset: number
  committedAtMs: number
  /** End of the last batch folded: after it come only ticks, which cost nothing to fold again. */
  lastBatchOffset: number
  snapshotOffset: number
  olderSnapshotOffset: number
  snapshotAtMs: number
  /** Of the newest snapshot. */
  stateBytes: number
  /** The journal refuses requests: snapshots, which free it, are taken sooner. */
  isJournalFull: boolean
  /** Set to stop at an offset: everything before it is folded and committed first. */
  stopOffset: number | null
}

export type Pace = {
  readonly commitIntervalMs: number
  /** A position that moved without results may wait this long. */
  readonly idleCommitIntervalMs: number
  readonly snapshotIntervalMs: number
  /** Journal bytes after which a snapshot is due: as many as the newest took, within these bounds. */
  readonly snapshotBytes: { readonly min: number; readonly max: number }
  /** Journal bytes folded before a commit is due whatever the clock says. */
  readonly uncommittedBytesMax: number
}

/** Runs until stopOffset is reached. Errors: rejects when folding or committing failed for good. */
export async function runPipeline(pipeline: Pipeline): Promise<void> {
  while (!isFinished(pipeline)) {
    const { records, nextOffset, gapBytes } = await nextRecords(pipeline)
    if (gapBytes > 0) pipeline.onGap(gapBytes)
    for (const record of records) foldOne(pipeline, record)
    pipeline.offset = nextOffset
    if (isCommitDue(pipeline)) await commitFolded(pipeline)
    if (isSnapshotDue(pipeline)) takeSnapshot(pipeline)
  }
  if (pipeline.committedOffset > pipeline.snapshotOffset) takeSnapshot(pipeline)
}

function nextRecords(pipeline: Pipeline): ReturnType<RecordSource['recordsAfter']> {
  const { source, offset, committedOffset, pace } = pipeline
  if (isStopping(pipeline)) return source.recordsAfter(offset, 0)
  if (offset <= committedOffset) return source.recordsAfter(offset, pace.idleCommitIntervalMs)
  return source.recordsAfter(offset, Math.max(1, commitDueAtMs(pipeline) - performance.now()))
}

/** Something folded waits for the commit interval; a position that merely moved, for the idle one. */
function commitDueAtMs(pipeline: Pipeline): number {
  const { pace, offset, takenOffset, takenAtMs, committedAtMs } = pipeline
  if (offset > takenOffset) return takenAtMs + pace.commitIntervalMs
  const intervalMs = pipeline.isJournalFull ? pace.commitIntervalMs : pace.idleCommitIntervalMs
  return committedAtMs + intervalMs
}

function foldOne(pipeline: Pipeline, placed: PlacedRecord): void {
  if (pipeline.isSetAside(placed.startOffset)) return
  try {
    foldRecord(pipeline.fold, placed.record)
    if (placed.record.type === 'batch') pipeline.lastBatchOffset = placed.endOffset
  } catch (error) {
    pipeline.onFoldFailure(placed, error)
    throw error
  }
}

function isCommitDue(pipeline: Pipeline): boolean {
  const { offset, committedOffset, pace } = pipeline
  if (offset <= committedOffset) return false
  if (isStopping(pipeline) || offset - committedOffset >= pace.uncommittedBytesMax) return true
  return performance.now() >= commitDueAtMs(pipeline)
}

async function commitFolded(pipeline: Pipeline): Promise<void> {
  const { offset, pace } = pipeline
  const delta = takeDelta(pipeline.fold.fold)
  pipeline.takenOffset = offset
  pipeline.takenAtMs = performance.now()
  const idleMs = pipeline.takenAtMs - pipeline.committedAtMs
  const hasForgotten = pipeline.fold.forgotten.size > 0
  const isUrgent = isStopping(pipeline) || pipeline.isJournalFull || hasForgotten
  if (!delta && !isUrgent && idleMs < pace.idleCommitIntervalMs) return pipeline.onSettled(offset)
  const outcome = await pipeline.commit(delta, offset, () => isStopping(pipeline))
  if (outcome === 'gaveUp') throw new CommitGivenUp()
  pipeline.committedOffset = offset
  pipeline.committedAtMs = performance.now()
}

/** The database did not take the last results before the stop; the journal still holds their records. */
export class CommitGivenUp extends Error {
  readonly code = 'COMMIT_GIVEN_UP'
}

/** Also due again at the same position: the older of two snapshots is what keeps old segments. */
function isSnapshotDue(pipeline: Pipeline): boolean {
  const { offset, committedOffset, pace } = pipeline
  if (offset !== committedOffset || committedOffset <= pipeline.olderSnapshotOffset) return false
  // Nothing came but ticks since the older snapshot: an idle collector does not write its state for ever.
  if (pipeline.lastBatchOffset <= pipeline.olderSnapshotOffset && !pipeline.isJournalFull)
    return false
  const passedMs = performance.now() - pipeline.snapshotAtMs
  const bytes = committedOffset - pipeline.snapshotOffset
  // A large state is written no more often than as much of the journal: else it takes all the time there is.
  const { min, max } = pace.snapshotBytes
  const dueBytes = Math.min(max, Math.max(min, pipeline.stateBytes))
  if (bytes >= dueBytes || passedMs >= pace.snapshotIntervalMs) return true
  return pipeline.isJournalFull && passedMs >= pace.commitIntervalMs
}

function takeSnapshot(pipeline: Pipeline): void {
  pipeline.stateBytes = pipeline.snapshot(pipeline.committedOffset)
  pipeline.olderSnapshotOffset = pipeline.snapshotOffset
  pipeline.snapshotOffset = pipeline.committedOffset
  pipeline.snapshotAtMs = performance.now()
}

export function isStopping(pipeline: Pipeline): boolean {
  return pipeline.stopOffset !== null
}

function isFinished(pipeline: Pipeline): boolean {
  const { stopOffset, offset, committedOffset } = pipeline
  return stopOffset !== null && offset >= stopOffset && committedOffset >= offset
}
