// What strangers and mistaken programs send: nothing of it makes a route fail, and every refusal is a problem
// of a status that is declared.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALL_ROUTES } from '../../app/contract/all-routes.ts'
import { errorsOf } from '../../app/contract/route-spec.ts'
import { commitTraffic, makeEntry } from './traffic.ts'
import { type Asked, isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

let world: WebWorld
beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  await commitTraffic(world, [['web', 'cart']])
})
afterAll(() => world?.end())

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '\0', '\ud800', '%00', "'; drop table edge; --", '../..', 'prod', '1', '-1'),
  fc.constantFrom('9007199254740993', '1e400', 'NaN', 'null', '{}', '[]', 'true', '9'.repeat(400)),
)
const oddValue = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, 1, -1, 0.5, 1e308, 2 ** 53, 2 ** 31, [], {}, [null], '*'.repeat(3000)),
)
/** Streams without end are the matter of server.test.ts. */
const fuzzed = ALL_ROUTES.filter((route) => route.id !== 'listenToEvents')

function expectNoFailure(sent: string, answer: Asked): void {
  expect(answer.status, `${sent}: ${answer.text}`).toBeLessThan(500)
  if (answer.status >= 400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
}

test.skipIf(!isBuilt)('nothing that is sent makes a route fail', { timeout: 300_000 }, async () => {
  const names = [...new Set(fuzzed.flatMap(fieldsOf))]
  const fields = fc.dictionary(fc.constantFrom(...names), oddValue, { maxKeys: 6 })
  const arbitrary = fc.record({
    route: fc.constantFrom(...fuzzed),
    parameter: oddText.filter((text) => text !== '' && !/^\.+$/.test(text)),
    query: fc.dictionary(fc.constantFrom(...names), oddText, { maxKeys: 4 }),
    body: fc.oneof(fields, fc.jsonValue({ maxDepth: 4 })),
  })
  const property = fc.asyncProperty(arbitrary, async ({ route, parameter, query, body }) => {
    const at = route.path
      .replace('/api/v1/', '')
      .replace(/\{\w+\}/g, encodeURIComponent(parameter.toWellFormed()))
    const search = new URLSearchParams(
      Object.entries(query).map(([name, text]) => [name, text.toWellFormed()]),
    )
    const hasBody = route.method !== 'GET' && route.method !== 'DELETE'
    const answer = await world.ask(`${at}?${search}`, {
      method: route.method,
      headers: { 'if-match': '"r1"' },
      ...(hasBody ? { body: body ?? {} } : {}),
    })
    const sent = `${route.method} ${at}?${search}`
    expectNoFailure(sent, answer)
    expect([route.answer.status, ...errorsOf(route)], sent).toContain(answer.status)
  })
  await fc.assert(property, { numRuns: 300, interruptAfterTimeLimit: 120_000 })
})

/** Names of what a route takes, in its path, query and body. */
function fieldsOf(route: (typeof ALL_ROUTES)[number]): string[] {
  const { params, query, body } = route
  const shapes = [params, query, body?.schema].map((schema) =>
    schema && 'shape' in schema ? Object.keys(schema.shape as object) : [],
  )
  return shapes.flat()
}

const why = { environment: 'prod', reason: 'a test' }
const rule = {
  ...{ id: 'r', effect: 'deny', purpose: '', expiresAtMs: 1, ports: [80], operations: ['GET /'] },
  ...{ source: { name: 'w*', except: [{ layer: 'x' }] }, target: { dataClass: 'pii' } },
}
const content = { environment: 'prod', entries: [makeEntry('web', 'cart')], rules: [rule] }
const node = { environment: 'prod', kind: 'service', name: 'web' }
const edge = { source: node, target: node }
const webhook = { kind: 'webhook', url: 'https://a.example', format: 'json', titleTemplate: '' }
const quiet = { zone: 'UTC', windows: [{ days: [1], from: '20:00', to: '07:00' }], urgent: 'high' }
const match = { environments: ['prod*'], kinds: ['new_edge'], severity: 'low', owners: ['a'] }
const told = { name: 'r', channelId: '1', settings: { match, quiet, digestMinutes: 5 } }
/** Requests that are right but for one value. */
const RIGHT: readonly (readonly [method: string, route: string, body: object])[] = [
  ['POST', 'baselines', { ...why, source: { from: 'content', content } }],
  ['POST', 'baselines', { ...why, source: { from: 'window', window: '1h', pins: {} } }],
  ['POST', 'baselines', { ...why, source: { from: 'version', version: 1 } }],
  ['PUT', 'baselines/1?environment=prod', { content }],
  [
    ...(['PATCH', 'baselines/1?environment=prod'] as const),
    {
      edits: [
        { edit: 'putEntry', entry: makeEntry('a', 'b') },
        { edit: 'changeEntry', edge, change: { owner: 'x', quarantine: [] } },
        { edit: 'putRule', rule },
      ],
    },
  ],
  ['POST', 'baselines/1/promote?environment=prod', { toEnvironment: 'prod2', reason: 'x' }],
  ['POST', 'rules/preview', { environment: 'prod', rule }],
  [
    ...(['POST', 'comparisons'] as const),
    { left: { side: 'content', content }, right: { side: 'version', ...node, version: 1 } },
  ],
  ['POST', 'tags', { reason: 'x', changes: [{ node, tags: { owner: 'a', dataClasses: ['b'] } }] }],
  [
    'PUT',
    'tags/node?environment=prod&kind=service&name=web',
    { tags: { layer: 'x' }, reason: 'x' },
  ],
  ['POST', 'nodes/1/acts', { act: 'rename', ...why, namespace: 'n', name: 'x' }],
  ['POST', 'alerts/acts', { act: 'snooze', alertIds: ['1'], reason: 'x', untilMs: 1 }],
  ['POST', 'alerts/1/acts', { act: 'accept', reason: 'x', untilMs: null }],
  ['POST', 'channels', { name: 'c', settings: webhook, secrets: { authorization: 'x' } }],
  ['PATCH', 'channels/1', { settings: webhook, secrets: { authorization: null } }],
  ['POST', 'notification-routes', told],
  ['PATCH', 'notification-routes/1', told],
  ['PUT', 'notification-routes/order', { ids: ['1', '2'] }],
  ['POST', 'deliveries/resend', { ids: ['1'] }],
]

test.skipIf(!isBuilt)('one odd value makes no route fail', { timeout: 300_000 }, async () => {
  const arbitrary = fc
    .constantFrom(...RIGHT)
    .chain(([method, route, body]) =>
      fc.tuple(fc.constant({ method, route, body }), fc.constantFrom(...placesIn(body)), oddValue),
    )
  const property = fc.asyncProperty(arbitrary, async ([{ method, route, body }, place, value]) => {
    const odd = withValue(body, place, value)
    const headers = { 'if-match': '"r1"' }
    const answer = await world.ask(route, { method, body: odd, headers })
    expectNoFailure(`${method} ${route} ${JSON.stringify(odd).slice(0, 2000)}`, answer)
  })
  await fc.assert(property, { numRuns: 400, interruptAfterTimeLimit: 150_000 })
})

type Place = readonly (string | number)[]

/** The ways to every value inside. */
function placesIn(value: unknown, way: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [way]
  const inside = Object.entries(value).flatMap(([key, each]) =>
    placesIn(each, [...way, Array.isArray(value) ? Number(key) : key]),
  )
  return way.length === 0 ? inside : [way, ...inside]
}

function withValue(body: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value
  const copy = structuredClone(body) as { [key: string | number]: unknown }
  copy[key] = withValue(copy[key], rest, value)
  return copy
}
