// Restores a backup: reads the whole file once before anything is touched, gives the database the schema it had
// then, fills it in one transaction, and brings the schema up to date. Roles and grants are made by the next
// start of `serve`, with passwords of that machine.
import type { Header, Sequences, TableStart } from './archive-format.ts'
import { readArchive } from './archive-read.ts'
import { fixTextForms, listTables } from './backup.ts'
import { copyIn } from './copy-in.ts'
import { StorageError } from './failure.ts'
import { migrate, migrateAsOf } from './migrate.ts'
import { holdProcessLock } from './process-lock.ts'
import { openSql, type Query, type Sql } from './sql.ts'

export type RestoreOptions = {
  readonly ownerUrl: string
  readonly file: string
  /** `refuse`: only into a database without rows. `replace`: all that is in it goes first. */
  readonly existing: 'refuse' | 'replace'
  /** Told of each table that is stored. */
  readonly onTable: (table: string, rows: number) => void
}

export type Restored = {
  /** ISO time of the moment that is restored. */
  readonly takenAt: string
  readonly tables: number
  readonly rows: number
  /** Migrations that are newer than the backup. */
  readonly migrated: readonly string[]
}

/**
 * Errors: StorageError RESTORE_NOT_EMPTY, COLLECTOR_RUNNING, ARCHIVE_UNREADABLE, ARCHIVE_NEWER,
 * ARCHIVE_DAMAGED, SCHEMA_NEWER. Until the file is known to be whole, nothing has been touched; and
 * whatever fails later, no part of it is left in the database.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { ownerUrl, file, existing } = options
  const header = await checkArchive(file)
  const lock = await holdProcessLock({
    ...{ url: ownerUrl, holder: 'collector', onTaken: () => {} },
  })
  const sql = openSql({ url: ownerUrl, applicationName: 'strayline-restore', connectionsMax: 1 })
  try {
    await makeRoom(sql, existing)
    await migrateAsOf(ownerUrl, header.migrations)
    const loaded = await sql.begin((tx) => load(tx, header, options))
    return { takenAt: header.takenAt, ...loaded, migrated: await migrate(ownerUrl) }
  } finally {
    await sql.end()
    await lock.release()
  }
}

/** Reads the file to its end, checks every sum, and returns its header. */
async function checkArchive(file: string): Promise<Header> {
  let header: Header | null = null
  const nothing = async () => {}
  await readArchive(file, {
    header: async (read) => {
      header = read
    },
    table: async (_start, chunks) => {
      let rows = 0
      for await (const chunk of chunks) for (const byte of chunk) if (byte === 10) rows++
      return rows
    },
    sequences: nothing,
  })
  if (!header) throw new Error('an archive was read without its header')
  return header
}

/** Tables that a migration fills. */
const SEEDED = ['bucket_tier']

async function makeRoom(sql: Sql, existing: RestoreOptions['existing']): Promise<void> {
  const tables = await listTables(sql)
  if (tables.length === 0) return
  for (const { table } of tables) {
    if (existing === 'replace' || SEEDED.includes(table) || !(await hasRows(sql, table))) continue
    const text =
      `The database is not empty (table ${table} has rows); restore into an empty one, or say ` +
      '--replace to drop everything in it first.'
    throw new StorageError('RESTORE_NOT_EMPTY', text)
  }
  await sql.begin(async (tx) => {
    await tx`set local lock_timeout = '10s'`
    await tx`drop schema if exists graphile_worker cascade`
    await tx`drop schema public cascade`
    await tx`create schema public`
  })
}

type FoundRow = { found: boolean }

async function hasRows(tx: Query, table: string): Promise<boolean> {
  const [row] = await tx<FoundRow[]>`select exists (select from ${tx(table)}) as found`
  return row?.found ?? false
}

async function load(
  tx: Query,
  header: Header,
  options: RestoreOptions,
): Promise<{ readonly tables: number; readonly rows: number }> {
  await fixTextForms(tx)
  await makePartitions(tx, header)
  const guarded = await listGuarded(tx)
  for (const table of guarded) await tx`alter table ${tx(table)} disable trigger user`
  for (const { table } of await listTables(tx))
    if (await hasRows(tx, table)) await tx`delete from ${tx(table)}`
  let [tables, rows] = [0, 0]
  await readArchive(options.file, {
    header: async () => {},
    table: async (start, chunks) => {
      const stored = await restoreTable(tx, start, chunks)
      options.onTable(start.table, stored)
      tables++
      rows += stored
      return stored
    },
    sequences: (sequences) => setSequences(tx, sequences),
  })
  for (const table of guarded) await tx`alter table ${tx(table)} enable trigger user`
  return { tables, rows }
}

type TableRow = { table: string }

/** Tables with triggers of ours: they say what may be done, and a restore does nothing, it puts back. */
async function listGuarded(tx: Query): Promise<readonly string[]> {
  const rows = await tx<TableRow[]>`
    select distinct c.relname as table from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace = 'public'::regnamespace order by 1`
  return rows.map((row) => row.table)
}

/** As they were, so that retention finds them. A schema from before has its rows in the default ones. */
async function makePartitions(tx: Query, header: Header): Promise<void> {
  const [known] = await tx<FoundRow[]>`
    select to_regprocedure('create_partition(text,date,integer)') is not null as found`
  if (!known?.found) return
  for (const { parent, firstDay, days } of header.partitions)
    await tx`select create_partition(${parent}, ${firstDay}::date, ${days}::int)`
}

type CountRow = { count: bigint }

async function restoreTable(
  tx: Query,
  { table, columns }: TableStart,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  await copyIn(tx`copy ${tx(table)} (${tx(columns)}) from stdin`, chunks)
  const [row] = await tx<CountRow[]>`select count(*) as count from ${tx(table)}`
  return Number(row?.count ?? 0)
}

async function setSequences(tx: Query, sequences: Sequences): Promise<void> {
  for (const { name, value } of sequences)
    await tx`select setval(${`public.${name}`}::regclass, ${value}::bigint)`
}
