// Brings a database's schema up to date: prisma/migrations in order, under the lock and with the
// rows of Prisma Migrate (so that its own commands agree), then graphile-worker's own migrations.
// This is the only file that may run SQL from a string, because migrations are files.
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { errorCode, StorageError } from './failure.ts'
import { openSql, type Query, type Sql } from './sql.ts'

/** The advisory lock that Prisma Migrate takes. Source: prisma-engines, sql-schema-connector. */
const PRISMA_LOCK_ID = 72_707_369
const FOLDER = path.join(import.meta.dirname, '..', 'prisma', 'migrations')

type Migration = { readonly name: string; readonly body: string; readonly checksum: string }
type AppliedRow = { migration_name: string; checksum: string; finished_at: Date | null }

/**
 * Applies what is missing and returns the names of what was applied. Safe to run at the same time
 * twice. ownerUrl: a user that may create tables and functions.
 * Errors: StorageError SCHEMA_NEWER, SCHEMA_EDITED or SCHEMA_BROKEN; the server's own otherwise.
 */
export async function migrate(ownerUrl: string): Promise<readonly string[]> {
  const sql = openSql({ url: ownerUrl, applicationName: 'strayline-migrate', connectionsMax: 1 })
  try {
    await sql`select pg_advisory_lock(${PRISMA_LOCK_ID})`
    const applied = await applyMigrations(sql, readMigrations())
    await migrateJobQueue(ownerUrl)
    return applied
  } finally {
    await sql.end()
  }
}

/** A migration as a database remembers it. */
export type MigrationMark = { readonly name: string; readonly checksum: string }

/**
 * Gives an empty database the schema that these migrations made, and no later one: for a backup that
 * is older than this code. Errors: as migrate, and SCHEMA_NEWER when one of them is unknown here.
 */
export async function migrateAsOf(
  ownerUrl: string,
  marks: readonly MigrationMark[],
): Promise<void> {
  const known = readMigrations()
  const unknown = marks.find(({ name }) => !known.some((migration) => migration.name === name))
  if (unknown) {
    const text =
      'The backup is of a newer version of Strayline than this one (migration ' +
      `${unknown.name}); restore it with that version.`
    throw new StorageError('SCHEMA_NEWER', text)
  }
  const names = new Set(marks.map(({ name }) => name))
  const sql = openSql({ url: ownerUrl, applicationName: 'strayline-migrate', connectionsMax: 1 })
  try {
    await sql`select pg_advisory_lock(${PRISMA_LOCK_ID})`
    await applyMigrations(
      sql,
      known.filter(({ name }) => names.has(name)),
    )
    await migrateJobQueue(ownerUrl)
  } finally {
    await sql.end()
  }
}

/**
 * The migrations of a database, in order; none when it has never been migrated. Errors:
 * StorageError SCHEMA_NEWER.
 */
export async function readMigrationMarks(sql: Query): Promise<readonly MigrationMark[]> {
  const [table] = await sql<{ found: boolean }[]>`
    select to_regclass('_prisma_migrations') is not null as found`
  const rows = table?.found ? await readApplied(sql) : []
  refuseNewer(rows, readMigrations())
  return rows
    .filter((row) => row.finished_at)
    .map((row) => ({ name: row.migration_name, checksum: row.checksum }))
}

/** How many migrations a database has, and which of ours it still lacks; changes nothing. */
export async function readSchemaState(
  url: string,
): Promise<{ readonly applied: number; readonly missing: readonly string[] }> {
  const sql = openSql({ url, applicationName: 'strayline-schema', connectionsMax: 1 })
  try {
    const [table] = await sql<{ found: boolean }[]>`
      select to_regclass('_prisma_migrations') is not null as found`
    const rows = table?.found ? await readApplied(sql) : []
    const finished = new Set(rows.filter((row) => row.finished_at).map((row) => row.migration_name))
    const missing = readMigrations().filter(({ name }) => !finished.has(name))
    return { applied: finished.size, missing: missing.map(({ name }) => name) }
  } finally {
    await sql.end()
  }
}

