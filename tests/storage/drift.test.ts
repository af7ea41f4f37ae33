// From an approved baseline to alerts and back: once each, whatever runs twice or at the same time.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AlertState } from '../../core/baseline/alert-state.ts'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { findBrokenAudit, listAudit } from '../../storage/audit.ts'
import { approveBaseline, listBaselines, readActiveBaseline } from '../../storage/baselines.ts'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { listEnvironments } from '../../storage/environments.ts'
import { readGraph } from '../../storage/graph.ts'
import { acceptAlert, rejectAlert } from './decide.ts'
import { call, deltaOf, external, NOON_MS, service, takeBack } from './delta.ts'
import { readOutbox } from './judged.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const WINDOW = { environment: 'prod', fromMs: NOON_MS - 3_600_000, toMs: NOON_MS + 3_600_000 }
const ALL: readonly AlertState[] = ['open', 'accepted', 'rejected', 'withdrawn']
const ANN = 'ann@example.com'
const usual = [call('web', 'cart'), call('cart', service('postgresql:db', { kind: 'database' }))]
const strange = call('cart', external('metrics.exfil.example.com'))

const approve = async (environment = 'prod') => {
  const act = { environment, author: ANN, reason: 'as seen' }
  return (await approveBaseline(world.web, { ...WINDOW, ...act })).version
}
const alerts = (states = ALL, environment: string | null = 'prod') =>
  listAlerts(world.web, { environment, states, countMax: 100 })

test('before a baseline is approved nothing alerts', async () => {
  expect(await world.commit(deltaOf([...usual, strange]))).toEqual([])
  expect(await listEnvironments(world.web)).toEqual(['prod'])
})

test('what an approved baseline holds does not alert, and a new edge does, once', async () => {
  await world.commit(deltaOf(usual))
  expect(await approve()).toBe(1)
  expect(await world.commit(deltaOf(usual))).toEqual([])
  const opened = await world.commit(deltaOf([strange]))
  expect(opened).toHaveLength(1)
  expect(await world.commit(deltaOf([strange, strange]))).toEqual([])
  const [alert, ...rest] = await alerts()
  expect(rest).toEqual([])
  expect(alert).toMatchObject({
    ...{ id: String(opened[0]), kind: 'new_external', state: 'open', episode: 1 },
    ...{ baselineVersion: 1, firstAtMs: NOON_MS },
    target: { kind: 'external', name: 'example.com' },
  })
  const edge = (await readGraph(world.web, WINDOW)).edges.find((each) => each.id === alert?.edgeId)
  expect(edge?.target.name).toBe('example.com')
})

test('an approval of edges that were looked at leaves out what came since', async () => {
  await world.commit(deltaOf(usual))
  const { edges } = await readGraph(world.web, WINDOW)
  const edgeIds = new Set(edges.map(({ id }) => id))
  await world.commit(deltaOf([strange]))
  const approval = { ...WINDOW, edgeIds, author: ANN, reason: 'as seen' }
  expect(await approveBaseline(world.web, approval)).toEqual({ version: 1, state: 'active' })
  expect(await world.commit(deltaOf([...usual, strange]))).toHaveLength(1)
  expect(await alerts()).toMatchObject([{ target: { name: 'example.com' }, state: 'open' }])
})

test('an alert is in the outbox once, with a job for it, in the same transaction', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const [id] = await world.commit(deltaOf([strange]))
  expect(await readOutbox(world)).toEqual([`opened ${id}`])
  const jobs = await world.owner`select task_identifier from graphile_worker.jobs`
  expect(jobs).toEqual([{ task_identifier: 'route-alerts' }])
})

test('hosts of one domain are one alert', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const hosts = ['a.example.com', 'b.example.com', 'c.example.com']
  await world.commit(deltaOf(hosts.map((host) => call('cart', external(host)))))
  await world.commit(deltaOf([call('cart', external('d.example.com'))]))
  expect(await alerts()).toHaveLength(1)
})

test('commits at the same time open each alert once', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const results = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const committer = createCommitter(world.collector)
      const position = { journalId: `journal ${index}`, offset: 1n }
      const delta = deltaOf([strange, call('web', `new-${index % 3}`)])
      const result = await commitDelta(committer, { delta, position, counters: {}, nowMs: NOON_MS })
      return result.applied ? result.openedAlertIds : []
    }),
  )
  expect(results.flat()).toHaveLength(4)
  expect(await alerts()).toHaveLength(4)
})

test('a commit that was rolled back leaves no alert, no job and no position', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const broken = { ...deltaOf([strange]), edges: [{ ...deltaOf([strange]).edges[0]!, calls: 0.5 }] }
  await expect(world.commit(broken)).rejects.toMatchObject({ code: '22P02' })
  expect(await alerts()).toEqual([])
  expect(await world.commit(deltaOf([strange]))).toHaveLength(1)
})

