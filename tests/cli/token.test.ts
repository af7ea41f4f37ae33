// `strayline token` as an operator runs it: the token alone on standard output, once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spendApiToken } from '../../storage/api-tokens.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { runStrayline } from './run-command.ts'

let database: TestDatabase
let web: Sql
beforeAll(async () => {
  database = await createTestDatabase()
  web = openSql({ url: database.webUrl, applicationName: 'strayline-test', connectionsMax: 1 })
})
afterAll(async () => {
  await web.end()
  await database.drop()
})

const run = (...args: string[]) =>
  runStrayline(['token', ...args], { environment: { DATABASE_URL: database.ownerUrl } })

test('a token is made, listed without itself, and revoked', async () => {
  const made = await run('create', '--name', 'ci', '--role', 'viewer', '--expires-in', '90d')
  expect(made.exitCode).toBe(0)
  expect(made.stdout).toMatch(/^strayline_[\w-]{43}\n$/)
  expect(made.stderr).toBe('The token ci (viewer). It is shown this once; keep it as a secret.\n')
  const token = made.stdout.trim()
  expect(await spendApiToken(web, token)).toMatchObject({ name: 'ci', role: 'viewer' })
  const listed = await run('list')
  expect(listed.stdout).toMatch(
    /^NAME +ROLE +STATE +LAST USED +CREATED +BY\nci +viewer +until 20\S+ \S+Z +20\S+ \S+Z +20\S+ \S+Z +command line \(\S+\)\n$/,
  )
  expect(listed.stdout).not.toContain(token.slice(10))
  const revoked = await run('revoke', 'ci')
  expect(revoked).toEqual({ exitCode: 0, stdout: 'The token ci is revoked.\n', stderr: '' })
  expect(await spendApiToken(web, token)).toBeNull()
  expect((await run('list')).stdout).toContain('revoked 20')
}, 60_000)

test('what is not possible is one sentence, and nothing that looks like a token', async () => {
  await run('create', '--name', 'once', '--role', 'analyst')
  const again = await run('create', '--name', 'once', '--role', 'analyst')
  expect(again).toMatchObject({ exitCode: 1, stdout: '' })
  expect(again.stderr).toBe('strayline: There is or was a token named once: choose another name.\n')
  const unknown = await run('revoke', 'nobody')
  expect(unknown.stderr).toBe('strayline: No token named nobody is in force.\n')
  expect(unknown.exitCode).toBe(1)
  for (const args of [
    ['create', '--name', 'x'],
    ['create', '--name', 'x', '--role', 'admin'],
    ['create', '--name', 'a b', '--role', 'viewer'],
    ['create', '--name', 'x', '--role', 'viewer', '--expires-in', 'soon'],
  ]) {
    const refused = await run(...args)
    expect([refused.exitCode, refused.stdout]).toEqual([2, ''])
  }
}, 60_000)

test('a database that was never served says what to do', async () => {
  const owner = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 1 })
  await owner`alter table api_token rename to api_token_away`
  const listed = await run('list')
  await owner`alter table api_token_away rename to api_token`
  await owner.end()
  expect(listed.stderr).toBe(
    'strayline: The database is not up to date: start Strayline once, it makes the tables.\n',
  )
}, 60_000)
