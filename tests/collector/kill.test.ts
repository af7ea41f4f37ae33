// kill -9 in the middle of a load: what was acknowledged is counted, and counted once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readGraph } from '../../storage/graph.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createLoad, type Load } from '../support/load.ts'
import { sendAll, waitUntilFinal } from '../support/otlp-client.ts'

let database: TestDatabase
let sql: Sql
const { dataDir, remove } = makeDataDir()
let collector: TestCollector

const VARIABLES = {
  STRAYLINE_HOLD: '1s',
  STRAYLINE_QUIET: '200ms',
  STRAYLINE_LATE_WINDOW: '2m',
  STRAYLINE_COMMIT_INTERVAL: '100ms',
}

const start = () =>
  startCollector({ databaseUrl: database.collectorUrl, dataDir, variables: VARIABLES })

beforeAll(async () => {
  database = await createTestDatabase()
  sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
})

afterAll(async () => {
  await collector?.kill()
  await sql.end()
  await database.drop()
  remove()
})

test('200,000 spans with kill -9 on the way: the counts equal what was acknowledged', async () => {
  const load = createLoad({
    ...{ seed: 7, requests: 200, spansPerRequest: 1000 },
    ...{ endMs: Date.now(), halves: 'apart' },
  })
  collector = await start()
  const killAt = [40, 120]
  let restarting: Promise<void> | null = null
  const restart = async () => {
    await collector.kill()
    collector = await start()
  }
  const sender = { httpUrl: () => collector.httpUrl }
  const counts = await sendAll(sender, load.bodies, 4, (acknowledged) => {
    if (killAt[0] !== undefined && acknowledged >= killAt[0]) {
      killAt.shift()
      restarting = restart()
    }
  })
  await restarting
  expect(killAt).toEqual([])
  expect(counts.acknowledged).toBe(load.bodies.length)
  expect(counts.retries).toBeGreaterThan(0)
  await waitUntilFinal(collector.httpUrl, load.spans)
  expect(await collector.stop()).toBe(0)
  expect(await readEdges()).toEqual(load.edges)
}, 60_000)

test('a client half before a kill -9 and its server half after it are one call', async () => {
  const load = createLoad({
    ...{ seed: 8, requests: 1, spansPerRequest: 200 },
    ...{ endMs: Date.now(), halves: 'apart' },
  })
  const before = await readEdges()
  collector = await start()
  const sender = { httpUrl: () => collector.httpUrl }
  await sendAll(sender, load.bodies.slice(0, 1), 1)
  await collector.kill()
  collector = await start()
  await sendAll(sender, load.bodies.slice(1), 1)
  await waitUntilFinal(collector.httpUrl, 200_000 + load.spans)
  expect(await collector.stop()).toBe(0)
  expect(await readEdges()).toEqual(sumEdges(before, load.edges))
}, 30_000)

type Edges = Load['edges']

async function readEdges(): Promise<Edges> {
  const range = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + 3_600_000 }
  const { edges } = await readGraph(sql, { environment: 'default', ...range })
  return new Map(
    edges.map(({ source, target, calls, errors }) => [
      `${source.name} -> ${target.name}`,
      { calls, errors },
    ]),
  )
}

function sumEdges(a: Edges, b: Edges): Edges {
  const sum = new Map(a)
  for (const [key, { calls, errors }] of b) {
    const known = sum.get(key) ?? { calls: 0, errors: 0 }
    sum.set(key, { calls: known.calls + calls, errors: known.errors + errors })
  }
  return sum
}
