// Triage over the API of a running product: who may do it, what one act and many answer, how lists page,
// and that every answer is what the document says.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiToken } from '../../storage/api-tokens.ts'
import { approveBaseline } from '../../storage/baselines.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { openSql } from '../../storage/sql.ts'
import { call, deltaOf } from '../storage/delta.ts'
import { createDocumentChecker, type DocumentChecker } from './document-checker.ts'
import { type Asking, isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

let world: WebWorld
let checker: DocumentChecker
const ids = new Map<string, string>()

beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  checker = createDocumentChecker((await world.ask('openapi.json')).json)
  await stray(12)
  const { json } = await ask('listAlerts', 'alerts?environment=prod&limit=500')
  for (const alert of json.items) ids.set(alert.target.name, alert.id)
})
afterAll(() => world?.end())

/** A baseline of one edge, and as many that stray. */
async function stray(count: number): Promise<void> {
  const open = (url: string) => openSql({ url, applicationName: 'test', connectionsMax: 1 })
  const [collector, web] = [open(world.database.collectorUrl), open(world.database.webUrl)]
  const committer = createCommitter(collector)
  const nowMs = Date.now()
  const known = call('web', 'cart', { atMs: nowMs })
  const strange = Array.from({ length: count }, (_, n) => call('cart', `s${n}`, { atMs: nowMs }))
  const journalId = '00000000-0000-4000-8000-000000000000'
  const commit = { counters: {}, nowMs }
  const position = (offset: bigint) => ({ position: { journalId, offset } })
  await commitDelta(committer, { ...commit, ...position(1n), delta: deltaOf([known]) })
  const window = { environment: 'prod', fromMs: nowMs - 60_000, toMs: nowMs + 60_000 }
  await approveBaseline(web, { ...window, author: 'ada@example.org', reason: 'seen' })
  await commitDelta(committer, { ...commit, ...position(2n), delta: deltaOf(strange) })
  await Promise.all([collector.end(), web.end()])
}

/** Asks and holds the answer against the document. */
async function ask(id: string, route: string, asking?: Asking) {
  const answer = await world.ask(route, asking)
  expect(checker.check(id, answer)).toBeNull()
  return answer
}

const post = (body: unknown): Asking => ({ method: 'POST', cookie: world.cookies.analyst, body })
const idOf = (name: string) => ids.get(name) ?? ''
const stateOf = async (name: string) =>
  (await ask('readAlert', `alerts/${idOf(name)}`)).json.state as string

const ACTS = [
  { act: 'accept', reason: 'ours' },
  { act: 'reject', reason: 'not ours' },
  { act: 'snooze', reason: 'later', untilMs: Date.now() + 3_600_000 },
  { act: 'assign', assignee: null },
  { act: 'comment', reason: 'hm' },
]

test.skipIf(!isBuilt)('a viewer, their token and a stranger can do none of the acts', async () => {
  const alertIds = [idOf('s0')]
  const done = await world.ask(`alerts/${idOf('s1')}/acts`, post(ACTS[1]))
  const requests = [
    ...ACTS.map((act) => [`alerts/${idOf('s0')}/acts`, act] as const),
    ...ACTS.map((act) => ['alerts/acts', { ...act, alertIds }] as const),
    [`alerts/acts/${done.json.actId}/undo`, {}] as const,
  ]
  const token = await createApiToken(world.owner, {
    ...{ name: 'looks', role: 'viewer', expiresAtMs: null, actor: 'ada' },
  })
  for (const [route, body] of requests) {
    const as = (who: Asking) => world.ask(route, { method: 'POST', body, ...who })
    expect((await as({ cookie: world.cookies.viewer })).status).toBe(403)
    expect((await as({ token })).status).toBe(403)
    expect((await as({ cookie: null, headers: { origin: world.url } })).status).toBe(401)
    const elsewhere = { cookie: world.cookies.admin, headers: { origin: 'https://evil.example' } }
    expect((await as(elsewhere)).status).toBe(403)
  }
  expect([await stateOf('s0'), await stateOf('s1')]).toEqual(['open', 'rejected'])
  expect((await world.ask('alerts', { cookie: world.cookies.viewer })).status).toBe(200)
})

test.skipIf(!isBuilt)('the alerts of today are counted against the target', async () => {
  const route = 'environments/prod/alert-budget'
  const { json } = await ask('readAlertBudget', route)
  expect(json).toMatchObject({ environment: 'prod', zone: 'UTC', target: 10 })
  expect(json.days).toHaveLength(7)
  const { day, alerts, counts } = json.days.at(-1)
  expect([alerts, counts]).toEqual([12, [{ kind: 'new_service', severity: 'medium', alerts: 12 }]])
  expect(day).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect((await ask('readAlertBudget', `${route}?days=90`)).json.days).toHaveLength(90)
  expect((await ask('readAlertBudget', `${route}?days=91`)).status).toBe(400)
  expect((await ask('readAlertBudget', 'environments/nowhere/alert-budget')).status).toBe(404)
})

