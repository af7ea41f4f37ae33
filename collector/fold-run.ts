// One run of the fold: what a restart found is settled first, then the pipeline goes on until it is stopped.
// Knows neither thread nor database, so that the simulation of crashes drives the very same steps.

import { FOLD_VERSION, type FoldOptions } from '../core/fold/options.ts'
import { saveFold } from '../core/fold/snapshot.ts'
import { CommitGivenUp, isStopping, type Pipeline, runPipeline } from './pipeline.ts'
import type { Restored } from './restore.ts'
import { dropSnapshots, olderSnapshotOffset, writeSnapshot } from './snapshot.ts'

type Told = 'source' | 'commit' | 'onSettled' | 'isSetAside' | 'onFoldFailure' | 'onGap' | 'pace'

export type FoldRunParts = Pick<Pipeline, Told> & {
  readonly journalId: string
  readonly snapshotFolder: string
  readonly foldOptions: FoldOptions
  readonly onSnapshot: (written: WrittenSnapshot) => void
  /** A full or failing disk: the older snapshots and the journal still hold everything. */
  readonly onSnapshotFailure: (offset: number, error: Error) => void
  /** Segments wholly before the offset are needed no more. */
  readonly onTrim: (offset: number) => void
}

export type WrittenSnapshot = {
  readonly offset: number
  readonly bytes: number
  readonly durationMs: number
}

/** How long ago the last commit counts as being at the start: the first one is due at once. */
const FIRST_COMMIT_AGO_MS = 60_000

/** The pipeline that goes on where the restored fold stands. */
export function createFoldRun(parts: FoldRunParts, restored: Restored): Pipeline {
  const { fold, offset } = restored
  const nowMs = performance.now()
  return {
    ...parts,
    fold,
    snapshot: (at) => keepState(parts, restored, at),
    offset,
    takenOffset: offset,
    takenAtMs: nowMs,
    committedOffset: offset,
    committedAtMs: nowMs - FIRST_COMMIT_AGO_MS,
    lastBatchOffset: offset,
    snapshotOffset: restored.findings.snapshotOffset ?? 0,
    olderSnapshotOffset: olderSnapshotOffset(parts.snapshotFolder) ?? 0,
    snapshotAtMs: nowMs,
    stateBytes: 0,
    isJournalFull: false,
    stopOffset: null,
  }
}

/**
 * Settles what was restored, then runs until stopOffset is reached. True: everything before it is committed;
 * false: the database did not take the rest, and the journal keeps it. Errors: those of runPipeline.
 */
export async function runFold(
  parts: FoldRunParts,
  pipeline: Pipeline,
  restored: Restored,
): Promise<boolean> {
  try {
    await settleRestored(parts, pipeline, restored)
    await runPipeline(pipeline)
    return true
  } catch (error) {
    if (error instanceof CommitGivenUp && pipeline.stopOffset !== null) return false
    throw error
  }
}

/**
 * What a state under other settings held is committed once, and that state is never loaded again. A fold
 * without a snapshot is kept at once: a later start must know by which rules it was made.
 */
async function settleRestored(
  parts: FoldRunParts,
  pipeline: Pipeline,
  restored: Restored,
): Promise<void> {
  const { drained, findings, offset } = restored
  if (drained) {
    const outcome = await pipeline.commit(drained, offset + 1, () => isStopping(pipeline))
    if (outcome === 'gaveUp') throw new CommitGivenUp()
    pipeline.onSettled(offset)
  }
  if (findings.start !== 'continued') dropSnapshots(parts.snapshotFolder)
  else if (findings.snapshotOffset !== null) return
  keepState(parts, restored, offset)
}

/** The bytes written; 0 when the disk failed. */
function keepState(parts: FoldRunParts, { fold }: Restored, offset: number): number {
  const { journalId, foldOptions, snapshotFolder } = parts
  const startedMs = performance.now()
  const state = saveFold(fold.fold)
  const snapshot = { journalId, offset, nowMs: fold.nowMs, foldVersion: FOLD_VERSION }
  let bytes = 0
  try {
    bytes = writeSnapshot(snapshotFolder, { ...snapshot, foldOptions, state })
    parts.onSnapshot({ offset, bytes, durationMs: performance.now() - startedMs })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    parts.onSnapshotFailure(offset, error)
  }
  const trimOffset = olderSnapshotOffset(snapshotFolder)
  if (trimOffset !== null) parts.onTrim(trimOffset)
  return bytes
}
