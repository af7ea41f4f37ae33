// `npm run bench -- latency [seconds]`: 50,000 spans a second of known edges, and now and then a call between two
// services that never called each other. Prints {"bench":"latency","alertP50Ms","alertP99Ms","ackP99Ms"}:
// - alert: from the acknowledgement of the request that completes the call (its two halves come in two) until the
//   notification after which the alert can be read;
// - ack: of the known traffic, from when a request was due to its acknowledgement.
// Fails when a call raises no alert, and when anything else raises one.
import { setTimeout as sleep } from 'node:timers/promises'
import { approveBaseline } from '../../storage/baselines.ts'
import { listenSequence } from '../../storage/events.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { readSize } from './rig/arguments.ts'
import { type Lane, openHttpLane } from './rig/http-lane.ts'
import { type Payloads, preparePayloads } from './rig/payloads.ts'
import { checkGraph, type Rig, runBench, type Truth, withRig } from './rig/rig.ts'
import { quantile, sendChapters } from './rig/send.ts'
import { createTraffic } from './traffic.ts'
import { createPair, type World } from './world.ts'

const SECONDS = 60
const SPANS_PER_SECOND = 50_000
const SPANS_PER_REQUEST = 1_000
const LANES = 8
const EDGES = 100
/** Long enough to see every edge and to compile the code. */
const WARM_SECONDS = 5
const NEW_CALL_EVERY_MS = 500
/** Between the halves of a new call. */
const APART_MS = 120
const ALERT_MS_MAX = 20_000
const HOUR_MS = 3_600_000
const SEED = 77

const seconds = readSize(SECONDS)

await runBench('latency', async () => {
  const payloads = await preparePayloads({
    world: { edges: EDGES },
    spansPerRequest: SPANS_PER_REQUEST,
    spans: (WARM_SECONDS + seconds + 2) * SPANS_PER_SECOND,
    spansPerChapter: 20_000,
    encoding: 'gzip',
  })
  const settings = { STRAYLINE_HOLD: seconds < SECONDS ? '2s' : '30s' }
  try {
    return await withRig({ settings }, (rig) => measure(rig, payloads))
  } finally {
    payloads.remove()
  }
})

async function measure(rig: Rig, payloads: Payloads) {
  const collector = await rig.start()
  const port = Number(new URL(collector.httpUrl).port)
  const open = () => openHttpLane(port, 'gzip')
  const lanes = await Promise.all(Array.from({ length: LANES }, open))
  const paced = { lanes, payloads, spansPerSecond: SPANS_PER_SECOND }
  const warm = await sendChapters({ ...paced, durationMs: 1000 * WARM_SECONDS })
  const { world } = payloads
  await checkGraph(rig, collector, { spans: warm.spans, world, truths: warm.chapters })
  const sql = openSql({
    url: rig.urls.ownerUrl,
    applicationName: 'strayline-bench',
    connectionsMax: 3,
  })
  try {
    await approve(sql)
    const alerts = await watchAlerts(sql)
    const newCalls = callNew(world, await openHttpLane(port, 'identity'), 1000 * seconds)
    const fromChapter = warm.nextChapter
    const sent = await sendChapters({ ...paced, durationMs: 1000 * seconds, fromChapter })
    const pairs = await newCalls
    await untilAll(alerts.atMs, pairs)
    await alerts.stop()
    for (const lane of lanes) lane.close()
    console.error(`${Math.round(sent.spans / sent.seconds)} spans/s, ${pairs.length} new calls`)
    const truth = joinTruths(world, [...warm.chapters, ...sent.chapters], pairs)
    await checkGraph(rig, collector, {
      ...{ spans: warm.spans + sent.spans + 2 * pairs.length, ...truth },
    })
    const alertMs = pairs.map(({ edge, acknowledgedMs }) => alerts.atMs.get(edge)! - acknowledgedMs)
    return {
      alertP50Ms: Math.round(quantile(alertMs, 0.5)),
      alertP99Ms: Math.round(quantile(alertMs, 0.99)),
      ackP99Ms: Math.round(quantile(sent.ackMs, 0.99)),
    }
  } finally {
    await sql.end()
  }
}