test.skipIf(!isBuilt)('each act on one alert is done and told, and undone', async () => {
  const route = `alerts/${idOf('s2')}/acts`
  for (const act of ACTS.toReversed()) {
    const before = await stateOf('s2')
    const { status, json } = await ask('actOnAlert', route, post(act))
    expect([status, json.results[0].outcome]).toEqual([200, 'done'])
    if (act.act === 'comment') continue
    const undone = await ask('undoAct', `alerts/acts/${json.actId}/undo`, post({}))
    expect(undone.json.results).toEqual([{ alertId: idOf('s2'), outcome: 'done', state: before }])
    expect((await ask('undoAct', `alerts/acts/${json.actId}/undo`, post({}))).status).toBe(409)
  }
  const detail = await ask('readAlert', `alerts/${idOf('s2')}`)
  expect(detail.json.events.map((event: { action: string }) => event.action)).toContain('undone')
  expect(detail.json.lastAct).toBeNull()
})

test.skipIf(!isBuilt)('what an act does not fit is a problem of its own', async () => {
  const on = async (name: string, body: unknown) => {
    const answer = await ask('actOnAlert', `alerts/${name}/acts`, post(body))
    return `${answer.status} ${answer.json.detail}`
  }
  await on(idOf('s3'), ACTS[1])
  expect(await on(idOf('s3'), ACTS[1])).toMatch(/^409 .*rejected already/)
  expect(await on('999999', ACTS[1])).toMatch(/^404 .*no such alert/)
  expect(await on(idOf('s3'), { act: 'reject' })).toMatch(/^400 reason/)
  expect(await on(idOf('s3'), { act: 'reject', reason: ' ' })).toMatch(/^400 reason/)
  expect(await on(idOf('s3'), { act: 'reject', reason: 'x'.repeat(10_000) })).toMatch(/^400 reason/)
  expect(await on(idOf('s3'), { act: 'comment', reason: 'a\0b' })).toMatch(/^400 .*NUL/)
  expect(await on(idOf('s4'), { ...ACTS[2], untilMs: 1 })).toMatch(/^400 .*time to come/)
  expect(await on(idOf('s4'), { act: 'assign', assignee: 'nobody@example' })).toMatch(/^400 Nobody/)
  expect(await on(idOf('s4'), { act: 'vanish', reason: 'x' })).toMatch(/^400 act/)
  const pattern = { source: { name: 'other' }, target: 'any' }
  expect(await on(idOf('s4'), { ...ACTS[0], pattern })).toMatch(/^409 .*does not match/)
  expect((await ask('undoAct', 'alerts/acts/999999/undo', post({}))).status).toBe(404)
})

test.skipIf(!isBuilt)('many are done at once as one version, and undone as one', async () => {
  const alertIds = [...['s5', 's6', 's7'].map(idOf), '999999']
  const { json } = await ask('actOnAlerts', 'alerts/acts', post({ ...ACTS[0], alertIds }))
  expect(json.versions).toHaveLength(1)
  expect(json.results.map((result: { outcome: string }) => result.outcome)).toEqual([
    ...['done', 'done', 'done', 'refused'],
  ])
  const { json: detail } = await ask('readAlert', `alerts/${idOf('s6')}`)
  expect(detail.lastAct).toMatchObject({ id: json.actId, action: 'accept', alerts: 3 })
  expect(detail.similar.length).toBeGreaterThan(0)
  await ask('undoAct', `alerts/acts/${json.actId}/undo`, post({ reason: 'too many' }))
  expect([await stateOf('s5'), await stateOf('s7')]).toEqual(['open', 'open'])
  const none = await ask('actOnAlerts', 'alerts/acts', post({ ...ACTS[1], alertIds: [] }))
  expect(none.status).toBe(400)
})

test.skipIf(!isBuilt)('lists filter and page, with counts by the other filters', async () => {
  const read = async (query: string) => (await ask('listAlerts', `alerts?${query}`)).json
  const whole = await read('environment=prod&state=all&limit=500')
  const paged: string[] = []
  let cursor: string | null = ''
  do {
    const after: string = cursor ? `&cursor=${cursor}` : ''
    const page = await read(`environment=prod&state=all&order=severity&limit=5${after}`)
    paged.push(...page.items.map((alert: { id: string }) => alert.id))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(paged.toSorted()).toEqual(whole.items.map((alert: { id: string }) => alert.id).toSorted())
  const some = await read('state=open,rejected&kind=new_service&severity=medium,low,high&text=S1')
  expect(some.items.map((alert: { target: { name: string } }) => alert.target.name).sort()).toEqual(
    [...['s1', 's10', 's11']],
  )
  expect(some.counts.kinds).toEqual({ new_service: 3 })
  for (const wrong of ['state=asleep', 'kind=x', 'limit=0', 'cursor=abc', 'since=x', 'order=name'])
    expect((await ask('listAlerts', `alerts?${wrong}`)).status).toBe(400)
})
