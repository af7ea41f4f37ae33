// An environment is removed under a collector that holds spans of it: nothing of it comes back, across kill -9
// too, and what is sent later is a whole new environment.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimEnvironment, listEnvironments, listRemoved } from '../../storage/environments.ts'
import { readGraph } from '../../storage/graph.ts'
import { readEdge } from '../../storage/graph-detail.ts'
import { removeEnvironment } from '../../storage/remove-environment.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { readMetric } from '../support/otlp-client.ts'
import { waitFor } from '../support/process.ts'
import { requestOf, span } from '../support/spans.ts'

let database: TestDatabase
let collector: TestCollector
let sql: Sql
const data = makeDataDir()

beforeAll(async () => {
  database = await createTestDatabase()
  sql = openSql({ url: database.webUrl, applicationName: 'strayline-test', connectionsMax: 2 })
  await start()
})
afterAll(async () => {
  await collector.kill()
  await sql.end()
  await database.drop()
  data.remove()
})

async function start(): Promise<void> {
  const variables = { STRAYLINE_HOLD: '2s', STRAYLINE_QUIET: '100ms' }
  const databaseUrl = database.collectorUrl
  collector = await startCollector({ databaseUrl, dataDir: data.dataDir, variables })
}

let trace = 0

/** A pair, and a call to a host that is pending for the hold. */
async function send(environment: string): Promise<void> {
  const resource = { 'deployment.environment.name': environment, 'service.version': '1.0.0' }
  const given = { trace: ++trace, resource }
  const spans = [
    span({ ...given, id: 1, service: 'web', kind: 'client' }),
    span({ ...given, id: 2, service: 'cart', kind: 'server', parent: 1 }),
    span({
      ...{ ...given, id: 3, service: 'cart', kind: 'client', parent: 2 },
      attributes: { 'url.full': 'https://api.pay.example/v1' },
    }),
  ]
  const answer = await fetch(`${collector.httpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestOf(spans)),
  })
  expect(answer.status).toBe(200)
}

async function readNames(environment: string): Promise<string[]> {
  const nowMs = Date.now()
  const window = { environment, fromMs: nowMs - 3_600_000, toMs: nowMs + 60_000 }
  const { nodes, edges } = await readGraph(sql, window)
  const ends = edges.map(({ source, target }) => `${source.name} → ${target.name}`)
  return [...nodes.map(({ name, versions }) => [name, ...versions].join(' ')), ...ends]
}

const WHOLE = ['pay.example', 'cart 1.0.0', 'web 1.0.0', 'cart → pay.example', 'web → cart']
const untilWhole = (environment: string) =>
  waitFor(`all of ${environment}`, async () =>
    (await readNames(environment)).length === WHOLE.length ? true : undefined,
  )
const untilForgotten = () =>
  waitFor('the forgetting', async () => ((await listRemoved(sql)).length === 0 ? true : undefined))
const untilFinal = () =>
  waitFor('no pending span', async () =>
    (await readMetric(collector.httpUrl, 'strayline_spans_pending')) === 0 ? true : undefined,
  )

test('nothing of it comes back, others lose nothing, and the next one is whole', async () => {
  await claimEnvironment(sql, { name: 'demo', origin: 'demo' })
  await send('demo')
  await send('prod')
  await untilWhole('demo')
  await send('demo')
  await send('prod')
  await removeEnvironment(sql, { environment: 'demo', actor: 'ann@example.com' })
  await untilForgotten()
  await untilFinal()
  expect(await listEnvironments(sql)).toEqual(['prod'])
  expect((await readNames('prod')).sort()).toEqual([...WHOLE].sort())
  await collector.kill()
  await start()
  await untilFinal()
  expect(await listEnvironments(sql)).toEqual(['prod'])
  await claimEnvironment(sql, { name: 'demo', origin: 'demo' })
  await send('demo')
  await untilWhole('demo')
  expect((await readNames('demo')).sort()).toEqual([...WHOLE].sort())
  expect(await readExamples('demo')).toBeGreaterThan(0)
}, 60_000)

test('a removal of nothing that is pending is forgotten as well', async () => {
  await untilFinal()
  await removeEnvironment(sql, { environment: 'demo', actor: 'ann@example.com' })
  await untilForgotten()
  expect(await listEnvironments(sql)).toEqual(['prod'])
}, 60_000)

/** Example traces of the environment's first edge. */
async function readExamples(environment: string): Promise<number> {
  const range = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + 60_000 }
  const [edge] = (await readGraph(sql, { environment, ...range })).edges
  return (await readEdge(sql, { edgeId: edge?.id ?? '', ...range }))?.exemplars.length ?? 0
}
