// `strayline channel` as an operator runs it: over a real database and worker, to a real receiver.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSql, type Sql } from '../../storage/sql.ts'
import { addRoute, addWebhook, SECRET_BYTES } from '../storage/notices.ts'
import { answers, type HttpTarget, startHttpTarget } from '../support/channel-servers.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type ProcessUnderTest, startProcess } from '../support/process.ts'
import { runStrayline } from './run-command.ts'

let database: TestDatabase
let owner: Sql
let receiver: HttpTarget
let worker: ProcessUnderTest
const dataDir = mkdtempSync(path.join(tmpdir(), 'strayline-channel-'))

beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql({ url: database.ownerUrl, applicationName: 'strayline-test', connectionsMax: 1 })
  receiver = await startHttpTarget()
  worker = startProcess('notify/main.ts', {
    WORKER_DATABASE_URL: database.ownerUrl,
    STRAYLINE_DATA_DIR: dataDir,
    STRAYLINE_SECRETS_KEY: SECRET_BYTES.toString('base64'),
  })
  await worker.ready
})
afterAll(async () => {
  await worker?.end('SIGTERM')
  await receiver?.stop()
  await owner.end()
  await database.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

const run = (...args: string[]) =>
  runStrayline(['channel', ...args], { environment: { DATABASE_URL: database.ownerUrl } })

test('nothing is there yet, and what to do is said', async () => {
  expect(await run('list')).toEqual({
    exitCode: 0,
    stdout: 'There is no channel: set one up in the browser, in Settings.\n',
    stderr: '',
  })
  expect((await run('deliveries')).stdout).toBe('There is no such delivery.\n')
  expect(await run('resend', '--dead')).toMatchObject({ exitCode: 1, stdout: '' })
}, 120_000)

test('a test that arrives ends with 0, one that is refused with 1 and why', async () => {
  const channel = await addWebhook(owner, 'on-call', `${receiver.url}/in`)
  await addRoute(owner, channel)
  // It is not known to work before something has arrived.
  expect((await run('list')).stdout).toMatch(/\non-call +webhook +untried +never *\n$/)
  expect(await run('test', 'on-call')).toEqual({
    exitCode: 0,
    stdout: 'The test message has arrived at on-call.\n',
    stderr: '',
  })
  expect(receiver.received).toHaveLength(1)
  receiver.behave(answers(404))
  const refused = await run('test', 'on-call')
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^strayline: The test of on-call failed: .*404.*\.\n$/)
  const listed = await run('list')
  expect(listed.stdout).toMatch(
    /^NAME +KIND +STATE +LAST SENT +WHY\non-call +webhook +\S.+404.*\n$/,
  )
}, 120_000)

test('what is dead is listed, and sent again by its id or all at once', async () => {
  const dead = await run('deliveries', '--state', 'dead', '--channel', 'on-call')
  expect(dead.stdout).toMatch(
    /^ID +STATE +CHANNEL +WHAT +WHEN +TRIES +WHY\n\d+ +dead +on-call +test /,
  )
  const id = /\n(\d+) /.exec(dead.stdout)?.[1] ?? ''
  receiver.behave(answers(200))
  const sent = 'delivery waits to be sent again.\n'
  expect(await run('resend', id)).toEqual({ exitCode: 0, stdout: `1 ${sent}`, stderr: '' })
  await expect
    .poll(async () => (await run('deliveries', '--state', 'sent')).stdout, { timeout: 30_000 })
    .toMatch(new RegExp(`\n${id} +sent `))
  expect(await run('resend', id)).toMatchObject({ exitCode: 1, stdout: '' })
  await owner`update delivery set state = 'dead', finished_at = now() where id = ${id}::bigint`
  expect((await run('resend', '--dead', '--channel', 'on-call')).stdout).toBe(`1 ${sent}`)
}, 120_000)

test('what is not possible is one sentence', async () => {
  const unknown = await run('test', 'nobody')
  expect(unknown).toEqual({
    ...{ exitCode: 1, stdout: '' },
    stderr: 'strayline: There is no channel named nobody: strayline channel list names them.\n',
  })
  for (const args of [
    ['test'],
    ['resend'],
    ['resend', '1', '--dead'],
    ['resend', 'x'],
    ['resend', '1', '--channel', 'on-call'],
    ['deliveries', '--state', 'lost'],
    ['deliveries', '--limit', '0'],
  ]) {
    const refused = await run(...args)
    expect([args, refused.exitCode, refused.stdout]).toEqual([args, 2, ''])
  }
}, 120_000)
