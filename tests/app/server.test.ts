// The web process as a process: health, refusals, the read API, the event stream, and an orderly end.
// Pages and forms in a browser are the matter of tests/e2e.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { call, deltaOf } from '../storage/delta.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type ProcessUnderTest, startProcess, waitFor } from '../support/process.ts'
import { openEvents } from './event-stream.ts'
import { makeSession, SECRET } from './session-cookie.ts'

const isBuilt = existsSync(path.join(import.meta.dirname, '../../.next/BUILD_ID'))
const dataDir = mkdtempSync(path.join(tmpdir(), 'strayline-web-'))

let database: TestDatabase
let owner: Sql
let web: ProcessUnderTest
let url: string
let cookie: string

beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
  if (!isBuilt) return
  web = startWeb({})
  url = `http://127.0.0.1:${(await web.ready).port}`
  cookie = await makeSession(owner)
})
afterAll(async () => {
  await web?.end('SIGKILL')
  await owner.end()
  await database.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

function startWeb(variables: Readonly<Record<string, string>>): ProcessUnderTest {
  return startProcess('app/server.ts', {
    WEB_DATABASE_URL: database.webUrl,
    STRAYLINE_DATA_DIR: dataDir,
    STRAYLINE_WEB_PORT: '0',
    STRAYLINE_AUTH_SECRET: SECRET,
    ...variables,
  })
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { headers, redirect: 'manual' })
const getSignedIn = (path: string, headers: Record<string, string> = {}) =>
  get(path, { cookie, ...headers })

test.skipIf(!isBuilt)('it says that it lives and that it is ready, to anybody', async () => {
  expect((await get('/healthz')).status).toBe(200)
  expect((await get('/readyz')).status).toBe(200)
})

test.skipIf(!isBuilt)('without a session pages lead to sign-in and routes refuse', async () => {
  for (const page of ['/', '/map?window=1h', '/alerts', '/no-such-page']) {
    const answer = await get(page)
    expect(answer.status).toBe(307)
    expect(answer.headers.get('location')).toContain('/sign-in')
  }
  const paths = [
    'graph?environment=x',
    'alerts',
    'events',
    'session',
    'edges/1',
    'nodes/1',
    'commands',
    'imports',
    'intake',
    'ingest-token',
    'graph/export?environment=x&format=svg',
    'nothing',
  ]
  for (const path of paths) {
    const answer = await get(`/api/v1/${path}`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  }
  expect((await get('/elk-worker.js', { accept: '*/*' })).status).toBe(307)
})

test.skipIf(!isBuilt)('a forged or foreign session cookie is none', async () => {
  const forged = cookie.slice(0, -4)
  const answer = await get('/api/v1/session', { cookie: `${forged}AAA%3D` })
  expect(answer.status).toBe(401)
  const page = await get('/map', { cookie: 'strayline.session_token=abc.def' })
  expect(page.headers.get('location') ?? (await page.text())).toContain('/sign-in')
})

test.skipIf(!isBuilt)(
  'a name that is not ours is refused, and so is a write from elsewhere',
  async () => {
    const { status } = await askRaw({ host: 'evil.example' })
    expect(status).toBe(421)
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await fetch(`${url}/map`, { method: 'POST', headers: { cookie, ...headers } })
      expect(answer.status).toBe(403)
    }
  },
)

test.skipIf(!isBuilt)('every page has a policy with a nonce of its own', async () => {
  const [first, second] = [await get('/sign-in'), await get('/sign-in')]
  const nonceOf = (answer: Response) =>
    /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1]
  expect(nonceOf(first)).toBeTruthy()
  expect(nonceOf(first)).not.toBe(nonceOf(second))
  const html = await first.text()
  const scripts = html.match(/<script[^>]*>/g) ?? []
  expect(scripts.length).toBeGreaterThan(3)
  for (const script of scripts) expect(script).toContain(`nonce="${nonceOf(first)}"`)
  expect(html).not.toMatch(/ style="/)
})

test.skipIf(!isBuilt)('a name that cannot be stored is refused, and ignored by pages', async () => {
  for (const route of ['graph', 'alerts'])
    expect((await getSignedIn(`/api/v1/${route}?environment=a%00`)).status).toBe(400)
  for (const page of ['map', 'alerts'])
    expect((await getSignedIn(`/${page}?environment=%00`)).status).toBe(200)
})

test.skipIf(!isBuilt)(
  'the graph is given with an ETag; unknown paths and bad input are named',
  async () => {
    const answer = await getSignedIn('/api/v1/graph?environment=prod&window=24h')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ environment: 'prod', baseline: null, nodes: [] })
    // It says the minute in which it was read: that may end between the two.
    const askTwice = async () => {
      const etag = (await getSignedIn('/api/v1/graph?environment=prod')).headers.get('etag') ?? ''
      return getSignedIn('/api/v1/graph?environment=prod', { 'if-none-match': etag })
    }
    const again = await askTwice()
    expect(again.status === 304 ? again.status : (await askTwice()).status).toBe(304)
    expect((await getSignedIn('/api/v1/graph?environment=prod&window=9y')).status).toBe(400)
    expect((await getSignedIn('/api/v1/graph')).status).toBe(400)
    expect((await getSignedIn('/api/v1/alerts?state=asleep')).status).toBe(400)
    expect((await getSignedIn('/api/v1/edges/1%20or%201?environment=prod')).status).toBe(404)
    const unknown = await getSignedIn('/api/v1/no-such-thing')
    expect(unknown.status).toBe(404)
    expect(unknown.headers.get('content-type')).toBe('application/problem+json')
  },
)

