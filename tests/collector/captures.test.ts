// Captures of real systems through a real collector into Postgres: what storage holds at the end are the
// edges, calls and errors that a reference derived. One collector takes them all, each into an environment
// of its own, with all requests shuffled among each other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareText } from '../../core/graph/node.ts'
import { externalDomain } from '../../core/graph/resolve.ts'
import { encodeRequests } from '../../core/span/otlp/encode.ts'
import { rewriteBatch } from '../../core/span/rewrite.ts'
import { readGraph } from '../../storage/graph.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import {
  CAPTURES,
  hasCaptures,
  LARGE_CAPTURE,
  readCaptureBatches,
  readCaptureBytes,
  readExpectedEdges,
} from '../support/captures.ts'
import type { ExpectedEdge } from '../support/cases.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { readMetric, sendAll } from '../support/otlp-client.ts'
import { waitFor } from '../support/process.ts'
import { createRandom, shuffle } from '../support/random.ts'

/** The large one is sent by a test of its own: this file is to be done in a minute. */
const SENT = CAPTURES.filter((name) => name !== LARGE_CAPTURE)
const ZIPKIN = /^(ascend|smartthings|zipkin-messaging)\//
const SPANS_PER_REQUEST = 500
const VARIABLES = {
  STRAYLINE_HOLD: '2s',
  STRAYLINE_QUIET: '300ms',
  STRAYLINE_LATE_WINDOW: '5m',
  STRAYLINE_COMMIT_INTERVAL: '200ms',
}

let database: TestDatabase
let sql: Sql
let collector: TestCollector
const { dataDir, remove } = makeDataDir()

describe.skipIf(!hasCaptures())('through collector and Postgres', () => {
  beforeAll(async () => {
    database = await createTestDatabase()
    sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
    const { collectorUrl: databaseUrl } = database
    collector = await startCollector({ databaseUrl, dataDir, variables: VARIABLES })
    await sendEverything()
    await waitFor('everything to be final', isFinal, 140_000)
    expect(await collector.stop()).toBe(0)
  }, 190_000)

  afterAll(async () => {
    await collector?.kill()
    await sql?.end()
    await database?.drop()
    remove()
  })

  test.each(SENT)('%s gives the edges beside it', async (name) => {
    const window = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + 3_600_000 }
    const { edges } = await readGraph(sql, { environment: name, ...window })
    expect(lines(edges)).toEqual(lines(readExpectedEdges(name)))
  })
})

let sentSpans = 0

async function sendEverything(): Promise<void> {
  const bodies: Uint8Array[] = []
  for (const name of SENT) {
    if (ZIPKIN.test(name)) await sendZipkin(name)
    else bodies.push(...requestsOf(name))
  }
  await sendAll({ httpUrl: () => collector.httpUrl }, shuffle(createRandom(1), bodies), 4)
}

/** Ids of their own, because two of the captures are one trace in two forms. */
function* requestsOf(name: string): Generator<Uint8Array, void, void> {
  const traceMask = new Uint8Array(16).fill(SENT.indexOf(name) + 1)
  const rewrite = { shiftNanos: 0n, traceMask, environment: name }
  for (const batch of readCaptureBatches(name)) {
    const limits = { bytesMax: 1024 ** 2, spansMax: SPANS_PER_REQUEST }
    for (const { body, spans } of encodeRequests(rewriteBatch(batch, rewrite), limits)) {
      sentSpans += spans
      yield body
    }
  }
}

type ZipkinSpan = { readonly traceId: string; readonly tags?: object }

/** As it is, to the address that reporters of Zipkin use. */
async function sendZipkin(name: string): Promise<void> {
  const spans = (JSON.parse(Buffer.from(readCaptureBytes(name)).toString()) as ZipkinSpan[]).flat()
  const tags = { 'deployment.environment': name }
  const body = JSON.stringify(spans.map((span) => ({ ...span, tags: { ...span.tags, ...tags } })))
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body }
  const response = await fetch(`${collector.httpUrl}/api/v2/spans`, request)
  expect(response.status).toBe(202)
  for (const batch of readCaptureBatches(name)) sentSpans += batch.count
}

async function isFinal(): Promise<true | undefined> {
  const accepted = await readMetric(collector.httpUrl, 'strayline_spans_accepted_total')
  const pending = await readMetric(collector.httpUrl, 'strayline_spans_pending')
  return accepted === sentSpans && pending === 0 ? true : undefined
}

/** An edge a line. A vendor's hosts are one node wherever a graph is read, so they are summed here, too. */
function lines(edges: readonly ExpectedEdge[]): string[] {
  const sums = new Map<string, { calls: number; errors: number }>()
  for (const { source, target, calls, errors } of edges) {
    const ends = [source, target].map(({ kind, name }) =>
      kind === 'external' ? `${kind} ${externalDomain(name)}` : `${kind} ${name}`,
    )
    const key = ends.join(' -> ')
    const sum = sums.get(key) ?? { calls: 0, errors: 0 }
    sums.set(key, { calls: sum.calls + calls, errors: sum.errors + errors })
  }
  return [...sums]
    .map(([key, { calls, errors }]) => `${key}: ${calls} calls, ${errors} errors`)
    .sort(compareText)
}
