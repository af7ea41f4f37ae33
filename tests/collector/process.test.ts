// The collector as a process: how it refuses, says it is well, and ends.
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SPAN_CLASSES } from '../../core/fold/calls.ts'
import {
  makeDataDir,
  runCollectorToEnd,
  startCollector,
  type TestCollector,
} from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createLoad } from '../support/load.ts'
import { readMetric, sendAll, waitUntilFinal } from '../support/otlp-client.ts'
import { startProcess, waitFor } from '../support/process.ts'

let database: TestDatabase
const { dataDir, remove } = makeDataDir()
let collector: TestCollector

beforeAll(async () => {
  database = await createTestDatabase()
  collector = await startCollector({
    databaseUrl: database.collectorUrl,
    dataDir,
    variables: { STRAYLINE_HOLD: '300ms', STRAYLINE_QUIET: '100ms' },
  })
})
afterAll(async () => {
  await collector.kill()
  await database.drop()
  remove()
})

const refuse = async (variables: Record<string, string>, databaseUrl = database.collectorUrl) => {
  const other = makeDataDir()
  const refused = await runCollectorToEnd({ databaseUrl, dataDir: other.dataDir, variables })
  other.remove()
  return {
    code: refused.code,
    sentences: refused.output
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('{')),
  }
}

test('wrong variables are all named at once, and the exit code is 1', async () => {
  const { code, sentences } = await refuse({
    STRAYLINE_HOLD: 'soon',
    STRAYLINE_OTLP_HTTP_PORT: '99999',
  })
  expect(code).toBe(1)
  expect(sentences).toEqual([
    expect.stringContaining('STRAYLINE_OTLP_HTTP_PORT'),
    expect.stringContaining('STRAYLINE_HOLD'),
  ])
})

test('beyond loopback without a token it refuses in one sentence', async () => {
  const { code, sentences } = await refuse({ STRAYLINE_COLLECTOR_HOST: '0.0.0.0' })
  expect(code).toBe(1)
  expect(sentences).toEqual([expect.stringContaining('STRAYLINE_INGEST_TOKEN must be set')])
})

test('an unreachable database is one sentence without the password', async () => {
  const url = 'postgres://somebody:a-password@127.0.0.1:1/nothing'
  const { code, sentences } = await refuse({}, url)
  expect(code).toBe(1)
  expect(sentences).toEqual([expect.stringContaining('cannot be reached')])
  expect(sentences.join()).not.toContain('a-password')
})

test('a second collector on the same database refuses in one sentence', async () => {
  const { code, sentences } = await refuse({})
  expect(code).toBe(1)
  expect(sentences).toEqual([expect.stringContaining('Another collector works on this database')])
})

test.each(['HTTP', 'GRPC'])('a port in use (%s) is one sentence', async (protocol) => {
  const taken = createServer()
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => {
      const address = taken.address()
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0)
    }),
  )
  const other = await createTestDatabase()
  const variable = `STRAYLINE_OTLP_${protocol}_PORT`
  const { code, sentences } = await refuse({ [variable]: String(port) }, other.collectorUrl)
  expect(code).toBe(1)
  expect(sentences).toEqual([`Port ${port} on 127.0.0.1 is already in use; set ${variable}.`])
  taken.close()
  await other.drop()
})

test('it is ready, and its metrics satisfy the accounting identity', async () => {
  const load = createLoad({
    ...{ seed: 5, requests: 2, spansPerRequest: 100 },
    ...{ endMs: Date.now(), halves: 'together' },
  })
  const url = collector.httpUrl
  await sendAll({ httpUrl: () => url }, load.bodies, 2)
  await waitUntilFinal(url, load.spans)
  await waitFor('ready', async () =>
    (await fetch(`${url}/readyz`)).status === 200 ? true : undefined,
  )
  const text = await (await fetch(`${url}/metrics`)).text()
  const classes = [...text.matchAll(/^strayline_spans_classified\{class="\w+"\} (\d+)$/gm)]
  const classified = classes.reduce((sum, [, value]) => sum + Number(value), 0)
  const accepted = (await readMetric(url, 'strayline_spans_accepted_total')) ?? 0
  const duplicate = (await readMetric(url, 'strayline_spans_duplicate_total')) ?? 0
  const pending = (await readMetric(url, 'strayline_spans_pending')) ?? 0
  expect(classes).toHaveLength(SPAN_CLASSES.length)
  for (const beside of [
    'spans_rejected_total',
    'spans_evicted_early_total',
    'spans_corrected_total',
    'spans_clock_skewed_total',
    'traces_forgotten_early_total',
    'links_over_limit_total',
    'overflows_total{limit="environments"}',
    'overflows_total{limit="edges"}',
  ])
    expect([beside, await readMetric(url, `strayline_${beside}`)]).toEqual([beside, 0])
  expect(accepted).toBe(load.spans)
  expect(accepted).toBe(duplicate + pending + classified)
  expect(
    await readMetric(url, 'strayline_requests_total{protocol="http_protobuf",code="200"}'),
  ).toBe(2)
  for (const [, name] of text.matchAll(/^(\w+)[ {]/gm)) expect(name).toMatch(/^strayline_[a-z_]+$/)
})

test('its log is JSON lines with time, level and event', async () => {
  const lines = collector.output().trim().split('\n')
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: expect.stringMatching(/^[a-z]+$/),
      event: expect.stringMatching(/^[a-z]+\.[a-z]+$/),
    })
})

test('SIGTERM stops it in order with code 0, and so does the end of its parent', async () => {
  expect(await collector.stop()).toBe(0)
  expect(collector.output()).toContain('"event":"collector.stopped","outcome":"complete"')
  const orphan = startProcess('collector/main.ts', {
    COLLECTOR_DATABASE_URL: database.collectorUrl,
    STRAYLINE_DATA_DIR: dataDir,
    STRAYLINE_OTLP_GRPC_PORT: '0',
    STRAYLINE_OTLP_HTTP_PORT: '0',
  })
  await orphan.ready
  orphan.child.disconnect()
  expect(await orphan.exited).toBe(0)
})
