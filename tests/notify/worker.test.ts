// The notification worker as a process, on a real database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestNodeAct } from '../../storage/node-act-request.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startProcess, waitFor } from '../support/process.ts'

let database: TestDatabase
let sql: Sql

beforeAll(async () => {
  database = await createTestDatabase()
  sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 1 })
})

afterAll(async () => {
  await sql.end()
  await database.drop()
})

const start = () => startProcess('notify/main.ts', { WORKER_DATABASE_URL: database.ownerUrl })

function eventsOf(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('an open alert is told once in the log, and a decided one is not', async () => {
  await sql`insert into environment (name) values ('default') on conflict do nothing`
  const [open, decided] = await Promise.all([addAlert('open', 'a'), addAlert('rejected', 'b')])
  await sql`select enqueue_alert_delivery(${open}::bigint, 1)`
  await sql`select enqueue_alert_delivery(${decided}::bigint, 1)`
  const worker = start()
  await worker.ready
  const events = await waitFor('both jobs', () => {
    const found = eventsOf(worker.output()).filter(({ event }) => `${event}`.startsWith('alert.'))
    return found.length >= 2 ? found : undefined
  })
  expect(events.map(({ event, alertId }) => [event, alertId]).sort()).toEqual([
    ['alert.opened', open],
    ['alert.skipped', decided],
  ])
  expect(await worker.end('SIGTERM')).toBe(0)
})

test('what the web asks for is done to a node once, and what cannot be done is said', async () => {
  const [node] = await sql<{ id: string }[]>`
    insert into node (environment, kind, namespace, name, first_seen, last_seen, is_observed,
      versions, unattributed_calls)
    values ('default', 'service', '', 'old', now(), now(), true, '{}', 0) returning id::text`
  const web = openSql({ url: database.webUrl, applicationName: 'test', connectionsMax: 1 })
  const asked = { environment: 'default', actor: 'a@example.org', reason: 'new team' }
  const rename = { ...asked, nodeId: node?.id ?? '', act: 'rename', namespace: 'shop' } as const
  await requestNodeAct(web, { ...rename, name: 'new' })
  await requestNodeAct(web, { ...asked, nodeId: '999', act: 'forget' })
  await web.end()
  const worker = start()
  const events = await waitFor('both acts', () => {
    const found = eventsOf(worker.output()).filter(({ event }) => `${event}`.startsWith('node.'))
    return found.length >= 2 ? found : undefined
  })
  expect(events.map(({ event, outcome, code }) => [event, outcome ?? code]).sort()).toEqual([
    ['node.changed', 'renamed'],
    ['node.refused', 'NODE_UNKNOWN'],
  ])
  expect(await sql`select namespace, name from node`).toEqual([{ namespace: 'shop', name: 'new' }])
  expect(await worker.end('SIGTERM')).toBe(0)
}, 30_000)

test('upkeep runs at start, and SIGTERM ends the worker with code 0', async () => {
  const worker = start()
  await worker.ready
  await waitFor('upkeep', () =>
    eventsOf(worker.output()).find(({ event }) => event === 'storage.maintained'),
  )
  expect(await worker.end('SIGTERM')).toBe(0)
  expect(eventsOf(worker.output()).at(-1)).toMatchObject({ event: 'worker.stopped' })
})

test('the worker ends when its parent is gone', async () => {
  const worker = start()
  await worker.ready
  worker.child.disconnect()
  expect(await worker.exited).toBe(0)
})

test('a missing or unreachable database is one sentence and exit code 1', async () => {
  const missing = startProcess('notify/main.ts', {})
  missing.ready.catch(() => {})
  expect(await missing.exited).toBe(1)
  expect(missing.output()).toBe(
    'WORKER_DATABASE_URL must be set; `npm start` sets it for its worker.\n',
  )
  const url = 'postgres://nobody:secret@127.0.0.1:1/nothing'
  const unreachable = startProcess('notify/main.ts', { WORKER_DATABASE_URL: url })
  unreachable.ready.catch(() => {})
  expect(await unreachable.exited).toBe(1)
  expect(unreachable.output()).toMatch(/^The database at [^\n]*cannot be reached[^\n]*\n$/)
  expect(unreachable.output()).not.toContain('secret')
})

/** The id of an alert as the judge would have opened it. */
async function addAlert(state: string, name: string): Promise<string> {
  const [row] = await sql<{ id: bigint }[]>`
    insert into alert ${sql(alertRow(state, name))} returning id`
  return String(row?.id)
}

function alertRow(state: string, name: string) {
  const now = new Date()
  return {
    environment: 'default',
    kind: 'new_edge',
    subject: name,
    subject_hash: name,
    source_environment: 'default',
    source_kind: 'service',
    source_namespace: '',
    source_name: name,
    target_environment: 'default',
    target_kind: 'service',
    target_namespace: '',
    target_name: 'target',
    state,
    episode: 1,
    baseline_version: 1,
    summary: 'a new edge',
    reasons: [],
    first_at: now,
    last_at: now,
  }
}
