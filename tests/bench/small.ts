// `npm run bench -- small [seconds]`: requests of 10 spans over 200 connections, each sent when the one before it on
// its connection is answered. Prints {"bench":"small","requestsPerSecond","ackP99Ms"}, of requests acknowledged,
// which is to say on disk: one fdatasync serves all that wait.
// Bodies are not packed, as exporters send them unless told to; packed with gzip on stderr.
import { readSize } from './rig/arguments.ts'
import { openHttpLane } from './rig/http-lane.ts'
import { type Payloads, preparePayloads } from './rig/payloads.ts'
import { checkGraph, runBench, withRig } from './rig/rig.ts'
import { quantile, sendChapters } from './rig/send.ts'

const SECONDS = 20
const CONNECTIONS = 200
const SPANS_PER_REQUEST = 10
/** More than can be reached: payloads must not run out. */
const SPANS_PER_SECOND_MAX = 150_000
const SPANS_PER_CHAPTER = 12_000
const WARM_SHARE = 1 / 4
const EDGES = 100

const seconds = readSize(SECONDS)

await runBench('small', async () => {
  const plain = await measure('identity')
  const gzip = await measure('gzip')
  console.error(`packed with gzip: ${JSON.stringify(gzip)}`)
  return plain
})

async function measure(encoding: 'gzip' | 'identity') {
  const payloads = await preparePayloads({
    world: { edges: EDGES },
    spansPerRequest: SPANS_PER_REQUEST,
    spans: seconds * (1 + WARM_SHARE) * SPANS_PER_SECOND_MAX + 3 * SPANS_PER_CHAPTER,
    spansPerChapter: SPANS_PER_CHAPTER,
    encoding,
  })
  try {
    return await sendSmall(payloads, encoding)
  } finally {
    payloads.remove()
  }
}

async function sendSmall(payloads: Payloads, encoding: 'gzip' | 'identity') {
  return withRig({ settings: { STRAYLINE_HOLD: '2s' } }, async (rig) => {
    const collector = await rig.start()
    const port = Number(new URL(collector.httpUrl).port)
    const open = () => openHttpLane(port, encoding)
    const lanes = await Promise.all(Array.from({ length: CONNECTIONS }, open))
    const durationMs = 1000 * seconds
    const warm = await sendChapters({ lanes, payloads, durationMs: durationMs * WARM_SHARE })
    const fromChapter = warm.nextChapter
    const sent = await sendChapters({ lanes, payloads, durationMs, fromChapter })
    for (const lane of lanes) lane.close()
    const truths = [...warm.chapters, ...sent.chapters]
    const { world } = payloads
    await checkGraph(rig, collector, { spans: warm.spans + sent.spans, world, truths })
    await collector.stop()
    return {
      requestsPerSecond: Math.round(sent.requests / sent.seconds),
      ackP99Ms: Number(quantile(sent.ackMs, 0.99).toFixed(1)),
    }
  })
}
