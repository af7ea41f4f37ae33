// Channels, routes and deliveries over the API: what an admin sets up, what the others may see of it, and that a secret
// that was written is in no answer, no audit record and no log.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALL_ROUTES } from '../../app/contract/all-routes.ts'
import { createDocumentChecker, type DocumentChecker } from './document-checker.ts'
import { type Asking, isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

const SECRET = 'hunter2-hunter2-hunter2'
const SIGNING = `whsec_${Buffer.from(`${SECRET}-signing`).toString('base64')}`

let world: WebWorld
let checker: DocumentChecker
/** Everything that was answered. */
let answered = ''

beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  checker = createDocumentChecker((await world.ask('openapi.json')).json)
})
afterAll(() => world?.end())

/** Asks and holds the answer against the document. */
async function ask(id: string, route: string, asking: Asking = {}) {
  const answer = await world.ask(route, asking)
  expect(checker.check(id, answer)).toBeNull()
  answered += answer.text
  return answer
}

const WEBHOOK = {
  settings: { kind: 'webhook', url: 'https://hooks.internal.example/in' },
  secrets: { signingSecret: SIGNING, authorization: `Bearer ${SECRET}` },
}
const ROUTE = { settings: { match: { environments: ['prod*'], severity: 'high' } } }

async function makeChannel(name: string): Promise<{ readonly id: string; readonly etag: string }> {
  const body = { name, ...WEBHOOK }
  const made = await ask('createChannel', 'channels', { method: 'POST', body })
  expect(made.status, made.text).toBe(201)
  return { id: made.json.id, etag: made.headers.get('etag') ?? '' }
}

test.skipIf(!isBuilt)('a channel is set up, changed as it was read, and deleted', async () => {
  const { id, etag } = await makeChannel('siem')
  const read = await ask('readChannel', `channels/${id}`)
  expect(read.json).toMatchObject({
    ...{ name: 'siem', kind: 'webhook', isEnabled: true, revision: 1, lastSentMs: null },
    settings: { url: WEBHOOK.settings.url, format: 'json', allowsPrivate: false },
    secretNames: ['authorization', 'signingSecret'],
  })
  const change = (body: object, headers = {}) =>
    ask('changeChannel', `channels/${id}`, { method: 'PATCH', body, headers })
  expect((await change({ isEnabled: false })).status).toBe(428)
  const off = await change({ isEnabled: false }, { 'if-match': etag })
  expect(off.json).toMatchObject({ isEnabled: false, revision: 2 })
  expect((await change({ isEnabled: true }, { 'if-match': etag })).status).toBe(412)
  const match = { 'if-match': off.headers.get('etag') ?? '' }
  const fewer = await change({ secrets: { authorization: null } }, match)
  expect(fewer.json.secretNames).toEqual(['signingSecret'])
  const gone = await ask('deleteChannel', `channels/${id}`, { method: 'DELETE' })
  expect(gone.status).toBe(204)
  expect((await ask('readChannel', `channels/${id}`)).status).toBe(404)
})

test.skipIf(!isBuilt)('what does not fit is a sentence that names the field', async () => {
  const refused = async (body: object, status: number, text: string) => {
    const answer = await ask('createChannel', 'channels', { method: 'POST', body })
    expect([answer.status, answer.json.detail]).toEqual([status, expect.stringContaining(text)])
  }
  const { settings } = WEBHOOK
  await refused({ name: 'a b', settings }, 400, 'name: Enter letters, digits')
  await refused(
    { name: 'a', settings: { ...settings, url: 'ftp://x' } },
    400,
    'settings.url: Enter',
  )
  await refused(
    { name: 'a', settings, secrets: { apiKey: SECRET } },
    400,
    'secrets.apiKey: No such',
  )
  await refused({ name: 'a', settings: { kind: 'pagerduty' } }, 400, 'secrets.routingKey: Enter it')
  await refused({ name: 'a', settings, secrets: { signingSecret: SECRET } }, 400, 'whsec_')
  const titled = { ...settings, titleTemplate: '{{nobody}}' }
  await refused({ name: 'a', settings: titled }, 400, 'settings.titleTemplate: ')
  await refused({ name: 'a', settings: { ...settings, url: 'https://a/\ud800' } }, 400, 'settings')
  const { id } = await makeChannel('taken')
  await refused({ name: 'taken', settings }, 409, 'choose another name')
  const kind = await ask('changeChannel', `channels/${id}`, {
    ...{ method: 'PATCH', headers: { 'if-match': '"r1"' } },
    body: { settings: { kind: 'syslog', host: 'siem.example' }, secrets: {} },
  })
  expect(kind.status).toBe(409)
})

