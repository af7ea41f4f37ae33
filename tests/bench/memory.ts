// `npm run bench -- memory [seconds]`: 100,000 spans a second, hold 30 s, ten minutes. Prints
// {"bench":"memory","rssMaxMb","growthMbPerMinute"}: the collector's resident set, sampled every second, and how it
// grew over the second half of the time, by the line of least squares through the samples.
import { readSize } from './rig/arguments.ts'
import { openHttpLane } from './rig/http-lane.ts'
import { preparePayloads } from './rig/payloads.ts'
import { checkGraph, runBench, sampleResident, withRig } from './rig/rig.ts'
import { sendChapters } from './rig/send.ts'

const SECONDS = 600
const SPANS_PER_SECOND = 100_000
const SPANS_PER_REQUEST = 8_000
const LANES = 4
const EDGES = 100
const HOLD_SECONDS = 30

const seconds = readSize(SECONDS)

await runBench('memory', async () => {
  const payloads = await preparePayloads({
    world: { edges: EDGES },
    spansPerRequest: SPANS_PER_REQUEST,
    spans: (seconds + 4) * SPANS_PER_SECOND,
    spansPerChapter: 100_000,
    encoding: 'gzip',
  })
  const holdSeconds = Math.min(HOLD_SECONDS, Math.max(2, Math.round(seconds / 4)))
  try {
    return await withRig({ settings: { STRAYLINE_HOLD: `${holdSeconds}s` } }, async (rig) => {
      const collector = await rig.start()
      const port = Number(new URL(collector.httpUrl).port)
      const open = () => openHttpLane(port, 'gzip')
      const lanes = await Promise.all(Array.from({ length: LANES }, open))
      const resident = sampleResident(collector)
      const sent = await sendChapters({
        ...{ lanes, payloads, durationMs: 1000 * seconds, spansPerSecond: SPANS_PER_SECOND },
      })
      const samples = [...resident.stop()]
      for (const lane of lanes) lane.close()
      console.error(`sent ${Math.round(sent.spans / sent.seconds)} spans/s`)
      const { world } = payloads
      await checkGraph(rig, collector, { spans: sent.spans, world, truths: sent.chapters })
      await collector.stop()
      const growth = 60 * slopeOf(samples.slice(samples.length >> 1))
      return {
        rssMaxMb: Math.round(Math.max(...samples)),
        growthMbPerMinute: Number(growth.toFixed(1)),
      }
    })
  } finally {
    payloads.remove()
  }
})

/** Of the line of least squares through values at 0, 1, 2 ...; 0 of fewer than two. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let [covariance, variance] = [0, 0]
  values.forEach((value, at) => {
    covariance += (at - middle) * (value - mean)
    variance += (at - middle) ** 2
  })
  return variance === 0 ? 0 : covariance / variance
}
