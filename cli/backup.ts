// `strayline backup FILE` and `strayline restore FILE`: the database that the settings name, else the embedded
// one, which is started for the time it takes. Serving may go on during a backup, not during a restore.
import path from 'node:path'
import { backUp } from '../storage/backup.ts'
import { checkDatabase } from '../storage/check.ts'
import { findEmbedded, startEmbedded, stopEmbedded } from '../storage/embedded.ts'
import { StorageError } from '../storage/failure.ts'
import { restore } from '../storage/restore.ts'
import { readServeConfig, type ServeConfig } from './config.ts'
import { EMBEDDED_DATABASE } from './database.ts'
import { clearProgress, complain, showProgress } from './terminal.ts'

/** Writes a backup. Gives the exit code: 0, or 1 when it failed, 2 when a setting is wrong. */
export function runBackup(request: { readonly file: string }): Promise<number> {
  const { file } = request
  return withDatabase(async (ownerUrl) => {
    const onTable = (table: string, rows: number) => showProgress(`${table}: ${rows} rows`)
    const { tables, rows, bytes } = await backUp({ ownerUrl, file, onTable })
    const size = bytes < 1024 ** 2 ? `${bytes} bytes` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`
    return (
      `${file}: ${rows} rows of ${tables} tables, ${size}. Guard it: it holds the map of your ` +
      'services and the password hashes of their watchers.'
    )
  })
}

/** Restores a backup. Exit codes as runBackup. */
export function runRestore(request: {
  readonly file: string
  readonly existing: 'refuse' | 'replace'
}): Promise<number> {
  return withDatabase(async (ownerUrl) => {
    const onTable = (table: string, rows: number) => showProgress(`${table}: ${rows} rows`)
    const { takenAt, tables, rows, migrated } = await restore({ ...request, ownerUrl, onTable })
    const newer = migrated.length === 0 ? '' : ` Brought up to date: ${migrated.join(', ')}.`
    return `${rows} rows of ${tables} tables as of ${takenAt} restored.${newer} Everybody signs in again.`
  })
}

/** Runs work on the database of the settings and prints the sentence it ends with. */
async function withDatabase(work: (ownerUrl: string) => Promise<string>): Promise<number> {
  const parsed = readServeConfig()
  if (!parsed.ok) {
    for (const problem of parsed.problems) complain(problem)
    return 2
  }
  try {
    const database = await openDatabase(parsed.config)
    try {
      await checkDatabase(database.ownerUrl)
      const sentence = await work(database.ownerUrl)
      clearProgress()
      console.log(sentence)
    } finally {
      await database.close()
    }
    return 0
  } catch (error) {
    complain(sentenceOf(error))
    return 1
  }
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
  const { code, path: file } = error as NodeJS.ErrnoException
  if (code !== undefined && file !== undefined) return `${file} cannot be written (${code}).`
  return code === undefined ? (error.stack ?? error.message) : `${error.message} (${code})`
}
