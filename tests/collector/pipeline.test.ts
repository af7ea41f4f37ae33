// The pipeline by itself: when it snapshots, told by a source of records that the test holds.
import { expect, test } from 'vitest'
import { createRecordFold } from '../../collector/fold-record.ts'
import type { PlacedRecord } from '../../collector/journal/segments.ts'
import { type Pipeline, runPipeline } from '../../collector/pipeline.ts'
import { createFold } from '../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../core/fold/options.ts'
import { encodeBatch } from '../../core/span/record.ts'
import { batchOf, span } from '../support/spans.ts'

const RECORD_BYTES = 100
const PAYLOAD = encodeBatch(batchOf([span({ id: 1, service: 'shop', kind: 'server' })]))

test('an idle journal is snapshotted twice after its last batch, and not for every tick', async () => {
  const snapshots: number[] = []
  const pipeline = createPipeline((offset) => snapshots.push(offset))
  const isBatch = (startOffset: number) => startOffset === 500 || startOffset === 6000
  pipeline.source = {
    recordsAfter: async (offset) => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      const record = isBatch(offset) ? batchAt(offset) : tickAt(offset)
      if (offset === 10_000) pipeline.stopOffset = offset + RECORD_BYTES
      return { records: [record], nextOffset: record.endOffset, gapBytes: 0 }
    },
    close: () => {},
  }
  await runPipeline(pipeline)
  const between = (from: number, to: number) =>
    snapshots.filter((offset) => offset > from && offset <= to).length
  expect([between(500, 6000), between(6000, 10_000)]).toEqual([2, 2])
  expect(snapshots.at(-1)).toBe(10_100)
})

function place(startOffset: number) {
  return { startOffset, endOffset: startOffset + RECORD_BYTES }
}

function tickAt(startOffset: number): PlacedRecord {
  return { record: { type: 'tick', arrivalMs: startOffset }, ...place(startOffset) }
}

function batchAt(startOffset: number): PlacedRecord {
  const digest = new Uint8Array(32)
  const record = { type: 'batch', arrivalMs: startOffset, digest, rejected: 0, payload: PAYLOAD }
  return { record: { ...record, type: 'batch' }, ...place(startOffset) }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

function createPipeline(snapshot: (offset: number) => number): Writable<Pipeline> {
  return {
    source: {
      recordsAfter: async (offset) => ({ records: [], nextOffset: offset, gapBytes: 0 }),
      close: () => {},
    },
    fold: createRecordFold(createFold(DEFAULT_FOLD_OPTIONS), 0),
    commit: async () => 'committed',
    onSettled: () => {},
    snapshot,
    isSetAside: () => false,
    onFoldFailure: () => {},
    onGap: () => {},
    pace: {
      commitIntervalMs: 1,
      idleCommitIntervalMs: 1,
      snapshotIntervalMs: 10,
      snapshotBytes: { min: 1e9, max: 1e9 },
      uncommittedBytesMax: 1e9,
    },
    offset: 0,
    takenOffset: 0,
    takenAtMs: 0,
    committedOffset: 0,
    committedAtMs: 0,
    lastBatchOffset: 0,
    snapshotOffset: 0,
    olderSnapshotOffset: 0,
    snapshotAtMs: 0,
    stateBytes: 0,
    isJournalFull: false,
    stopOffset: null,
  }
}
