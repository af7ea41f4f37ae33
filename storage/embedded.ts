// The embedded Postgres for trial and one team: initdb once, start, reuse, stop.
// It listens on loopback only, asks for a password (scram), keeps synchronous_commit on, and
// outlives a killed parent: the next start finds it by postmaster.pid and its password, and reuses
// it.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { appendFile, chmod, chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  assertTraversable,
  findBinaries,
  freePort,
  runAs,
  type ServerUser,
  serverUser,
} from './embedded-host.ts'
import { StorageError } from './failure.ts'
import { withFileLock } from './file-lock.ts'
import { openSql } from './sql.ts'

export type EmbeddedOptions = {
  /** Strayline's data folder; the server's files go to <dataDir>/postgres. */
  readonly dataDir: string
  readonly database: string
  /** More lines of postgresql.conf, by name; read when the server is started. */
  readonly serverSettings?: { readonly [name: string]: string }
}

export type EmbeddedServer = {
  /** Owner URL of the database, password included. */
  readonly url: string
  readonly port: number
  readonly isReused: boolean
}

const SUPERUSER = 'strayline'
const START_ATTEMPTS_MAX = 20
const START_PAUSE_MS = 300

/**
 * Starts the server, or reuses the one that runs on this folder, and makes the database if it is
 * missing.
 * Errors: StorageError with code EMBEDDED_START, EMBEDDED_PLATFORM, EMBEDDED_FOLDER or
 * EMBEDDED_USER.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = path.resolve(options.dataDir)
  const user = serverUser()
  await makeDataDir(dataDir, user)
  return withFileLock(path.join(dataDir, 'postgres.lock'), async () => {
    const password = await initialise(dataDir, user)
    const running = await findRunning(dataDir, password)
    const port = running ?? (await start(dataDir, user, options.serverSettings ?? {}))
    await ensureDatabase(urlOf(port, password, 'postgres'), options.database)
    return {
      url: urlOf(port, password, options.database),
      port,
      isReused: running !== null,
    }
  })
}

/** The server that runs on a data folder now, or null; starts nothing. For `strayline doctor`. */
export async function findEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer | null> {
  const dataDir = path.resolve(options.dataDir)
  if (!existsSync(serverFolder(dataDir))) return null
  const password = readPassword(dataDir)
  const port = await findRunning(dataDir, password)
  return port === null
    ? null
    : { url: urlOf(port, password, options.database), port, isReused: true }
}

/** Stops the server of a data folder in order; true when one ran. */
export async function stopEmbedded(dataDir: string): Promise<boolean> {
  const folder = serverFolder(path.resolve(dataDir))
  if (readPostmaster(folder) === null) return false
  const binaries = findBinaries()
  await runAs(serverUser(), binaries.pg_ctl, ['-D', folder, '-w', '-m', 'fast', 'stop'])
  return true
}

const serverFolder = (dataDir: string) => path.join(dataDir, 'postgres')
const passwordFile = (dataDir: string) => path.join(dataDir, 'postgres.password')

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

/** As root the server runs as another user, who must get through our folder but not read it. */
async function makeDataDir(dataDir: string, user: ServerUser | null): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: user ? 0o711 : 0o700 })
  if (!user) return
  const { mode, uid } = await stat(dataDir)
  if (uid === 0 && (mode & 0o001) === 0) await chmod(dataDir, (mode & 0o7777) | 0o011)
  await assertTraversable(dataDir, user)
}

/** initdb into a folder beside, then rename: a killed initdb leaves nothing that looks finished. */
async function initialise(dataDir: string, user: ServerUser | null): Promise<string> {
  const folder = serverFolder(dataDir)
  if (existsSync(folder)) return readPassword(dataDir)
  const password = randomBytes(24).toString('hex')
  const fresh = `${folder}.new`
  const handover = `${folder}.pw`
  await rm(fresh, { recursive: true, force: true })
  await rm(handover, { force: true })
  await mkdir(fresh, { mode: 0o700 })
  await writeFile(handover, password, { mode: 0o600, flag: 'wx' })
  if (user) {
    await chown(fresh, user.uid, user.gid)
    await chown(handover, user.uid, user.gid)
  }
  // The builtin provider is the same on every platform; order is by code point everywhere.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const auth = ['-A', 'scram-sha-256', `--pwfile=${handover}`]
  const args = ['-D', fresh, '-U', SUPERUSER, '--encoding=UTF8', ...locale, ...auth]
  await runAs(user, findBinaries().initdb, args)
  await rm(handover)
  await appendFile(path.join(fresh, 'postgresql.conf'), "\ninclude_if_exists 'strayline.conf'\n")
  await writeFile(passwordFile(dataDir), password, { mode: 0o600 })
  await rename(fresh, folder)
  return password
}

