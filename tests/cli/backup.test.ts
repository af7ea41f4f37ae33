// The commands as an operator runs them: one sentence of what was done, one of what was not.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { runStrayline } from './run-command.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'strayline-cli-backup-'))
const file = path.join(folder, 'all.backup')
let from: TestDatabase
let to: TestDatabase
beforeAll(async () => {
  from = await createTestDatabase()
  to = await createTestDatabase()
  const sql = openSql({ url: from.ownerUrl, applicationName: 'strayline-test', connectionsMax: 1 })
  await sql`insert into environment (name) values ('prod')`
  await sql.end()
})
afterAll(async () => {
  await Promise.all([from.drop(), to.drop()])
  rmSync(folder, { recursive: true, force: true })
})

const run = (database: TestDatabase, ...args: string[]) =>
  runStrayline(args, { environment: { DATABASE_URL: database.ownerUrl } })

test('backup writes one file, restore fills an empty database and no other', async () => {
  const backup = await run(from, 'backup', file)
  expect(backup).toMatchObject({ exitCode: 0, stderr: '' })
  expect(backup.stdout).toMatch(/^\S+all\.backup: 4 rows of \d+ tables, \d+ bytes\. Guard it/)
  expect(readdirSync(folder)).toEqual(['all.backup'])
  const restored = await run(to, 'restore', file)
  expect(restored).toMatchObject({ exitCode: 0, stderr: '' })
  expect(restored.stdout).toMatch(/^4 rows of \d+ tables as of 20\S+Z restored\. Everybody signs/)
  const refused = await run(to, 'restore', file)
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toBe(
    'strayline: The database is not empty (table environment has rows); restore into an empty one, or say --replace to drop everything in it first.\n',
  )
  expect(await run(to, 'restore', '--replace', file)).toMatchObject({ exitCode: 0, stderr: '' })
}, 60_000)

test('what cannot be read, written or understood is told in one sentence', async () => {
  const none = await run(to, 'restore', path.join(folder, 'none'))
  expect(none.stderr).toMatch(/^strayline: \S+none cannot be read \(ENOENT\)\.\n$/)
  const other = path.join(folder, 'other')
  writeFileSync(other, 'hello')
  const foreign = await run(to, 'restore', other)
  expect(foreign.stderr).toMatch(/is no whole backup of Strayline; nothing of it was restored\.\n$/)
  const unwritable = await run(from, 'backup', path.join(folder, 'no', 'such', 'folder'))
  expect(unwritable.stderr).toMatch(/^strayline: \S+ cannot be written \(ENOENT\)\.\n$/)
  expect([none.exitCode, foreign.exitCode, unwritable.exitCode]).toEqual([1, 1, 1])
}, 60_000)
