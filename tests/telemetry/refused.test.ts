// An endpoint that does not take our spans: said once, in a sentence that tells what to do, and nothing else suffers.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startProcess, waitFor } from '../support/process.ts'

let database: TestDatabase
let endpoint: Server
let requests = 0

beforeAll(async () => {
  database = await createTestDatabase()
  endpoint = createServer((request, response) => {
    request.resume()
    requests++
    response.writeHead(401).end()
  })
  await once(endpoint.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  endpoint.close()
  await database.drop()
})

test('a process whose spans are refused says so once, works on and stops in order', async () => {
  const { port } = endpoint.address() as AddressInfo
  const worker = startProcess('notify/main.ts', {
    WORKER_DATABASE_URL: database.ownerUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  })
  await worker.ready
  await waitFor('two refusals', () => requests >= 2 || undefined, 30_000)
  const complaints = () => worker.output().match(/^Traces of our own cannot be sent.*$/gm) ?? []
  await waitFor('the complaint', () => complaints().length > 0 || undefined, 30_000)
  expect(await worker.end('SIGTERM')).toBe(0)
  expect(complaints()).toHaveLength(1)
  expect(complaints()[0]).toMatch(/\(Unauthorized\): look at the OTEL_\* variables/)
  expect(worker.output()).toContain('"event":"storage.maintained"')
}, 60_000)
