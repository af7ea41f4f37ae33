// The schema's text, the migrations and the code agree, and each table has one writer.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkDatabase } from '../../storage/check.ts'
import { migrate } from '../../storage/migrate.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const execute = promisify(execFile)
const folder = path.join(import.meta.dirname, '..', '..', 'storage')
let database: TestDatabase
let owner: Sql
beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql({
    ...{ url: database.ownerUrl, applicationName: 'strayline-test', connectionsMax: 2 },
  })
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

/** Tables that a text writes, by the words of its statements. */
function writtenTables(text: string): string[] {
  const pattern = /\b(?:insert\s+into|update|delete\s+from|copy)\s+"?([a-z_]+)"?(?=\s)/g
  const found = [...text.matchAll(pattern)].map((match) => match[1] ?? '')
  return [...new Set(found)].filter((table) => tables.has(table))
}

const schema = readFileSync(path.join(folder, '..', 'prisma', 'schema.prisma'), 'utf8')
const tables = new Set([...schema.matchAll(/@@map\("(\w+)"\)/g)].map((match) => match[1] ?? ''))

test('each table has exactly one writing module', () => {
  const writers = new Map<string, string[]>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(path.join(folder, file), 'utf8')
    const code = text.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '')
    for (const table of writtenTables(code))
      writers.set(table, [...(writers.get(table) ?? []), file])
  }
  // better-auth writes these through Prisma's client, which storage/prisma.ts opens.
  const accounts = ['user', 'session', 'account', 'verification', 'rate_limit']
  const expected = {
    environment: ['environments.ts'],
    removed_environment: ['environments.ts'],
    node: ['nodes.ts'],
    edge: ['edges.ts'],
    operation: ['operations.ts'],
    bucket: ['buckets.ts'],
    bucket_hour: ['buckets.ts'],
    bucket_day: ['buckets.ts'],
    bucket_tier: ['tier-state.ts'],
    rollup_due: ['tier-state.ts'],
    edge_tally: ['tallies.ts'],
    node_alias: ['node-aliases.ts'],
    node_tag: ['node-tags.ts'],
    api_token: ['api-tokens.ts'],
    span: ['spans.ts'],
    exemplar: ['exemplars.ts'],
    trace_span: ['exemplars.ts'],
    alert: ['alert-record.ts'],
    incident: ['incidents.ts'],
    alert_event: ['alert-events.ts'],
    channel: ['channels.ts'],
    route: ['notification-routes.ts'],
    delivery: ['deliveries.ts'],
    triage_act: ['triage-record.ts'],
    triage_act_alert: ['triage-record.ts'],
    baseline: ['baseline-record.ts'],
    baseline_entry: ['baseline-content.ts'],
    baseline_rule: ['baseline-content.ts'],
    position: ['position.ts'],
    refusal: ['refusals.ts'],
    setup_token: ['setup-link.ts'],
    audit: ['audit.ts'],
  }
  expect(Object.fromEntries(writers)).toEqual(expected)
  expect([...Object.keys(expected), ...accounts].sort()).toEqual([...tables].sort())
})

test('only the migrations run SQL from a string', () => {
  const users = readdirSync(folder).filter((file) =>
    readFileSync(path.join(folder, file), 'utf8').includes('.unsafe('),
  )
  expect(users).toEqual(['migrate.ts'])
})

test('every table says what it means, its key and how long it is kept', () => {
  for (const [, comment, model] of schema.matchAll(/((?:\/\/\/ .*\n)+)model (\w+)/g))
    expect(comment?.length, model).toBeGreaterThan(60)
  expect([...schema.matchAll(/\/\/\/ .*\nmodel /g)]).toHaveLength(tables.size)
})

test('prisma finds no drift between schema.prisma and the migrated database', async () => {
  const bin = path.join(folder, '..', 'node_modules', '.bin', 'prisma')
  const args = [
    'migrate',
    'diff',
    '--from-config-datasource',
    '--to-schema',
    'prisma/schema.prisma',
  ]
  const result = await execute(process.execPath, [bin, ...args, '--exit-code'], {
    cwd: path.join(folder, '..'),
    env: { ...process.env, DATABASE_URL: database.ownerUrl, CHECKPOINT_DISABLE: '1' },
  })
  expect(result.stdout).toContain('No difference detected')
}, 30_000)

test('migrating again, also at the same time, applies nothing', async () => {
  const results = await Promise.all([migrate(database.ownerUrl), migrate(database.ownerUrl)])
  expect(results).toEqual([[], []])
})

test('an empty database gets everything, whoever of two is first', async () => {
  const name = `${database.name}_empty`
  await owner`create database ${owner(name)}`
  const url = new URL(database.ownerUrl)
  url.pathname = `/${name}`
  const results = await Promise.all([migrate(url.href), migrate(url.href)])
  expect(results.flat()).toEqual(readMigrationNames())
  await owner`drop database ${owner(name)} with (force)`
})

function readMigrationNames(): string[] {
  const entries = readdirSync(path.join(folder, '..', 'prisma', 'migrations'), {
    withFileTypes: true,
  })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

test('a schema that is newer, edited or half-applied is refused in a sentence', async () => {
  const refuse = (code: string) =>
    expect(migrate(database.ownerUrl)).rejects.toMatchObject({ code, retryable: false })
  const [row] = await owner<{ checksum: string }[]>`
    select checksum from _prisma_migrations where migration_name = '0001_skeleton'`
  const original = row?.checksum ?? ''
  await owner`insert into _prisma_migrations (id, checksum, migration_name, finished_at)
    values ('x', 'x', '9999_future', now())`
  await refuse('SCHEMA_NEWER')
  await owner`delete from _prisma_migrations where id = 'x'`
  await owner`update _prisma_migrations set checksum = 'x' where migration_name = '0001_skeleton'`
  await refuse('SCHEMA_EDITED')
  await owner`
    update _prisma_migrations set checksum = ${original}, finished_at = null
    where migration_name = '0001_skeleton'`
  await refuse('SCHEMA_BROKEN')
  await owner`update _prisma_migrations set finished_at = now()`
  expect(await migrate(database.ownerUrl)).toEqual([])
})

test('a database that is away, missing or closed to us is told in a sentence without its password', async () => {
  const refuse = async (url: string, code: string) => {
    const error = await checkDatabase(url).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toContain(new URL(database.ownerUrl).password)
  }
  const change = (key: 'port' | 'pathname' | 'password', value: string) => {
    const url = new URL(database.ownerUrl)
    url[key] = value
    return url.href
  }
  await refuse(change('port', '1'), 'DATABASE_UNREACHABLE')
  await refuse(change('pathname', '/nowhere'), 'DATABASE_REFUSED')
  await refuse(change('password', 'wrong'), 'DATABASE_REFUSED')
  await expect(checkDatabase('mysql://a@b/c')).rejects.toMatchObject({ code: 'DATABASE_URL' })
  await expect(checkDatabase('nonsense')).rejects.toMatchObject({ code: 'DATABASE_URL' })
  expect(await checkDatabase(database.ownerUrl)).toMatchObject({ database: database.name })
})
