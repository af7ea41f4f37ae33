// Strayline watched by itself: the whole product with its endpoint pointing at its own collector. Its processes and
// their real edges to Postgres appear on its own map, and watching itself does not feed on itself.
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readGraph } from '../../storage/graph.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { type EventStream, openEvents } from '../app/event-stream.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { waitFor } from '../support/process.ts'
import { makeDataDir, type Product, startProduct } from '../support/product.ts'
import { requestOf, span } from '../support/spans.ts'

const isBuilt = existsSync(path.join(import.meta.dirname, '../../.next/BUILD_ID'))
const SECRET = 'a-secret-of-tests-that-is-long-enough'
/** Exported ten times as often as by default, so that a loop would spin ten times as fast. */
const EXPORT_EVERY_MS = 500
const WATCH_MS = 60_000
const TRICKLE_MS = 1_000
/** As the page does. */
const READ_EVERY_MS = 800
/** What a look at the map may cost: a page that asks at each change, and a commit a second from elsewhere. */
const SPANS_PER_SECOND_MAX = 30

const dataDir = makeDataDir()
let database: TestDatabase
let owner: Sql
let product: Product

beforeAll(async () => {
  if (!isBuilt) return
  database = await createTestDatabase()
  owner = openSql({ url: database.ownerUrl, applicationName: 'strayline-test', connectionsMax: 2 })
  const port = await findFreePort()
  product = await startProduct(dataDir.path, {
    DATABASE_URL: database.ownerUrl,
    COLLECTOR_DATABASE_URL: database.collectorUrl,
    WEB_DATABASE_URL: database.webUrl,
    STRAYLINE_AUTH_SECRET: SECRET,
    STRAYLINE_QUIET: '200ms',
    STRAYLINE_OTLP_HTTP_PORT: String(port),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: String(EXPORT_EVERY_MS),
  })
}, 90_000)
afterAll(async () => {
  await product?.stop()
  await owner?.end()
  await database?.drop()
  dataDir.remove()
})

const collectorUrl = () => `http://127.0.0.1:${product.otlpHttpPort}`

test.skipIf(!isBuilt)(
  'Strayline on its own map: real edges to Postgres, bounded for 60 s, then quiet',
  async () => {
    const cookie = await makeSession()
    const page = openPage(cookie)
    const others = startTrickle()
    const own: number[] = []
    for (let third = 0; third < 3; third++) {
      const before = await countOwnSpans(others)
      await sleep(WATCH_MS / 3)
      own.push((await countOwnSpans(others)) - before)
    }
    page.stop()
    others.stop()
    const told = `spans of its own in three times ${WATCH_MS / 3} ms: ${own}`
    // The first third has the start in it, when everything is done for the first time.
    const [, middle = 0, last = 0] = own
    expect(middle, told).toBeGreaterThan(0)
    expect(last, told).toBeLessThan(middle * 1.5 + 20)
    expect(Math.max(...own), told).toBeLessThan((SPANS_PER_SECOND_MAX * WATCH_MS) / 3000)
    await waitFor('silence when nothing else happens', () => findSilence(others), 30_000)
    const edges = await readOwnEdges()
    const postgres = `postgresql:localhost/${database.name}`
    for (const name of ['strayline-web', 'strayline-collector', 'strayline-notify'])
      expect(edges).toContainEqual({ name: `${name} -> ${postgres}`, protocol: 'database' })
    expect(edges).toContainEqual({ name: 'user -> strayline-web', protocol: 'http' })
    expect(edges).toHaveLength(5)
  },
  150_000,
)

/** A map that is looked at: it asks again at each change, as the page does, at most once in a while. */
function openPage(cookie: string): { readonly stop: () => void } {
  let events: EventStream | null = null
  let isOpen = true
  const follow = async () => {
    events = await openEvents(`${product.webUrl}/api/v1/events`, cookie)
    for (let seen = 0; isOpen; await sleep(READ_EVERY_MS)) {
      if (events.received.length === seen) continue
      seen = events.received.length
      const address = `${product.webUrl}/api/v1/graph?environment=strayline&window=1h`
      const answer = await fetch(address, { headers: { cookie } })
      if (!answer.ok) throw new Error(`graph answered with ${answer.status}:\n${product.output()}`)
    }
  }
  const following = follow()
  return {
    stop: () => {
      isOpen = false
      events?.close()
      return following
    },
  }
}

type Others = { readonly spans: () => number; readonly stop: () => void }

/** Telemetry of somebody else, a pair of spans at a time, so that there is something to receive and commit. */
function startTrickle(): Others {
  let pairs = 0
  const timer = setInterval(async () => {
    const trace = randomBytes(16).toString('hex')
    const pair = [
      span({ trace, id: 1, service: 'web-shop', kind: 'client' }),
      span({ trace, id: 2, service: 'cart', kind: 'server', parent: 1 }),
    ]
    const answer = await fetch(`${collectorUrl()}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestOf(pair)),
    })
    if (answer.ok) pairs++
  }, TRICKLE_MS)
  return { spans: () => 2 * pairs, stop: () => clearInterval(timer) }
}

async function countOwnSpans(others: Others): Promise<number> {
  const metrics = await (await fetch(`${collectorUrl()}/metrics`)).text()
  const accepted = /^strayline_spans_accepted_total (\d+)$/m.exec(metrics)?.[1]
  return Number(accepted) - others.spans()
}

/** True when no span came for a while in which any loop would have come round several times. */
async function findSilence(others: Others): Promise<true | undefined> {
  const before = await countOwnSpans(others)
  await sleep(EXPORT_EVERY_MS * 8)
  return (await countOwnSpans(others)) === before ? true : undefined
}

async function readOwnEdges() {
  const nowMs = Date.now()
  const window = { fromMs: nowMs - 600_000, toMs: nowMs + 60_000 }
  const { edges } = await readGraph(owner, { environment: 'strayline', ...window })
  return edges.map(({ source, target, protocol }) => ({
    name: `${source.name} -> ${target.name}`,
    protocol,
  }))
}

/** A signed-in user, made where the auth library looks: its tables and its cookie. */
async function makeSession(): Promise<string> {
  const token = randomBytes(24).toString('hex')
  await owner`insert into "user" (id, name, email, role, updated_at)
    values ('u1', 'Test', 'ada@shop.example', 'admin', now())`
  await owner`insert into session (id, token, user_id, expires_at, updated_at)
    values ('s1', ${token}, 'u1', now() + interval '1 hour', now())`
  const signature = createHmac('sha256', SECRET).update(token).digest('base64')
  return `strayline.session_token=${encodeURIComponent(`${token}.${signature}`)}`
}

/** Free a moment ago: the endpoint must be known before its listener is. */
async function findFreePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
