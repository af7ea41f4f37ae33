// Sends chapters over lanes, as fast as they are answered or at a rate, and notes how long each answer took.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lane } from './http-lane.ts'
import type { Chapter, Payloads } from './payloads.ts'

export type SendOptions = {
  readonly lanes: readonly Lane[]
  readonly payloads: Payloads
  /** No chapter is begun after this time, nor after so many; one that was begun is sent to its end. */
  readonly durationMs?: number
  readonly chapters?: number
  /** Chapters before this one are left out: they were sent before. */
  readonly fromChapter?: number
  /** As fast as they are answered when it is left out. */
  readonly spansPerSecond?: number
}

export type Sent = {
  readonly spans: number
  readonly requests: number
  readonly seconds: number
  readonly chapters: readonly Chapter[]
  /** The chapter to go on with. */
  readonly nextChapter: number
  /** Ms from when a request was due (at a rate) or was begun, in order of the answers. */
  readonly ackMs: readonly number[]
}

type Line = { chapter: Chapter; position: number }

/** Errors: rejects when a request is refused, and when the payloads run out before the time does. */
export async function sendChapters(options: SendOptions): Promise<Sent> {
  const { lanes, payloads, spansPerSecond } = options
  const {
    durationMs = Number.POSITIVE_INFINITY,
    chapters: chaptersMax = Number.POSITIVE_INFINITY,
  } = options
  const startMs = performance.now()
  const chapters: Chapter[] = []
  const ackMs: number[] = []
  const sent = { spans: 0, begun: 0 }
  let nextChapter = options.fromChapter ?? 0
  let line: Line | null = null
  const take = () => {
    if (line && line.position < line.chapter.requests.length)
      return line.chapter.requests[line.position++]!
    const isOver = performance.now() - startMs >= durationMs || chapters.length >= chaptersMax
    if (isOver) return null
    if (nextChapter >= payloads.chapters) throw new Error('too few payloads were prepared')
    line = { chapter: payloads.read(nextChapter++), position: 1 }
    chapters.push(line.chapter)
    return line.chapter.requests[0]!
  }
  const run = async (lane: Lane) => {
    for (;;) {
      const dueMs = spansPerSecond ? startMs + (1000 * sent.begun) / spansPerSecond : 0
      const request = take()
      if (!request) return
      sent.begun += request.spans
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await sleep(waitMs)
      const sinceMs = spansPerSecond ? dueMs : performance.now()
      await lane.send(request.body)
      ackMs.push(performance.now() - sinceMs)
      sent.spans += request.spans
    }
  }
  await Promise.all(lanes.map(run))
  const seconds = (performance.now() - startMs) / 1000
  return { spans: sent.spans, requests: ackMs.length, seconds, chapters, nextChapter, ackMs }
}

/** The value below which a share q of the values lies; 0 of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0
}
