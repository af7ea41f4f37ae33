// One life of a simulated collector: journal, restart, fold, snapshots and commit as in production, with the
// disk, the clocks, the database and the moments at which anything happens in the hand of the simulation.
import path from 'node:path'
import { type CommitParts, commitPersistently } from '../../../collector/commit.ts'
import { createFoldRun, type FoldRunParts, runFold } from '../../../collector/fold-run.ts'
import { closeJournal, type Journal, trimJournal } from '../../../collector/journal/journal.ts'
import { openJournal } from '../../../collector/journal/open.ts'
import type { Pipeline } from '../../../collector/pipeline.ts'
import { type Restored, restoreFold } from '../../../collector/restore.ts'
import { type FileSource, openFileSource, type RecordSource } from '../../../collector/source.ts'
import { isNearlyFull } from '../../../collector/status.ts'
import type { FoldOptions } from '../../../core/fold/options.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import type { SimulatedDisk } from './disk.ts'
import { commitToLedger, type Ledger } from './ledger.ts'

export type Machine = {
  readonly folder: string
  readonly disk: SimulatedDisk
  readonly ledger: Ledger
  readonly clocks: { wallMs: number; monotonicMs: number }
  foldOptions: FoldOptions
  /** What the next commit meets; 'none' again after it. */
  commitFault: CommitFault
  readonly pace: FoldRunParts['pace']
  readonly journalBytesMax: number
}

/** died...: the process is killed in the commit; ...Before, ...After: the transaction took place. */
export type CommitFault = 'none' | 'diedBefore' | 'diedAfter' | 'retriedBefore' | 'retriedAfter'

export type Life = {
  readonly journal: Journal
  readonly restored: Restored
  readonly pipeline: Pipeline
  /** Lets the pipeline go on with everything durable, until it waits for more or has ended. */
  readonly pump: () => Promise<void>
  /** Ends in order: everything is folded, committed and kept. False when it died of it. */
  readonly stop: () => Promise<boolean>
  /** Ends as by kill -9. */
  readonly kill: () => Promise<void>
}

/** Errors: what opening or restoring threw; the disk may die in it. */
export async function beginLife(machine: Machine): Promise<Life> {
  const { folder, disk, ledger, foldOptions } = machine
  const committed = ledger.position
  const journal = await openJournal({
    folder,
    bytesMax: machine.journalBytesMax,
    lateWindowMs: foldOptions.lateWindowMs,
    committed,
    onDurable: () => {},
    openFile: disk.openFile,
    readClocks: () => ({ ...machine.clocks }),
  })
  const files = openFileSource(folder, journal.durableOffset)
  const restored = await restoreFold({
    source: files,
    snapshotFolder: path.join(folder, 'snapshots'),
    journalId: journal.id,
    firstOffset: journal.segments[0]!.startOffset,
    committed,
    foldOptions,
    isSetAside: () => false,
  })
  const gate = openGate(files)
  const trims: Promise<number>[] = []
  const parts = createParts(machine, journal, gate.source, trims)
  const pipeline = createFoldRun(parts, restored)
  const ended = runFold(parts, pipeline, restored).catch(() => false)
  const pump = async () => {
    pipeline.isJournalFull = isNearlyFull(journal)
    await Promise.race([gate.release(journal.durableOffset), ended])
  }
  return {
    ...{ journal, restored, pipeline, pump },
    stop: async () => {
      pipeline.stopOffset = journal.durableOffset
      void gate.release(journal.durableOffset)
      gate.leave('open')
      const isComplete = await ended
      await Promise.all(trims)
      files.close()
      await closeJournal(journal).catch(() => {})
      return isComplete
    },
    kill: async () => {
      gate.leave('cut')
      await ended
      await Promise.all(trims)
      files.close()
    },
  }
}

function createParts(
  machine: Machine,
  journal: Journal,
  source: RecordSource,
  trims: Promise<number>[],
): FoldRunParts {
  return {
    source,
    journalId: journal.id,
    snapshotFolder: path.join(machine.folder, 'snapshots'),
    foldOptions: machine.foldOptions,
    pace: machine.pace,
    commit: (delta, offset, isStopping) => {
      const position = { journalId: journal.id, offset: BigInt(offset) }
      return commitPersistently(createCommit(machine, position, isStopping), delta)
    },
    onSettled: () => {},
    isSetAside: () => false,
    onFoldFailure: (_, error) => {
      throw error
    },
    onGap: (gapBytes) => {
      throw new Error(`simulated: ${gapBytes} bytes of the journal are lost`)
    },
    onSnapshot: () => {},
    onSnapshotFailure: (_, error) => {
      throw error
    },
    onTrim: (offset) => void trims.push(trimJournal(journal, offset).catch(() => 0)),
  }
}

function createCommit(
  machine: Machine,
  position: { readonly journalId: string; readonly offset: bigint },
  isStopping: () => boolean,
): CommitParts {
  let hasDied = false
  return {
    commit: async (delta: GraphDelta | null) => {
      const fault = machine.commitFault
      machine.commitFault = 'none'
      hasDied = fault === 'diedBefore' || fault === 'diedAfter'
      const isApplied = fault !== 'diedBefore' && fault !== 'retriedBefore'
      if (isApplied) commitToLedger(machine.ledger, delta, position)
      if (fault !== 'none') throw new Error(`simulated: ${fault}`)
    },
    isTaken: async () => true,
    isDataRefused: () => false,
    onFailure: () => {},
    onRefused: () => {},
    leaveOutSpans: async () => false,
    shouldGiveUp: () => hasDied || isStopping(),
  }
}

/** A source that yields only what was released, and says when its reader waits for more. */
function openGate(files: FileSource) {
  let releasedOffset = 0
  let state: 'gated' | 'open' | 'cut' = 'gated'
  let wakeReader = () => {}
  let tellWaiting = () => {}
  const source: RecordSource = {
    recordsAfter: async (offset) => {
      if (offset >= releasedOffset && state === 'gated') {
        tellWaiting()
        await new Promise<void>((resolve) => {
          wakeReader = resolve
        })
      }
      if (state === 'cut') throw new Error('simulated: killed')
      return files.recordsAfter(offset, 0)
    },
    close: () => files.close(),
  }
  return {
    source,
    release: (durableOffset: number) => {
      releasedOffset = durableOffset
      files.setDurableOffset(durableOffset)
      const waiting = new Promise<void>((resolve) => {
        tellWaiting = resolve
      })
      wakeReader()
      return waiting
    },
    /** From now on nothing waits: 'open' reads on without a gate, 'cut' fails as a killed process does. */
    leave: (next: 'open' | 'cut') => {
      state = next
      wakeReader()
    },
  }
}
