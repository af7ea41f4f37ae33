// Is the database there, and new enough? Asked once at start, so that a person reads one sentence.
import { errorCode, StorageError } from './failure.ts'
import { openSql, type Sql } from './sql.ts'

const SERVER_VERSION_MIN = 15

export type DatabaseInfo = {
  /** For example '18.4'. */
  readonly serverVersion: string
  readonly database: string
  readonly user: string
}

/**
 * Connects once. Errors: StorageError DATABASE_URL (not a URL), DATABASE_UNREACHABLE,
 * DATABASE_REFUSED (password, missing database) or DATABASE_TOO_OLD; the message never holds the
 * password.
 */
export async function checkDatabase(url: string): Promise<DatabaseInfo> {
  const place = describePlace(url)
  const sql = openSql({ url, applicationName: 'strayline-check', connectionsMax: 1 })
  try {
    const row = await readInfo(sql)
    refuseOld(row, place)
    return { serverVersion: row.version, database: row.database, user: row.user }
  } catch (error) {
    throw error instanceof StorageError ? error : explain(error, place)
  } finally {
    await sql.end()
  }
}

/** host:port/database of a URL, for people; never user or password. */
function describePlace(url: string): string {
  const text = 'DATABASE_URL is not a URL of the form postgres://user:password@host:5432/database.'
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new StorageError('DATABASE_URL', text) // the cause would print the password
  }
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw new StorageError('DATABASE_URL', text)
  return `${parsed.hostname || 'localhost'}:${parsed.port || '5432'}${parsed.pathname}`
}

type InfoRow = { major: number; version: string; database: string; user: string }

async function readInfo(sql: Sql): Promise<InfoRow> {
  const [row] = await sql<InfoRow[]>`
    select current_setting('server_version_num')::int / 10000 as major,
      split_part(current_setting('server_version'), ' ', 1) as version,
      current_database() as database, current_user as user`
  if (!row) throw new Error('the server gave no answer to a select without a table')
  return row
}

function refuseOld(row: InfoRow, place: string): void {
  if (row.major >= SERVER_VERSION_MIN) return
  const text =
    `The database at ${place} runs PostgreSQL ${row.version}; Strayline needs version ` +
    `${SERVER_VERSION_MIN} or newer.`
  throw new StorageError('DATABASE_TOO_OLD', text)
}

/** SQLSTATE classes: 28 = authorization, 3D000 = no such database. */
function explain(error: unknown, place: string): StorageError {
  const code = errorCode(error) ?? 'unknown'
  if (code.startsWith('28'))
    return refused(`The database at ${place} refused the user or password (${code}).`, error)
  if (code === '3D000') return refused(`There is no database at ${place}; create it.`, error)
  const text = `The database at ${place} cannot be reached (${code}).`
  return new StorageError('DATABASE_UNREACHABLE', text, error)
}

function refused(text: string, cause: unknown): StorageError {
  return new StorageError('DATABASE_REFUSED', text, cause)
}
