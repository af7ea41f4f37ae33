// `npm run bench -- storage [seconds]`: a day of calls over 1,000 edges, its spans' ends spread over 24 hours and
// sent at once; then everything is rolled up, and minutes older than their retention go, as they do by themselves
// two days later. Prints {"bench":"storage","bytesPerMillionSpans"}: what all tables and their indexes have grown
// by, after `vacuum full`, a million spans sent. Seconds: of 50,000 spans each; a bucket is a row however many
// calls it counts, so more spans a day cost less each.
import { maintainPartitions } from '../../storage/partitions.ts'
import { rollUp } from '../../storage/rollup.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { readSize } from './rig/arguments.ts'
import { openHttpLane } from './rig/http-lane.ts'
import { preparePayloads } from './rig/payloads.ts'
import { checkGraph, runBench, withRig } from './rig/rig.ts'
import { sendChapters } from './rig/send.ts'

const SECONDS = 60
const SPANS_PER_SECOND = 50_000
const EDGES = 1_000
const LANES = 4
const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
/** What the day is spread over: an end more than 24 hours before its arrival is not believed. */
const SPREAD_MS = DAY_MS - 30 * MINUTE_MS
const RETENTION = { minute: 2 * DAY_MS, hour: 30 * DAY_MS, day: 400 * DAY_MS, span: DAY_MS }

const seconds = readSize(SECONDS)

await runBench('storage', async () => {
  const payloads = await preparePayloads({
    world: { edges: EDGES },
    spansPerRequest: 8_000,
    spans: seconds * SPANS_PER_SECOND,
    spansPerChapter: 50_000,
    encoding: 'gzip',
    spreadMs: SPREAD_MS,
  })
  try {
    return await withRig({ settings: { STRAYLINE_HOLD: '2s' } }, async (rig) => {
      const url = rig.urls.ownerUrl
      const sql = openSql({ url, applicationName: 'strayline-bench', connectionsMax: 1 })
      const emptyBytes = await readBytes(sql)
      const collector = await rig.start()
      const port = Number(new URL(collector.httpUrl).port)
      const open = () => openHttpLane(port, 'gzip')
      const lanes = await Promise.all(Array.from({ length: LANES }, open))
      const chapters = payloads.chapters
      const sent = await sendChapters({ lanes, payloads, chapters })
      for (const lane of lanes) lane.close()
      const { world } = payloads
      await checkGraph(rig, collector, { spans: sent.spans, world, truths: sent.chapters })
      await collector.stop()
      const perMillion = (bytes: number) => Math.round((1e6 * (bytes - emptyBytes)) / sent.spans)
      console.error(`${perMillion(await readBytes(sql))} bytes a million spans before roll-up`)
      await rollUp(sql, { nowMs: Date.now() + DAY_MS, waitMs: 0 })
      console.error(`${perMillion(await readBytes(sql))} rolled up, minutes still there`)
      await dropMinutes(sql)
      const bytesPerMillionSpans = perMillion(await readBytes(sql))
      const ownBytes = Math.round((1e6 * payloads.plainBytes) / payloads.spans)
      console.error(`${bytesPerMillionSpans} when minutes are gone; the spans: ${ownBytes}`)
      await sql.end()
      return { bytesPerMillionSpans }
    })
  } finally {
    payloads.remove()
  }
})

/** Of everything in the database, without the room that updates left. */
async function readBytes(sql: Sql): Promise<number> {
  await sql`vacuum (full, analyze)`
  const [row] = await sql<{ bytes: number }[]>`
    select pg_database_size(current_database())::float8 as bytes`
  return row?.bytes ?? 0
}

/** Retention in two steps, as on two visits: what is kept moves first, partitions go once no read wants them. */
async function dropMinutes(sql: Sql): Promise<void> {
  const laterMs = Date.now() + 3 * DAY_MS
  await maintainPartitions(sql, laterMs, RETENTION)
  await maintainPartitions(sql, laterMs + 10 * MINUTE_MS, RETENTION)
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from bucket`
  if (row?.count !== 0) throw new Error(`${row?.count} minutes are still there`)
}
