// The worker thread: restores the fold, then runs it (fold-run.ts) until it is told to stop. It owns the fold,
// the snapshots and its own database connection; an error that reaches the top ends the thread, and with it
// the process (main.ts), and the next start goes on from the committed position.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { foldCounters } from '../core/fold/fold.ts'
import type { GraphDelta } from '../core/graph/edge.ts'
import { commitDelta, createCommitter, tryCommit } from '../storage/commit.ts'
import { errorCode, isDataRefused } from '../storage/failure.ts'
import type { ArrivedBatch } from '../storage/spans.ts'
import { openSql } from '../storage/sql.ts'
import { startTelemetry } from '../telemetry/start.ts'
import { type CommitOutcome, type CommitParts, commitPersistently } from './commit.ts'
import type { RecordFold } from './fold-record.ts'
import { createFoldRun, type FoldRunParts, runFold } from './fold-run.ts'
import { siftParts } from './isolate.ts'
import { createLog, type Log } from './log.ts'
import type { FoldProgress, FromWorker, ToWorker, WorkerStart } from './messages.ts'
import { traceCommit } from './own-telemetry.ts'
import type { Pace, Pipeline } from './pipeline.ts'
import { watchRemovals } from './removals.ts'
import { type Restored, restoreFold } from './restore.ts'
import {
  countSetAside,
  isSetAside,
  keepRefused,
  openSetAside,
  type SetAside,
  strikeRecord,
} from './set-aside.ts'
import { type FileSource, openFileSource } from './source.ts'

const IDLE_COMMIT_INTERVAL_MS = 5_000
const SNAPSHOT_INTERVAL_MS = 30_000
const SNAPSHOT_BYTES = 64 * 1024 ** 2
/** Of the journal's limit: what is kept for two snapshots must leave room. */
const SNAPSHOT_SHARE_MAX = 1 / 8
const UNCOMMITTED_BYTES_MAX = 64 * 1024 ** 2

type Counts = { -readonly [Key in Exclude<keyof FoldProgress, 'counters'>]: FoldProgress[Key] }

type Worker = {
  readonly start: WorkerStart
  readonly log: Log
  readonly source: FileSource
  readonly setAside: SetAside
  readonly snapshotFolder: string
  readonly counts: Counts
  readonly post: (message: FromWorker) => void
}

async function runWorker(start: WorkerStart, port: NonNullable<typeof parentPort>): Promise<void> {
  const { config, journalFolder } = start
  const worker: Worker = {
    start,
    log: createLog(config.logLevel),
    source: openFileSource(journalFolder, start.durableOffset),
    setAside: openSetAside(join(journalFolder, 'set-aside'), start.journalId),
    snapshotFolder: join(journalFolder, 'snapshots'),
    counts: createCounts(),
    post: (message) => port.postMessage(message),
  }
  const pending: ToWorker[] = []
  let receive = (message: ToWorker): void => void pending.push(message)
  port.on('message', (message: ToWorker) => receive(message))
  const restored = await restore(worker)
  const telemetry = await startTelemetry('collector')
  const url = config.collectorDatabaseUrl
  const sql = openSql({ url, applicationName: 'strayline-collector', connectionsMax: 2 })
  const committer = createCommitter(sql)
  const { fold } = restored
  // From here on: what was folded again to get here is stored already.
  if (config.traceRetention === 'all') fold.kept = []
  const toCommit = ({ delta, spans }: Work, offset: number) => {
    if (Atomics.load(start.mayCommit, 0) !== 1) throw new LockNotHeld()
    const position = { journalId: start.journalId, offset: BigInt(offset) }
    const counters = { ...foldCounters(fold.fold), holdMs: fold.fold.options.holdMs }
    const { forgotten, nowMs } = fold
    return { delta, position, counters, forgotten: [...forgotten], spans, nowMs }
  }
  const parts = createParts(worker, restored, {
    commit: async (delta, offset) => {
      const work = { delta, spans: fold.kept ?? [] }
      await traceCommit(delta, () => commitDelta(committer, toCommit(work, offset)))
      fold.forgotten.clear()
      if (fold.kept) fold.kept = []
    },
    tryOut: (work, offset) => tryCommit(committer, toCommit(work, offset)),
  })
  const pipeline = createFoldRun(parts, restored)
  receive = (message) => applyMessage(pipeline, worker.source, message)
  for (const message of pending) receive(message)
  const stopWatching = watchRemovals(sql, (environment) =>
    worker.post({ type: 'removed', environment }),
  )
  const isComplete = await runFold(parts, pipeline, restored)
  stopWatching()
  await sql.end({ timeout: 1 })
  await telemetry.stop()
  worker.source.close()
  worker.post({ type: 'stopped', isComplete })
  port.close()
}

async function restore(worker: Worker): Promise<Restored> {
  const { start, source, snapshotFolder, setAside } = worker
  const restored = await restoreFold({
    source,
    snapshotFolder,
    journalId: start.journalId,
    firstOffset: start.firstOffset,
    committed: start.committed,
    foldOptions: start.config.foldOptions,
    isSetAside: (startOffset) => isSetAside(setAside, startOffset),
  })
  worker.counts.gapBytes += restored.findings.gapBytes
  worker.counts.setAside = countSetAside(setAside)
  worker.counts.settledOffset = restored.offset
  worker.post({ type: 'restored', findings: restored.findings })
  reportProgress(worker, restored.fold)
  return restored
}

/** Two collectors must not commit: wait until the lock is back, or the process is told that it is gone. */
class LockNotHeld extends Error {
  readonly code = 'LOCK_NOT_HELD'
}

