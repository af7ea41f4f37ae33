// What the spans of our own say, as the SDK's real exporter sends them, and above all what they never say.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { answerInSpan } from '../../app/request-span.ts'
import { noteReceipt, traceCommit } from '../../collector/own-telemetry.ts'
import { openPrisma } from '../../storage/prisma.ts'
import { openSql, type Sql } from '../../storage/sql.ts'
import { type RunningTelemetry, startTelemetry } from '../../telemetry/start.ts'
import { inSpan, tracing } from '../../telemetry/trace.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { batchOf, span } from '../support/spans.ts'

const SECRET = 'correct-horse-battery'
const Attribute = z.object({
  key: z.string(),
  value: z.record(z.string(), z.union([z.string(), z.number(), z.unknown()])),
})
const Span = z.object({
  name: z.string(),
  kind: z.number(),
  traceId: z.string(),
  parentSpanId: z.string().optional(),
  status: z.object({ code: z.number().optional() }).optional(),
  attributes: z.array(Attribute),
})
const Request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(Attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
})

let endpoint: Server
let telemetry: RunningTelemetry
let database: TestDatabase
let sql: Sql
const bodies: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  endpoint = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await once(endpoint.listen(0, '127.0.0.1'), 'listening')
  const { port } = endpoint.address() as AddressInfo
  const off = await startTelemetry('web')
  expect(tracing(), 'without an endpoint').toBe(null)
  await off.stop()
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
  })
  telemetry = await startTelemetry('web')
  sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 2 })
  await sql`create table secret (name text)`
  await makeSpans()
  await telemetry.stop()
})
afterAll(async () => {
  await sql.end()
  await openPrisma(database.ownerUrl).$disconnect()
  endpoint.close()
  await database.drop()
})

async function makeSpans(): Promise<void> {
  await inSpan({ name: 'job', kind: 'internal', attributes: {} }, async () => {
    await sql`insert into secret (name) values (${SECRET})`
  })
  const where = sql`where name = ${SECRET}`
  expect(await sql`select name from secret ${where}`).toMatchObject([{ name: SECRET }])
  const [count] = await sql.begin(async (tx) => {
    await tx`update secret set name = ${SECRET}`
    return tx<{ count: number }[]>`select count(*)::int as count from secret`
  })
  expect(count).toEqual({ count: 1 })
  await expect(sql`delete from secret where name::int = ${1}`).rejects.toThrow(SECRET)
  expect(await openPrisma(database.ownerUrl).user.count({ where: { name: SECRET } })).toBe(0)
  await askServer()
  noteReceipt(batchOf([span({ id: 1, service: 'shop', kind: 'client' })]), RECEIPT)
  const own = ['strayline-collector', 'strayline-web']
  const ours = own.map((service, at) => span({ id: at + 1, service, kind: 'client' }))
  noteReceipt(batchOf(ours), RECEIPT)
  await traceCommit(null, async () => sql`drop table secret`)
}

const RECEIPT = { transport: 'grpc', format: 'protobuf', startMs: 1_760_000_000_000 } as const

/** Pages as they are answered: one that is ours, one that is not, one that fails. */
async function askServer(): Promise<void> {
  const server = createServer((request, response) => {
    void answerInSpan(
      async () => {
        response.statusCode = Number(
          new URL(request.url ?? '', 'http://x').searchParams.get('status'),
        )
        response.end()
      },
      request,
      response,
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  for (const path of [
    `/api/v1/edges/123?token=${SECRET}&status=200`,
    `/${SECRET}.php?status=404`,
    `/map?status=500`,
    '/_next/static/a.js?status=200',
  ]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { traceparent } })
    await answer.arrayBuffer()
  }
  server.close()
}

function exported() {
  const resources = bodies.flatMap((body) => Request.parse(JSON.parse(body)).resourceSpans)
  return resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

function valuesOf(attributes: readonly z.infer<typeof Attribute>[]) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

const named = (name: string) => exported().filter((each) => each.name === name)

test('a statement or a transaction is one client span that names its database', () => {
  const verbs = ['CREATE', 'INSERT', 'SELECT', 'TRANSACTION', 'DELETE', 'count User']
  for (const verb of verbs) expect(named(verb), verb).toHaveLength(1)
  const [select] = named('SELECT')
  expect(select?.kind).toBe(3)
  expect(valuesOf(select?.attributes ?? [])).toEqual({
    'db.system.name': 'postgresql',
    'db.namespace': database.name,
    'db.operation.name': 'SELECT',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(database.ownerUrl).port),
  })
  expect(named('UPDATE')).toEqual([])
  const [job, insert] = [named('job')[0], named('INSERT')[0]]
  expect(insert?.traceId).toBe(job?.traceId)
  expect(insert?.parentSpanId).toBeTruthy()
})

test('a failure is told by its code, never by its message', () => {
  const [failed] = named('DELETE')
  expect(failed?.status?.code).toBe(2)
  expect(valuesOf(failed?.attributes ?? [])).toMatchObject({ 'error.type': '22P02' })
})

test('a request is one server span of its caller, with a route only when the path is ours', () => {
  const routes = named('GET').map(({ attributes, status, kind, traceId }) => {
    const { 'http.route': route, 'http.response.status_code': code } = valuesOf(attributes)
    return { route, code, isError: status?.code === 2, kind, traceId }
  })
  const server = { kind: 2, traceId: 'a'.repeat(32) }
  expect(routes).toEqual([
    { route: '/api/v1/edges/{id}', code: 200, isError: false, ...server },
    { route: undefined, code: 404, isError: false, ...server },
    { route: '/map', code: 500, isError: true, ...server },
  ])
})

test('what brings our own spans along makes none, what brings others does', () => {
  const receipts = exported().filter(({ name }) => name.endsWith('TraceService/Export'))
  expect(receipts).toHaveLength(1)
  expect(named('DROP')).toEqual([])
})

test('no statement, parameter, query string or message leaves the process', () => {
  const sent = bodies.join('')
  expect(sent).toContain('strayline-web')
  expect(sent).toContain('staging')
  for (const text of [SECRET, 'secret', 'token', 'where', 'invalid input', '.php'])
    expect(sent, text).not.toContain(text)
})
