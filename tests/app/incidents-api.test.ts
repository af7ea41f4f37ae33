// Incidents and the settings of an environment over the API of a running product, each answer held against the document.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { approveBaseline } from '../../storage/baselines.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { openSql } from '../../storage/sql.ts'
import { type Call, call, deltaOf, external } from '../storage/delta.ts'
import { createDocumentChecker, type DocumentChecker } from './document-checker.ts'
import { type Asking, isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

let world: WebWorld
let checker: DocumentChecker
const NOW_MS = Date.now()

beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  checker = createDocumentChecker((await world.ask('openapi.json')).json)
  await stray()
}, 60_000)
afterAll(() => world?.end())

/** Two edges of cart stray, and two callers of one domain. */
async function stray(): Promise<void> {
  const open = (url: string) => openSql({ url, applicationName: 'test', connectionsMax: 1 })
  const [collector, web] = [open(world.database.collectorUrl), open(world.database.webUrl)]
  const committer = createCommitter(collector)
  let offset = 0n
  const see = (calls: readonly Call[]) => {
    const position = { journalId: 'incidents', offset: ++offset }
    return commitDelta(committer, { delta: deltaOf(calls), position, counters: {}, nowMs: NOW_MS })
  }
  const at = { atMs: NOW_MS }
  const evil = external('evil.example')
  await see([call('web', 'cart', at)])
  const window = { environment: 'prod', fromMs: NOW_MS - 60_000, toMs: NOW_MS + 60_000 }
  await approveBaseline(web, { ...window, author: 'ada@example.org', reason: 'seen' })
  await see([call('cart', 'mail', at), call('cart', 'pay', at)])
  await see([call('cart', evil, at), call('web', evil, at)])
  await Promise.all([collector.end(), web.end()])
}

/** Asks and holds the answer against the document. */
async function ask(id: string, route: string, asking?: Asking) {
  const answer = await world.ask(route, asking)
  expect(checker.check(id, answer)).toBeNull()
  return answer
}

describe.skipIf(!isBuilt)('incidents', () => {
  test('are listed in pages, the newest first, open ones unless said otherwise', async () => {
    const first = await ask('listIncidents', 'incidents?environment=prod&limit=1')
    expect(first.json.items.map((each: { sentence: string }) => each.sentence)).toEqual([
      'cart and web called the external destination evil.example.',
    ])
    const cursor = encodeURIComponent(first.json.nextCursor)
    const second = await ask('listIncidents', `incidents?environment=prod&limit=1&cursor=${cursor}`)
    expect(second.json).toMatchObject({
      items: [{ kind: 'caller', sentence: 'cart made first calls to mail and pay.', alerts: 2 }],
      nextCursor: null,
    })
    expect((await ask('listIncidents', 'incidents?state=closed')).json.items).toEqual([])
    expect((await ask('listIncidents', 'incidents?environment=other')).json.items).toEqual([])
    expect((await ask('listIncidents', 'incidents?state=old')).status).toBe(400)
  })

  test('one has its alerts, each of which names it; closed when all are decided', async () => {
    const { json } = await ask('listIncidents', 'incidents?state=all')
    const { id, sentence } = json.items[1]
    const whole = await ask('readIncident', `incidents/${id}`)
    expect(whole.json.incident).toEqual(json.items[1])
    const names = whole.json.items.map((alert: { target: { name: string } }) => alert.target.name)
    expect(names.toSorted()).toEqual(['mail', 'pay'])
    for (const alert of whole.json.items)
      expect(alert.incident).toEqual({ id, kind: 'caller', sentence })
    const alertIds = whole.json.items.map((alert: { id: string }) => alert.id)
    const body = { act: 'reject', reason: 'no', alertIds }
    await ask('actOnAlerts', 'alerts/acts', { method: 'POST', body })
    const closed = await ask('listIncidents', 'incidents?state=closed')
    expect(closed.json.items).toMatchObject([{ id, isOpen: false, states: { rejected: 2 } }])
    expect((await ask('readIncident', 'incidents/999')).status).toBe(404)
    expect((await ask('readIncident', `incidents/${id}`, { cookie: null })).status).toBe(401)
  })
})

describe.skipIf(!isBuilt)('settings of an environment', () => {
  const route = 'environments/prod/settings'
  const change = (body: unknown, cookie = world.cookies.analyst) =>
    ask('changeSettings', route, { method: 'PATCH', body, cookie })

  test('have defaults, and change in part by an analyst, audited with what was before', async () => {
    const before = { zone: 'UTC', alertTarget: 10, recoverAfterMs: 604_800_000 }
    const viewer = { cookie: world.cookies.viewer }
    expect((await ask('readSettings', route, viewer)).json).toEqual(before)
    const after = { ...before, zone: 'Europe/Berlin', alertTarget: 3 }
    expect((await change({ zone: 'Europe/Berlin', alertTarget: 3 })).json).toEqual(after)
    expect((await ask('readSettings', route)).json).toEqual(after)
    expect((await change({})).json).toEqual(after)
    const records = await world.owner`
      select action, subject, detail from audit where action = 'environment.settings_changed'`
    expect(records).toEqual([
      { action: 'environment.settings_changed', subject: 'prod', detail: { before, after } },
    ])
  })

  test.each([
    [{ zone: 'Mars/Olympus' }],
    [{ zone: '+02:00' }],
    [{ alertTarget: 0 }],
    [{ recoverAfterMs: 59_999 }],
    [{ recoverAfterMs: 1e15 }],
    [{ zone: 'UTC', colour: 'red' }],
  ])('%j is refused in a sentence', async (body) => {
    const { status, json } = await change(body)
    expect(status).toBe(400)
    expect(json.detail).toMatch(/zone|alertTarget|recoverAfterMs|colour/)
  })

  test('are not for viewers to change, and of environments that are there', async () => {
    expect((await change({ alertTarget: 4 }, world.cookies.viewer)).status).toBe(403)
    const unknown = { method: 'PATCH', body: { alertTarget: 4 } }
    expect((await ask('readSettings', 'environments/none/settings')).status).toBe(404)
    const answer = await ask('changeSettings', 'environments/none/settings', unknown)
    expect(answer.status).toBe(404)
  })
})
