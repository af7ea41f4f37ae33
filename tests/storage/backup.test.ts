// What a backup holds, a restore gives back: exactly the moment of its snapshot, while commits went on, into the
// embedded server and into Debian's PostgreSQL 15; and nothing at all from a file that is not whole.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { listAlerts } from '../../storage/alerts.ts'
import { findBrokenAudit } from '../../storage/audit.ts'
import { backUp } from '../../storage/backup.ts'
import { approveVersion, createDraft } from '../../storage/baseline-drafts.ts'
import { approveBaseline } from '../../storage/baselines.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { insertDeliveries } from '../../storage/deliveries.ts'
import { readGraph } from '../../storage/graph.ts'
import { migrateAsOf } from '../../storage/migrate.ts'
import { maintainPartitions } from '../../storage/partitions.ts'
import { restore } from '../../storage/restore.ts'
import { ensureRoles } from '../../storage/roles.ts'
import { rollUp } from '../../storage/rollup.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { writeTags } from '../../storage/tag-nodes.ts'
import { hasDebianPostgres, startDebianPostgres } from '../support/debian-postgres.ts'
import { FULL } from './content.ts'
import { acceptAlert } from './decide.ts'
import { call, deltaOf, MINUTE_MS, NOON_MS, service } from './delta.ts'
import { addRoute, addWebhook, noticeOf } from './notices.ts'
import { createWorld, type World } from './world.ts'

const DAY_MS = 86_400_000
const RETENTION = { minute: 2 * DAY_MS, hour: 30 * DAY_MS, day: 400 * DAY_MS, span: DAY_MS }
const folder = mkdtempSync(path.join(tmpdir(), 'strayline-backup-'))
const file = path.join(folder, 'all.backup')
const cleanups: (() => Promise<unknown>)[] = []
let world: World
beforeAll(async () => {
  world = await createWorld()
})
vi.setConfig({ testTimeout: 60_000 })
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})
afterAll(async () => {
  await world.end()
  rmSync(folder, { recursive: true, force: true })
})

const connect = (url: string): Sql => {
  const sql = openSql({ url, applicationName: 'strayline-test', connectionsMax: 2 })
  cleanups.push(() => sql.end())
  return sql
}

