// STRAYLINE_TRACE_RETENTION=all: every acknowledged span is stored once, with what decode keeps, also when the
// collector is killed under load; and nothing is stored when it is not asked for.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { maintainPartitions } from '../../storage/partitions.ts'
import { readTrace } from '../../storage/spans.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createLoad } from '../support/load.ts'
import { readMetric, sendAll } from '../support/otlp-client.ts'
import { waitFor } from '../support/process.ts'

let database: TestDatabase
let sql: Sql
let collector: TestCollector
let data: ReturnType<typeof makeDataDir>
beforeEach(async () => {
  database = await createTestDatabase()
  sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
  data = makeDataDir()
})
afterEach(async () => {
  await collector.kill()
  await sql.end()
  await database.drop()
  data.remove()
})

async function start(retention: string): Promise<void> {
  const variables = { STRAYLINE_TRACE_RETENTION: retention, STRAYLINE_QUIET: '100ms' }
  const { dataDir } = data
  collector = await startCollector({ databaseUrl: database.collectorUrl, dataDir, variables })
}

const SPANS = 40
const load = (requests: number) =>
  createLoad({
    ...{ seed: 1, requests, spansPerRequest: SPANS, endMs: Date.now(), halves: 'together' },
  })
const counts = async () => {
  const [row] = await sql<{ rows: number; spans: number }[]>`
    select count(*)::int as rows, count(distinct (trace_id, span_id, kind))::int as spans from span`
  return row
}

test('killed under load, it keeps every acknowledged span once', async () => {
  await start('all')
  const { bodies } = load(30)
  const send = (from: number, to: number) =>
    sendAll({ httpUrl: () => collector.httpUrl }, bodies.slice(from, to), 1)
  await send(0, 10)
  await waitFor('a first span', async () => ((await counts())?.rows ?? 0) > 0 || undefined, 20_000)
  await send(10, 20)
  await collector.kill()
  await start('all')
  await send(20, 30)
  await waitFor(
    'every span',
    async () => ((await counts())?.rows ?? 0) >= 30 * SPANS || undefined,
    20_000,
  )
  expect(await counts()).toEqual({ rows: 30 * SPANS, spans: 30 * SPANS })
  const [any] = await sql<{ trace_id: string }[]>`select trace_id from span limit 1`
  const trace = await readTrace(sql, any?.trace_id ?? '')
  expect(trace.length).toBeGreaterThan(0)
  for (const span of trace) {
    expect(span.resource['service.name']).toBe(span.service)
    expect(Math.abs(span.startMs - Date.now())).toBeLessThan(3_600_000)
  }
  const retention = { minute: 1e9, hour: 1e10, day: 1e11, span: 3_600_000 }
  await maintainPartitions(sql, Date.now() + 49 * 3_600_000, retention)
  expect(await counts()).toEqual({ rows: 0, spans: 0 })
}, 60_000)

test('spans that the database refuses are left out by the request, and all is counted', async () => {
  await sql`alter table span add constraint no_poison check (service <> 'poison')`
  await start('all')
  const poison = { traceId: '5b'.repeat(16), spanId: '5b'.repeat(8), name: 'GET /', kind: 1 }
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'poison' } }] }
  const startTimeUnixNano = `${Date.now()}000000`
  const spans = [{ ...poison, startTimeUnixNano, endTimeUnixNano: startTimeUnixNano }]
  const answer = await fetch(`${collector.httpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
  })
  expect(answer.status).toBe(200)
  await sendAll({ httpUrl: () => collector.httpUrl }, load(10).bodies, 1)
  await waitFor(
    'the spans of the others',
    async () => (await counts())?.rows === 10 * SPANS || undefined,
    20_000,
  )
  expect(await readMetric(collector.httpUrl, 'strayline_set_aside')).toBe(1)
  const [node] = await sql`select from node where name = 'poison'`
  expect(node).toBeDefined()
  expect(await collector.stop()).toBe(0)
}, 60_000)

test('by default no span is kept but the examples', async () => {
  await start('examples')
  await sendAll({ httpUrl: () => collector.httpUrl }, load(3).bodies, 1)
  const isCounted = async () => {
    const [row] = await sql<{ calls: number }[]>`select sum(calls)::int as calls from edge`
    return (row?.calls ?? 0) > 0 || undefined
  }
  await waitFor('a call', isCounted, 20_000)
  expect(await counts()).toEqual({ rows: 0, spans: 0 })
}, 60_000)
