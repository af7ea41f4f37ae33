// The embedded server: started once, reused, alive after its parent's death, back after its own.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkDatabase } from '../../storage/check.ts'
import { startEmbedded, stopEmbedded } from '../../storage/embedded.ts'
import { openSql } from '../../storage/sql.ts'

const root = mkdtempSync(path.join(tmpdir(), 'strayline-embedded-'))
const dataDir = path.join(root, 'data')
const options = { dataDir, database: 'strayline' }
beforeAll(() => {
  chmodSync(root, 0o755)
  mkdirSync(dataDir, { mode: 0o700 })
})
afterAll(async () => {
  await stopEmbedded(dataDir)
  rmSync(root, { recursive: true, force: true })
})

const postmasterPid = () =>
  Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])

async function settingsOf(url: string): Promise<Record<string, string>> {
  const sql = openSql({ url, applicationName: 'strayline-test', connectionsMax: 1 })
  const rows = await sql<{ name: string; setting: string }[]>`
    select name, setting from pg_settings where name in ('synchronous_commit', 'fsync',
      'listen_addresses', 'unix_socket_directories', 'password_encryption')`
  const [trusted] = await sql<{ count: number }[]>`
    select count(*)::int as count from pg_hba_file_rules where auth_method <> 'scram-sha-256'`
  await sql.end()
  return {
    ...Object.fromEntries(rows.map((row) => [row.name, row.setting])),
    rulesWithoutPassword: String(trusted?.count),
  }
}

test('of two that start at once, one starts the server and the other reuses it', async () => {
  const [one, two] = await Promise.all([startEmbedded(options), startEmbedded(options)])
  expect(two.url).toBe(one.url)
  expect([one.isReused, two.isReused].sort()).toEqual([false, true])
  expect(await checkDatabase(one.url)).toMatchObject({ database: 'strayline' })
})

test('it listens on loopback only, asks everybody for a password, and loses no commit', async () => {
  const { url } = await startEmbedded(options)
  expect(await settingsOf(url)).toEqual({
    fsync: 'on',
    listen_addresses: '127.0.0.1',
    password_encryption: 'scram-sha-256',
    synchronous_commit: 'on',
    unix_socket_directories: '',
    rulesWithoutPassword: '0',
  })
  expect(statSync(path.join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600)
  const open = new URL(url)
  open.password = ''
  await expect(checkDatabase(open.href)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })
})

test('kill -9 of the parent leaves it running, and the next start reuses it', async () => {
  await stopEmbedded(dataDir)
  const script = `import('${path.resolve('storage/embedded.ts')}').then(async ({ startEmbedded }) => {
    await startEmbedded({ dataDir: '${dataDir}', database: 'strayline' })
    process.stdout.write('up')
    setInterval(() => {}, 1000)
  })`
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => parent.stdout.once('data', resolve))
  const pid = postmasterPid()
  parent.kill('SIGKILL')
  await new Promise((resolve) => parent.once('exit', resolve))
  const server = await startEmbedded(options)
  expect(server.isReused).toBe(true)
  expect(postmasterPid()).toBe(pid)
})

test('kill -9 of the server itself: the next start brings it back on its port', async () => {
  const { port } = await startEmbedded(options)
  process.kill(postmasterPid(), 'SIGKILL')
  const server = await startEmbedded(options)
  expect(server).toMatchObject({ port, isReused: false })
  expect(await checkDatabase(server.url)).toBeTruthy()
})

test('a port that somebody else has taken is given up for another', async () => {
  const { port } = await startEmbedded(options)
  await stopEmbedded(dataDir)
  const other = createServer().listen(port, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const server = await startEmbedded(options)
  expect(server.port).not.toBe(port)
  other.close()
  expect((await startEmbedded(options)).port).toBe(server.port)
})

test('a lost password file is one sentence that names it', async () => {
  const file = path.join(dataDir, 'postgres.password')
  const password = readFileSync(file, 'utf8')
  rmSync(file)
  await expect(startEmbedded(options)).rejects.toMatchObject({
    code: 'EMBEDDED_FOLDER',
    message: expect.stringContaining(file),
  })
  writeFileSync(file, password, { mode: 0o600 })
})

test.runIf(process.getuid?.() === 0)(
  'as root, a parent folder that the server may not pass is one sentence that names it',
  async () => {
    const locked = path.join(root, 'locked')
    mkdirSync(path.join(locked, 'inner'), { recursive: true })
    chmodSync(locked, 0o700)
    const attempt = startEmbedded({ dataDir: path.join(locked, 'inner'), database: 'x' })
    await expect(attempt).rejects.toMatchObject({
      code: 'EMBEDDED_FOLDER',
      message: expect.stringContaining(`may not pass the folder ${locked};`),
    })
  },
)

test.runIf(process.getuid?.() === 0)('an ordinary user runs it as himself', async () => {
  const home = path.join(root, 'home')
  mkdirSync(home, { mode: 0o755 })
  chownSync(home, 65534, 65534)
  const script = `import('${path.resolve('storage/embedded.ts')}').then(async (embedded) => {
      const dataDir = '${home}/data'
      const { url } = await embedded.startEmbedded({ dataDir, database: 'strayline' })
      await embedded.stopEmbedded(dataDir)
      console.log(url ? 'ran' : '')
    })`
  const child = spawn(process.execPath, ['-e', script], {
    ...{ uid: 65534, gid: 65534, cwd: '/' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of child.stdout) said += chunk
  expect(said.trim()).toBe('ran')
})