/** An empty database on a server; gone after the test. */
async function createDatabase(serverUrl: string): Promise<string> {
  const admin = connect(serverUrl)
  const name = `restored_${process.pid}_${Math.random().toString(36).slice(2)}`
  await admin`create database ${admin(name)}`
  cleanups.push(() => admin`drop database ${admin(name)} with (force)`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

const backUpNow = () => backUp({ ownerUrl: world.database.ownerUrl, file, onTable: () => {} })
const restoreTo = (ownerUrl: string, existing: 'refuse' | 'replace' = 'refuse', from = file) =>
  restore({ ownerUrl, file: from, existing, onTable: () => {} })

/** A commit whose counters say how many calls there are in all, so that a snapshot can be checked. */
let calls = 0
async function commitCalls(index: number): Promise<void> {
  const target = `cart-${index % 7}`
  const atMs = NOON_MS - (index % 50) * 60 * MINUTE_MS
  const latency = Array.from({ length: 40 }, (_, place) => (place === index % 40 ? 3 : 0))
  const delta = deltaOf([call('web', target, { calls: 3, errors: 1, atMs, latency })])
  calls += 3
  const position = { journalId: 'journal', offset: BigInt(calls) }
  const counters = { calls }
  await commitDelta(createCommitter(world.collector), { delta, position, counters, nowMs: NOON_MS })
}

/** What must agree within one moment, and between a database and its copy. */
async function readMoment(sql: Sql) {
  const [counts] = await sql`
    select (select (counters->>'calls')::int from position) as position,
      (select sum(calls)::int from edge) as edges, (select sum(calls)::int from operation) as operations,
      (select sum(calls)::int from bucket) as minutes`
  return counts
}

async function restoreUnderLoad(targetUrl: string): Promise<void> {
  await world.clear()
  calls = 0
  for (let index = 0; index < 60; index++) await commitCalls(index)
  await maintainPartitions(world.owner, NOON_MS, RETENTION)
  let isDone = false
  const load = (async () => {
    for (let index = 0; !isDone; index++) {
      await commitCalls(index)
      if (index % 10 === 0) await rollUp(world.owner, { nowMs: NOON_MS, waitMs: 0 })
    }
  })()
  const before = calls
  await backUpNow()
  const after = calls
  isDone = true
  await load
  await restoreTo(targetUrl)
  const restored = connect(targetUrl)
  const moment = await readMoment(restored)
  const { position } = moment as { position: number }
  expect(position).toBeGreaterThanOrEqual(before - 3)
  expect(position).toBeLessThanOrEqual(after + 3)
  expect(moment).toEqual({
    ...{ position, edges: position, operations: position, minutes: position },
  })
  const window = { environment: 'prod', fromMs: NOON_MS - 9 * DAY_MS, toMs: NOON_MS + DAY_MS }
  const total = (await readGraph(restored, window)).edges.reduce((sum, edge) => sum + edge.calls, 0)
  expect(total).toBe(position)
  // It goes on from there: sequences, partitions, roll-ups.
  await commitDelta(createCommitter(restored), {
    delta: deltaOf([call('new', 'edge', { atMs: NOON_MS })]),
    position: { journalId: 'another', offset: 1n },
    ...{ counters: {}, nowMs: NOON_MS },
  })
  await rollUp(restored, { nowMs: NOON_MS + DAY_MS, waitMs: 0 })
  const { created } = await maintainPartitions(restored, NOON_MS, RETENTION)
  expect(created).toEqual([])
  const sums = await restored`
    select sum(calls) as calls from bucket union select sum(calls) from bucket_hour`
  expect(sums).toHaveLength(1)
}

test('a backup under load restores to exactly its snapshot, on the embedded server', async () => {
  await restoreUnderLoad(await createDatabase(world.database.ownerUrl))
})

test.skipIf(!hasDebianPostgres)(
  "a backup under load restores to exactly its snapshot, on Debian's PostgreSQL 15",
  async () => {
    const server = await startDebianPostgres()
    cleanups.push(server.stop)
    await restoreUnderLoad(await createDatabase(server.url))
  },
)

test('accounts, baselines, alerts, deliveries and the audit chain survive; sessions do not', async () => {
  await world.clear()
  calls = 0
  await commitCalls(0)
  const window = { environment: 'prod', fromMs: NOON_MS - DAY_MS, toMs: NOON_MS + DAY_MS }
  await approveBaseline(world.web, { ...window, author: 'a@example.org', reason: 'first\tone\n' })
  await commitCalls(1)
  await commitCalls(2)
  const [first] = await listAlerts(world.web, {
    environment: 'prod',
    states: ['open'],
    countMax: 9,
  })
  await acceptAlert(world.web, { alertId: first?.id ?? '', actor: 'a@example.org', reason: '\\N' })
  await world.owner`
    insert into "user" (id, name, email, updated_at) values ('u1', ${'Zoë "\\" '}, 'a@b', now())`
  await world.owner`
    insert into session (id, token, expires_at, user_id, updated_at)
    values ('s1', 't', now(), 'u1', now())`
  const source = { from: 'content', content: FULL } as const
  const draft = { environment: 'prod', actor: 'a@example.org', title: '\t', reason: '\\.', source }
  const { version } = await createDraft(world.web, draft)
  const change = { node: service('web'), tags: { dataClasses: ['pii'] }, expectedRevision: null }
  await writeTags(world.web, { changes: [change], actor: 'a@example.org', reason: 'x' })
  const channel = await addWebhook(world.web, 'ops')
  const { id: routeId } = await addRoute(world.web, channel)
  const notice = noticeOf(first?.id ?? '', '7')
  const waiting = { channelId: channel.id, routeId, notice, dueAtMs: NOON_MS, batch: null }
  await world.owner.begin((tx) => insertDeliveries(tx, [waiting]))
  const { tables } = await backUpNow()
  expect(tables).toBeGreaterThan(15)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const url = await createDatabase(world.database.ownerUrl)
  await restoreTo(url)
  const restored = connect(url)
  expect(await findBrokenAudit(restored)).toBeNull()
  for (const read of [
    (sql: Sql) => sql`select * from audit order by seq`,
    (sql: Sql) => sql`select * from alert order by id`,
    (sql: Sql) => sql`select * from incident order by id`,
    (sql: Sql) => sql`select * from baseline order by id`,
    (sql: Sql) => sql`select * from baseline_entry order by baseline_id, entry`,
    (sql: Sql) => sql`select * from baseline_rule order by baseline_id, id`,
    (sql: Sql) => sql`select * from node_tag order by name, tag`,
    (sql: Sql) => sql`select * from environment order by name`,
    (sql: Sql) => sql`select * from "user"`,
    (sql: Sql) => sql`select * from bucket_tier order by tier`,
    (sql: Sql) => sql`select * from alert_event order by id`,
    (sql: Sql) => sql`select * from channel order by id`,
    (sql: Sql) => sql`select * from route order by id`,
    (sql: Sql) => sql`select * from delivery order by id`,
  ])
    expect([...(await read(restored))]).toEqual([...(await read(world.owner))])
  expect(await restored`select * from session`).toHaveLength(0)
  await expect(restored`delete from audit`).rejects.toMatchObject({ code: '42501' })
  await expect(restored`delete from baseline_entry`).rejects.toMatchObject({ code: '42501' })
  const roles = await ensureRoles({ ownerUrl: url, dataDir: folder })
  const web = connect(roles.webUrl)
  expect(await web`select name from "user"`).toHaveLength(1)
  const approval = { environment: 'prod', version, expectedRevision: 1, actor: 'b@example.org' }
  await approveVersion(web, { ...approval, reason: 'as before', selfApproval: 'forbidden' })
  await expect(restored`delete from baseline_rule`).rejects.toMatchObject({ code: '42501' })
  cleanups.splice(1, 0, async () => {
    for (const each of [roles.webUrl, roles.collectorUrl]) {
      const role = new URL(each).username
      await world.owner`drop role if exists ${world.owner(role)}`
    }
  })
})

test('a database with rows is refused, unless it is told to be replaced', async () => {
  await world.clear()
  await commitCalls(0)
  await backUpNow()
  const url = await createDatabase(world.database.ownerUrl)
  await restoreTo(url)
  await expect(restoreTo(url)).rejects.toMatchObject({ code: 'RESTORE_NOT_EMPTY' })
  expect((await restoreTo(url, 'replace')).rows).toBeGreaterThan(3)
  const { count } = (await connect(url)`select count(*)::int as count from edge`)[0] ?? {}
  expect(count).toBe(1)
})

test('a cut, flipped or foreign file restores nothing and destroys nothing', async () => {
  await world.clear()
  for (let index = 0; index < 30; index++) await commitCalls(index)
  await backUpNow()
  const url = await createDatabase(world.database.ownerUrl)
  await restoreTo(url)
  const restored = connect(url)
  const whole = readFileSync(file)
  const plain = gunzipSync(whole)
  const flipped = (at: number) => {
    const copy = Buffer.from(plain)
    copy[at] = (copy[at] ?? 0) ^ 1
    return gzipSync(copy)
  }
  const step = Math.ceil(plain.length / 25)
  const places = Array.from({ length: 25 }, (_, index) => Math.min(index * step, plain.length - 1))
  const broken = [
    ...[whole.subarray(0, whole.length - 9), whole.subarray(0, 30), Buffer.from('hello')],
    ...[gzipSync('hello'), gzipSync(plain.subarray(0, plain.length - 80)), Buffer.alloc(0)],
    ...places.map(flipped),
  ]
  const target = path.join(folder, 'broken.backup')
  for (const [index, bytes] of broken.entries()) {
    writeFileSync(target, bytes)
    const restoring = restoreTo(url, 'replace', target)
    await expect(restoring, `file ${index}`).rejects.toMatchObject({
      code: expect.stringMatching(/^ARCHIVE_(DAMAGED|NEWER)$/),
    })
    expect(await readMoment(restored), `file ${index}`).toMatchObject({ edges: 90 })
  }
  await expect(restoreTo(url, 'replace', path.join(folder, 'none'))).rejects.toMatchObject({
    code: 'ARCHIVE_UNREADABLE',
  })
})

test('an older schema is restored and brought up to date; a newer one is refused in a sentence', async () => {
  await world.clear()
  const marks = await world.owner<{ name: string; checksum: string }[]>`
    select migration_name as name, checksum from _prisma_migrations order by 1`
  const old = marks.slice(0, 2)
  const oldUrl = await createDatabase(world.database.ownerUrl)
  await migrateAsOf(oldUrl, old)
  const oldSql = connect(oldUrl)
  await oldSql`insert into environment (name) values ('prod')`
  await oldSql`
    insert into bucket (operation_id, edge_id, start, calls, errors, client_latency)
    values (1, 1, now(), 5, 0, ${[0, 3, 2]})`
  const oldFile = path.join(folder, 'old.backup')
  await backUp({ ownerUrl: oldUrl, file: oldFile, onTable: () => {} })
  const url = await createDatabase(world.database.ownerUrl)
  const { migrated } = await restoreTo(url, 'refuse', oldFile)
  expect(migrated).toEqual(marks.slice(2).map(({ name }) => name))
  const rows = await connect(url)`select calls::int, client_latency::text from bucket`
  expect(rows).toEqual([{ calls: 5, client_latency: '200000000000000030000000000000000' }])
  await oldSql`insert into _prisma_migrations (id, checksum, migration_name, finished_at)
    values ('x', 'y', '9999_future', now())`
  const refused = expect.objectContaining({ code: 'SCHEMA_NEWER' })
  await expect(backUp({ ownerUrl: oldUrl, file: oldFile, onTable: () => {} })).rejects.toEqual(
    refused,
  )
})
