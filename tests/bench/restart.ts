// `npm run bench -- restart [seconds]`: ten minutes at 100,000 spans a second, then kill -9. Prints
// {"bench":"restart","seconds"}: from the start of the next process until all that was acknowledged is committed.
// Fails when a span is lost or counted twice, or left early.
import { readSize } from './rig/arguments.ts'
import { openHttpLane } from './rig/http-lane.ts'
import { preparePayloads } from './rig/payloads.ts'
import { checkGraph, runBench, untilMetrics, withRig } from './rig/rig.ts'
import { sendChapters } from './rig/send.ts'

const SECONDS = 600
const SPANS_PER_SECOND = 100_000
const SPANS_PER_REQUEST = 8_000
const LANES = 4
const EDGES = 100
const CATCH_UP_MS_MAX = 120_000
const HOLD_SECONDS = 30

const sendSeconds = readSize(SECONDS)

await runBench('restart', async () => {
  const payloads = await preparePayloads({
    world: { edges: EDGES },
    spansPerRequest: SPANS_PER_REQUEST,
    spans: (sendSeconds + 4) * SPANS_PER_SECOND,
    spansPerChapter: 100_000,
    encoding: 'gzip',
  })
  const holdSeconds = Math.min(HOLD_SECONDS, Math.max(2, Math.round(sendSeconds / 4)))
  try {
    return await withRig({ settings: { STRAYLINE_HOLD: `${holdSeconds}s` } }, async (rig) => {
      const killed = await rig.start()
      const port = Number(new URL(killed.httpUrl).port)
      const open = () => openHttpLane(port, 'gzip')
      const lanes = await Promise.all(Array.from({ length: LANES }, open))
      const sent = await sendChapters({
        ...{ lanes, payloads, durationMs: 1000 * sendSeconds, spansPerSecond: SPANS_PER_SECOND },
      })
      await killed.kill()
      console.error(`sent ${Math.round(sent.spans / sent.seconds)} spans/s, then killed`)
      const startMs = performance.now()
      const collector = await rig.start()
      await untilMetrics(collector, { accepted: sent.spans }, CATCH_UP_MS_MAX)
      const seconds = Number(((performance.now() - startMs) / 1000).toFixed(1))
      const { world } = payloads
      await checkGraph(rig, collector, { spans: sent.spans, world, truths: sent.chapters })
      await collector.stop()
      return { seconds }
    })
  } finally {
    payloads.remove()
  }
})
