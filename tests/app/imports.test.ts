// Imports in the web process: roles, a collector that is away, and what a crash left. The whole way in a
// browser is the matter of tests/e2e/import.spec.ts.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSql, type Sql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type ProcessUnderTest, startProcess, waitFor } from '../support/process.ts'
import { requestOf, span } from '../support/spans.ts'
import { makeSession, SECRET } from './session-cookie.ts'

const isBuilt = existsSync(path.join(import.meta.dirname, '../../.next/BUILD_ID'))
const dataDir = mkdtempSync(path.join(tmpdir(), 'strayline-web-'))
const kept = path.join(dataDir, 'imports')
const CAPTURE = JSON.stringify(requestOf([span({ id: 1, service: 'web', kind: 'internal' })]))
const START = { fileName: 'x.json', fileBytes: CAPTURE.length, environment: 'import-away' }

let database: TestDatabase
let owner: Sql
beforeAll(async () => {
  database = await createTestDatabase()
  owner = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
})
afterAll(async () => {
  await owner.end()
  await database.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Where no collector listens. */
async function startWeb(): Promise<{ web: ProcessUnderTest; url: string }> {
  const web = startProcess('app/server.ts', {
    WEB_DATABASE_URL: database.webUrl,
    STRAYLINE_DATA_DIR: dataDir,
    STRAYLINE_WEB_PORT: '0',
    STRAYLINE_AUTH_SECRET: SECRET,
    STRAYLINE_OTLP_HTTP_PORT: '9',
    STRAYLINE_OTLP_GRPC_PORT: '9',
  })
  return { web, url: `http://127.0.0.1:${(await web.ready).port}` }
}

type Sent = { readonly cookie: string; readonly body: string; readonly type?: string }

async function send(url: string, method: string, route: string, sent: Sent) {
  const { cookie, body, type = 'application/json' } = sent
  const headers = { cookie, origin: url, 'content-type': type }
  const answer = await fetch(`${url}/api/v1/${route}`, { method, headers, body })
  return { status: answer.status, json: JSON.parse((await answer.text()) || 'null') }
}

test.skipIf(!isBuilt)(
  'who may only look can neither import nor start the demo',
  { timeout: 60_000 },
  async () => {
    const { web, url } = await startWeb()
    const demo = JSON.stringify({ kind: 'demo' })
    for (const role of ['viewer', 'analyst']) {
      const cookie = await makeSession(owner, role)
      expect((await send(url, 'POST', 'commands', { cookie, body: demo })).status).toBe(403)
      const token = await fetch(`${url}/api/v1/ingest-token`, { headers: { cookie } })
      expect(token.status).toBe(403)
    }
    const cookie = await makeSession(owner, 'viewer')
    const begun = await send(url, 'POST', 'imports', { cookie, body: JSON.stringify(START) })
    expect(begun.status).toBe(403)
    await web.end('SIGTERM')
  },
)

test.skipIf(!isBuilt)(
  'an import whose collector is away ends with a sentence, and its file and environment are gone',
  { timeout: 60_000 },
  async () => {
    const { web, url } = await startWeb()
    const cookie = await makeSession(owner, 'analyst')
    const begun = await send(url, 'POST', 'imports', { cookie, body: JSON.stringify(START) })
    const { id } = begun.json.import
    const type = 'application/octet-stream'
    await send(url, 'PUT', `imports/${id}?at=0`, { cookie, body: CAPTURE, type })
    const ended = await waitFor('the end', async () => {
      const answer = await fetch(`${url}/api/v1/imports`, { headers: { cookie } })
      const { import: state } = await answer.json()
      return state.status === 'running' ? undefined : state
    })
    expect(ended.status).toBe('failed')
    expect(ended.message).toBe('no collector answers at http://127.0.0.1:9')
    expect(readdirSync(kept)).toEqual([])
    const [left] = await owner`select name from environment where name = 'import-away'`
    expect(left).toBeUndefined()
    await web.end('SIGTERM')
    expect(existsSync(kept)).toBe(false)
  },
)

test.skipIf(!isBuilt)(
  'a database that fails when the file is whole ends the import, and another can begin',
  { timeout: 60_000 },
  async () => {
    const { web, url } = await startWeb()
    const cookie = await makeSession(owner, 'analyst')
    const body = JSON.stringify(START)
    const begun = await send(url, 'POST', 'imports', { cookie, body })
    const piece = { cookie, body: CAPTURE, type: 'application/octet-stream' }
    await owner`alter table environment rename to environment_away`
    const sent = await send(url, 'PUT', `imports/${begun.json.import.id}?at=0`, piece)
    await owner`alter table environment_away rename to environment`
    expect(sent.status).toBe(503)
    const answer = await fetch(`${url}/api/v1/imports`, { headers: { cookie } })
    expect((await answer.json()).import.status).toBe('failed')
    expect(readdirSync(kept)).toEqual([])
    expect((await send(url, 'POST', 'imports', { cookie, body })).status).toBe(201)
    await web.end('SIGTERM')
  },
)

test.skipIf(!isBuilt)('an import left by a crash is swept at the next start', async () => {
  mkdirSync(kept, { recursive: true })
  writeFileSync(path.join(kept, 'left'), '{}')
  const { web } = await startWeb()
  expect(existsSync(kept)).toBe(false)
  await web.end('SIGTERM')
})
