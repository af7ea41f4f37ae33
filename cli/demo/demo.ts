// `strayline demo`: the seeded story of a small shop. A day of history and normal traffic -> learning, until
// no new edge comes -> the baseline is approved -> a poisoned release strays in three ways -> traffic goes on.
// The spans take everybody's way; what came of them is read from the database the collector commits to.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { countOpenAlerts } from '../../storage/alerts.ts'
import { approveBaseline, listBaselines } from '../../storage/baselines.ts'
import { type EdgeArrivals, readArrivals } from '../../storage/edges.ts'
import { claimEnvironment, listRemoved, readOrigin } from '../../storage/environments.ts'
import { StorageError } from '../../storage/failure.ts'
import { readPosition } from '../../storage/position.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { isCollector } from '../collector-metrics.ts'
import type { Progress } from '../progress.ts'
import { createIds } from './ids.ts'
import { normalEdges } from './journeys.ts'
import { spreadByRhythm } from './rhythm.ts'
import { closeShop, emitTrace, flushShop, openShop, type Shop, type Target } from './sdk.ts'
import { resourceOf } from './services.ts'
import { drawAttack, drawTrace } from './traces.ts'
import { startTraffic } from './traffic.ts'

export type DemoOptions = {
  readonly seed: number
  readonly environment: string
  readonly target: Target
  /** The database that the collector commits to. Secret. */
  readonly databaseUrl: string
  /** How long traffic goes on after the attack. */
  readonly durationMs: number
  readonly progress: Progress
  /** Ends the demo early. */
  readonly signal: AbortSignal
}

/** The author of the demo's baseline. */
export const DEMO_AUTHOR = 'Strayline demo'

/** Further than the hold: so long nothing new must have come before the graph is taken for whole. */
const SETTLED_AFTER_HOLD_MS = 5_000
/** When the last stray edge is on the map at the latest, counted from the end of the hold. */
const VISIBLE_AFTER_HOLD_MS = 2_000
const COLLECTOR_WITHIN_MS = 30_000
const EDGES_WITHIN_MS = 60_000
const HISTORY_TRACES = 420
const HISTORY_MS = 22 * 3_600_000
/** A moment to see the approved map before it strays. */
const CALM_MS = 3_000
const ATTACK_EVERY_MS = 20_000
const LOOK_EVERY_MS = 250
const CLOSE_WITHIN_MS = 2_000
const DEFAULT_HOLD_MS = 30_000

type Demo = {
  readonly options: DemoOptions
  readonly sql: Sql
  readonly shop: Shop
}

/** An end before the end, in a sentence for people. */
class DemoFailure extends Error {}

/** Gives the exit code: 0 told to the end or stopped, 1 failed with a sentence. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { seed, environment, target, databaseUrl, progress, signal } = options
  const sql = openSql({ url: databaseUrl, applicationName: 'strayline-demo', connectionsMax: 2 })
  const ids = createIds(seed, randomBytes(8).toString('hex'))
  const shop = openShop({
    ...{ target, ids },
    describe: (service) => resourceOf(service, environment, seed),
  })
  try {
    await tellStory({ options, sql, shop })
    return 0
  } catch (error) {
    if (signal.aborted) return 0
    if (!(error instanceof DemoFailure || error instanceof StorageError)) throw error
    progress.fail(error.message)
    return 1
  } finally {
    await Promise.race([closeShop(shop), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })])
    await sql.end({ timeout: 1 })
  }
}

async function tellStory(demo: Demo): Promise<void> {
  const { environment, seed, progress } = demo.options
  await findCollector(demo)
  await claimEnvironment(demo.sql, { name: environment, origin: 'demo' })
  await awaitForgotten(demo)
  await sendHistory(demo)
  const stopTraffic = startTraffic(demo.shop, seed, HISTORY_TRACES)
  try {
    const held = await readHeldEdges(demo)
    const edges = held ?? (await learn(demo))
    const how = held === null ? 'is approved' : 'stands'
    const note = `The baseline ${how}: ${edges} edges. Next comes an attack`
    await pass(demo, 'baseline', note, CALM_MS)
    await attack(demo)
    await goOn(demo)
  } finally {
    stopTraffic()
  }
  const sentence = `the demo has ended; the map keeps environment ${environment}`
  progress.done({ spans: demo.shop.sent.spans }, sentence)
}

async function findCollector(demo: Demo): Promise<void> {
  const { target, signal } = demo.options
  const untilMs = Date.now() + COLLECTOR_WITHIN_MS
  while (!(await isCollector(`${target.httpUrl}/metrics`))) {
    if (Date.now() > untilMs)
      throw new DemoFailure(
        `no Strayline collector answers at ${target.httpUrl}: start one with \`npm start\``,
      )
    say(demo, 'waiting', 'Waiting for the collector')
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

/** After a removal the collector needs a moment to forget; until then what is sent would be left out. */
async function awaitForgotten(demo: Demo): Promise<void> {
  const { sql, options } = demo
  const untilMs = Date.now() + COLLECTOR_WITHIN_MS
  while ((await listRemoved(sql)).includes(options.environment)) {
    say(demo, 'waiting', 'Waiting until the collector has forgotten the last run')
    if (Date.now() > untilMs)
      throw new DemoFailure(
        'the collector has not forgotten the removed environment: is it running?',
      )
    await sleep(LOOK_EVERY_MS, undefined, { signal: options.signal })
  }
}

