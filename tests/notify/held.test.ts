// Quiet hours and digests from end to end with a clock of ours: what is planned, held, sent as one, taken back and left
// out; real tables, real receivers.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { deliverChannel } from '../../notify/deliver.ts'
import { createLinks } from '../../notify/links.ts'
import { createLog } from '../../notify/log.ts'
import { closeConnections, openConnections } from '../../notify/send/connections.ts'
import { send } from '../../notify/send/send.ts'
import { GIVEN_UP_AFTER_MS } from '../../notify/settle.ts'
import { readChannel, readSealedChannel, updateChannel } from '../../storage/channels.ts'
import { requestTest, resendDeliveries } from '../../storage/deliveries.ts'
import { listDeliveries } from '../../storage/delivery-reads.ts'
import { deleteRoute, listRoutes } from '../../storage/notification-routes.ts'
import { routeAlerts } from '../../storage/route-alerts.ts'
import { makeSecretsKey, makeSigningSecret } from '../../storage/secret-box.ts'
import { ADA, KEY } from '../storage/notices.ts'
import { ACCEPT, act, REJECT } from '../storage/triage-world.ts'
import { answers, type HttpTarget, startHttpTarget } from '../support/channel-servers.ts'
import { createNotifyWorld, makeBaseline, type NotifyWorld, toldAt } from './notify-world.ts'

const MINUTE_MS = 60_000
/** A Tuesday. */
const TEN_MS = Date.UTC(2026, 10, 24, 10)
const NIGHT = {
  zone: 'UTC',
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' }],
  urgent: 'critical',
}

let world: NotifyWorld
let target: HttpTarget
const connections = openConnections()
const links = createLinks('https://strayline.example.org')
const log = createLog('fatal')
beforeAll(async () => {
  world = await createNotifyWorld()
})
beforeEach(async () => {
  await world.clear()
  target = await startHttpTarget()
  await makeBaseline(world)
})
afterEach(() => target.stop())
afterAll(async () => {
  closeConnections(connections)
  await world.end()
})

const route = (nowMs: number) => routeAlerts(world.owner, () => nowMs)

/** As the channel's job does at this time, the dice always at their highest. */
function deliver(channelId: string, nowMs: number, key = KEY): Promise<void> {
  return deliverChannel(
    {
      ...{ sql: world.owner, log, key, nowMs: () => nowMs, random: () => 0.999 },
      stopping: new AbortController().signal,
      ending: new AbortController().signal,
      send: (channel, notice) => send(channel, notice, { connections, links }),
    },
    channelId,
  )
}

/** `target act` of each notice of the last message. */
function lastNotices(): readonly string[] {
  const { alert, act: told, notices } = JSON.parse(target.received.at(-1)?.body ?? '{}')
  const list: { alert: { target: { name: string } }; act: string }[] = notices ?? [
    { alert, act: told },
  ]
  return list.map((each) => `${each.alert.target.name} ${each.act}`)
}

const states = async () => (await world.readDeliveries()).map((each) => each.split(' ')[0])

test('what comes in one slot goes as one digest at its end, under one key', async () => {
  const channel = await world.addChannel('ops', target, { digestMinutes: 15 })
  await world.stray(['a', 'b'])
  await route(TEN_MS + MINUTE_MS)
  await world.stray(['c'])
  await route(TEN_MS + 14 * MINUTE_MS)
  await world.stray(['d'])
  await route(TEN_MS + 16 * MINUTE_MS)
  await deliver(channel.id, TEN_MS + 15 * MINUTE_MS - 1)
  expect(target.received).toHaveLength(0)
  await deliver(channel.id, TEN_MS + 15 * MINUTE_MS)
  expect(target.received).toHaveLength(1)
  expect(toldAt(target)[0]?.type).toBe('digest')
  expect([...lastNotices()].sort()).toEqual(['a open', 'b open', 'c open'])
  expect(await states()).toEqual(['sent', 'sent', 'sent', 'waiting'])
  await deliver(channel.id, TEN_MS + 30 * MINUTE_MS)
  expect(toldAt(target)[1]?.type).toBe('alert')
  expect(lastNotices()).toEqual(['d open'])
})

