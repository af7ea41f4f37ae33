// From what is on disk and in the database to a fold that may go on: the newest snapshot not past the committed
// position, then the tail folded again with its results thrown away, because they are committed already.
// A state made under other settings or another fold version is drained: what it holds is finalised and handed
// out once, and the new fold starts empty. A drain is committed one byte past its record, where no record
// ends, so that a restart in between sees that it was done.

import { randomInt } from 'node:crypto'
import { createFold, type Fold, finishFold, takeDelta } from '../core/fold/fold.ts'
import { FOLD_VERSION, type FoldOptions } from '../core/fold/options.ts'
import { loadFold } from '../core/fold/snapshot.ts'
import type { GraphDelta } from '../core/graph/edge.ts'
import { createRecordFold, foldRecord, type RecordFold } from './fold-record.ts'
import { readNewestSnapshot, type Snapshot } from './snapshot.ts'
import type { RecordSource } from './source.ts'

export type RestoreOptions = {
  readonly source: RecordSource
  readonly snapshotFolder: string
  readonly journalId: string
  /** Start of the first kept segment. */
  readonly firstOffset: number
  /** What the database has committed, of whichever journal; null when it is new. */
  readonly committed: { readonly journalId: string; readonly offset: bigint } | null
  readonly foldOptions: FoldOptions
  /** Records to leave out, by start offset. */
  readonly isSetAside: (startOffset: number) => boolean
}

export type Restored = {
  readonly fold: RecordFold
  /** Position to read on from; the end of a record. */
  readonly offset: number
  /** What a drained state held, to be committed at offset + 1; null when nothing was drained. */
  readonly drained: GraphDelta | null
  readonly findings: RestoreFindings
}

export type RestoreFindings = {
  readonly start: 'continued' | 'fresh' | 'drained' | 'unknownJournal' | 'gap'
  readonly snapshotOffset: number | null
  readonly damagedSnapshots: number
  readonly refoldedRecords: number
  /** Journal bytes that the database never saw and never will. */
  readonly gapBytes: number
  /** A state that could be neither continued nor drained. */
  readonly isStateLost: boolean
}

/** Errors: what reading or folding threw. */
export async function restoreFold(options: RestoreOptions): Promise<Restored> {
  const { committed, journalId, firstOffset, foldOptions } = options
  const isKnown = committed?.journalId === journalId
  const committedOffset = isKnown ? Number(committed.offset) : 0
  if (!isKnown || committedOffset < firstOffset) {
    // New, foreign or lost: everything kept is folded and counted from the first segment on.
    const start = committed === null ? 'fresh' : isKnown ? 'gap' : 'unknownJournal'
    const gapBytes = firstOffset - committedOffset
    return startFresh(foldOptions, firstOffset, { ...NO_FINDINGS, start, gapBytes })
  }
  const notPast = { journalId, offset: committedOffset }
  const { snapshot, damaged } = readNewestSnapshot(options.snapshotFolder, notPast)
  const found = {
    ...NO_FINDINGS,
    damagedSnapshots: damaged,
    snapshotOffset: snapshot?.offset ?? null,
  }
  return snapshot && snapshot.offset >= firstOffset
    ? continueFrom(options, snapshot, committedOffset, found)
    : refoldKept(options, committedOffset, found)
}

const NO_FINDINGS: RestoreFindings = {
  start: 'continued',
  snapshotOffset: null,
  damagedSnapshots: 0,
  refoldedRecords: 0,
  gapBytes: 0,
  isStateLost: false,
}

/** Where ids lie in the fold's memory must not be for senders to know: see createFold. */
function drawSeed(): number {
  return randomInt(2 ** 32)
}

function startFresh(foldOptions: FoldOptions, offset: number, findings: RestoreFindings): Restored {
  const fold = createRecordFold(createFold(foldOptions, drawSeed()), 0)
  return { fold, offset, drained: null, findings }
}