/** What a commit stores beside the position. */
type Work = { readonly delta: GraphDelta | null; readonly spans: readonly ArrivedBatch[] }

type Database = {
  /** Stores the spans that are to be kept along with the delta. */
  readonly commit: (delta: GraphDelta | null, offset: number) => Promise<void>
  /** Whether it would be taken; rolled back. */
  readonly tryOut: (work: Work, offset: number) => Promise<boolean>
}

function createParts(worker: Worker, { fold }: Restored, database: Database): FoldRunParts {
  const { start, source, setAside, counts, log, snapshotFolder, post } = worker
  return {
    source,
    journalId: start.journalId,
    snapshotFolder,
    foldOptions: start.config.foldOptions,
    pace: pickPace(start),
    commit: (delta, offset, isStopping) =>
      commitReported(worker, fold, { delta, offset, database, isStopping }),
    onSettled: (offset) => {
      counts.settledOffset = offset
      counts.settledArrivalMs = fold.nowMs
      reportProgress(worker, fold)
    },
    isSetAside: (startOffset) => isSetAside(setAside, startOffset),
    onFoldFailure: ({ startOffset }, error) => {
      const strikes = strikeRecord(setAside, startOffset)
      log.error({ event: 'record.failed', offset: startOffset, strikes, error })
    },
    onGap: (gapBytes) => {
      counts.gapBytes += gapBytes
      log.error({ event: 'journal.gap', gapBytes })
    },
    onSnapshot: (written) => {
      counts.snapshots++
      log.info({ event: 'snapshot.written', ...written })
    },
    onSnapshotFailure: (offset, error) => log.error({ event: 'snapshot.failed', offset, error }),
    onTrim: (offset) => post({ type: 'trim', offset }),
  }
}

function pickPace(start: WorkerStart): Pace {
  const { commitIntervalMs, journalBytesMax } = start.config
  const bytesMax = Math.ceil(journalBytesMax * SNAPSHOT_SHARE_MAX)
  return {
    commitIntervalMs,
    idleCommitIntervalMs: Math.max(IDLE_COMMIT_INTERVAL_MS, commitIntervalMs),
    snapshotIntervalMs: SNAPSHOT_INTERVAL_MS,
    snapshotBytes: { min: Math.min(SNAPSHOT_BYTES, bytesMax), max: bytesMax },
    uncommittedBytesMax: UNCOMMITTED_BYTES_MAX,
  }
}

type Reported = {
  readonly delta: GraphDelta | null
  readonly offset: number
  readonly database: Database
  readonly isStopping: () => boolean
}

async function commitReported(
  worker: Worker,
  fold: RecordFold,
  work: Reported,
): Promise<CommitOutcome> {
  const { counts, log } = worker
  const { delta, offset } = work
  const startedMs = performance.now()
  const outcome = await commitPersistently(reportingParts(worker, fold, work), delta)
  if (outcome === 'gaveUp') return outcome
  const durationMs = performance.now() - startedMs
  counts.isDatabaseUp = true
  counts.commits++
  counts.commitSeconds += durationMs / 1000
  counts.settledOffset = offset
  counts.settledArrivalMs = fold.nowMs
  const nodes = delta?.nodes.length ?? 0
  const edges = delta?.edges.length ?? 0
  log.debug({ event: 'delta.committed', nodes, edges, durationMs, offset })
  reportProgress(worker, fold)
  return outcome
}

function reportingParts(worker: Worker, fold: RecordFold, work: Reported): CommitParts {
  const { counts, log, setAside } = worker
  const { offset, database } = work
  const keepAside = (refused: unknown) => {
    counts.setAside++
    keepRefused(setAside, `${offset}-${counts.setAside}`, refused)
  }
  return {
    commit: (part) => database.commit(part, offset),
    isTaken: (part) => database.tryOut({ delta: part, spans: [] }, offset),
    isDataRefused,
    onFailure: (error, tries) => {
      counts.commitFailures++
      counts.isDatabaseUp = false
      log.warn({ event: 'commit.failed', tries, code: errorCode(error), error })
      reportProgress(worker, fold)
    },
    onRefused: (refused, error) => {
      keepAside(refused)
      log.error({ event: 'result.refused', offset, code: errorCode(error), error })
    },
    leaveOutSpans: async (error) => {
      const { good, refused } = await siftParts(fold.kept ?? [], (spans) =>
        database.tryOut({ delta: null, spans }, offset),
      )
      if (refused.length === 0) return false
      fold.kept = [...good]
      keepAside(refused)
      const requests = refused.length
      log.error({ event: 'spans.refused', offset, requests, code: errorCode(error), error })
      return true
    },
    shouldGiveUp: work.isStopping,
  }
}

function applyMessage(pipeline: Pipeline, source: FileSource, message: ToWorker): void {
  if (message.type === 'stop') pipeline.stopOffset = message.offset
  else pipeline.isJournalFull = message.isJournalFull
  source.setDurableOffset(message.offset)
}

function createCounts(): Counts {
  return {
    settledOffset: 0,
    settledArrivalMs: 0,
    isDatabaseUp: true,
    commits: 0,
    commitFailures: 0,
    commitSeconds: 0,
    snapshots: 0,
    gapBytes: 0,
    setAside: 0,
  }
}

function reportProgress(worker: Worker, fold: RecordFold): void {
  const progress = { ...worker.counts, counters: foldCounters(fold.fold) }
  worker.post({ type: 'progress', progress })
}

if (parentPort) await runWorker(workerData as WorkerStart, parentPort)
