// A span that comes late disproves an edge: through a real collector and Postgres the edge is gone, its counts
// leave the bucket they were in, its alert is withdrawn, and what was rolled up is corrected once, whatever
// comes twice or is killed in between.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { approveBaseline } from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import { rollUp } from '../../storage/rollup.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { readMetric } from '../support/otlp-client.ts'
import { waitFor } from '../support/process.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** When the calls ended: in an hour that is over, well within the day that is believed. */
const CALL_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS + 10 * MINUTE_MS
const VARIABLES = {
  STRAYLINE_HOLD: '500ms',
  STRAYLINE_QUIET: '100ms',
  STRAYLINE_LATE_WINDOW: '10m',
  STRAYLINE_COMMIT_INTERVAL: '50ms',
}

let database: TestDatabase
let sql: Sql
let collector: TestCollector
const { dataDir, remove } = makeDataDir()
const start = () =>
  startCollector({ databaseUrl: database.collectorUrl, dataDir, variables: VARIABLES })

beforeAll(async () => {
  database = await createTestDatabase()
  sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 4 })
  collector = await start()
})
afterAll(async () => {
  await collector?.kill()
  await sql.end()
  await database.drop()
  remove()
})

test('a late span withdraws the edge, its counts and its alert, also after the roll-up, and once', async () => {
  const hour = {
    environment: 'default',
    fromMs: CALL_MS - 10 * MINUTE_MS,
    toMs: CALL_MS + 50 * MINUTE_MS,
  }
  const roll = () => rollUp(sql, { nowMs: Date.now(), waitMs: MINUTE_MS })
  await send(half({ trace: 1, span: 1, service: 'web', kind: 3, host: 'known.example' }))
  await untilFinal(1)
  const { environment, ...window } = hour
  await approveBaseline(sql, { environment, ...window, author: 'ann', reason: 'as seen' })

  // The client half alone: after the hold a call to a host that no baseline knows.
  const client = half({ trace: 2, span: 1, service: 'web', kind: 3, host: 'api.example' })
  await send(client)
  await untilFinal(2)
  expect(await edgesIn(hour)).toEqual({ 'known.example': 1, 'api.example': 1 })
  const [alert] = await listOpen()
  expect(alert).toMatchObject({ kind: 'new_external', target: { name: 'api.example' } })
  await roll()
  expect(await edgesIn(hour)).toEqual({ 'known.example': 1, 'api.example': 1 })

  // Its server half: the same call, to a service of ours.
  const server = half({ trace: 2, span: 2, parent: 1, service: 'api', kind: 2 })
  await send(server)
  await untilFinal(3)
  const corrected = { 'known.example': 1, api: 1 }
  await waitFor('the correction', async () =>
    'api.example' in (await edgesIn(hour)) ? undefined : true,
  )
  expect(await edgesIn(hour)).toEqual(corrected)
  expect(await listAlerts(sql, { environment, states: ['withdrawn'], countMax: 10 })).toMatchObject(
    [{ id: alert?.id, edgeId: null }],
  )
  const events = (await readAlert(sql, alert?.id ?? ''))?.events.map((event) => event.action)
  expect(events).toEqual(['opened', 'withdrawn'])
  expect(await listOpen()).toMatchObject([{ target: { kind: 'service', name: 'api' } }])
  // Minute for minute: the call is where the disproved one was, and nowhere else.
  const minute = { ...hour, fromMs: CALL_MS, toMs: CALL_MS + 1 }
  expect(await edgesIn(minute)).toEqual(corrected)
  expect(await edgesIn({ ...hour, fromMs: hour.toMs, toMs: Date.now() })).toEqual({})

  // Rolled up again and again, sent again, killed and folded again: once is once.
  await roll()
  await roll()
  await send(server)
  await collector.kill()
  collector = await start()
  await send(` ${client}`)
  await send(` ${server}`)
  await waitFor('the copies', async () =>
    (await readMetric(collector.httpUrl, 'strayline_spans_duplicate_total')) === 2
      ? true
      : undefined,
  )
  await roll()
  expect(await edgesIn(hour)).toEqual(corrected)
  expect(await edgesIn(minute)).toEqual(corrected)
  const day = { environment, fromMs: CALL_MS - 24 * HOUR_MS, toMs: Date.now() }
  expect(await edgesIn(day)).toEqual(corrected)
  expect(await collector.stop()).toBe(0)
  expect(await edgesIn(day)).toEqual(corrected)
}, 60_000)

function listOpen() {
  return listAlerts(sql, { environment: 'default', states: ['open'], countMax: 10 })
}

type Half = {
  readonly trace: number
  readonly span: number
  readonly parent?: number
  readonly service: string
  readonly kind: number
  readonly host?: string
}

/** One span that ended at CALL_MS, as OTLP/JSON. */
function half({ trace, span, parent, service, kind, host }: Half): string {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const spans = [
    {
      ...{ traceId: id(trace, 32), spanId: id(span, 16), kind },
      parentSpanId: parent ? id(parent, 16) : '',
      startTimeUnixNano: `${CALL_MS - 5}000000`,
      endTimeUnixNano: `${CALL_MS}000000`,
      attributes: host ? [attribute('server.address', host)] : [],
    },
  ]
  const resource = { attributes: [attribute('service.name', service)] }
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] })
}

function id(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').replace(/^0/, 'a')
}

async function send(body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${collector.httpUrl}/v1/traces`, { method: 'POST', headers, body })
  expect(response.status).toBe(200)
}

/** So many spans are counted and committed. */
async function untilFinal(spans: number): Promise<void> {
  await waitFor(`${spans} final spans`, async () => {
    const [row] = await sql<{ counters: Record<string, number> }[]>`select counters from position`
    return row?.counters.accepted === spans && row.counters.pending === 0 ? true : undefined
  })
}

/** Calls by name of the target. */
async function edgesIn(window: Parameters<typeof readGraph>[1]): Promise<Record<string, number>> {
  const { edges } = await readGraph(sql, window)
  return Object.fromEntries(edges.map((edge) => [edge.target.name, edge.calls]))
}