/** SHA-256 over all migrations: names the schema that this code expects. */
export function schemaFingerprint(): string {
  const hash = createHash('sha256')
  for (const { name, checksum } of readMigrations()) hash.update(`${name} ${checksum}\n`)
  return hash.digest('hex')
}

function readMigrations(): readonly Migration[] {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  const names = folders.map((entry) => entry.name).sort()
  return names.map((name) => {
    const body = readFileSync(path.join(FOLDER, name, 'migration.sql'), 'utf8')
    return { name, body, checksum: createHash('sha256').update(body).digest('hex') }
  })
}

async function applyMigrations(sql: Sql, migrations: readonly Migration[]): Promise<string[]> {
  await createMigrationTable(sql)
  const rows = await readApplied(sql)
  refuseNewer(rows, migrations)
  const applied: string[] = []
  for (const migration of migrations) {
    const row = rows.find((candidate) => candidate.migration_name === migration.name)
    if (row?.finished_at) refuseEdited(row, migration)
    else if (row) throw broken(migration)
    else {
      await applyMigration(sql, migration)
      applied.push(migration.name)
    }
  }
  return applied
}

function refuseNewer(rows: readonly AppliedRow[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((migration) => migration.name))
  const unknown = rows.find((row) => !known.has(row.migration_name))
  if (!unknown) return
  const text =
    'The database has a newer schema than this version of Strayline knows (migration ' +
    `${unknown.migration_name}); start the newer version, or restore a backup.`
  throw new StorageError('SCHEMA_NEWER', text)
}

function refuseEdited(row: AppliedRow, migration: Migration): void {
  if (row.checksum === migration.checksum) return
  const text =
    `The migration ${migration.name} was edited after this database applied it; restore its ` +
    'file.'
  throw new StorageError('SCHEMA_EDITED', text)
}

function broken(migration: Migration): StorageError {
  const text =
    `The migration ${migration.name} failed earlier in this database; repair it, then run ` +
    '"prisma migrate resolve".'
  return new StorageError('SCHEMA_BROKEN', text)
}

async function createMigrationTable(sql: Sql): Promise<void> {
  await sql`
    create table if not exists _prisma_migrations (
      id varchar(36) primary key not null,
      checksum varchar(64) not null,
      finished_at timestamptz,
      migration_name varchar(255) not null,
      logs text,
      rolled_back_at timestamptz,
      started_at timestamptz not null default now(),
      applied_steps_count integer not null default 0
    )`
}

async function readApplied(sql: Query): Promise<readonly AppliedRow[]> {
  return sql<AppliedRow[]>`
    select migration_name, checksum, finished_at from _prisma_migrations
    where rolled_back_at is null order by migration_name`
}

async function applyMigration(sql: Sql, migration: Migration): Promise<void> {
  await sql.begin(async (tx) => {
    await tx.unsafe(migration.body)
    await tx`
      insert into _prisma_migrations
        (id, checksum, migration_name, finished_at, applied_steps_count)
      values (${randomUUID()}, ${migration.checksum}, ${migration.name}, now(), 1)`
  })
}

/**
 * graphile-worker keeps its own record of what it applied; a failure keeps its code as the cause.
 */
async function migrateJobQueue(ownerUrl: string): Promise<void> {
  // Loaded only when there is something to migrate: it costs a tenth of a second at each start.
  const { Logger, runMigrations } = await import('graphile-worker')
  const logger = new Logger(() => () => {})
  // A pool of ours, because its own may still be closing when it says that it is done.
  const pgPool = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  pgPool.on('error', () => {}) // the query that meets it rejects by itself
  pgPool.on('connect', (client) => client.on('error', () => {}))
  try {
    await runMigrations({ pgPool, logger })
  } catch (cause) {
    const code = errorCode(cause) ?? 'unknown'
    const text = `The job queue's tables could not be brought up to date (${code}).`
    throw new StorageError('SCHEMA_JOBS', text, cause)
  } finally {
    await pgPool.end()
  }
}
