// One journal record into the fold: a batch or the bare time.
import { advanceFold, type Fold, foldBatch } from '../core/fold/fold.ts'
import { decodeBatch } from '../core/span/record.ts'
import type { JournalRecord } from './journal/record.ts'

/** A fold and the arrival time it has reached. */
export type RecordFold = { readonly fold: Fold; nowMs: number }

/** Errors: what decoding or folding threw; the record is then damaged, or the fold has a bug. */
export function foldRecord(state: RecordFold, record: JournalRecord): void {
  state.nowMs = Math.max(state.nowMs, record.arrivalMs)
  if (record.type === 'batch') foldBatch(state.fold, decodeBatch(record.payload), state.nowMs)
  advanceFold(state.fold, state.nowMs)
}
