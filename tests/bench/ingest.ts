// `npm run bench -- ingest [seconds]`: as many spans a second as the collector acknowledges and commits, sender and
// Postgres on the same machine, gzip, requests of 8,000 spans, first over HTTP, then over gRPC. Prints
// {"bench":"ingest","http":{"spansPerSecond","ratioToBare"},"grpc":{...},"rssMaxMb","cpuShare"}:
// - spansPerSecond: acknowledged until the last answer, divided by the time until all of them were committed,
//   after seconds of warming up, which compile the code of either side;
// - ratioToBare: to a server that only reads and inflates (node:http) or only receives (grpc-js), same run;
// - cpuShare: of a further, shorter run over HTTP under V8's profiler, by stage of the collector.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestCollector } from '../support/collector.ts'
import { readSize } from './rig/arguments.ts'
import { readCpu } from './rig/cpu.ts'
import { openGrpcLane } from './rig/grpc-lane.ts'
import { type Lane, openHttpLane } from './rig/http-lane.ts'
import { type Payloads, preparePayloads } from './rig/payloads.ts'
import { readStageShares, type StageShares } from './rig/profile.ts'
import { checkGraph, runBench, sampleResident, untilMetrics, withRig } from './rig/rig.ts'
import { type Sent, sendChapters } from './rig/send.ts'

const SECONDS = 60
/** More than can be reached: payloads must not run out. */
const SPANS_PER_SECOND_MAX = 450_000
const SPANS_PER_CHAPTER = 80_000
const LANES = 4
const EDGES = 100
const COMMIT_MS_MAX = 60_000
/** Of the whole time, for the bare servers and for the run under the profiler. */
const SHORTER = 1 / 4
const HOLD_MS = 30_000
const WARM_SECONDS_MAX = 5
/** Room for so many spans for each second of the hold. */
const PENDING_PER_SECOND = 400_000

type Transport = 'http' | 'grpc'
type Measured = { readonly spansPerSecond: number; readonly rssMaxMb: number }

const seconds = readSize(SECONDS)
const warmSeconds = Math.min(WARM_SECONDS_MAX, seconds / 2)

await runBench('ingest', async () => {
  const payloads = await preparePayloads({
    world: { edges: EDGES },
    spansPerRequest: 8_000,
    spans: (warmSeconds + seconds) * SPANS_PER_SECOND_MAX + 3 * SPANS_PER_CHAPTER,
    spansPerChapter: SPANS_PER_CHAPTER,
    encoding: 'gzip',
  })
  try {
    const bare = {
      http: await sendToBare(payloads, 'http'),
      grpc: await sendToBare(payloads, 'grpc'),
    }
    const http = await measure(payloads, 'http')
    const grpc = await measure(payloads, 'grpc')
    const cpuShare = await measureShares(payloads)
    return {
      http: figuresOf(http, bare.http),
      grpc: figuresOf(grpc, bare.grpc),
      rssMaxMb: Math.round(Math.max(http.rssMaxMb, grpc.rssMaxMb)),
      cpuShare,
    }
  } finally {
    payloads.remove()
  }
})

function figuresOf({ spansPerSecond }: Measured, barePerSecond: number) {
  const ratioToBare = Number((spansPerSecond / barePerSecond).toFixed(2))
  return { spansPerSecond: Math.round(spansPerSecond), ratioToBare }
}

/** Spans a second that a server which does nothing with them takes. */
async function sendToBare(payloads: Payloads, transport: Transport): Promise<number> {
  const server = fork(path.join(import.meta.dirname, 'rig/bare.ts'))
  const [ports] = (await once(server, 'message')) as [{ httpPort: number; grpcPort: number }]
  const lanes = await openLanes(transport, ports)
  const warm = await sendFor(payloads, lanes, warmSeconds)
  const { spans, seconds: took } = await sendFor(payloads, lanes, seconds * SHORTER, warm)
  for (const lane of lanes) lane.close()
  server.disconnect()
  await once(server, 'exit')
  console.error(`bare ${transport}: ${Math.round(spans / took)} spans/s`)
  return spans / took
}