/** What has been seen by now is the baseline. */
async function approve(sql: Sql): Promise<void> {
  const nowMs = Date.now()
  const window = { environment: 'production', fromMs: nowMs - HOUR_MS, toMs: nowMs + HOUR_MS }
  await approveBaseline(sql, { ...window, author: 'bench', reason: 'what the bench sends' })
}

type AlertRow = { id: bigint; edge: string }

/** When each alert's notification came, by its edge (monotonic ms). */
async function watchAlerts(sql: Sql) {
  const atMs = new Map<string, number>()
  let lastId = 0n
  let reading = Promise.resolve()
  const read = async (heardMs: number) => {
    const rows = await sql<AlertRow[]>`
      select id, source_kind || ' ' || source_name || ' -> ' || target_kind || ' ' || target_name
        as edge
      from alert where id > ${String(lastId)}::bigint order by id`
    for (const { id, edge } of rows) {
      atMs.set(edge, heardMs)
      lastId = id
    }
  }
  const listening = await listenSequence(sql, () => {
    const heardMs = performance.now()
    reading = reading.then(() => read(heardMs))
  })
  return { atMs, stop: () => listening.stop() }
}

type NewCall = { readonly edge: string; readonly acknowledgedMs: number; readonly truth: Truth }

/** One call after another between services that never called each other, halves in two requests. */
async function callNew(world: World, lane: Lane, durationMs: number): Promise<readonly NewCall[]> {
  const startMs = performance.now()
  const calls: NewCall[] = []
  for (const [source, target] of strangers(world)) {
    if (performance.now() - startMs > durationMs) break
    const pair = createPair(source, target)
    const traffic = createTraffic({ world: pair, seed: SEED + calls.length, spansPerRequest: 1 })
    const first = traffic.next(Date.now())
    const second = traffic.rest()!
    await lane.send(Buffer.from(first.body))
    await sleep(APART_MS)
    await lane.send(Buffer.from(second.body))
    const acknowledgedMs = performance.now()
    calls.push({ edge: pair.edges[0]!, acknowledgedMs, truth: traffic })
    const waitMs = startMs + calls.length * NEW_CALL_EVERY_MS - performance.now()
    if (waitMs > 0) await sleep(waitMs)
  }
  lane.close()
  return calls
}

function* strangers(world: World): Generator<readonly [source: string, target: string]> {
  const edges = new Set(world.edges)
  for (const source of world.services)
    for (const target of world.services)
      if (source !== target && !edges.has(`service ${source} -> service ${target}`))
        yield [source, target]
}

async function untilAll(
  atMs: ReadonlyMap<string, number>,
  calls: readonly NewCall[],
): Promise<void> {
  const startMs = performance.now()
  while (!calls.every(({ edge }) => atMs.has(edge))) {
    if (performance.now() - startMs > ALERT_MS_MAX)
      throw new Error(`${atMs.size} alerts for ${calls.length} new calls`)
    await sleep(20)
  }
  if (atMs.size > calls.length) throw new Error(`${atMs.size} alerts for ${calls.length} new calls`)
}

/** The world with its new edges, and the truth about all of them. */
function joinTruths(world: World, truths: readonly Truth[], calls: readonly NewCall[]) {
  const edges = [...world.edges, ...calls.map(({ edge }) => edge)]
  const ofCalls = (of: keyof Truth) => [
    ...world.edges.map(() => 0),
    ...calls.map(({ truth }) => truth[of][0]!),
  ]
  const widened = truths.map(({ calls, errors }) => ({
    calls: widen(calls, edges.length),
    errors: widen(errors, edges.length),
  }))
  const news = {
    calls: Float64Array.from(ofCalls('calls')),
    errors: Float64Array.from(ofCalls('errors')),
  }
  return { world: { ...world, edges }, truths: [...widened, news] }
}

function widen(counts: Float64Array, length: number): Float64Array {
  const wide = new Float64Array(length)
  wide.set(counts)
  return wide
}
