// `npm run bench -- growth [seconds]`: how the cost of a span grows with the number of spans, edges, operations and
// services, each at four sizes, the others as they are. A run sends 50,000 spans for each of the seconds, over
// HTTP, gzip, as fast as they are taken. Prints {"bench":"growth","spans","edges","operations","services"}, each a
// list of {size, mainUs, foldUs, postgresUs, rssMaxMb}: microseconds of processor time a span, of the thread that
// receives and decodes, of the one that folds and commits, of the database; a table on stderr.
import { readSize } from './rig/arguments.ts'
import { type CpuTimes, readCpu } from './rig/cpu.ts'
import { openHttpLane } from './rig/http-lane.ts'
import { preparePayloads } from './rig/payloads.ts'
import { checkGraph, runBench, sampleResident, untilMetrics, withRig } from './rig/rig.ts'
import { sendChapters } from './rig/send.ts'
import type { WorldOptions } from './world.ts'

const SECONDS = 20
const SPANS_PER_SECOND = 50_000
const SPANS_PER_CHAPTER = 100_000
const LANES = 3
const COMMIT_MS_MAX = 120_000

type Run = {
  readonly size: number
  readonly world: Omit<WorldOptions, 'seed'>
  /** Of the usual number of spans. */
  readonly share?: number
}

/** Operations: of each edge about 1.5 a path. Services: of all of them, the edges join fewer. */
const RUNS: { readonly [dimension: string]: readonly Run[] } = {
  spans: [0.5, 1, 2, 4].map((share) => ({ size: share, share, world: { edges: 100 } })),
  edges: [100, 1_000, 5_000, 20_000].map((edges) => ({ size: edges, world: { edges } })),
  operations: [1, 4, 16, 64].map((paths) => ({ size: paths, world: { edges: 200, paths } })),
  services: [100, 400, 1_600, 6_400].map((services) => ({
    ...{ size: services, world: { edges: 4_000, services } },
  })),
}

const spansUsual = readSize(SECONDS) * SPANS_PER_SECOND

await runBench('growth', async () => {
  const figures: Record<string, readonly Growth[]> = {}
  for (const [dimension, runs] of Object.entries(RUNS)) {
    const measured: Growth[] = []
    for (const run of runs) {
      const growth = await measure(run, dimension)
      measured.push(growth)
      const { size, mainUs, foldUs, postgresUs, rssMaxMb } = growth
      console.error(
        `${dimension.padEnd(10)} ${String(size).padStart(9)}: main ${mainUs} us a span, ` +
          `fold ${foldUs}, postgres ${postgresUs}; ${rssMaxMb} MB`,
      )
    }
    figures[dimension] = measured
  }
  return figures
})

type Growth = {
  readonly size: number
  readonly mainUs: number
  readonly foldUs: number
  readonly postgresUs: number
  readonly rssMaxMb: number
}

async function measure({ size, world, share = 1 }: Run, dimension: string): Promise<Growth> {
  const spans = Math.ceil(spansUsual * share)
  const payloads = await preparePayloads({
    ...{ world, spansPerRequest: 8_000, spans: spans + SPANS_PER_CHAPTER },
    ...{ spansPerChapter: SPANS_PER_CHAPTER, encoding: 'gzip' },
  })
  try {
    return await withRig({ settings: { STRAYLINE_HOLD: '5s' } }, async (rig) => {
      const collector = await rig.start()
      const resident = sampleResident(collector)
      const port = Number(new URL(collector.httpUrl).port)
      const open = () => openHttpLane(port, 'gzip')
      const lanes = await Promise.all(Array.from({ length: LANES }, open))
      // The first chapter compiles the code.
      const warm = await sendChapters({ lanes, payloads, chapters: 1 })
      await untilMetrics(collector, { accepted: warm.spans }, COMMIT_MS_MAX)
      const before = readCpu(collector.pid, rig.dataDir)
      const fromChapter = warm.nextChapter
      const chapters = payloads.chapters - fromChapter
      const sent = await sendChapters({ lanes, payloads, chapters, fromChapter })
      const truths = [...warm.chapters, ...sent.chapters]
      const accepted = warm.spans + sent.spans
      await checkGraph(rig, collector, { spans: accepted, world: payloads.world, truths })
      const after = readCpu(collector.pid, rig.dataDir)
      const rssMaxMb = Math.round(Math.max(...resident.stop()))
      for (const lane of lanes) lane.close()
      await collector.stop()
      const costs = costsOf(before, after, sent.spans)
      return { size: dimension === 'spans' ? accepted : size, ...costs, rssMaxMb }
    })
  } finally {
    payloads.remove()
  }
}

/** Until everything was final and committed; the waiting for it costs next to nothing. */
function costsOf(before: CpuTimes, after: CpuTimes, spans: number) {
  const us = (seconds: number) => Number(((1e6 * seconds) / spans).toFixed(2))
  const ofThread = ({ byThread }: CpuTimes, name: string) =>
    byThread
      .filter((thread) => thread.name === name)
      .reduce((sum, { userSeconds, systemSeconds }) => sum + userSeconds + systemSeconds, 0)
  return {
    mainUs: us(ofThread(after, 'MainThread') - ofThread(before, 'MainThread')),
    foldUs: us(ofThread(after, 'WorkerThread') - ofThread(before, 'WorkerThread')),
    postgresUs: us(after.databaseSeconds - before.databaseSeconds),
  }
}
