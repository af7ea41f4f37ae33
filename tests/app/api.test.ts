// The API of a running product: answers are what the document says, refusals are problems that name what is
// wrong. What strangers may send is the matter of fuzz.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALL_ROUTES } from '../../app/contract/all-routes.ts'
import { createDocumentChecker, type DocumentChecker } from './document-checker.ts'
import { commitTraffic } from './traffic.ts'
import { type Asking, isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

let world: WebWorld
let checker: DocumentChecker

beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  await commitTraffic(world, [
    ['web', 'cart'],
    ['cart', 'orders'],
  ])
  checker = createDocumentChecker((await world.ask('openapi.json')).json)
})
afterAll(() => world?.end())

/** Asks and holds the answer against the document. */
async function ask(id: string, route: string, asking?: Asking) {
  const answer = await world.ask(route, asking)
  expect(checker.check(id, answer)).toBeNull()
  return answer
}

test.skipIf(!isBuilt)('what the routes of the graph answer is what the document says', async () => {
  const graph = await ask('readGraph', 'graph?environment=prod')
  expect(graph.json.edges).toHaveLength(2)
  const [edge] = graph.json.edges
  await ask('readEdge', `edges/${edge.id}?environment=prod`)
  await ask('readNode', `nodes/${edge.sourceId}?environment=prod`)
  for (const format of ['svg', 'mermaid', 'dot', 'csv', 'json'])
    await ask('exportGraph', `graph/export?environment=prod&format=${format}`)
  for (const id of ['999', 'x', '1%20or%201'])
    expect((await ask('readEdge', `edges/${id}?environment=prod`)).status).toBe(404)
  const act = { act: 'rename', environment: 'prod', reason: 'why', name: 'cart2' }
  const asked = await ask('actOnNode', `nodes/${edge.targetId}/acts`, { method: 'POST', body: act })
  expect(asked.status).toBe(202)
})

test.skipIf(!isBuilt)(
  'what the other reading routes answer is what the document says',
  async () => {
    await ask('listAlerts', 'alerts?state=all')
    await ask('readIntake', 'intake')
    await ask('readImport', 'imports')
    await ask('listCommands', 'commands')
    await ask('readSession', 'session')
    await ask('readOpenApi', 'openapi.json')
    expect((await ask('readIngestToken', 'ingest-token')).status).toBe(404)
    expect(
      (await ask('startCommand', 'commands', { method: 'POST', body: { kind: 'demo' } })).status,
    ).toBe(409)
  },
)

test.skipIf(!isBuilt)('a role that is not enough is refused, whatever is asked', async () => {
  const least = { viewer: [], analyst: ['viewer'], admin: ['viewer', 'analyst'] } as const
  for (const { id, method, path, role } of ALL_ROUTES) {
    const at = path.replace('/api/v1/', '').replace(/\{\w+\}/g, '1')
    const nobody = await world.ask(at, { method, cookie: null })
    expect([id, nobody.status]).toEqual([id, method === 'GET' ? 401 : 403])
    for (const lesser of least[role]) {
      const answer = await world.ask(at, { method, cookie: world.cookies[lesser] })
      expect([id, lesser, answer.status]).toEqual([id, lesser, 403])
    }
  }
})

test.skipIf(!isBuilt)('a method that a route does not have is 405 with those it has', async () => {
  const wrong = await world.ask('graph?environment=prod', { method: 'DELETE' })
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  expect(wrong.headers.get('content-type')).toBe('application/problem+json')
  const options = await world.ask('imports', { method: 'OPTIONS' })
  expect(options.status).toBe(204)
  expect(options.headers.get('allow')).toBe('GET, HEAD, POST, DELETE, OPTIONS')
  const head = await world.ask('session', { method: 'HEAD' })
  expect([head.status, head.text]).toEqual([200, ''])
  expect((await world.ask('graph', { method: 'DELETE', cookie: null })).status).toBe(403)
})

test.skipIf(!isBuilt)('what does not fit is a problem that names the field', async () => {
  const named = async (route: string, asking: Asking, status: number, text: string) => {
    const answer = await world.ask(route, asking)
    expect([answer.status, answer.json?.detail]).toEqual([status, expect.stringContaining(text)])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  }
  await named('graph', {}, 400, 'environment')
  await named('graph?environment=prod&window=9y', {}, 400, 'window')
  await named('graph?enviroment=prod&environment=prod', {}, 400, 'enviroment')
  const post = { method: 'POST' }
  await named('imports', { ...post, body: { fileName: '', fileBytes: 1 } }, 400, 'fileName')
  await named('imports', { ...post, body: '{}' }, 415, 'application/json')
  const headers = { 'content-type': 'application/json' }
  await named('imports', { ...post, headers, body: '{' }, 400, 'JSON')
  await named('imports', { ...post, headers, body: ' '.repeat(70_000) }, 413, '65536')
  await named('no-such-thing', {}, 404, 'openapi.json')
  await named('edges/1/2', post, 404, 'openapi.json')
})

test.skipIf(!isBuilt)('equal content has an equal ETag, and is not sent again', async () => {
  for (const route of ['session', 'openapi.json', 'alerts']) {
    const first = await world.ask(route)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    const again = await world.ask(route, { headers: { 'if-none-match': `"x", ${etag}` } })
    expect([again.status, again.text]).toEqual([304, ''])
    const weak = await world.ask(route, { headers: { 'if-none-match': `W/${etag}` } })
    expect(weak.status).toBe(304)
  }
})
