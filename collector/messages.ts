// What the main thread and the fold worker tell each other. Plain values, one direction a type.
import type { FoldCounters } from '../core/fold/fold.ts'
import type { CollectorConfig } from './config.ts'
import type { RestoreFindings } from './restore.ts'

/** workerData of the fold worker. */
export type WorkerStart = {
  readonly config: CollectorConfig
  readonly journalFolder: string
  readonly journalId: string
  readonly firstOffset: number
  readonly durableOffset: number
  readonly committed: { readonly journalId: string; readonly offset: bigint } | null
  /** Shared: 1 while the collector lock is held. */
  readonly mayCommit: Int32Array
}

export type ToWorker =
  | { readonly type: 'durable'; readonly offset: number; readonly isJournalFull: boolean }
  /** Fold and commit everything before the offset, keep the state, end. */
  | { readonly type: 'stop'; readonly offset: number }

export type FromWorker =
  | { readonly type: 'restored'; readonly findings: RestoreFindings }
  | { readonly type: 'progress'; readonly progress: FoldProgress }
  /** An environment was removed from the database: the journal is to say so. */
  | { readonly type: 'removed'; readonly environment: string }
  /** Segments wholly before the offset are needed no more. */
  | { readonly type: 'trim'; readonly offset: number }
  /** isComplete: everything was committed; else the journal holds the rest for the next start. */
  | { readonly type: 'stopped'; readonly isComplete: boolean }

/** Where fold and commit stand. Sent after each commit, each failed try, and when there was nothing to commit. */
export type FoldProgress = {
  readonly counters: FoldCounters
  /** Up to here nothing waits for a commit: results are committed, or there were none. */
  readonly settledOffset: number
  /** Arrival time of the last record before it, unix ms; 0 before the first. */
  readonly settledArrivalMs: number
  readonly isDatabaseUp: boolean
  readonly commits: number
  /** Failed tries of a commit. */
  readonly commitFailures: number
  /** Sum of the time spent in successful commits. */
  readonly commitSeconds: number
  readonly snapshots: number
  /** Journal bytes that the disk lost. */
  readonly gapBytes: number
  /** Records left out and results refused: see set-aside.ts. */
  readonly setAside: number
}