async function measure(payloads: Payloads, transport: Transport): Promise<Measured> {
  return withRig({ settings: settingsFor(seconds) }, async (rig) => {
    const collector = await rig.start()
    const lanes = await openLanes(transport, portsOf(collector))
    const resident = sampleResident(collector)
    const warm = await sendWarm(payloads, lanes, collector)
    const before = readCpu(collector.pid, rig.dataDir)
    const startMs = performance.now()
    const sent = await sendFor(payloads, lanes, seconds, warm)
    const accepted = warm.spans + sent.spans
    await untilMetrics(collector, { accepted }, COMMIT_MS_MAX)
    const committedSeconds = (performance.now() - startMs) / 1000
    logCosts(transport, sent, { before, after: readCpu(collector.pid, rig.dataDir) })
    for (const lane of lanes) lane.close()
    const { world } = payloads
    const truths = [...warm.chapters, ...sent.chapters]
    await checkGraph(rig, collector, { spans: accepted, world, truths })
    const rssMaxMb = Math.max(...resident.stop())
    await collector.stop()
    return { spansPerSecond: sent.spans / committedSeconds, rssMaxMb }
  })
}

/** A run of its own, because the profiler costs a little itself. */
async function measureShares(payloads: Payloads): Promise<StageShares> {
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-profile-'))
  try {
    return await withRig({ settings: settingsFor(seconds) }, async (rig) => {
      const profile = `--cpu-prof --cpu-prof-dir=${folder}`
      const collector = await rig.start({ NODE_OPTIONS: profile })
      const lanes = await openLanes('http', portsOf(collector))
      const warm = await sendWarm(payloads, lanes, collector)
      const before = readCpu(collector.pid, rig.dataDir)
      const sent = await sendFor(payloads, lanes, seconds * SHORTER, warm)
      await untilMetrics(collector, { accepted: warm.spans + sent.spans }, COMMIT_MS_MAX)
      const after = readCpu(collector.pid, rig.dataDir)
      for (const lane of lanes) lane.close()
      await collector.stop()
      return readStageShares(folder, before, after)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Goes on after what was sent before. */
function sendFor(
  payloads: Payloads,
  lanes: readonly Lane[],
  forSeconds: number,
  before?: Sent,
): Promise<Sent> {
  const fromChapter = before?.nextChapter ?? 0
  return sendChapters({ lanes, payloads, durationMs: 1000 * forSeconds, fromChapter })
}

async function sendWarm(payloads: Payloads, lanes: readonly Lane[], collector: TestCollector) {
  const warm = await sendFor(payloads, lanes, warmSeconds)
  await untilMetrics(collector, { accepted: warm.spans }, COMMIT_MS_MAX)
  return warm
}

function openLanes(
  transport: Transport,
  { httpPort, grpcPort }: { readonly httpPort: number; readonly grpcPort: number },
): Promise<Lane[]> {
  const open = () =>
    transport === 'http' ? openHttpLane(httpPort, 'gzip') : openGrpcLane(grpcPort, 'gzip')
  return Promise.all(Array.from({ length: LANES }, open))
}

function portsOf({ httpUrl, grpcPort }: TestCollector) {
  return { httpPort: Number(new URL(httpUrl).port), grpcPort }
}

/** The hold of `npm start`, but for runs that are shorter than it, and room for what it then keeps. */
function settingsFor(runSeconds: number) {
  const holdMs = Math.min(HOLD_MS, Math.max(2_000, Math.round(500 * runSeconds)))
  return {
    STRAYLINE_HOLD: `${holdMs}ms`,
    STRAYLINE_PENDING_SPANS_MAX: String(Math.max(4_000_000, (holdMs / 1000) * PENDING_PER_SECOND)),
    STRAYLINE_JOURNAL_BYTES_MAX: '16GiB',
  }
}

type Readings = {
  readonly before: ReturnType<typeof readCpu>
  readonly after: ReturnType<typeof readCpu>
}

/** Microseconds of processor time a span, by thread: known whatever else the machine does. */
function logCosts(transport: Transport, sent: Sent, { before, after }: Readings): void {
  const costs = new Map<string, number>()
  for (const { id, name, userSeconds, systemSeconds } of after.byThread) {
    const since = before.byThread.find((thread) => thread.id === id)
    const sinceSeconds = since ? since.userSeconds + since.systemSeconds : 0
    costs.set(name, (costs.get(name) ?? 0) + userSeconds + systemSeconds - sinceSeconds)
  }
  costs.set('postgres', after.databaseSeconds - before.databaseSeconds)
  const words = [...costs].map(
    ([name, cost]) => `${name} ${((1e6 * cost) / sent.spans).toFixed(2)}`,
  )
  const rate = Math.round(sent.spans / sent.seconds)
  console.error(`${transport}: ${rate} spans/s acknowledged; us a span: ${words.join(', ')}`)
}
