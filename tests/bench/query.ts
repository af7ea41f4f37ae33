// `npm run bench -- query [edges]`: graphs of random windows over 30 days, 20,000 edges and a tenth as many services,
// and one edge's detail and series over 30 days, as the web reads them. Prints {"bench":"query","graphP95Ms",
// "seriesP95Ms"}.
// Activity falls with the edge's rank as in real systems: the first edges call every minute, the last some times
// a day. Minutes are there for 48 h, days and running sums for all; hours for the busiest thousand edges only,
// because a graph reads hours from running sums alone, and series are asked of those thousand.
// Fails when a graph of everything is not what was generated.

import { readEdge, readSeries } from '../../storage/graph-detail.ts'
import { readGraphSummary } from '../../storage/graph-summary.ts'
import { maintainPartitions } from '../../storage/partitions.ts'
import { rollUp } from '../../storage/rollup.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { tallyBlock } from '../../storage/tallies.ts'
import { createTestDatabase, stopTestServer } from '../support/database.ts'
import { createRandom } from '../support/random.ts'
import { readSize } from './rig/arguments.ts'
import { runBench } from './rig/rig.ts'
import { quantile } from './rig/send.ts'

const EDGES = readSize(20_000)
const SERVICES = Math.max(100, EDGES / 10)
const DAYS = 30
const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
/** Edges of this rank or a lower one call every minute; rank r calls in about EVERY_MINUTE / r of them. */
const EVERY_MINUTE = EDGES / 400
const WITH_HOURS = EDGES / 20
/** Fewer of a small graph, which is for breakage and not for figures. */
const WINDOWS = EDGES < 10_000 ? 14 : 60
const SERIES = WINDOWS
const NOW_MS = Date.UTC(2026, 6, 31, 17, 40)
const RETENTION = { minute: 2 * DAY_MS, hour: 40 * DAY_MS, day: 400 * DAY_MS, span: DAY_MS }

await runBench('query', async () => {
  const database = await createTestDatabase()
  const open = (url: string) =>
    openSql({ url, applicationName: 'strayline-bench', connectionsMax: 1 })
  const [owner, web] = [open(database.ownerUrl), open(database.webUrl)]
  try {
    await fill(owner)
    await check(web)
    return await measure(web)
  } finally {
    await Promise.all([owner.end(), web.end()])
    await database.drop()
    await stopTestServer()
  }
})

async function measure(web: Sql) {
  const random = createRandom(42)
  const graphMs: number[] = []
  const readCpuMs: number[] = []
  for (let index = 0; index < WINDOWS; index++) {
    const window = randomWindow(random, index)
    const { ms, cpuMs, result } = await timed(() => readGraphSummary(web, window))
    graphMs.push(ms)
    readCpuMs.push(cpuMs)
    const hours = ((window.toMs - window.fromMs) / 3_600_000).toFixed(1)
    const { length } = result.edges
    if (index % 10 === 0) console.error(`${hours} h: ${length} edges, ${ms.toFixed(0)} ms`)
  }
  const seriesMs: number[] = []
  for (let index = 0; index < SERIES; index++) {
    const edgeId = String(1 + Math.floor(random() * WITH_HOURS))
    const window = { ...randomWindow(random, index), edgeId }
    seriesMs.push((await timed(() => readSeries(web, window))).ms)
    if (index === 0)
      console.error(`edge panel ${(await timed(() => readEdge(web, window))).ms.toFixed(0)} ms`)
  }
  const p = (values: readonly number[], q: number) => Math.round(quantile(values, q))
  console.error(`graph p50 ${p(graphMs, 0.5)} ms, series p50 ${p(seriesMs, 0.5)} ms`)
  console.error(
    `graph: of this process' processor p50 ${p(readCpuMs, 0.5)}, p95 ${p(readCpuMs, 0.95)}`,
  )
  return { graphP95Ms: p(graphMs, 0.95), seriesP95Ms: p(seriesMs, 0.95) }
}

/** Half of the windows end now, as a map's do; the others lie anywhere. Seven kinds of length. */
function randomWindow(random: () => number, index: number) {
  const lengthsMs = [15 * MINUTE_MS, DAY_MS / 24, DAY_MS / 4, DAY_MS, 3 * DAY_MS, 7 * DAY_MS]
  const lengthMs = lengthsMs[index % 7] ?? (20 + 9 * random()) * DAY_MS
  const latestMs = NOW_MS - random() * (DAYS * DAY_MS - lengthMs)
  const toMs = index % 2 === 0 ? NOW_MS : Math.floor(latestMs / MINUTE_MS) * MINUTE_MS
  return { environment: 'prod', fromMs: toMs - lengthMs, toMs }
}

/** cpuMs: processor time of this process; the rest is the database's, and waiting. */
async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; cpuMs: number; result: T }> {
  const [startedMs, before] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - startedMs, cpuMs: (user + system) / 1000, result }
}

async function fill(sql: Sql): Promise<void> {
  await fillGraph(sql)
  await maintainPartitions(sql, NOW_MS, RETENTION)
  await fillMinutes(sql)
  console.error('minutes are there')
  // The last two days come from their minutes; older hours and days are made, and summed above.
  await rollUp(sql, { nowMs: NOW_MS, waitMs: 15 * MINUTE_MS })
  await fillHours(sql)
  await fillDays(sql)
  console.error('hours and days are there')
  await sql`vacuum analyze`
}

