// The database as `serve` prepares it for its children: started or found, checked, migrated, with a role
// for each. The embedded server is looked after while we run, as any other child.
import { connect } from 'node:net'
import { checkDatabase } from '../storage/check.ts'
import { startEmbedded, stopEmbedded } from '../storage/embedded.ts'
import { migrate } from '../storage/migrate.ts'
import { ensureRoles, grantRoles, type RoleUrls } from '../storage/roles.ts'
import type { ServeConfig } from './config.ts'
import type { Lifetime } from './lifetime.ts'
import { complain } from './terminal.ts'

export const EMBEDDED_DATABASE = 'strayline'
const LOOK_INTERVAL_MS = 2_000

/** Connection URLs, one a role. Secrets. */
export type DatabaseUrls = RoleUrls & { readonly workerUrl: string }

/**
 * Errors: StorageError with one sentence for a person: unreachable, too old, refused, not ours to
 * migrate. The embedded server joins the lifetime as soon as it runs.
 */
export async function prepareDatabase(
  config: ServeConfig,
  lifetime: Lifetime,
): Promise<DatabaseUrls> {
  const ownerUrl = config.databaseUrl ?? (await startOwnServer(config.dataDir, lifetime))
  await checkDatabase(ownerUrl)
  await migrate(ownerUrl)
  const { collectorDatabaseUrl, webDatabaseUrl, workerDatabaseUrl, dataDir } = config
  const given = collectorDatabaseUrl !== null && webDatabaseUrl !== null
  const roles = given
    ? { ownerUrl, collectorUrl: collectorDatabaseUrl, webUrl: webDatabaseUrl }
    : await ensureRoles({ ownerUrl, dataDir })
  if (given) await grantRoles(roles)
  return {
    ownerUrl,
    collectorUrl: collectorDatabaseUrl ?? roles.collectorUrl,
    webUrl: webDatabaseUrl ?? roles.webUrl,
    workerUrl: workerDatabaseUrl ?? ownerUrl,
  }
}

async function startOwnServer(dataDir: string, lifetime: Lifetime): Promise<string> {
  const options = { dataDir, database: EMBEDDED_DATABASE }
  const { url, port } = await startEmbedded(options)
  let isLooking = false
  const timer = setInterval(async () => {
    if (isLooking || lifetime.isStopping()) return
    isLooking = true
    if (!(await isListening(port)) && !lifetime.isStopping()) {
      console.error('The embedded database has ended; it is started again.')
      await startEmbedded(options).catch((error: Error) => complain(error.message))
    }
    isLooking = false
  }, LOOK_INTERVAL_MS)
  lifetime.add({
    stop: async () => {
      clearInterval(timer)
      await stopEmbedded(dataDir)
    },
  })
  return url
}

/** Whether something accepts connections on a port of this machine. */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 })
    const answer = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => answer(true))
    socket.once('timeout', () => answer(false))
    socket.once('error', () => answer(false))
  })
}