function readPassword(dataDir: string): string {
  try {
    return readFileSync(passwordFile(dataDir), 'utf8').trim()
  } catch (cause) {
    const text =
      `The embedded database in ${serverFolder(dataDir)} has lost its password file ` +
      `${passwordFile(dataDir)}; restore it, or move the database folder away to start afresh.`
    throw new StorageError('EMBEDDED_FOLDER', text, cause)
  }
}

type Postmaster = { readonly pid: number; readonly port: number; readonly isReady: boolean }

/** postmaster.pid: line 1 pid, line 4 port, line 8 state. Source: PostgreSQL miscadmin.h. */
function readPostmaster(folder: string): Postmaster | null {
  let lines: string[]
  try {
    lines = readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return null // none, or just removed: nothing runs that we could reuse
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return null
  return { pid, port: Number(lines[3]), isReady: /ready/.test(lines[7] ?? '') }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * The port of the server of this folder; null when none runs. A pid taken by another program is no
 * server.
 */
async function findRunning(dataDir: string, password: string): Promise<number | null> {
  const folder = serverFolder(dataDir)
  for (let attempt = 0; attempt < START_ATTEMPTS_MAX; attempt++) {
    const postmaster = readPostmaster(folder)
    if (!postmaster) return null
    if (postmaster.isReady)
      return (await isOurs(urlOf(postmaster.port, password, 'postgres'))) ? postmaster.port : null
    await sleep(START_PAUSE_MS) // it is starting or stopping
  }
  return null
}

async function isOurs(url: string): Promise<boolean> {
  const sql = openSql({ url, applicationName: 'strayline-start', connectionsMax: 1 })
  try {
    await sql`select 1`
    return true
  } catch {
    return false // refused or another password: the pid belongs to something else
  } finally {
    await sql.end()
  }
}

async function start(
  dataDir: string,
  user: ServerUser | null,
  settings: { readonly [name: string]: string },
): Promise<number> {
  const folder = serverFolder(dataDir)
  const binaries = findBinaries()
  const log = path.join(folder, 'server.log')
  let cause: unknown
  for (let attempt = 0; attempt < START_ATTEMPTS_MAX; attempt++) {
    // The remembered port, which clients may still know; any free one when somebody else has taken
    // it.
    const port = await freePort(rememberedPort(folder))
    await writeSettings(folder, user, port, settings)
    try {
      const args = ['-D', folder, '-w', '-t', '60', '-s', '-l', log, 'start']
      await runAs(user, binaries.pg_ctl, args)
      return port
    } catch (error) {
      // The children of a killed postmaster hold its shared memory for a moment.
      cause = error
      await sleep(START_PAUSE_MS)
    }
  }
  const text = `The embedded database did not start; its log ${log} says why.`
  throw new StorageError('EMBEDDED_START', text, cause)
}

function rememberedPort(folder: string): number {
  try {
    const text = readFileSync(path.join(folder, 'strayline.conf'), 'utf8')
    return Number(/^port = (\d+)$/m.exec(text)?.[1] ?? 0)
  } catch {
    return 0 // the first start
  }
}

async function writeSettings(
  folder: string,
  user: ServerUser | null,
  port: number,
  settings: { readonly [name: string]: string },
): Promise<void> {
  const lines = {
    listen_addresses: "'127.0.0.1'",
    port: String(port),
    unix_socket_directories: "''",
    password_encryption: "'scram-sha-256'",
    synchronous_commit: 'on',
    max_connections: '100',
    shared_buffers: "'128MB'",
    max_wal_size: "'1GB'",
    timezone: "'UTC'",
    log_timezone: "'UTC'",
    log_line_prefix: "'%m [%p] '",
    ...settings,
  }
  const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`)
  const file = path.join(folder, 'strayline.conf')
  await writeFile(file, `# Written at each start.\n${text.join('')}`, { mode: 0o600 })
  if (user) await chown(file, user.uid, user.gid)
}

async function ensureDatabase(adminUrl: string, database: string): Promise<void> {
  const sql = openSql({ url: adminUrl, applicationName: 'strayline-start', connectionsMax: 1 })
  try {
    const rows = await sql<{ found: number }[]>`
      select 1 as found from pg_database where datname = ${database}`
    if (rows.length === 0) await sql`create database ${sql(database)}`
  } finally {
    await sql.end()
  }
}
