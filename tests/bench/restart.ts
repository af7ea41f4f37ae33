// `npm run bench -- restart`: ten minutes at 100,000 spans a second, then kill -9. Prints
// {"bench":"restart","spansPerSecond","caughtUpSeconds","residentMaxMb"}:
// - spansPerSecond: what was really sent and acknowledged, generator, collector and Postgres on this machine;
// - caughtUpSeconds: from the start of the next process until everything acknowledged is committed;
// - residentMaxMb: the most memory of the first process, sampled every second.
// Fails (exit code 1) when a span is lost or counted twice, or left early.
import { setTimeout as sleep } from 'node:timers/promises'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, stopTestServer } from '../support/database.ts'
import { readMetric } from '../support/otlp-client.ts'
import { readResidentMb } from '../support/process.ts'
import { createTraffic } from './traffic.ts'
import { createWorld } from './world.ts'

const SPANS_PER_SECOND = 100_000
const SPANS_PER_REQUEST = 8_000
const DURATION_MS = 600_000
const LANES = 3
const CATCH_UP_MS_MAX = 120_000
const EDGES = 100

const database = await createTestDatabase()
const data = makeDataDir()
const place = { databaseUrl: database.collectorUrl, dataDir: data.dataDir }
let collector: TestCollector | undefined
try {
  collector = await startCollector(place)
  const sent = await sendAtRate(collector)
  await collector.kill()
  const startMs = performance.now()
  collector = await startCollector(place)
  await untilCaughtUp(collector, sent.spans, startMs)
  const caughtUpSeconds = (performance.now() - startMs) / 1000
  await checkNothingLeft(collector)
  console.log(
    JSON.stringify({
      bench: 'restart',
      spansPerSecond: Math.round(sent.spans / sent.seconds),
      caughtUpSeconds: Number(caughtUpSeconds.toFixed(1)),
      residentMaxMb: Math.round(sent.residentMaxMb),
    }),
  )
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  await collector?.kill()
  await database.drop()
  await stopTestServer()
  data.remove()
}

/** Sends at the wanted rate for the whole time; a machine that is too slow sends less, and that is printed. */
async function sendAtRate(to: TestCollector) {
  const world = createWorld({ seed: 1, edges: EDGES })
  const traffic = createTraffic({ world, seed: 2, spansPerRequest: SPANS_PER_REQUEST })
  const startMs = performance.now()
  const progress = { spans: 0, residentMaxMb: 0 }
  let begun = 0
  const sampling = setInterval(() => {
    progress.residentMaxMb = Math.max(progress.residentMaxMb, readResidentMb(to.pid))
  }, 1_000)
  const lane = async () => {
    for (;;) {
      const passedMs = performance.now() - startMs
      if (passedMs > DURATION_MS) return
      const dueMs = (1000 * begun) / SPANS_PER_SECOND
      if (dueMs > passedMs) await sleep(dueMs - passedMs)
      const request = traffic.next(Date.now() - 20)
      begun += request.spans
      await post(to, request.body)
      progress.spans += request.spans
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  clearInterval(sampling)
  return { ...progress, seconds: (performance.now() - startMs) / 1000 }
}

async function post(to: TestCollector, body: Uint8Array): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf' }
  const request = { method: 'POST', headers, body: Buffer.from(body) }
  const response = await fetch(`${to.httpUrl}/v1/traces`, request)
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`the collector answered ${response.status}`)
}

/** Everything acknowledged is folded, and nothing waits for its commit. */
async function untilCaughtUp(to: TestCollector, spans: number, startMs: number): Promise<void> {
  for (;;) {
    const accepted = await readMetric(to.httpUrl, 'strayline_spans_accepted_total')
    const lagSeconds = await readMetric(to.httpUrl, 'strayline_commit_lag_seconds')
    if (accepted === spans && lagSeconds === 0) return
    if (accepted !== undefined && accepted > spans) throw new Error(`${accepted} of ${spans} spans`)
    if (performance.now() - startMs > CATCH_UP_MS_MAX)
      throw new Error(`not caught up: ${accepted} of ${spans} spans, ${lagSeconds} s behind`)
    await sleep(50)
  }
}

async function checkNothingLeft(to: TestCollector): Promise<void> {
  for (const name of ['spans_duplicate_total', 'spans_evicted_early_total', 'state_lost']) {
    const value = await readMetric(to.httpUrl, `strayline_${name}`)
    if (value !== 0) throw new Error(`${name} is ${value}`)
  }
}
