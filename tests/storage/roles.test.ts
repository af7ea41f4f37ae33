// What each database role may do, and what it may not.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approveBaseline } from '../../storage/baselines.ts'
import { migrate } from '../../storage/migrate.ts'
import { ensureRoles, grantRoles } from '../../storage/roles.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { call, deltaOf, NOON_MS } from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
const folder = mkdtempSync(path.join(tmpdir(), 'strayline-roles-'))
beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => {
  await world.end()
  rmSync(folder, { recursive: true })
})

const refused = { code: '42501' }
const forbid = (statement: PromiseLike<unknown>) =>
  expect(Promise.resolve(statement)).rejects.toMatchObject(refused)

test('the collector can read no account, session, setup token or audit', async () => {
  const sql = world.collector
  await forbid(sql`select * from "user"`)
  await forbid(sql`select * from session`)
  await forbid(sql`select * from account`)
  await forbid(sql`select * from verification`)
  await forbid(sql`select * from setup_token`)
  await forbid(sql`select * from audit`)
})

test('the collector cannot approve: neither baselines nor the active version', async () => {
  const sql = world.collector
  await forbid(sql`insert into baseline_entry select * from baseline_entry`)
  await forbid(sql`update baseline set state = 'active'`)
  await forbid(sql`update environment set active_version = 1`)
})

test('the web cannot write the stream, only remove environments from it', async () => {
  const sql = world.web
  await forbid(sql`update position set sequence = 0`)
  await forbid(sql`delete from position`)
  await forbid(sql`update bucket set calls = 0`)
  await forbid(sql`insert into edge select * from edge`)
  await forbid(sql`update edge set calls = 0`)
  await forbid(sql`update node set name = ''`)
  await forbid(sql`update environment set origin = 'import'`)
  await forbid(sql`insert into environment (name, active_version) values ('x', 1)`)
  await forbid(sql`insert into setup_token (token_hash, expires_at) values ('x', now())`)
  await forbid(sql`update setup_token set expires_at = now()`)
  await forbid(sql`delete from removed_environment`)
})

test('neither creates tables, functions, schemas or roles', async () => {
  for (const sql of [world.collector, world.web]) {
    await forbid(sql`create table mine (a int)`)
    await forbid(sql`create temporary table mine (a int)`)
    await forbid(sql`create schema mine`)
    await forbid(sql`create role mine`)
    await forbid(sql`create function mine() returns int language sql as 'select 1'`)
    await forbid(sql`truncate node`)
    await forbid(sql`select ensure_login_role('mine', 'x')`)
    await forbid(sql`select * from graphile_worker.jobs`)
    await forbid(sql`select graphile_worker.add_job('x')`)
  }
})

test('the audit and approved entries cannot be changed, not even by the owner', async () => {
  await world.commit(deltaOf([call('web', 'cart')]))
  const window = { environment: 'prod', fromMs: NOON_MS - 60_000, toMs: NOON_MS + 60_000 }
  await approveBaseline(world.web, { ...window, author: 'ann', reason: 'first' })
  for (const sql of [world.owner, world.web]) {
    await forbid(sql`update audit set actor = 'eve'`)
    await forbid(sql`delete from audit`)
    await forbid(sql`delete from baseline_entry`)
    await forbid(sql`update baseline_entry set source_name = 'eve'`)
    await forbid(sql`update baseline set author = 'eve'`)
    await forbid(sql`update baseline set state = 'draft'`)
  }
})

test('passwords are random, kept in a file for the owner alone, and the same on each start', async () => {
  const options = { ownerUrl: world.database.ownerUrl, dataDir: folder }
  const [first, second] = await Promise.all([ensureRoles(options), ensureRoles(options)])
  expect(second).toEqual(first)
  const file = path.join(folder, 'roles.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const passwords = Object.values(JSON.parse(readFileSync(file, 'utf8')) as object)
  expect(passwords).toHaveLength(2)
  expect(new Set(passwords).size).toBe(2)
  expect(await countNodes(first.webUrl)).toBeGreaterThan(0)
  const [stored] = await world.owner<{ kinds: number }[]>`
    select count(*)::int as kinds from pg_authid
    where rolname like 'strayline_%' and rolpassword not like 'SCRAM-SHA-256%'`
  expect(stored?.kinds).toBe(0)
  await dropRoles(first.webUrl, first.collectorUrl)
})

test('an owner that may not create roles is told what to set instead', async () => {
  const { owner, database } = world
  const plain = `plain_${process.pid}`
  await owner`select ensure_login_role(${plain}, 'secret')`
  const url = new URL(database.ownerUrl)
  url.username = plain
  url.password = 'secret'
  const attempt = ensureRoles({ ownerUrl: url.href, dataDir: folder })
  await expect(attempt).rejects.toMatchObject({
    code: 'ROLES_FORBIDDEN',
    message: expect.stringContaining('COLLECTOR_DATABASE_URL and WEB_DATABASE_URL'),
  })
  await owner`drop role ${owner(plain)}`
})

test('an owner that is no superuser, but may create roles, is enough', async () => {
  const { owner, database } = world
  const plain = `owner_${process.pid}`
  await owner`select ensure_login_role(${plain}, 'secret')`
  await owner`alter role ${owner(plain)} createrole`
  await owner`create database ${owner(plain)} owner ${owner(plain)}`
  const url = new URL(database.ownerUrl)
  url.username = plain
  url.password = 'secret'
  url.pathname = `/${plain}`
  await migrate(url.href)
  const roles = await ensureRoles({ ownerUrl: url.href, dataDir: folder })
  expect(await ensureRoles({ ownerUrl: url.href, dataDir: folder })).toEqual(roles)
  expect(await countNodes(roles.collectorUrl)).toBe(0)
  await owner`drop database ${owner(plain)} with (force)`
  for (const role of [roles.webUrl, roles.collectorUrl].map((each) => new URL(each).username))
    await owner`drop role ${owner(role)}`
  await owner`drop role ${owner(plain)}`
})

test('roles that somebody else made get their grants, and the owner loses none', async () => {
  const { owner, database } = world
  const guest = `guest_${process.pid}`
  await owner`select ensure_login_role(${guest}, 'secret')`
  const url = new URL(database.ownerUrl)
  url.username = guest
  url.password = 'secret'
  const { ownerUrl } = database
  await expect(countNodes(url.href)).rejects.toMatchObject(refused)
  await grantRoles({ ownerUrl, collectorUrl: ownerUrl, webUrl: url.href })
  expect(await countNodes(url.href)).toBe(await countNodes(ownerUrl))
  await dropRoles(url.href)
})

test('a wrong password is refused, also from this machine', () => {
  const url = new URL(world.database.ownerUrl)
  url.password = 'wrong'
  const script = `import('postgres').then(async ({ default: postgres }) => {
    const sql = postgres(process.argv[1], { max: 1 })
    await sql\`select 1\`.then(() => console.log('in'), (error) => console.log(error.code))
    await sql.end()
  })`
  expect(
    execFileSync(process.execPath, ['-e', script, url.href], { encoding: 'utf8' }).trim(),
  ).toBe('28P01')
})

async function countNodes(url: string): Promise<number> {
  const sql = openSql({ url, applicationName: 'strayline-test', connectionsMax: 1 })
  try {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from node`
    return row?.count ?? 0
  } finally {
    await sql.end()
  }
}

/** Roles outlive the database they were made for. */
async function dropRoles(...urls: string[]): Promise<void> {
  const sql: Sql = world.owner
  for (const url of urls) {
    const role = new URL(url).username
    await sql`drop owned by ${sql(role)}`
    await sql`drop role ${sql(role)}`
  }
}
