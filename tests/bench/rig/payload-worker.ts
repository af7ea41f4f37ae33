// Thread of payloads.ts: makes one chapter after another, as it is told, and writes its bodies to a file.
import { writeFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { createTraffic, type TrafficRequest } from '../traffic.ts'
import { createWorld } from '../world.ts'
import { type ChapterTask, chapterFile, WORLD_SEED, type WrittenChapter } from './payloads.ts'

/** What gzip of the OpenTelemetry SDKs and Collector is set to costs time; any level is read alike. */
const GZIP = { level: 1 }
/** A span is over for so long when it is sent, at least. */
const LAG_MS = 20

const { plan, folder, chapters } = workerData as ChapterTask
const world = createWorld({ ...plan.world, seed: WORLD_SEED })
const { spreadMs = 0 } = plan

parentPort?.on('message', (chapter: number) => parentPort?.postMessage(writeChapter(chapter)))

function writeChapter(chapter: number): WrittenChapter {
  // Seeds apart from each other and from the world's: no trace id comes twice.
  const traffic = createTraffic({
    world,
    seed: 1_000 + chapter,
    spansPerRequest: plan.spansPerRequest,
  })
  const requests: TrafficRequest[] = []
  for (let spans = 0; spans < plan.spansPerChapter; ) {
    const share = (chapter + spans / plan.spansPerChapter) / chapters
    const request = traffic.next(Date.now() - LAG_MS - spreadMs * (1 - share))
    spans += request.spans
    requests.push(request)
  }
  for (let rest = traffic.rest(); rest; rest = traffic.rest()) requests.push(rest)
  const bodies = requests.map(({ body }) =>
    plan.encoding === 'gzip' ? gzipSync(body, GZIP) : body,
  )
  writeFileSync(chapterFile(folder, chapter), Buffer.concat(bodies))
  return {
    chapter,
    lengths: Uint32Array.from(bodies, (body) => body.length),
    spans: Uint32Array.from(requests, ({ spans }) => spans),
    plainBytes: requests.reduce((sum, { body }) => sum + body.length, 0),
    calls: traffic.calls,
    errors: traffic.errors,
  }
}
