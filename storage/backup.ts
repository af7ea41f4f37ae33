// A backup: every table of ours as COPY text, all of one moment (one repeatable-read snapshot, so commits go on
// meanwhile), with the schema's version, partitions and sequences. Jobs are made anew from the tables. Left out on
// purpose: sessions, sign-in steps, rate limits, setup links. Password hashes are in it: guard the file.
import type { Header, Sequences } from './archive-format.ts'
import { writeArchive } from './archive-write.ts'
import { StorageError } from './failure.ts'
import { readMigrationMarks } from './migrate.ts'
import { openSql, type Query } from './sql.ts'

/** What must not live longer than the server it was made on. */
const LEFT_OUT = ['_prisma_migrations', 'session', 'verification', 'rate_limit', 'setup_token']

export type BackupOptions = {
  readonly ownerUrl: string
  readonly file: string
  /** Told of each table that is done. */
  readonly onTable: (table: string, rows: number) => void
}

export type Backup = { readonly tables: number; readonly rows: number; readonly bytes: number }

/** Errors: StorageError BACKUP_EMPTY, SCHEMA_NEWER; the server's and the file system's own. */
export async function backUp(options: BackupOptions): Promise<Backup> {
  const { ownerUrl, file, onTable } = options
  const sql = openSql({ url: ownerUrl, applicationName: 'strayline-backup', connectionsMax: 1 })
  try {
    return await sql.begin('isolation level repeatable read read only', async (tx) => {
      await fixTextForms(tx)
      const header = await readHeader(tx)
      let [tables, rows] = [0, 0]
      const { bytes } = await writeArchive(file, async (archive) => {
        await archive.header(header)
        for (const { table, columns } of await listTables(tx)) {
          const copied = await archive.table({ table, columns }, await copyOut(tx, table, columns))
          onTable(table, copied)
          tables++
          rows += copied
        }
        await archive.sequences(await readSequences(tx))
      })
      return { tables, rows, bytes }
    })
  } finally {
    await sql.end()
  }
}

/** Text that any server reads the same, whatever it is configured to. */
export async function fixTextForms(tx: Query): Promise<void> {
  await tx`set local datestyle = 'ISO, MDY'`
  await tx`set local timezone = 'UTC'`
  await tx`set local extra_float_digits = 1`
}

type NowRow = { taken_at: Date; server_version: string }

async function readHeader(tx: Query): Promise<Omit<Header, 'format' | 'formatVersion'>> {
  const migrations = await readMigrationMarks(tx)
  if (migrations.length === 0) {
    const text = 'This database has no tables of Strayline, so there is nothing to back up.'
    throw new StorageError('BACKUP_EMPTY', text)
  }
  const [now] = await tx<NowRow[]>`
    select now() as taken_at, current_setting('server_version') as server_version`
  if (!now) throw new Error('the server gave no answer to a select without a table')
  return {
    takenAt: now.taken_at.toISOString(),
    serverVersion: now.server_version,
    migrations: [...migrations],
    partitions: [...(await listPartitions(tx))],
  }
}

export type BackedUpTable = { readonly table: string; readonly columns: string[] }
type ReferenceRow = { from_table: string; to_table: string }

/** The tables that go into a backup, each after those that it refers to. */
export async function listTables(tx: Query): Promise<readonly BackedUpTable[]> {
  const tables = await tx<BackedUpTable[]>`
    select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and c.relname <> all(${LEFT_OUT}::text[])
      and a.attnum > 0 and not a.attisdropped
    group by c.relname order by c.relname`
  const references = await tx<ReferenceRow[]>`
    select c.conrelid::regclass::text as from_table, c.confrelid::regclass::text as to_table
    from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`
  const targetsOf = Map.groupBy(references, (each) => each.from_table.replaceAll('"', ''))
  const sorted = new Map<string, BackedUpTable>()
  const visit = (table: BackedUpTable) => {
    if (sorted.has(table.table)) return
    for (const { to_table: name } of targetsOf.get(table.table) ?? []) {
      const target = tables.find((each) => each.table === name.replaceAll('"', ''))
      if (target && target !== table) visit(target)
    }
    sorted.set(table.table, table)
  }
  for (const table of tables) visit(table)
  return [...sorted.values()]
}

/**
 * The driver stops reading from the server when much has come, and goes on when more is asked for; at the end nobody
 * asks, and whatever is sent next would never be answered.
 */
async function copyOut(tx: Query, table: string, columns: readonly string[]) {
  const rows = await tx`copy (select ${tx([...columns])} from ${tx(table)}) to stdout`.readable()
  return rows.once('end', () => rows._read(0))
}

type PartitionRow = { parent: string; low: string; days: number }

/** Those with bounds; every partitioned table has a default one anyway. */
function listPartitions(tx: Query): Promise<{ parent: string; firstDay: string; days: number }[]> {
  return tx<PartitionRow[]>`
    select bounds.parent, to_char(bounds.low, 'YYYY-MM-DD') as low,
      (extract(epoch from bounds.high - bounds.low) / 86400)::int as days
    from (
      select p.relname::text as parent,
        (regexp_match(pg_get_expr(c.relpartbound, c.oid), $$FROM [(]'([^']+)'[)]$$))[1]::timestamptz
          as low,
        (regexp_match(pg_get_expr(c.relpartbound, c.oid), $$TO [(]'([^']+)'[)]$$))[1]::timestamptz
          as high
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      join pg_class p on p.oid = i.inhparent
      where p.relnamespace = 'public'::regnamespace and p.relkind = 'p' and c.relispartition
    ) as bounds
    where bounds.low is not null and bounds.high is not null
    order by 1, 2`.then((rows) =>
    rows.map(({ parent, low, days }) => ({ parent, firstDay: low, days })),
  )
}

type SequenceRow = { name: string; value: string }

/** Read after the rows: at least as far as any of them. */
function readSequences(tx: Query): Promise<Sequences> {
  return tx<SequenceRow[]>`
    select sequencename::text as name, last_value::text as value from pg_sequences
    where schemaname = 'public' and last_value is not null order by 1`.then((rows) => [...rows])
}
