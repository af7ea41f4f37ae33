// The knobs in a running collector, from request to stored graph: a proxy is spliced out, a peer attribute
// of the user's names the callee, hosts are renamed, and weights become an estimate.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readGraph } from '../../storage/graph.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { waitUntilFinal } from '../support/otlp-client.ts'
import { requestOf, span } from '../support/spans.ts'

const HUNDREDTH = 'ot=th:fd70a3d70a3d71'
const SPANS = [
  span({ trace: 1, id: 1, service: 'web', kind: 'client', traceState: HUNDREDTH }),
  span({ trace: 1, id: 2, parent: 1, service: 'envoy', kind: 'server', traceState: HUNDREDTH }),
  span({ trace: 1, id: 3, parent: 2, service: 'cart', kind: 'server', traceState: HUNDREDTH }),
  span({
    ...{ trace: 2, id: 1, service: 'cart', kind: 'client', isError: true },
    attributes: { 'app.callee': 'payments', 'server.address': '10.0.0.7' },
  }),
  span({
    ...{ trace: 3, id: 1, service: 'cart', kind: 'client' },
    attributes: { 'server.address': 'ip-10-0-0-7.node' },
  }),
]

let database: TestDatabase
let sql: Sql
let collector: TestCollector
const data = makeDataDir()
beforeAll(async () => {
  database = await createTestDatabase()
  sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
  collector = await startCollector({
    ...{ databaseUrl: database.collectorUrl, dataDir: data.dataDir },
    variables: {
      ...{ STRAYLINE_HOLD: '200ms', STRAYLINE_QUIET: '100ms' },
      STRAYLINE_TRANSPARENT_SERVICES: 'envoy',
      STRAYLINE_PEER_ATTRIBUTES: 'app.callee',
      STRAYLINE_REWRITE_HOSTS: 'ip-*.node => fleet',
    },
  })
}, 60_000)
afterAll(async () => {
  await collector?.kill()
  await sql.end()
  await database.drop()
  data.remove()
})

test('from request to stored graph', async () => {
  const answer = await fetch(`${collector.httpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestOf(SPANS)),
  })
  expect(answer.status).toBe(200)
  await waitUntilFinal(collector.httpUrl, SPANS.length)
  const range = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + 60_000 }
  const graph = await readGraph(sql, { environment: 'default', ...range })
  const lines = graph.edges.map(({ source, target, calls, estimate }) => [
    ...[`${source.name} -> ${target.kind} ${target.name}`, calls, estimate],
  ])
  expect(lines).toEqual([
    ['cart -> external fleet', 1, null],
    ['cart -> service payments', 1, null],
    ['web -> service cart', 1, { calls: 100, errors: 0 }],
  ])
  expect(graph.nodes.map(({ name, isSampledOnly }) => [name, isSampledOnly])).toEqual([
    ...[
      ['fleet', false],
      ['cart', false],
      ['payments', false],
      ['web', true],
    ],
  ])
})
