// Refused requests never reach the journal; the dashboard learns of them from a table of their own.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPosition } from '../../storage/position.ts'
import { REFUSAL_REASONS, readRefusals } from '../../storage/refusals.ts'
import { type OpenCollector, openCollector } from '../support/open-collector.ts'
import { waitFor } from '../support/process.ts'

let running: OpenCollector

beforeAll(async () => {
  running = await openCollector({ STRAYLINE_INGEST_TOKEN: 'the-token-of-this-test' })
})
afterAll(async () => {
  await running?.close()
})

async function post(path: string, token: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const answer = await fetch(`${running.collector.httpUrl}${path}`, {
    method: 'POST',
    headers,
    body,
  })
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
    const refusals = await readRefusals(running.sql)
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
    (await readRefusals(running.sql)).find((one) => one.reason === reason)?.count
  await waitFor('another', async () => (await countOf('unauthorized')) === 2 || undefined)
  expect(await countOf('undecodable')).toBe(1)
  expect(await readPosition(running.sql)).toBeNull()
})
