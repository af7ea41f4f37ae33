// What a person reads when DATABASE_URL names something that cannot be used.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkDatabase } from '../../storage/check.ts'
import { openSql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('a supported server is told by its version', async () => {
  const info = await checkDatabase(database.ownerUrl)
  expect(Number.parseInt(info.serverVersion, 10)).toBeGreaterThanOrEqual(15)
})

test('a server below PostgreSQL 15 is refused in one sentence', async () => {
  // No such server is at hand: this one is made to say that it is one, to our connection alone.
  const name = new URL(database.ownerUrl).pathname.slice(1)
  const sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 1 })
  await sql`create schema pretence`
  await sql`create function pretence.current_setting(name text) returns text language sql as
    $$ select case when name = 'server_version_num' then '140011' else '14.11' end $$`
  await sql`alter database ${sql(name)} set search_path = pretence, pg_catalog, public`
  await sql.end()
  await expect(checkDatabase(database.ownerUrl)).rejects.toMatchObject({
    code: 'DATABASE_TOO_OLD',
    message: expect.stringMatching(
      /^The database at .+ runs PostgreSQL 14\.11; Strayline needs version 15 or newer\.$/,
    ),
  })
})

test('an unreachable server, a wrong password and a wrong url each have a sentence without secrets', async () => {
  const wrong = new URL(database.ownerUrl)
  wrong.password = 'hunter2-secret'
  const away = 'postgres://someone:hunter2-secret@127.0.0.1:1/nothing'
  const cases = [
    [wrong.href, 'DATABASE_REFUSED'],
    [away, 'DATABASE_UNREACHABLE'],
    ['mysql://someone:hunter2-secret@localhost/x', 'DATABASE_URL'],
  ] as const
  for (const [url, code] of cases) {
    const error = await checkDatabase(url).then(
      () => null,
      (reason: unknown) => reason as Error & { code: string },
    )
    expect(error?.code).toBe(code)
    expect(error?.message).not.toContain('hunter2')
  }
})