test.skipIf(!isBuilt)('routes have an order, and quiet hours that end', async () => {
  const { id: channelId } = await makeChannel('ordered')
  const make = async (name: string, settings: object = ROUTE.settings) =>
    ask('createNotificationRoute', 'notification-routes', {
      ...{ method: 'POST', body: { name, channelId, settings } },
    })
  const first = (await make('first')).json
  const second = (await make('second')).json
  expect(first).toMatchObject({ channel: 'ordered', place: 1, revision: 1, isEnabled: true })
  const order = (ids: string[]) =>
    ask('orderNotificationRoutes', 'notification-routes/order', { method: 'PUT', body: { ids } })
  expect((await order([second.id])).status).toBe(412)
  const ordered = await order([second.id, first.id])
  expect(ordered.json.items.map((route: { name: string }) => route.name)).toEqual([
    'second',
    'first',
  ])
  const quiet = { zone: 'Mars/Olympus', windows: [{ days: [1], from: '20:00', to: '07:00' }] }
  const nowhere = await make('third', { ...ROUTE.settings, quiet })
  expect(nowhere.json.detail).toContain('settings.quiet.zone: There is no time zone "Mars/Olympus"')
  const always = { days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }
  const silent = await make('third', {
    ...ROUTE.settings,
    quiet: { zone: 'UTC', windows: [always] },
  })
  expect(silent.json.detail).toContain('settings.quiet.windows: ')
  const changed = await ask('changeNotificationRoute', `notification-routes/${first.id}`, {
    ...{ method: 'PATCH', headers: { 'if-match': '"r1"' }, body: { isEnabled: false } },
  })
  expect(changed.json).toMatchObject({ isEnabled: false, settings: first.settings })
  expect((await ask('readNotificationRoute', `notification-routes/${first.id}`)).status).toBe(200)
  const path = `notification-routes/${first.id}`
  expect((await ask('deleteNotificationRoute', path, { method: 'DELETE' })).status).toBe(204)
  const left = await ask('listNotificationRoutes', 'notification-routes')
  expect(left.json.items.map((route: { name: string }) => route.name)).toEqual(['second'])
  const lost = { name: 'lost', channelId: '999999', settings: ROUTE.settings }
  const nobody = await ask('createNotificationRoute', 'notification-routes', {
    ...{ method: 'POST', body: lost },
  })
  expect(nobody.status).toBe(404)
})

test.skipIf(!isBuilt)('a test is a delivery; a dead one is sent again, once', async () => {
  const { id } = await makeChannel('tested')
  const asked = await ask('testChannel', `channels/${id}/test`, { method: 'POST' })
  expect(asked.status).toBe(202)
  const { deliveryId } = asked.json
  const delivery = await ask('readDelivery', `deliveries/${deliveryId}`)
  expect(delivery.json).toMatchObject({ channel: 'tested', type: 'test', state: 'waiting' })
  const resend = () =>
    ask('resendDeliveries', 'deliveries/resend', { method: 'POST', body: { ids: [deliveryId] } })
  expect((await resend()).json).toEqual({ resent: 0 })
  await world.owner`
    update delivery set state = 'dead', finished_at = now(), last_error = 'It answered 404.'
    where id = ${deliveryId}::bigint`
  const dead = await ask('listDeliveries', `deliveries?state=dead&channel=${id}`)
  expect(dead.json.items).toMatchObject([{ id: deliveryId, lastError: 'It answered 404.' }])
  expect((await resend()).json).toEqual({ resent: 1 })
  expect((await resend()).json).toEqual({ resent: 0 })
  expect((await ask('listDeliveries', 'deliveries?state=dead')).json.items).toEqual([])
  await ask('testChannel', `channels/${id}/test`, { method: 'POST' })
  const first = await ask('listDeliveries', `deliveries?channel=${id}&limit=1`)
  const cursor = first.json.nextCursor
  const rest = await ask('listDeliveries', `deliveries?channel=${id}&limit=1&cursor=${cursor}`)
  expect(rest.json).toMatchObject({ items: [{ id: deliveryId }], nextCursor: null })
  const missing = { method: 'POST', body: { ids: ['999999'] } }
  expect((await ask('resendDeliveries', 'deliveries/resend', missing)).status).toBe(404)
})

