// The web process's two doors to Postgres, as the web role: postgres.js for the graph, alerts and
// baselines, Prisma for what the auth library writes. One of each a process.
import 'server-only'
import { openPrisma, type PrismaClient } from '../storage/prisma.ts'
import { openSql, type Sql } from '../storage/sql.ts'
import { oncePerProcess, webProcess } from './web-process.ts'

const CONNECTIONS_MAX = 8

/** The pool for graph reads and for writes of baselines and alerts. */
export function database(): Sql {
  return oncePerProcess('sql', () =>
    openSql({
      url: webProcess().config.databaseUrl,
      applicationName: 'strayline-web',
      connectionsMax: CONNECTIONS_MAX,
    }),
  )
}

/** The client of accounts and sessions. */
export function accounts(): PrismaClient {
  return openPrisma(webProcess().config.databaseUrl)
}
