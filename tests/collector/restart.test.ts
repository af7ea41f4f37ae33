// Restarts: pending halves, snapshots, changed settings, another journal, a database that was away.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendRequest, closeJournal } from '../../collector/journal/journal.ts'
import { openJournal } from '../../collector/journal/open.ts'
import { readGraph } from '../../storage/graph.ts'
import { readPosition } from '../../storage/position.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { startCutProxy } from '../support/cut-proxy.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createLoad, type Load, type LoadOptions } from '../support/load.ts'
import { readMetric, sendAll } from '../support/otlp-client.ts'
import { waitFor } from '../support/process.ts'

let database: TestDatabase
let sql: Sql
let collector: TestCollector | undefined
let data: ReturnType<typeof makeDataDir>

beforeEach(async () => {
  database = await createTestDatabase()
  sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
  data = makeDataDir()
})
afterEach(async () => {
  await collector?.kill()
  await sql.end()
  await database.drop()
  data.remove()
})

async function start(
  variables: Record<string, string> = {},
  databaseUrl = database.collectorUrl,
): Promise<TestCollector> {
  const settings = { STRAYLINE_HOLD: '10m', STRAYLINE_QUIET: '100ms', ...variables }
  collector = await startCollector({ databaseUrl, dataDir: data.dataDir, variables: settings })
  return collector
}

const loadOf = (options: Partial<LoadOptions>): Load =>
  createLoad({
    ...{ seed: 1, requests: 1, spansPerRequest: 40, endMs: Date.now(), halves: 'apart' },
    ...options,
  })

const send = (to: TestCollector, bodies: readonly Uint8Array[]) =>
  sendAll({ httpUrl: () => to.httpUrl }, bodies, 1)

async function countCalls(kind: 'service' | 'external'): Promise<number> {
  const range = { fromMs: Date.now() - 3_600_000, toMs: Date.now() + 3_600_000 }
  const { edges } = await readGraph(sql, { environment: 'default', ...range })
  const matching = edges.filter(({ target }) => target.kind === kind)
  return matching.reduce((sum, { calls }) => sum + calls, 0)
}

async function waitForCalls(kind: 'service' | 'external', calls: number): Promise<void> {
  const isThere = async () => ((await countCalls(kind)) === calls ? true : undefined)
  await waitFor(`${calls} calls`, isThere, 30_000)
}

function findEvent(output: string, event: string): Record<string, unknown> | undefined {
  const lines = output.split('\n').filter((line) => line.startsWith('{'))
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find((line) => line.event === event)
}

const restoredIn = (running: TestCollector) =>
  waitFor('the fold to be restored', () => findEvent(running.output(), 'fold.restored'))

test('pending halves survive a stop in the snapshot, and pair after the start', async () => {
  const load = loadOf({ seed: 11 })
  const first = await start()
  await send(first, load.bodies.slice(0, 1))
  expect(await first.stop()).toBe(0)
  expect(findEvent(first.output(), 'snapshot.written')).toBeDefined()
  const second = await start()
  expect(await restoredIn(second)).toMatchObject({ start: 'continued', refoldedRecords: 0 })
  await send(second, load.bodies.slice(1))
  await waitForCalls('service', load.spans / 2)
  expect(await second.stop()).toBe(0)
  expect(await countCalls('service')).toBe(load.spans / 2)
})

test('without a readable snapshot the kept journal is folded again, and nothing is counted twice', async () => {
  const load = loadOf({ seed: 12, requests: 3 })
  const first = await start()
  await send(first, load.bodies.slice(0, -1))
  expect(await first.stop()).toBe(0)
  const folder = path.join(data.dataDir, 'journal', 'snapshots')
  for (const name of readdirSync(folder)) damage(path.join(folder, name))
  const second = await start()
  const restored = await restoredIn(second)
  expect(restored).toMatchObject({ start: 'continued', damagedSnapshots: 2, snapshotOffset: null })
  expect(restored.refoldedRecords).toBeGreaterThanOrEqual(3)
  await send(second, load.bodies.slice(-1))
  await waitForCalls('service', load.spans / 2)
  expect(await second.stop()).toBe(0)
  expect(await countCalls('service')).toBe(load.spans / 2)
})

test('a change of settings drains what was pending, once', async () => {
  const [clients] = loadOf({ seed: 13 }).bodies
  const first = await start()
  await send(first, clients ? [clients] : [])
  await waitFor('a commit', async () => (await readPosition(sql)) ?? undefined)
  await first.kill()
  for (const hold of ['5m', '5m', '10m']) {
    const next = await start({ STRAYLINE_HOLD: hold })
    await restoredIn(next)
    await waitForCalls('external', 20)
    expect(await next.stop()).toBe(0)
  }
  expect(await countCalls('external')).toBe(20)
})