/** No snapshot: the kept records alone, from the first one on. What came before them is committed. */
async function refoldKept(
  options: RestoreOptions,
  committedOffset: number,
  found: RestoreFindings,
): Promise<Restored> {
  const fold = createRecordFold(createFold(options.foldOptions, drawSeed()), 0)
  const refolded = await refold(options, fold, { from: options.firstOffset, to: committedOffset })
  takeDelta(fold.fold)
  const findings = { ...found, refoldedRecords: refolded.records }
  if (refolded.offset < committedOffset)
    return startFresh(options.foldOptions, refolded.offset, findings)
  return { fold, offset: refolded.offset, drained: null, findings }
}

async function continueFrom(
  options: RestoreOptions,
  snapshot: Snapshot,
  committedOffset: number,
  found: RestoreFindings,
): Promise<Restored> {
  const { foldOptions } = options
  const isSameVersion = snapshot.foldVersion === FOLD_VERSION
  const state = loadState(snapshot)
  // Records past the snapshot can only be folded by the rules that folded them first.
  if (state === null || (!isSameVersion && snapshot.offset < committedOffset))
    return startFresh(foldOptions, committedOffset, {
      ...found,
      start: 'drained',
      isStateLost: true,
    })
  const fold = createRecordFold(state, snapshot.nowMs)
  const refolded = await refold(options, fold, { from: snapshot.offset, to: committedOffset })
  const findings = { ...found, refoldedRecords: refolded.records }
  const { offset } = refolded
  // Committed past the last record: this state was drained before, and is not drained again.
  const asDrained: RestoreFindings = { ...findings, start: 'drained' }
  if (offset < committedOffset) return startFresh(foldOptions, offset, asDrained)
  if (isSameVersion && isSameOptions(snapshot.foldOptions, foldOptions)) {
    takeDelta(fold.fold)
    return { fold, offset, drained: null, findings }
  }
  const end = drainState(fold.fold, isSameVersion)
  const fresh = startFresh(foldOptions, offset, { ...asDrained, isStateLost: end === 'unreadable' })
  const drained = end === 'unreadable' ? null : end
  return { ...fresh, fold: { ...fresh.fold, nowMs: fold.nowMs }, drained }
}

/**
 * What was committed already is thrown away. A state of another version may be one that this one cannot
 * finish: it is lost and said so, never a crash.
 */
function drainState(fold: Fold, isSameVersion: boolean): GraphDelta | null | 'unreadable' {
  try {
    takeDelta(fold)
    finishFold(fold)
    return takeDelta(fold)
  } catch (error) {
    if (isSameVersion) throw error
    return 'unreadable'
  }
}

/** Null when this version cannot read a state of that one. */
function loadState(snapshot: Snapshot): Fold | null {
  try {
    return loadFold(snapshot.state)
  } catch (error) {
    if (snapshot.foldVersion === FOLD_VERSION) throw error
    return null
  }
}

type Refolded = { readonly offset: number; readonly records: number }

async function refold(
  options: RestoreOptions,
  fold: RecordFold,
  range: { readonly from: number; readonly to: number },
): Promise<Refolded> {
  let offset = range.from
  let count = 0
  for (;;) {
    if (offset >= range.to) return { offset, records: count }
    const { records, nextOffset } = await options.source.recordsAfter(offset, 0)
    if (nextOffset === offset) return { offset, records: count }
    if (records.length === 0) offset = Math.min(nextOffset, range.to)
    for (const placed of records) {
      if (placed.endOffset > range.to) return { offset, records: count }
      if (!options.isSetAside(placed.startOffset)) foldRecord(fold, placed.record)
      offset = placed.endOffset
      count++
    }
    // Discarded as it goes: the tail may be long.
    takeDelta(fold.fold)
    fold.forgotten.clear()
  }
}

function isSameOptions(a: FoldOptions, b: FoldOptions): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
}