test.skipIf(!isBuilt)(
  'a commit is heard on the event stream, and the graph then holds it',
  async () => {
    const events = await openEvents(`${url}/api/v1/events`, cookie)
    await waitFor('the first pulse', () => events.received.find((one) => one.event === 'pulse'))
    await commitNow()
    await waitFor('the change', () => events.received.find((one) => one.event === 'change'), 3000)
    events.close()
    const view = await (await getSignedIn('/api/v1/graph?environment=prod')).json()
    expect(view.edges).toMatchObject([{ calls: 1, standing: 'neutral' }])
    const detail = await getSignedIn(`/api/v1/edges/${view.edges[0].id}?environment=prod`)
    expect(await detail.json()).toMatchObject({ source: { name: 'web' }, target: { name: 'cart' } })
  },
)

test.skipIf(!isBuilt)('a revoked session loses its stream', { timeout: 30_000 }, async () => {
  const revoked = await makeSession(owner)
  const events = await openEvents(`${url}/api/v1/events`, revoked)
  await waitFor('the first pulse', () => events.received.find((one) => one.event === 'pulse'))
  const token = decodeURIComponent(revoked.split('=')[1] ?? '').split('.')[0] ?? ''
  await owner`delete from session where token = ${token}`
  await waitFor('the end', () => events.received.find((one) => one.event === 'end'), 15_000)
  await events.closed
})

test.skipIf(!isBuilt)('a method that nobody knows is refused, not a failure', async () => {
  for (const method of ['TRACE', 'PROPFIND']) expect((await askRaw({}, method)).status).toBe(405)
})

test.skipIf(!isBuilt)('an address that is no text is refused, not a failure', async () => {
  for (const path of ['/api/v1/edges/%E0%A4%A', '/api/v1/%ff', '/%']) {
    const answer = await get(path)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  }
})

test.skipIf(!isBuilt)('one person has so many event streams and no more', async () => {
  const many = await makeSession(owner)
  const streams = await Promise.all(
    Array.from({ length: 20 }, () => openEvents(`${url}/api/v1/events`, many)),
  )
  const refused = await fetch(`${url}/api/v1/events`, { headers: { cookie: many } })
  expect(refused.status).toBe(429)
  streams.pop()?.close()
  const roomFor = async () => {
    const answer = await fetch(`${url}/api/v1/events`, { headers: { cookie: many } })
    await answer.body?.cancel()
    return answer.status === 200 || undefined
  }
  await waitFor('room for another', roomFor)
  for (const stream of streams) stream.close()
})

test.skipIf(!isBuilt)(
  'without its database it lives, is not ready, and says what to do',
  async () => {
    const lost = startWeb({ WEB_DATABASE_URL: 'postgres://nobody:x@127.0.0.1:9/none' })
    const base = `http://127.0.0.1:${(await lost.ready).port}`
    expect((await fetch(`${base}/healthz`)).status).toBe(200)
    expect((await fetch(`${base}/readyz`)).status).toBe(503)
    const graph = await fetch(`${base}/api/v1/graph?environment=prod`, { headers: { cookie } })
    expect(graph.status).toBe(503)
    const page = await fetch(`${base}/map`, { headers: { cookie } })
    expect(page.status).toBe(500)
    expect(await lost.end('SIGTERM')).toBe(0)
  },
)

test('a port in use and bad variables are one clear sentence each and exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await waitFor('a port', () => other.address() ?? undefined)
  const port = String((other.address() as AddressInfo).port)
  const taken = startWeb({ STRAYLINE_WEB_PORT: port })
  await expect(taken.ready).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`)
  expect(await taken.exited).toBe(1)
  other.close()
  const wrong = startWeb({ STRAYLINE_WEB_PORT: 'web', STRAYLINE_AUTH_SECRET: 'short' })
  await expect(wrong.ready).rejects.toThrow(/STRAYLINE_WEB_PORT is "web"/)
  expect(wrong.output()).toContain('STRAYLINE_AUTH_SECRET')
  expect(wrong.output()).not.toContain('short')
  expect(await wrong.exited).toBe(1)
  const exposed = startWeb({ STRAYLINE_WEB_HOST: '0.0.0.0' })
  await expect(exposed.ready).rejects.toThrow('STRAYLINE_URL must be set')
})

test.skipIf(!isBuilt)(
  'it ends with its parent, and in order with a stream still open',
  async () => {
    const orphan = startWeb({})
    await orphan.ready
    orphan.child.disconnect()
    expect(await orphan.exited).toBe(0)
    const events = await openEvents(`${url}/api/v1/events`, cookie)
    const startedMs = Date.now()
    expect(await web.end('SIGTERM')).toBe(0)
    expect(Date.now() - startedMs).toBeLessThan(3000)
    await events.closed
  },
)

async function commitNow(): Promise<void> {
  const sql = openSql({ url: database.collectorUrl, applicationName: 'test', connectionsMax: 1 })
  await commitDelta(createCommitter(sql), {
    delta: deltaOf([call('web', 'cart', { atMs: Date.now() })]),
    position: { journalId: '00000000-0000-4000-8000-000000000000', offset: 10n },
    counters: {},
    nowMs: Date.now(),
  })
  await sql.end()
}

/** fetch does not let a Host header through; node:http does. */
async function askRaw(
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number | undefined }> {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/sign-in`, { headers, method }, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode })
    })
    asked.on('error', reject).end()
  })
}