async function fillGraph(sql: Sql): Promise<void> {
  await sql`insert into environment (name) values ('prod')`
  await sql`
    insert into node (id, environment, kind, namespace, name, first_seen, last_seen, is_observed,
      versions, unattributed_calls)
    select id, 'prod', 'service', '', 'service-' || id,
      to_timestamp(${NOW_MS / 1000}) - interval '40 days', to_timestamp(${NOW_MS / 1000}), true,
      array['1.' || id % 9], 0
    from generate_series(1, ${SERVICES}) as id`
  await sql`
    insert into edge (id, environment, source_id, target_id, protocol, calls, errors, first_seen,
      last_seen, trust, hosts, ports)
    select id, 'prod', 1 + id % ${SERVICES}, 1 + (id + 1 + 37 * (id / ${SERVICES})) % ${SERVICES},
      1 + id % 5, 1000000, 100, to_timestamp(${NOW_MS / 1000}) - interval '40 days',
      to_timestamp(${NOW_MS / 1000}), array[1000000, 0, 0, 0, 0, 0, 0],
      array['host-' || id % 50 || '.internal'], array[8080]
    from generate_series(1, ${EDGES}) as id`
  await sql`
    insert into operation (id, edge_id, name, calls, errors)
    select 3 * edge + at, edge, 'GET /things/' || at, 300000, 30
    from generate_series(1, ${EDGES}) as edge, generate_series(0, edge % 3) as at`
}

async function fillMinutes(sql: Sql): Promise<void> {
  const fromMs = Math.floor(NOW_MS / DAY_MS - 2) * DAY_MS
  const minutes = (NOW_MS - fromMs) / MINUTE_MS
  await sql`
    insert into bucket (operation_id, edge_id, start, calls, errors, client_latency)
    select operation.id, operation.edge_id,
      to_timestamp(${fromMs / 1000}::float8) + make_interval(mins => active.minute::int), 100, 1,
      30 * ('1e' || 16 * (6 + operation.id % 12))::numeric
        + 60 * ('1e' || 16 * (7 + operation.id % 12))::numeric
        + 9 * ('1e' || 16 * (8 + operation.id % 12))::numeric
        + ('1e' || 16 * (12 + operation.id % 12))::numeric
    from operation, lateral (
      select (operation.edge_id * 7 + step * greatest(1, (operation.edge_id / ${EVERY_MINUTE}::float8)::bigint))
        % ${minutes} as minute
      from generate_series(1,
        ${minutes} / greatest(1, (operation.edge_id / ${EVERY_MINUTE}::float8)::bigint)) as step
    ) as active(minute)
    order by active.minute, operation.id`
}

/** Of the days before those with minutes. */
async function fillHours(sql: Sql): Promise<void> {
  await sql`
    insert into bucket_hour (operation_id, edge_id, start, calls, errors, client_latency)
    select operation.id, operation.edge_id, hour, 6000, 60,
      6000 * ('1e' || 16 * (6 + operation.id % 12))::numeric
        + 60 * ('1e' || 16 * (7 + operation.id % 20))::numeric
    from operation, generate_series(
      to_timestamp(${((Math.floor(NOW_MS / DAY_MS) - DAYS) * DAY_MS) / 1000}),
      to_timestamp(${((Math.floor(NOW_MS / DAY_MS) - 2) * DAY_MS) / 1000}) - interval '1 hour',
      interval '1 hour') as hour
    where operation.edge_id <= ${WITH_HOURS} order by hour, operation.id`
}

/** Days, and running sums of a call an hour of every edge and of a hundred a day. */
async function fillDays(sql: Sql): Promise<void> {
  const firstMs = (Math.floor(NOW_MS / DAY_MS) - DAYS) * DAY_MS
  const untilMs = (Math.floor(NOW_MS / DAY_MS) - 2) * DAY_MS
  await sql`
    insert into bucket_day (operation_id, edge_id, start, calls, errors, client_latency)
    select operation.id, operation.edge_id, day, 24, 1,
      20 * ('1e' || 16 * (6 + operation.id % 12))::numeric
        + 4 * ('1e' || 16 * (7 + operation.id % 20))::numeric
    from operation, generate_series(to_timestamp(${firstMs / 1000}),
      to_timestamp(${untilMs / 1000}) - interval '1 day', interval '1 day') as day
    order by day, operation.id`
  for (let dayMs = firstMs; dayMs < untilMs; dayMs += DAY_MS)
    await sql`
      insert into edge_tally (span, start, edge_id, calls, errors)
      select 'day', to_timestamp(${dayMs / 1000}::float8), edge.id,
        array(select place from generate_series(0, 24) as place),
        array(select place / 24 from generate_series(0, 24) as place)
      from edge order by edge.id`
  await sql.begin(async (tx) => {
    await tallyBlock(tx, firstMs)
    await tallyBlock(tx, untilMs)
  })
}

/** The graph of the whole days is the sum of what was made. */
async function check(sql: Sql): Promise<void> {
  const firstMs = (Math.floor(NOW_MS / DAY_MS) - DAYS) * DAY_MS
  const [truth] = await sql<{ calls: number; edges: number }[]>`
    select sum(calls)::float8 as calls, count(distinct edge_id)::int as edges from (
      select edge_id, calls from bucket
      union all select edge_id, calls from bucket_day
      where start < to_timestamp(${((Math.floor(NOW_MS / DAY_MS) - 2) * DAY_MS) / 1000})
    ) as all_buckets`
  const window = { environment: 'prod', fromMs: firstMs, toMs: NOW_MS }
  const { edges } = await readGraphSummary(sql, window)
  const calls = edges.reduce((sum, edge) => sum + edge.calls, 0)
  if (calls === truth?.calls && edges.length === truth.edges) return
  throw new Error(`${calls} calls of ${edges.length} edges, not ${JSON.stringify(truth)}`)
}
