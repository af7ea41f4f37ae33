// Runs a file of ours in threads, so that what computes for long holds up no page: one at a time, each with an end, few
// waiting. Queues are made by app/server.ts, where Node runs such a file as it is; the bundled side finds them in
// web-process.ts.
import { Worker } from 'node:worker_threads'
import { threadFailure } from './thread-failure.ts'

export type ThreadQueueOptions = {
  /** Posts one message: the answer. What it is asked is its workerData. */
  readonly file: URL
  readonly withinMs: number
  /** The one that runs and those that wait. */
  readonly heldMax: number
}

/** leave: when nobody waits for the answer any more. */
export type RunInThread<Asked, Answer> = (asked: Asked, leave?: AbortSignal) => Promise<Answer>

/** Errors: what it gives rejects with code THREAD_BUSY, THREAD_LATE or THREAD_LEFT, or as the thread failed. */
export function createThreadQueue<Asked, Answer>(
  options: ThreadQueueOptions,
): RunInThread<Asked, Answer> {
  let last: Promise<unknown> = Promise.resolve()
  let held = 0
  return (asked, leave) => {
    if (held >= options.heldMax) return Promise.reject(threadFailure('THREAD_BUSY'))
    held++
    const mine = last
      .then(() => runThread<Answer>(options, asked, leave))
      .finally(() => {
        held--
      })
    last = mine.catch(() => {}) // told to who asked for it
    return mine
  }
}

function runThread<Answer>(
  { file, withinMs }: ThreadQueueOptions,
  workerData: unknown,
  leave?: AbortSignal,
): Promise<Answer> {
  if (leave?.aborted) return Promise.reject(threadFailure('THREAD_LEFT'))
  const thread = new Worker(file, { workerData })
  return new Promise<Answer>((resolve, reject) => {
    const timer = setTimeout(() => reject(threadFailure('THREAD_LATE')), withinMs)
    const giveUp = () => reject(threadFailure('THREAD_LEFT'))
    leave?.addEventListener('abort', giveUp, { once: true })
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', () => {
      clearTimeout(timer)
      leave?.removeEventListener('abort', giveUp)
      reject(new Error('the thread ended without an answer')) // after one this changes nothing
    })
  }).finally(() => thread.terminate())
}
