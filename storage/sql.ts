// The postgres.js pool of a process. It owns the tables of the stream, graph reads and LISTEN.
// bigint columns arrive as bigint, timestamps as Date; the session's zone is UTC.
import postgres from 'postgres'
import { tracing } from '../telemetry/trace.ts'
import { traceStatements } from './traced.ts'

type Types = { readonly bigint: bigint }
/** A pool: begins transactions, listens, ends. */
export type Sql = postgres.Sql<Types>
/** Anything that runs a statement: a pool or a transaction. */
export type Query = postgres.ISql<Types>

export type SqlOptions = {
  readonly url: string
  /** Shown in pg_stat_activity, so that an operator knows who is who. */
  readonly applicationName: string
  readonly connectionsMax: number
  /** A statement that takes longer is cancelled by the server, also when nobody waits for it; left out: none is. */
  readonly statementMsMax?: number
}

/**
 * Opens a pool lazily: connections are made when the first statement runs. End it with `sql.end()`.
 */
export function openSql(options: SqlOptions): Sql {
  const sql = postgres(options.url, {
    max: options.connectionsMax,
    connect_timeout: 10,
    idle_timeout: 60,
    max_lifetime: null,
    onnotice: () => {},
    connection: {
      // A server may be configured to write times in another form than the driver reads.
      ...{ DateStyle: 'ISO, MDY', TimeZone: 'UTC' },
      application_name: options.applicationName,
      ...(options.statementMsMax ? { statement_timeout: options.statementMsMax } : {}),
    },
    types: { bigint: postgres.BigInt },
  })
  return tracing() === null ? sql : traceStatements(sql, options.url)
}