test('another journal than the committed one starts fresh, loudly, and is counted', async () => {
  const load = loadOf({ seed: 14, halves: 'together' })
  const first = await start()
  await send(first, load.bodies)
  await waitForCalls('service', load.spans / 2)
  expect(await first.stop()).toBe(0)
  rmSync(path.join(data.dataDir, 'journal'), { recursive: true })
  const more = loadOf({ seed: 15, halves: 'together' })
  const second = await start()
  await send(second, more.bodies)
  const unknown = await waitFor('the error', () => findEvent(second.output(), 'journal.unknown'))
  expect(unknown.level).toBe('error')
  await waitForCalls('service', (load.spans + more.spans) / 2)
  expect(await second.stop()).toBe(0)
  expect(await countCalls('service')).toBe((load.spans + more.spans) / 2)
})

test('while the database is away requests are taken until the journal is full, and nothing is lost', async () => {
  const proxy = await startCutProxy(database.collectorUrl)
  const running = await start({ STRAYLINE_JOURNAL_BYTES_MAX: '1MiB' }, proxy.url)
  await restoredIn(running)
  proxy.cut()
  const load = loadOf({ seed: 16, requests: 30, spansPerRequest: 2000, halves: 'together' })
  const post = (body: Uint8Array) =>
    fetch(`${running.httpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.from(body),
    })
  let taken = 0
  let answer = await post(load.bodies[taken]!)
  while (answer.status === 200 && ++taken < load.bodies.length)
    answer = await post(load.bodies[taken]!)
  expect(taken).toBeGreaterThan(2)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  const readiness = await fetch(`${running.httpUrl}/readyz`)
  expect(readiness.status).toBe(503)
  expect(await readiness.json()).toMatchObject({ checks: { database: { ok: false } } })
  proxy.mend()
  // The journal frees itself once it is committed: the rest is taken by and by.
  await send(running, load.bodies.slice(taken))
  await waitForCalls('service', load.spans / 2)
  expect(await readMetric(running.httpUrl, 'strayline_commit_failures_total')).toBeGreaterThan(0)
  expect(await running.stop()).toBe(0)
  proxy.close()
  expect(await countCalls('service')).toBe(load.spans / 2)
}, 60_000)

test('a record that ends the process twice is left out, and the rest is folded', async () => {
  const load = loadOf({ seed: 17, halves: 'together' })
  const journal = await openJournal({
    folder: path.join(data.dataDir, 'journal'),
    bytesMax: 1e9,
    lateWindowMs: 60_000,
    committed: null,
    onDurable: () => {},
  })
  const payload = Uint8Array.of(1, 2, 3)
  await appendRequest(journal, { digest: new Uint8Array(32), rejected: 0, payload })
  await closeJournal(journal)
  for (let death = 1; death <= 2; death++) {
    const dying = await start()
    expect(await dying.exited).toBe(1)
    expect(findEvent(dying.output(), 'record.failed')).toMatchObject({ offset: 0, strikes: death })
  }
  const running = await start()
  await send(running, load.bodies)
  await waitForCalls('service', load.spans / 2)
  expect(await readMetric(running.httpUrl, 'strayline_set_aside')).toBe(1)
  expect(await running.stop()).toBe(0)
})

test('what the database refuses is set aside alone, and all around it is counted', async () => {
  await sql`alter table node add constraint no_poison check (name <> 'mail')`
  const load = loadOf({ seed: 18, requests: 5, spansPerRequest: 400, halves: 'together' })
  const running = await start()
  await send(running, load.bodies)
  const refused = await waitFor('the refusal', () => findEvent(running.output(), 'result.refused'))
  expect(refused).toMatchObject({ level: 'error', code: '23514' })
  const isTaken = (name: string) => !name.includes('mail')
  const taken = [...load.edges].filter(([name]) => isTaken(name))
  await waitForCalls(
    'service',
    taken.reduce((sum, [, { calls }]) => sum + calls, 0),
  )
  const edges = await sql<{ name: string }[]>`
    select source.name || ' -> ' || target.name as name from edge
    join node source on source.id = source_id join node target on target.id = target_id`
  expect(edges.map(({ name }) => name).sort()).toEqual(taken.map(([name]) => name).sort())
  expect(await readMetric(running.httpUrl, 'strayline_set_aside')).toBeGreaterThan(0)
  expect(await running.stop()).toBe(0)
})

test('a grant that is missing for a while costs nothing', async () => {
  const load = loadOf({ seed: 19, halves: 'together' })
  const running = await start()
  await restoredIn(running)
  const role = new URL(database.collectorUrl).username
  await sql`revoke insert on edge from ${sql(role)}`
  await send(running, load.bodies)
  await waitFor('a failed commit', () => findEvent(running.output(), 'commit.failed'))
  await sql`grant insert on edge to ${sql(role)}`
  await waitForCalls('service', load.spans / 2)
  expect(await running.stop()).toBe(0)
})

function damage(file: string): void {
  const bytes = readFileSync(file)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(file, bytes)
}