test('an alert whose edge a late span disproved is withdrawn, and reopens when it is real', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const [id] = await world.commit(deltaOf([strange]))
  await world.commit(deltaOf([takeBack(strange)]))
  expect(await alerts()).toMatchObject([{ state: 'withdrawn', edgeId: null }])
  expect(await world.commit(deltaOf([strange]))).toEqual([id])
  const alert = await readAlert(world.web, String(id))
  expect(alert).toMatchObject({ state: 'open', episode: 2 })
  expect(alert?.events.map((event) => event.action)).toEqual(['opened', 'withdrawn', 'reopened'])
  expect(await readOutbox(world)).toEqual([`opened ${id}`, `withdrawn ${id}`, `reopened ${id}`])
})

test('an alert stays open while another host of its domain is still called', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const other = call('cart', external('other.example.com'))
  await world.commit(deltaOf([strange, other]))
  await world.commit(deltaOf([takeBack(strange)]))
  expect(await alerts()).toMatchObject([{ state: 'open' }])
  await world.commit(deltaOf([takeBack(other)]))
  expect(await alerts()).toMatchObject([{ state: 'withdrawn' }])
})

test('accepting makes a new version with author and reason, and the edge is quiet from then on', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const [id] = await world.commit(deltaOf([strange]))
  const decision = { alertId: String(id), actor: ANN, reason: 'our metrics vendor' }
  expect(await acceptAlert(world.web, decision)).toBe(2)
  expect(await alerts()).toMatchObject([{ state: 'accepted' }])
  expect(await world.commit(deltaOf([strange, ...usual]))).toEqual([])
  expect(await listBaselines(world.web, 'prod')).toMatchObject([
    { version: 2, state: 'active', author: ANN, reason: 'our metrics vendor', entries: 3 },
    { version: 1, state: 'superseded', entries: 2 },
  ])
  await expect(acceptAlert(world.web, decision)).rejects.toMatchObject({ code: 'ALERT_CLOSED' })
})

test('a rejected alert stays one, also under a later version that names the edge otherwise', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const [id] = await world.commit(deltaOf([call('web', 'stranger')]))
  expect(await alerts()).toMatchObject([{ kind: 'new_service' }])
  const reason = 'not ours'
  await rejectAlert(world.web, { alertId: String(id), actor: ANN, reason })
  expect(await world.commit(deltaOf([call('web', 'stranger')]))).toEqual([])
  // Now both ends are known, so the same edge would be a `new_edge`.
  const [other] = await world.commit(deltaOf([call('stranger', 'cart')]))
  await acceptAlert(world.web, { alertId: String(other), actor: ANN, reason: 'agreed' })
  expect(await world.commit(deltaOf([call('web', 'stranger')]))).toEqual([])
  expect(await alerts(['open'])).toEqual([])
  expect((await readAlert(world.web, String(id)))?.events.at(-1)).toMatchObject({
    ...{ action: 'rejected', actor: ANN, reason },
  })
})

test('approving a window again leaves out what was rejected and accepts what was open', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const [bad] = await world.commit(deltaOf([strange]))
  await world.commit(deltaOf([call('web', 'pay')]))
  await rejectAlert(world.web, { alertId: String(bad), actor: ANN, reason: 'exfiltration' })
  expect(await approve()).toBe(2)
  expect((await alerts()).map((alert) => alert.state).sort()).toEqual(['accepted', 'rejected'])
  expect((await readActiveBaseline(world.web, 'prod'))?.entries.size).toBe(3)
  expect(await world.commit(deltaOf([strange, call('web', 'pay')]))).toEqual([])
})

test('a decision needs a reason, and an alert that is there and open', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const [id] = await world.commit(deltaOf([strange]))
  const by = { actor: ANN, reason: 'because' }
  const bare = { alertId: String(id), actor: ANN, reason: '  ' }
  await expect(rejectAlert(world.web, bare)).rejects.toMatchObject({ code: 'REASON_MISSING' })
  for (const alertId of ['999999', "1' or 1=1", '', '9'.repeat(40)])
    await expect(acceptAlert(world.web, { ...by, alertId })).rejects.toMatchObject({
      code: 'ALERT_UNKNOWN',
    })
  await rejectAlert(world.web, { ...by, alertId: String(id) })
  const again = rejectAlert(world.web, { ...by, alertId: String(id) })
  await expect(again).rejects.toMatchObject({ code: 'ALERT_CLOSED' })
  expect(await readAlert(world.web, 'x')).toBeNull()
})

