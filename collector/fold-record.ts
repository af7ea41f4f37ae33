// One journal record into the fold: a batch, a removed environment or the bare time.
import { advanceFold, type Fold, foldBatch } from '../core/fold/fold.ts'
import { forgetEnvironment } from '../core/fold/forget.ts'
import { decodeBatch } from '../core/span/record.ts'
import type { ArrivedBatch } from '../storage/spans.ts'
import type { JournalRecord } from './journal/record.ts'

/** A fold and the arrival time it has reached. */
export type RecordFold = {
  readonly fold: Fold
  nowMs: number
  /** Environments that were forgotten and whose forgetting no commit has told yet. */
  readonly forgotten: Set<string>
  /** Batches folded since the last commit, to be stored whole; null when spans are not kept. */
  kept: ArrivedBatch[] | null
}

export function createRecordFold(fold: Fold, nowMs: number): RecordFold {
  return { fold, nowMs, forgotten: new Set(), kept: null }
}

/** Errors: what decoding or folding threw; the record is then damaged, or the fold has a bug. */
export function foldRecord(state: RecordFold, record: JournalRecord): void {
  state.nowMs = Math.max(state.nowMs, record.arrivalMs)
  if (record.type === 'batch') {
    const batch = decodeBatch(record.payload)
    foldBatch(state.fold, batch, state.nowMs)
    state.kept?.push({ batch, arrivalMs: state.nowMs })
  }
  if (record.type === 'removal') {
    forgetEnvironment(state.fold, record.environment)
    state.forgotten.add(record.environment)
  }
  advanceFold(state.fold, state.nowMs)
}
