// A collector that runs on a database of its own, for tests that only want to talk to it.
import { openSql, type Sql } from '../../storage/sql.ts'
import { makeDataDir, startCollector, type TestCollector } from './collector.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

export type OpenCollector = {
  readonly collector: TestCollector
  readonly database: TestDatabase
  /** As the web's role. */
  readonly sql: Sql
  readonly dataDir: string
  /** Ends it and removes everything it wrote. */
  readonly close: () => Promise<void>
}

/** variables: STRAYLINE_* settings. Errors: rejects with what the collector wrote when it does not start. */
export async function openCollector(
  variables: Readonly<Record<string, string>>,
): Promise<OpenCollector> {
  const { dataDir, remove } = makeDataDir()
  const database = await createTestDatabase()
  const collector = await startCollector({
    databaseUrl: database.collectorUrl,
    dataDir,
    variables,
  })
  const sql = openSql({
    url: database.webUrl,
    applicationName: 'strayline-test',
    connectionsMax: 1,
  })
  const close = async () => {
    await sql.end()
    await collector.kill()
    await database.drop()
    remove()
  }
  return { collector, database, sql, dataDir, close }
}