test('quiet hours across midnight hold until morning; what is rejected meanwhile is in the digest', async () => {
  const channel = await world.addChannel('ops', target, { quiet: NIGHT })
  const lateMs = TEN_MS + 13 * 60 * MINUTE_MS
  const morningMs = TEN_MS + 21 * 60 * MINUTE_MS
  const ids = await world.stray(['a', 'b'])
  await route(lateMs)
  await act(world, ids.slice(0, 1), REJECT)
  await route(lateMs + MINUTE_MS)
  await deliver(channel.id, morningMs - 1)
  expect(target.received).toHaveLength(0)
  await deliver(channel.id, morningMs)
  expect(target.received).toHaveLength(1)
  expect([...lastNotices()].sort()).toEqual(['a open', 'a reject', 'b open'])
})

test('what is held and then accepted is superseded, and nobody is told', async () => {
  const channel = await world.addChannel('ops', target, { digestMinutes: 60 })
  const [id = ''] = await world.stray(['a'])
  await route(TEN_MS)
  await act(world, [id], ACCEPT)
  await route(TEN_MS + MINUTE_MS)
  expect(await states()).toEqual(['superseded'])
  await deliver(channel.id, TEN_MS + 60 * MINUTE_MS)
  expect(target.received).toHaveLength(0)
})

test('a digest that fails is tried again with the same content under the same key, whatever came late', async () => {
  const channel = await world.addChannel('ops', target, { digestMinutes: 10 })
  target.behave(answers(500))
  await world.stray(['a', 'b'])
  await route(TEN_MS)
  const dueMs = TEN_MS + 10 * MINUTE_MS
  await deliver(channel.id, dueMs)
  expect(target.received).toHaveLength(1)
  // Routed before the slot's end, committed after it was tried.
  await world.stray(['late'])
  await route(dueMs - 1)
  target.behave(answers(200))
  await deliver(channel.id, dueMs + MINUTE_MS)
  const [first, again, late] = target.received.map(({ body }) => body)
  expect(target.received).toHaveLength(3)
  const bodies = [again, late].sort((a, b) => (a === first ? -1 : b === first ? 1 : 0))
  expect(bodies[0]).toBe(first)
  expect(JSON.parse(bodies[1] ?? '')).toMatchObject({ type: 'alert' })
  expect(new Set(await states())).toEqual(new Set(['sent']))
})

test('what fails for a day is dead, and sent again it is tried anew', async () => {
  const channel = await world.addChannel('ops', target)
  target.behave(answers(500))
  await world.stray(['a'])
  await route(TEN_MS)
  let [nowMs, tries] = [TEN_MS, 0]
  while ((await states())[0] === 'waiting') {
    await deliver(channel.id, nowMs)
    const [delivery] = await listDeliveries(world.web, { countMax: 1 })
    const waitMs = (delivery?.dueAtMs ?? 0) - nowMs
    if (delivery?.state === 'waiting') expect(waitMs).toBeGreaterThan(0)
    expect(waitMs).toBeLessThanOrEqual(15 * MINUTE_MS)
    nowMs = Math.max(nowMs, delivery?.dueAtMs ?? 0)
    tries++
  }
  expect(tries).toBeGreaterThan(90)
  expect(tries).toBeLessThan(130)
  expect(nowMs - TEN_MS).toBeGreaterThanOrEqual(GIVEN_UP_AFTER_MS - 15 * MINUTE_MS)
  const [dead] = await listDeliveries(world.web, { states: ['dead'], countMax: 1 })
  expect(dead?.lastError).toMatch(/500.*Given up after \d+ tries in a day\.$/)
  expect((await readSealedChannel(world.owner, channel.id))?.failingSinceMs).toBe(TEN_MS)
  target.behave(answers(200))
  expect(await resendDeliveries(world.web, { ids: [dead?.id ?? ''], actor: ADA })).toBe(1)
  await deliver(channel.id, Date.now() + MINUTE_MS)
  expect(await states()).toEqual(['sent'])
}, 60_000)

test('a dead open that was overtaken by its end is not sent again', async () => {
  const channel = await world.addChannel('ops', target)
  target.behave(answers(400))
  const ids = await world.stray(['a'])
  await route(TEN_MS)
  await deliver(channel.id, TEN_MS)
  target.behave(answers(200))
  await act(world, ids, REJECT)
  await route(TEN_MS + MINUTE_MS)
  await deliver(channel.id, TEN_MS + MINUTE_MS)
  expect(await states()).toEqual(['dead', 'sent'])
  const [dead] = await listDeliveries(world.web, { states: ['dead'], countMax: 1 })
  expect(await resendDeliveries(world.web, { ids: [dead?.id ?? ''], actor: ADA })).toBe(0)
})

