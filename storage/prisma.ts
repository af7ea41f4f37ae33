// The Prisma client of a process: accounts and sessions, written by better-auth's adapter.
// Tables of the stream belong to postgres.js (sql.ts); nothing else writes them.
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../generated/prisma/client.ts'
import { tracing } from '../telemetry/trace.ts'
import { traceOperations } from './traced.ts'

export type { PrismaClient }

const CONNECTIONS_MAX = 5

// Next reloads modules in development; the one client a process lives on the global object.
const holder = globalThis as typeof globalThis & { straylinePrisma?: PrismaClient }

/** The one client of this process, made at the first call with that URL. */
export function openPrisma(url: string): PrismaClient {
  holder.straylinePrisma ??= makeClient(url)
  return holder.straylinePrisma
}

function makeClient(url: string): PrismaClient {
  const adapter = new PrismaPg({ connectionString: url, max: CONNECTIONS_MAX })
  const client = new PrismaClient({ adapter })
  return tracing() === null ? client : traceOperations(client, url)
}
