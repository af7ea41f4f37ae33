// The main thread's side of the fold worker: starts it, tells it what is durable, hears how far it is.
// Its death is the process's: there is no collector without a fold.
import { Worker } from 'node:worker_threads'
import type { FoldProgress, FromWorker, ToWorker, WorkerStart } from './messages.ts'
import type { RestoreFindings } from './restore.ts'

export type FoldThread = {
  readonly tellDurable: (offset: number, isJournalFull: boolean) => void
  /** Whether commits are allowed at this moment: the collector lock is held. */
  readonly setMayCommit: (mayCommit: boolean) => void
  /** Folds and commits everything before the offset, then ends; cut off after graceMs. */
  readonly stop: (offset: number, graceMs: number) => Promise<StopOutcome>
}

/** Incomplete: the journal holds what was not committed, and the next start goes on there. */
export type StopOutcome = 'complete' | 'incomplete'

export type FoldThreadOptions = {
  readonly start: Omit<WorkerStart, 'mayCommit'>
  readonly onRestored: (findings: RestoreFindings) => void
  readonly onProgress: (progress: FoldProgress) => void
  readonly onRemoved: (environment: string) => void
  readonly onTrim: (offset: number) => void
  readonly onDeath: (error: unknown) => void
}

export function startFoldThread(options: FoldThreadOptions): FoldThread {
  const mayCommit = new Int32Array(new SharedArrayBuffer(4)).fill(1)
  const workerData: WorkerStart = { ...options.start, mayCommit }
  const worker = new Worker(new URL('./fold-worker.ts', import.meta.url), { workerData })
  const send = (message: ToWorker) => worker.postMessage(message)
  let onStopped: (outcome: StopOutcome) => void = () => {}
  let hasStopped = false
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'restored') options.onRestored(message.findings)
    else if (message.type === 'progress') options.onProgress(message.progress)
    else if (message.type === 'removed') options.onRemoved(message.environment)
    else if (message.type === 'trim') options.onTrim(message.offset)
    else {
      hasStopped = true
      onStopped(message.isComplete ? 'complete' : 'incomplete')
    }
  })
  worker.on('error', (error) => options.onDeath(error))
  worker.on('exit', (code) => {
    if (!hasStopped) options.onDeath(new Error(`the fold worker ended with code ${code}`))
  })
  return {
    tellDurable: (offset, isJournalFull) => send({ type: 'durable', offset, isJournalFull }),
    setMayCommit: (isAllowed) => Atomics.store(mayCommit, 0, isAllowed ? 1 : 0),
    stop: (offset, graceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          hasStopped = true
          void worker.terminate().then(() => resolve('incomplete'))
        }, graceMs)
        onStopped = (outcome) => {
          clearTimeout(timer)
          resolve(outcome)
        }
        send({ type: 'stop', offset })
      }),
  }
}