test('under another key deliveries wait untried and the channel says why; entered anew it goes on', async () => {
  const { id } = await world.addChannel('ops', target)
  const other = makeSecretsKey(Buffer.alloc(32, 1))
  const change = { id, expectedRevision: null, actor: ADA }
  const secrets = { authorization: 'Bearer x', signingSecret: makeSigningSecret() }
  await updateChannel(world.web, KEY, { ...change, secrets })
  await world.stray(['a'])
  await route(TEN_MS)
  const testId = await requestTest(world.web, { channelId: id, actor: ADA })
  await deliver(id, TEN_MS, other)
  const [test, waiting] = await listDeliveries(world.web, { countMax: 2 })
  expect(test).toMatchObject({ id: testId, state: 'dead' })
  expect(waiting).toMatchObject({ state: 'waiting', attempts: 0 })
  expect(await readChannel(world.web, id)).toMatchObject({
    ...{ failures: 1, failingSinceMs: TEN_MS, lastError: expect.stringContaining('another key') },
  })
  expect(target.received).toHaveLength(0)
  const part = { authorization: 'Bearer x' }
  const some = updateChannel(world.web, other, { ...change, secrets: part })
  await expect(some, 'the other would be gone').rejects.toThrow('another key')
  await updateChannel(world.web, other, { ...change, secrets })
  await deliver(id, TEN_MS + 1, other)
  expect(target.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer x'])
})

test('what comes after something that waits for its next try waits with it', async () => {
  const channel = await world.addChannel('ops', target)
  target.behave(answers(500))
  const ids = await world.stray(['a'])
  await route(TEN_MS)
  await deliver(channel.id, TEN_MS)
  await act(world, ids, REJECT)
  await world.stray(['b'])
  await route(TEN_MS + 1)
  target.behave(answers(200))
  await deliver(channel.id, TEN_MS + 1)
  expect(lastNotices()).toEqual(['b open'])
  expect(target.received).toHaveLength(2)
  await deliver(channel.id, TEN_MS + MINUTE_MS)
  expect(target.received).toHaveLength(4)
  expect(lastNotices()).toEqual(['a reject'])
})

test('a channel that is changed tries at once what waits for its next try, and what waits for that', async () => {
  const channel = await world.addChannel('ops', target)
  target.behave(answers(503, { headers: { 'retry-after': '3600' } }))
  const ids = await world.stray(['a'])
  await route(TEN_MS)
  await deliver(channel.id, TEN_MS)
  await act(world, ids, REJECT)
  await route(TEN_MS + 1)
  await deliver(channel.id, TEN_MS + 1)
  expect(target.received).toHaveLength(1)
  target.behave(answers(200))
  await updateChannel(world.web, KEY, { id: channel.id, expectedRevision: null, actor: ADA })
  await deliver(channel.id, TEN_MS + 2)
  expect(toldAt(target).map((told) => told.act)).toEqual(['open', 'open', 'reject'])
})

test('a channel that is changed sends nothing that is held for its digest', async () => {
  const channel = await world.addChannel('ops', target, { digestMinutes: 60 })
  await world.stray(['a'])
  await route(TEN_MS)
  await updateChannel(world.web, KEY, { id: channel.id, expectedRevision: null, actor: ADA })
  await deliver(channel.id, TEN_MS + MINUTE_MS)
  expect(target.received).toHaveLength(0)
})

test('what a deleted route holds is still told as one, also when that has to be tried again', async () => {
  const channel = await world.addChannel('ops', target, { digestMinutes: 60 })
  await world.stray(['a', 'b', 'c'])
  await route(TEN_MS)
  const [held] = await listRoutes(world.web)
  await deleteRoute(world.web, { id: held?.id ?? '', actor: ADA })
  target.behave(answers(500))
  await deliver(channel.id, TEN_MS + 60 * MINUTE_MS)
  target.behave(answers(200))
  await deliver(channel.id, TEN_MS + 61 * MINUTE_MS)
  const told = toldAt(target)
  expect(told.map(({ type }) => type)).toEqual(['digest', 'digest'])
  expect(told[1]?.key).toBe(told[0]?.key)
  expect([...lastNotices()].sort()).toEqual(['a open', 'b open', 'c open'])
})
