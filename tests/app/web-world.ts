// The web process over a database of its own, asked as a program asks: for tests of the API.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openSql, type Sql } from '../../storage/sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startProcess } from '../support/process.ts'
import { makeSession, SECRET } from './session-cookie.ts'

/** The pages are built: without them the web process does not start. */
export const isBuilt = existsSync(path.join(import.meta.dirname, '../../.next/BUILD_ID'))

export type Asked = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Null when the answer is no JSON. */
  readonly json: ReturnType<typeof JSON.parse>
}

export type Asking = {
  readonly method?: string
  /** A Cookie header; null: nobody. An admin when left out. */
  readonly cookie?: string | null
  readonly token?: string
  /** Sent as JSON, or as it is when it is text. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** When it goes away without waiting for the answer. */
  readonly leave?: AbortSignal
}

export type WebWorld = {
  readonly database: TestDatabase
  readonly owner: Sql
  readonly url: string
  /** Cookies of one user a role. */
  readonly cookies: { readonly [role in 'viewer' | 'analyst' | 'admin']: string }
  /** route: below /api/v1, with its query. */
  readonly ask: (route: string, asking?: Asking) => Promise<Asked>
  /** Everything the process printed. */
  readonly output: () => string
  readonly end: () => Promise<void>
}

export async function startWebWorld(
  variables: Readonly<Record<string, string>> = {},
): Promise<WebWorld> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'strayline-web-'))
  const database = await createTestDatabase()
  const owner = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
  const web = startProcess('app/server.ts', {
    WEB_DATABASE_URL: database.webUrl,
    STRAYLINE_DATA_DIR: dataDir,
    STRAYLINE_WEB_PORT: '0',
    STRAYLINE_OTLP_HTTP_PORT: '0',
    STRAYLINE_OTLP_GRPC_PORT: '0',
    STRAYLINE_AUTH_SECRET: SECRET,
    ...variables,
  })
  const url = `http://127.0.0.1:${(await web.ready).port}`
  const cookies = {
    viewer: await makeSession(owner, 'viewer'),
    analyst: await makeSession(owner, 'analyst'),
    admin: await makeSession(owner, 'admin'),
  }
  return {
    ...{ database, owner, url, cookies, output: web.output },
    ask: (route, asking = {}) => ask(url, route, { cookie: cookies.admin, ...asking }),
    end: async () => {
      await web.end('SIGKILL')
      await owner.end()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function ask(url: string, route: string, asking: Asking): Promise<Asked> {
  const { method = 'GET', cookie, token, body, headers = {}, leave } = asking
  const isText = typeof body === 'string'
  const answer = await fetch(`${url}/api/v1/${route}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie && token === undefined ? { cookie, origin: url } : {}),
      ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    ...(leave === undefined ? {} : { signal: leave }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, json: parseJson(text) }
}

function parseJson(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
