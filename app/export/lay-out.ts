// Lays out drawings in a thread, one at a time, each with an end. Made by app/server.ts, where Node runs the
// thread's file as it is; the bundled side finds it in web-process.ts.
import { Worker } from 'node:worker_threads'
import type { Drawing } from '../../core/export/drawing.ts'
import type { Layout } from '../../core/export/layout.ts'

const LAY_OUT_WITHIN_MS = 60_000
const WAITING_MAX = 8

export type LayOutDrawing = (drawing: Drawing) => Promise<Layout>

/** Errors: what it gives rejects with code LAYOUT_BUSY or LAYOUT_LATE, or as the thread failed. */
export function createLayoutQueue(): LayOutDrawing {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return (drawing) => {
    if (waiting >= WAITING_MAX) return Promise.reject(failure('LAYOUT_BUSY'))
    waiting++
    const mine = last
      .then(() => runThread(drawing))
      .finally(() => {
        waiting--
      })
    last = mine.catch(() => {}) // told to who asked for it
    return mine
  }
}

function runThread({ nodes, edges }: Drawing): Promise<Layout> {
  const thread = new Worker(new URL('./layout-thread.ts', import.meta.url), {
    workerData: {
      nodes: nodes.map(({ id, width, height }) => ({ id, width, height })),
      edges: edges.map(({ id, source, target }) => ({ id, source, target })),
    },
  })
  return new Promise<Layout>((resolve, reject) => {
    const timer = setTimeout(() => reject(failure('LAYOUT_LATE')), LAY_OUT_WITHIN_MS)
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', () => {
      clearTimeout(timer)
      reject(failure('LAYOUT_LATE')) // ended without an answer; after one this changes nothing
    })
  }).finally(() => void thread.terminate())
}

function failure(code: 'LAYOUT_BUSY' | 'LAYOUT_LATE'): Error {
  return Object.assign(new Error('the drawing could not be laid out in time'), { code })
}
