// Work on the database that the settings name, else on the embedded one, which is started for the time it
// takes: for commands that administer what is stored.
import { userInfo } from 'node:os'
import path from 'node:path'
import { checkDatabase } from '../storage/check.ts'
import { findEmbedded, startEmbedded, stopEmbedded } from '../storage/embedded.ts'
import { errorCode, StorageError } from '../storage/failure.ts'
import { openSql, type Sql } from '../storage/sql.ts'
import { readServeConfig, type ServeConfig } from './config.ts'
import { EMBEDDED_DATABASE } from './database.ts'
import { clearProgress, complain } from './terminal.ts'

/** Runs work as owner and prints the text it ends with. Exit codes: 0, 1 failed, 2 a setting is wrong. */
export async function withDatabase(work: (ownerUrl: string) => Promise<string>): Promise<number> {
  const parsed = readServeConfig()
  if (!parsed.ok) {
    for (const problem of parsed.problems) complain(problem)
    return 2
  }
  try {
    const database = await openDatabase(parsed.config)
    try {
      await checkDatabase(database.ownerUrl)
      const text = await work(database.ownerUrl)
      clearProgress()
      console.log(text)
    } finally {
      await database.close()
    }
    return 0
  } catch (error) {
    complain(sentenceOf(error))
    return 1
  }
}

/** The same with a connection of its own. command: its name, for the server's list of connections. */
export function withSql(command: string, work: (sql: Sql) => Promise<string>): Promise<number> {
  return withDatabase(async (ownerUrl) => {
    const applicationName = `strayline-${command}`
    const sql = openSql({ url: ownerUrl, applicationName, connectionsMax: 1 })
    try {
      return await work(sql)
    } finally {
      await sql.end()
    }
  })
}

/** Who sits at the command line, for the audit record. */
export function commandLineActor(): string {
  return `command line (${userInfo().username})`
}

async function openDatabase(config: ServeConfig) {
  const close = async () => {}
  if (config.databaseUrl !== null) return { ownerUrl: config.databaseUrl, close }
  const options = { dataDir: path.resolve(config.dataDir), database: EMBEDDED_DATABASE }
  const running = await findEmbedded(options)
  if (running) return { ownerUrl: running.url, close }
  const { url } = await startEmbedded(options)
  return { ownerUrl: url, close: async () => void (await stopEmbedded(options.dataDir)) }
}

/** Failures of the outside world carry a code and a sentence; all else is a bug and shows its stack. */
function sentenceOf(error: unknown): string {
  if (error instanceof StorageError) return error.message
  if (!(error instanceof Error)) return String(error)
  // undefined_table: nothing was ever served on this database, or only by an older version.
  if (errorCode(error) === '42P01')
    return 'The database is not up to date: start Strayline once, it makes the tables.'
  const { code, path: file } = error as NodeJS.ErrnoException
  if (code !== undefined && file !== undefined) return `${file} cannot be written (${code}).`
  return code === undefined ? (error.stack ?? error.message) : `${error.message} (${code})`
}
