// Refused requests never reach the journal; the dashboard learns of them from a table of their own.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPosition } from '../../storage/position.ts'
import { REFUSAL_REASONS, readRefusals } from '../../storage/refusals.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { waitFor } from '../support/process.ts'

const { dataDir, remove } = makeDataDir()
let database: TestDatabase
let collector: TestCollector
let sql: Sql

beforeAll(async () => {
  database = await createTestDatabase()
  collector = await startCollector({
    databaseUrl: database.collectorUrl,
    dataDir,
    variables: { STRAYLINE_INGEST_TOKEN: 'the-token-of-this-test' },
  })
  sql = openSql({ url: database.webUrl, applicationName: 'strayline-test', connectionsMax: 1 })
})
afterAll(async () => {
  await sql.end()
  await collector.kill()
  await database.drop()
  remove()
})

async function post(path: string, token: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const answer = await fetch(`${collector.httpUrl}${path}`, { method: 'POST', headers, body })
  await answer.arrayBuffer()
  return answer.status
}

test('why nothing arrives is told to the database, before any span has come', async () => {
  const token = 'the-token-of-this-test'
  expect(await post('/v1/traces', 'wrong', '{}')).toBe(401)
  expect(await post('/v1/traces', token, 'no json')).toBe(400)
  expect(await post('/v1/metrics', token, '{}')).toBe(501)
  const spans = [{ traceId: '00', spanId: '00', name: 'x' }]
  const rejected = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
  expect(await post('/v1/traces', token, rejected)).toBe(200)
  const told = async () => {
    const refusals = await readRefusals(sql)
    return refusals.length === REFUSAL_REASONS.length ? refusals : undefined
  }
  const refusals = await waitFor('the refusals', told)
  expect(refusals.map(({ reason }) => reason).sort()).toEqual(REFUSAL_REASONS.toSorted())
  for (const { count, lastAtMs } of refusals) {
    expect(count).toBe(1)
    expect(Math.abs(Date.now() - lastAtMs)).toBeLessThan(60_000)
  }
  await post('/v1/traces', 'wrong', '{}')
  const countOf = async (reason: string) =>
    (await readRefusals(sql)).find((one) => one.reason === reason)?.count
  await waitFor('another', async () => (await countOf('unauthorized')) === 2 || undefined)
  expect(await countOf('undecodable')).toBe(1)
  expect(await readPosition(sql)).toBeNull()
})
