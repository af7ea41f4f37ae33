// The notification worker as a process, on a real database.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { requestNodeAct } from '../../storage/node-act-request.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type ProcessUnderTest, startProcess, waitFor as waitForSoon } from '../support/process.ts'

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

const started: ProcessUnderTest[] = []
// One that a failed test leaves would have the next one refused.
afterEach(async () => {
  for (const { child, end } of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) await end('SIGKILL')
})

function start(): ProcessUnderTest {
  const worker = startProcess('notify/main.ts', {
    WORKER_DATABASE_URL: database.ownerUrl,
    STRAYLINE_SECRETS_KEY: '00'.repeat(32),
  })
  started.push(worker)
  return worker
}

/** The machine may be busy. */
const waitFor = <T>(what: string, check: () => Promise<T | undefined> | T | undefined) =>
  waitForSoon(what, check, 60_000)

function eventsOf(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('what a worker that was killed held is freed, and a second worker is refused in a sentence', async () => {
  await sql`insert into environment (name) values ('default') on conflict do nothing`
  const first = start()
  await first.ready
  const second = start()
  second.ready.catch(() => {})
  expect(await second.exited).toBe(1)
  expect(second.output()).toMatch(/^Another notification worker works on this database[^\n]*\n$/)
  await sql`select graphile_worker.add_job('roll-up', '{}', queue_name => 'stuck')`
  await sql`
    update graphile_worker._private_job_queues set locked_by = 'dead', locked_at = now()
    where queue_name = 'stuck'`
  await first.end('SIGKILL')
  const third = start()
  await third.ready
  await waitFor('the stuck job', async () => {
    const left = await sql`select from graphile_worker.jobs where queue_name = 'stuck'`
    return left.length === 0 ? true : undefined
  })
  expect(third.output()).toContain('"event":"queue.unlocked"')
  expect(await third.end('SIGTERM')).toBe(0)
}, 120_000)

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
}, 120_000)

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