test('an edge seen only before the window is outside the baseline, and judged at the approval', async () => {
  const nowMs = Date.now()
  const old = call('web', 'legacy', { atMs: nowMs - 7_200_000 })
  const recent = call('web', 'cart', { atMs: nowMs })
  await world.commit(deltaOf([old, recent]))
  const window = { environment: 'prod', fromMs: nowMs - 3_600_000, toMs: nowMs + 1_000 }
  await approveBaseline(world.web, { ...window, author: ANN, reason: 'last hour' })
  expect(await alerts()).toMatchObject([{ kind: 'new_service', target: { name: 'legacy' } }])
})

test('nothing to approve is refused in a sentence', async () => {
  const refused = (promise: Promise<unknown>, code: string) =>
    expect(promise).rejects.toMatchObject({ code, retryable: false })
  await refused(approve(), 'ENVIRONMENT_UNKNOWN')
  await world.commit(deltaOf(usual))
  const empty = { ...WINDOW, toMs: WINDOW.fromMs, author: ANN, reason: '' }
  await refused(approveBaseline(world.web, empty), 'BASELINE_EMPTY')
})

test('approvals racing with commits of the same edges raise nothing', async () => {
  const shop = Array.from({ length: 20 }, (_, index) => call('web', `service-${index}`))
  await world.commit(deltaOf(shop))
  await approve()
  const commits = async () => {
    for (let index = 0; index < 15; index++) await world.commit(deltaOf(shop))
  }
  const approvals = async () => {
    for (let index = 0; index < 5; index++) await approve()
  }
  await Promise.all([commits(), approvals(), approvals()])
  expect(await alerts()).toEqual([])
  const versions = await listBaselines(world.web, 'prod')
  expect(versions.map((each) => each.version)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(versions.filter((each) => each.state === 'active')).toHaveLength(1)
})

test('a new edge racing with an approval either is in the baseline or alerts', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  for (let index = 0; index < 10; index++) {
    const fresh = call('web', `racer-${index}`, { atMs: NOON_MS })
    const approval = approve()
    await Promise.all([world.commit(deltaOf([fresh])), approval])
    const baseline = await readActiveBaseline(world.web, 'prod')
    const isHeld = [...(baseline?.nodes ?? [])].some((id) => id.endsWith(`racer-${index}`))
    const open = (await alerts(['open'])).some((each) => each.target?.name === `racer-${index}`)
    expect([isHeld, open]).toContain(true)
    expect(isHeld && open).toBe(false)
  }
})

test('each environment has a baseline of its own, and an edge between two is a drift of its own', async () => {
  const staging = (name: string) => service(name, { environment: 'staging' })
  await world.commit(deltaOf([...usual, call(staging('web'), staging('cart'))]))
  await approve()
  await world.commit(deltaOf([call(staging('web'), staging('anything'))]))
  expect(await alerts(ALL, null)).toEqual([])
  await world.commit(deltaOf([call(staging('web'), service('cart'))]))
  expect(await alerts(ALL, null)).toEqual([])
  await world.commit(deltaOf([call(service('web'), staging('cart'))]))
  expect(await alerts(ALL, null)).toMatchObject([
    { environment: 'prod', kind: 'cross_environment' },
  ])
})

test('a stated name that turns out to be a known service withdraws its alert', async () => {
  const pay = service('pay', { namespace: 'shop' })
  const isObserved = (node: { name: string; namespace: string }) =>
    node.name !== 'pay' || node.namespace !== ''
  await world.commit(deltaOf([call('web', pay), call('web', 'cart')], isObserved))
  await approve()
  expect(await world.commit(deltaOf([call('web', service('pay'))], isObserved))).toEqual([])
  // The other way round: first only stated, and later seen.
  const stated = call('web', service('mail'))
  expect(await world.commit(deltaOf([stated], (node) => node.name !== 'mail'))).toHaveLength(1)
  const mail = service('mail', { namespace: 'shop' })
  await world.commit(deltaOf([call('cart', mail)]))
  const names = (await alerts(['open'])).map((each) => [each.source.name, each.target?.namespace])
  expect(names.sort()).toEqual([
    ['cart', 'shop'],
    ['web', 'shop'],
  ])
  expect(await alerts(['withdrawn'])).toHaveLength(1)
})

test('every act is in the audit, chained', async () => {
  await world.commit(deltaOf(usual))
  await approve()
  const [one] = await world.commit(deltaOf([strange]))
  await rejectAlert(world.web, { alertId: String(one), actor: ANN, reason: 'no' })
  await acceptAlert(world.web, { alertId: String(one), actor: ANN, reason: 'after all' })
  const acts = await listAudit(world.web, { limit: 10 })
  expect(acts.map((act) => act.action)).toEqual([
    'alert.accepted',
    'baseline.approved',
    'alert.rejected',
    'baseline.approved',
  ])
  expect(await findBrokenAudit(world.web)).toBeNull()
})
