// `strayline backup FILE` and `strayline restore FILE`: the database that the settings name, else the embedded
// one, which is started for the time it takes. Serving may go on during a backup, not during a restore.
import { backUp } from '../storage/backup.ts'
import { restore } from '../storage/restore.ts'
import { showProgress } from './terminal.ts'
import { withDatabase } from './with-database.ts'

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