test.skipIf(!isBuilt)('viewers see that a channel works, analysts what it was told', async () => {
  const { id } = await makeChannel('seen')
  for (const role of ['viewer', 'analyst'] as const) {
    const cookie = world.cookies[role]
    const listed = await ask('listChannels', 'channels', { cookie })
    expect(listed.json.items.map((one: { name: string }) => one.name)).toContain('seen')
    expect(listed.text).not.toContain('hooks.internal.example')
    expect((await ask('readChannel', `channels/${id}`, { cookie })).status).toBe(403)
  }
  for (const route of ['deliveries', 'notification-routes']) {
    const status = async (role: 'viewer' | 'analyst') =>
      (await world.ask(route, { cookie: world.cookies[role] })).status
    expect([route, await status('viewer'), await status('analyst')]).toEqual([route, 403, 200])
  }
})

test.skipIf(!isBuilt)('nobody but an admin writes anything here', async () => {
  const { id } = await makeChannel('safe')
  const before = await world.owner`select * from channel order by id`
  const writes = ALL_ROUTES.filter(({ tag, method }) => tag === 'notifications' && method !== 'GET')
  expect(writes.length).toBeGreaterThanOrEqual(9)
  for (const { id: name, method, path } of writes) {
    const at = path.replace('/api/v1/', '').replace('{id}', id)
    for (const role of ['viewer', 'analyst'] as const) {
      const asking = { method, cookie: world.cookies[role], headers: { 'if-match': '"r1"' } }
      const answer = await world.ask(at, { ...asking, body: { isEnabled: false } })
      expect([name, role, answer.status]).toEqual([name, role, 403])
    }
  }
  expect(await world.owner`select * from channel order by id`).toEqual(before)
})

test.skipIf(!isBuilt)('each write is in the audit record, and no secret is anywhere', async () => {
  const { id, etag } = await makeChannel('audited')
  const settings = { ...WEBHOOK.settings, url: 'https://hooks.internal.example/other' }
  await ask('changeChannel', `channels/${id}`, {
    ...{ method: 'PATCH', headers: { 'if-match': etag } },
    body: { settings, secrets: { authorization: `Basic ${SECRET}-again` }, isEnabled: false },
  })
  await ask('testChannel', `channels/${id}/test`, { method: 'POST' })
  await ask('deleteChannel', `channels/${id}`, { method: 'DELETE' })
  const audit = await ask('listAudit', 'audit?subject=channel%20audited')
  expect(audit.json.items.map((one: { action: string }) => one.action)).toEqual([
    'channel.deleted',
    'channel.tested',
    'channel.changed',
    'channel.created',
  ])
  expect(audit.text).not.toContain('hooks.internal.example')
  const whole = await ask('listAudit', 'audit?limit=500')
  await ask('listChannels', 'channels')
  const rows = await world.owner`select to_jsonb(channel) as row from channel`
  for (const place of [answered, whole.text, world.output(), JSON.stringify(rows)])
    for (const secret of [SECRET, SIGNING.slice(6)]) expect(place.includes(secret)).toBe(false)
})

test.skipIf(!isBuilt)('a good answer of every route of notifications was seen', () => {
  const routes = ALL_ROUTES.filter(({ tag }) => tag === 'notifications')
  expect(routes.map(({ id }) => id).filter((id) => !checker.seen.has(id))).toEqual([])
})
