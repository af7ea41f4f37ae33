// Requests that are generated, compressed and counted before any clock starts, in chapters: after each chapter no
// trace is half sent, so a run may end after any of them and its truth is the sum of theirs. Chapters are made
// by worker threads and wait in files, so a run of any length fits into memory; every trace id is new.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { createWorld, type World, type WorldOptions } from '../world.ts'

export type PayloadPlan = {
  readonly world: Omit<WorldOptions, 'seed'>
  /** Below 30, a whole trace's spans: a trace is then cut into requests of so many. */
  readonly spansPerRequest: number
  /** At least so many in all. */
  readonly spans: number
  readonly spansPerChapter: number
  readonly encoding: 'gzip' | 'identity'
  /** Over how long before now the spans end, evenly; all now when it is left out. */
  readonly spreadMs?: number
}

export type Chapter = {
  readonly requests: readonly { readonly body: Buffer; readonly spans: number }[]
  readonly spans: number
  /** Calls and errors by edge, in the order of World.edges. */
  readonly calls: Float64Array
  readonly errors: Float64Array
}

export type Payloads = {
  readonly plan: PayloadPlan
  readonly world: World
  readonly chapters: number
  readonly spans: number
  /** Bytes of all bodies, as they are sent and as OTLP protobuf. */
  readonly sentBytes: number
  readonly plainBytes: number
  readonly read: (chapter: number) => Chapter
  readonly remove: () => void
}

/** What a worker tells of a chapter it has written. */
export type WrittenChapter = {
  readonly chapter: number
  /** Length of each body in the file, one after another, and its spans. */
  readonly lengths: Uint32Array
  readonly spans: Uint32Array
  readonly plainBytes: number
  readonly calls: Float64Array
  readonly errors: Float64Array
}

export type ChapterTask = {
  readonly plan: PayloadPlan
  readonly folder: string
  readonly chapters: number
}

/** One seed, so that the world a worker makes is the one the bench knows. */
export const WORLD_SEED = 1
const WORKERS = 2

export async function preparePayloads(plan: PayloadPlan): Promise<Payloads> {
  const startedMs = performance.now()
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-bench-'))
  const written: WrittenChapter[] = []
  const count = Math.ceil(plan.spans / plan.spansPerChapter)
  let next = 0
  const work = async () => {
    const file = path.join(import.meta.dirname, 'payload-worker.ts')
    const workerData: ChapterTask = { plan, folder, chapters: count }
    const worker = new Worker(file, { workerData })
    for (; next < count; ) {
      worker.postMessage(next++)
      const [chapter] = (await once(worker, 'message')) as [WrittenChapter]
      written[chapter.chapter] = chapter
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  const sum = (of: (chapter: WrittenChapter) => number) =>
    written.reduce((total, chapter) => total + of(chapter), 0)
  const payloads: Payloads = {
    plan,
    world: createWorld({ ...plan.world, seed: WORLD_SEED }),
    chapters: count,
    spans: sum((chapter) => total(chapter.spans)),
    sentBytes: sum((chapter) => total(chapter.lengths)),
    plainBytes: sum((chapter) => chapter.plainBytes),
    read: (chapter) => readChapter(folder, written[chapter]!),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
  const { spans, plainBytes, sentBytes } = payloads
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
  console.error(
    `prepared ${spans} spans of ${(plainBytes / spans).toFixed(0)} bytes ` +
      `(${(sentBytes / spans).toFixed(0)} as sent) in ${seconds} s`,
  )
  return payloads
}

export function chapterFile(folder: string, chapter: number): string {
  return path.join(folder, `${chapter}.bodies`)
}

function readChapter(folder: string, written: WrittenChapter): Chapter {
  const bytes = readFileSync(chapterFile(folder, written.chapter))
  let at = 0
  const requests = Array.from(written.lengths, (length, index) => {
    const body = bytes.subarray(at, at + length)
    at += length
    return { body, spans: written.spans[index]! }
  })
  const { calls, errors } = written
  return { requests, spans: total(written.spans), calls, errors }
}

function total(numbers: Uint32Array): number {
  return numbers.reduce((sum, one) => sum + one, 0)
}