/** The last day, so that the counts are those of a shop that has been there before. */
async function sendHistory(demo: Demo): Promise<void> {
  const nowMs = Date.now()
  const times = spreadByRhythm(HISTORY_TRACES, nowMs - HISTORY_MS, nowMs)
  for (const [number, endMs] of times.entries()) {
    emitTrace(demo.shop, drawTrace(demo.options.seed, number), endMs)
    if (number % 60 !== 59) continue
    say(demo, 'history', 'Sending the last day of a small shop')
    await flush(demo)
  }
  await flush(demo)
}

/** How many edges the active baseline holds; null when there is none yet. */
async function readHeldEdges({ sql, options }: Demo): Promise<number | null> {
  const versions = await listBaselines(sql, options.environment)
  return versions.find((version) => version.state === 'active')?.entries ?? null
}

/** Until no new edge came for the hold and a while; then the graph is approved. Gives its edges. */
async function learn(demo: Demo): Promise<number> {
  const { sql, options } = demo
  const { environment } = options
  const startMs = Date.now()
  const settledMs = (await readHoldMs(demo)) + SETTLED_AFTER_HOLD_MS
  const wanted = normalEdges().size
  for (;;) {
    const arrivals = await readArrivals(sql, environment)
    const leftMs = Math.max(0, settledMs - (arrivals.sinceNewestMs ?? 0))
    if (arrivals.edges >= wanted && leftMs === 0) break
    if (Date.now() > startMs + settledMs + EDGES_WITHIN_MS) throw incomplete(arrivals, wanted)
    const count = `${arrivals.edges} edges so far`
    say(demo, 'learning', `Learning from normal traffic: ${count}`, Date.now() + Math.round(leftMs))
    await rest(demo, LOOK_EVERY_MS)
  }
  const nowMs = Date.now()
  await approveBaseline(sql, {
    environment,
    fromMs: nowMs - HISTORY_MS - 3_600_000,
    toMs: nowMs + 60_000,
    author: DEMO_AUTHOR,
    reason: 'Everything the shop does on a normal day',
  })
  return wanted
}

function incomplete({ edges }: EdgeArrivals, wanted: number): DemoFailure {
  const found = `${edges} of ${wanted} edges came onto the map`
  return new DemoFailure(`${found}: does this collector commit to the database of this demo?`)
}

/** The hold of the collector, as it tells in its commits. */
async function readHoldMs({ sql }: Demo): Promise<number> {
  return (await readPosition(sql))?.counters.holdMs ?? DEFAULT_HOLD_MS
}

async function attack(demo: Demo): Promise<void> {
  const holdMs = await readHoldMs(demo)
  say(demo, 'attack', 'A poisoned release of search goes out')
  emitTrace(demo.shop, drawAttack(demo.options.seed, 0), Date.now())
  await flush(demo)
  const note = 'It calls back-office, reads accounts-db and sends to a host never seen'
  await pass(demo, 'settling', note, holdMs + VISIBLE_AFTER_HOLD_MS)
}

/** Traffic, now and then with the attack in it, until the time is over. */
async function goOn(demo: Demo): Promise<void> {
  const { environment, seed, durationMs } = demo.options
  const endMs = Date.now() + durationMs
  for (let time = 1; Date.now() < endMs; time++) {
    const open = await countOpenAlerts(demo.sql, environment)
    const note = open > 0 ? `${open} alerts wait for you` : 'Every stray edge has been decided'
    await pass(demo, 'traffic', note, Math.min(ATTACK_EVERY_MS, endMs - Date.now()), endMs)
    emitTrace(demo.shop, drawAttack(seed, time), Date.now())
  }
  await flush(demo)
}

/** Lets time pass, and says what it is for. untilMs: what is told as its end, when that is another. */
async function pass(
  demo: Demo,
  phase: Phase,
  note: string,
  durationMs: number,
  untilMs = Date.now() + durationMs,
): Promise<void> {
  const endMs = Date.now() + durationMs
  for (let leftMs = durationMs; leftMs > 0; leftMs = endMs - Date.now()) {
    say(demo, phase, note, untilMs)
    await rest(demo, Math.min(leftMs, LOOK_EVERY_MS))
  }
}

/** Errors: throws when the demo is stopped, or its environment was removed: sending on would bring it back. */
async function rest({ sql, options }: Demo, durationMs: number): Promise<void> {
  const { environment, signal } = options
  await sleep(durationMs, undefined, { signal })
  if ((await readOrigin(sql, environment)) !== 'demo')
    throw new DemoFailure(`environment ${environment} was removed, so the demo ends`)
}

type Phase = 'waiting' | 'history' | 'learning' | 'baseline' | 'attack' | 'settling' | 'traffic'

function say(demo: Demo, phase: Phase, note: string, untilMs: number | null = null): void {
  demo.options.progress.step({ sent: demo.shop.sent.spans, total: null, note, phase, untilMs })
}

/** Errors: throws when the collector did not take what was queued. */
async function flush(demo: Demo): Promise<void> {
  demo.shop.sent.failure = null
  await flushShop(demo.shop)
  demo.options.signal.throwIfAborted()
  if (demo.shop.sent.failure) throw notTaken(demo)
}

/** 16 is gRPC's UNAUTHENTICATED. */
function notTaken({ shop, options }: Demo): DemoFailure {
  const { code } = (shop.sent.failure ?? {}) as { readonly code?: number }
  const { httpUrl, grpcUrl } = options.target
  if (code === 401 || code === 16)
    return new DemoFailure(
      'the collector refuses the ingest token: set STRAYLINE_INGEST_TOKEN to the one it was started with',
    )
  const where = `${httpUrl} and ${grpcUrl}`
  return new DemoFailure(
    `the collector at ${where} did not take the spans: ${shop.sent.failure?.message}`,
  )
}
