// Debian's own PostgreSQL 15, where it is installed: a server in a temporary folder, as an operator's database
// that is not ours. Null where it is absent, so that a test can say by name that it skips.
import { existsSync } from 'node:fs'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, runAs, serverUser } from '../../storage/embedded-host.ts'

const BIN = '/usr/lib/postgresql/15/bin'

export const hasDebianPostgres = existsSync(path.join(BIN, 'postgres'))

export type DebianPostgres = {
  /** Its superuser, database postgres. */
  readonly url: string
  readonly stop: () => Promise<void>
}

export async function startDebianPostgres(): Promise<DebianPostgres> {
  const user = serverUser()
  const folder = await mkdtemp(path.join(tmpdir(), 'strayline-pg15-'))
  await chmod(folder, 0o711)
  const data = path.join(folder, 'data')
  const passwordFile = path.join(folder, 'password')
  const password = 'for-this-test-only'
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) for (const owned of [folder, passwordFile]) await chown(owned, user.uid, user.gid)
  const auth = ['-A', 'scram-sha-256', '-U', 'operator', `--pwfile=${passwordFile}`]
  const initArgs = ['-D', data, ...auth, '--encoding=UTF8', '--locale=C.UTF-8', '-N']
  await runAs(user, path.join(BIN, 'initdb'), initArgs)
  const port = await freePort(0)
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c fsync=off -c unix_socket_directories= -c datestyle=German -c timezone=Asia/Tokyo`
  const log = path.join(data, 'server.log')
  const control = path.join(BIN, 'pg_ctl')
  await runAs(user, control, ['-D', data, '-w', '-s', '-l', log, '-o', options, 'start'])
  return {
    url: `postgres://operator:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await runAs(user, control, ['-D', data, '-w', '-m', 'immediate', 'stop'])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
