// A real Postgres for tests: one embedded server for all test files (and for runs side by side),
// one migrated template, and a database of its own for each file, cloned from it in some 50 ms.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbedded, stopEmbedded } from '../../storage/embedded.ts'
import { withFileLock } from '../../storage/file-lock.ts'
import { migrate, schemaFingerprint } from '../../storage/migrate.ts'
import { ensureRoles, type RoleUrls } from '../../storage/roles.ts'
import { openSql, type Sql } from '../../storage/sql.ts'

export type TestDatabase = RoleUrls & {
  readonly name: string
  /** Drops the database, connections and all. */
  readonly drop: () => Promise<void>
}

const ROOT = path.join(import.meta.dirname, '..', '..')
const checkout = createHash('sha256').update(ROOT).digest('hex').slice(0, 8)
const dataDir = path.join(tmpdir(), `strayline-test-${process.getuid?.() ?? 0}-${checkout}`)
// A test's server may lose a crash of the machine; it may not lose a crash of its own.
const SERVER_SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '200' }

/** A migrated, empty database with the URLs of the three roles. Starts the server if none runs. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await startTestServer()
  const template = await prepareTemplate(serverUrl)
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  await maintain(serverUrl, async (sql) => {
    await sql`create database ${sql(name)} template ${sql(template.name)}`
    // The one grant that belongs to the database itself and is not copied.
    await sql`revoke temporary on database ${sql(name)} from public`
  })
  return {
    name,
    ownerUrl: moveTo(serverUrl, serverUrl, name),
    collectorUrl: moveTo(serverUrl, template.collectorUrl, name),
    webUrl: moveTo(serverUrl, template.webUrl, name),
    drop: () => maintain(serverUrl, (sql) => sql`drop database ${sql(name)} with (force)`),
  }
}

/** Stops the server when nobody else uses it: for the end of a test run. */
export async function stopTestServer(): Promise<void> {
  if (!existsSync(path.join(dataDir, 'postgres'))) return
  let others = 0
  await maintain(await startTestServer(), async (sql) => {
    others = await countOtherConnections(sql)
  })
  if (others === 0) await stopEmbedded(dataDir)
}

async function startTestServer(): Promise<string> {
  const options = { dataDir, database: 'maintenance', serverSettings: SERVER_SETTINGS }
  return (await startEmbedded(options)).url
}

type Template = { readonly name: string; readonly collectorUrl: string; readonly webUrl: string }

/** One template a schema. Grants are copied with it, so its roles serve every clone. */
async function prepareTemplate(serverUrl: string): Promise<Template> {
  const name = `template_${schemaFingerprint().slice(0, 16)}`
  const file = path.join(dataDir, `${name}.json`)
  await mkdir(dataDir, { recursive: true })
  return withFileLock(`${file}.lock`, async () => {
    if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Template
    await maintain(serverUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`)
    await maintain(serverUrl, (sql) => sql`create database ${sql(name)}`)
    const ownerUrl = moveTo(serverUrl, serverUrl, name)
    await migrate(ownerUrl)
    const { collectorUrl, webUrl } = await ensureRoles({ ownerUrl, dataDir })
    const template: Template = { name, collectorUrl, webUrl }
    await writeFile(file, JSON.stringify(template), { mode: 0o600 })
    return template
  })
}

/** A role's URL with another database, and with the port the server has today. */
function moveTo(serverUrl: string, roleUrl: string, database: string): string {
  const url = new URL(roleUrl)
  url.port = new URL(serverUrl).port
  url.pathname = `/${database}`
  return url.href
}

async function maintain(
  serverUrl: string,
  work: (sql: Sql) => PromiseLike<unknown>,
): Promise<void> {
  const sql = openSql({ url: serverUrl, applicationName: 'strayline-test', connectionsMax: 1 })
  try {
    await work(sql)
  } finally {
    await sql.end()
  }
}

type CountRow = { count: number }

async function countOtherConnections(sql: Sql): Promise<number> {
  const [row] = await sql<CountRow[]>`
    select count(*)::int as count from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`
  return row?.count ?? 0
}
