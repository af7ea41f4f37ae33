// What is told to channels, with a real worker, real commits and real receivers: once, in order, whatever becomes of
// other channels.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { deleteChannel, readChannel, updateChannel } from '../../storage/channels.ts'
import { requestTest, resendDeliveries } from '../../storage/deliveries.ts'
import { listDeliveries, readDelivery } from '../../storage/delivery-reads.ts'
import { updateRoute } from '../../storage/notification-routes.ts'
import { call, deltaOf, takeBack } from '../storage/delta.ts'
import { ADA, addRoute, addWebhook, KEY } from '../storage/notices.ts'
import { act, REJECT, undo } from '../storage/triage-world.ts'
import { answers, type HttpTarget, hangs, startHttpTarget } from '../support/channel-servers.ts'
import { waitFor } from '../support/process.ts'
import {
  createNotifyWorld,
  makeBaseline,
  type NotifyWorld,
  toldAt,
  untilTold,
} from './notify-world.ts'

let world: NotifyWorld
const targets: HttpTarget[] = []
beforeAll(async () => {
  world = await createNotifyWorld()
})
beforeEach(async () => {
  await world.clear()
  await makeBaseline(world)
})
afterEach(async () => {
  await world.stopWorkers()
  for (const target of targets.splice(0)) await target.stop()
})
afterAll(() => world.end())

async function startTarget(): Promise<HttpTarget> {
  const target = await startHttpTarget()
  targets.push(target)
  return target
}

test('an alert is told once to each channel whose route matches, and its end, too', async () => {
  const [all, low, others] = [await startTarget(), await startTarget(), await startTarget()]
  await world.addChannel('all', all)
  await world.addChannel('mute', low, { tellsEnd: false })
  await world.addChannel('others', others, { match: { environments: ['stage'] } })
  await world.startWorker()
  const [id = ''] = await world.stray(['admin'])
  await untilTold(all, 1)
  await act(world, [id], REJECT)
  const told = await untilTold(all, 2)
  expect(told.map(({ act, target }) => [act, target])).toEqual([
    ['open', 'admin'],
    ['reject', 'admin'],
  ])
  expect(new Set(told.map(({ key }) => key)).size).toBe(2)
  expect(all.received.map(({ headers }) => headers['webhook-id'])).toEqual(
    told.map(({ key }) => key),
  )
  expect((await untilTold(low, 1)).map(({ act }) => act)).toEqual(['open'])
  expect(toldAt(others)).toEqual([])
  await world.untilNoneWaits()
  expect((await world.readDeliveries()).filter((each) => each.startsWith('sent'))).toHaveLength(3)
})

test('with no channel and no route an alert is routed to nobody, and a later route does not tell it', async () => {
  const target = await startTarget()
  const worker = await world.startWorker()
  await world.stray(['admin'])
  await world.untilRouted()
  const said = '"event":"alerts.routed","events":1,"deliveries":0'
  await waitFor('the line', () => (worker.output().includes(said) ? true : undefined))
  await world.addChannel('ops', target)
  await world.stray(['other'])
  expect((await untilTold(target, 1)).map((each) => each.target)).toEqual(['other'])
})

test('a commit that was rolled back tells nothing', async () => {
  const target = await startTarget()
  await world.addChannel('ops', target)
  await world.startWorker()
  const strange = call('cart', 'lost', { atMs: Date.now() })
  const broken = deltaOf([strange, call('cart', 'broken', { ports: [70_000_000_000] })])
  await expect(world.commit(broken)).rejects.toThrow()
  await world.stray(['admin'])
  expect((await untilTold(target, 1)).map((each) => each.target)).toEqual(['admin'])
  await world.untilNoneWaits()
  expect(toldAt(target)).toHaveLength(1)
})

test('an alert that is gone before its turn is not told', async () => {
  const target = await startTarget()
  await world.addChannel('ops', target)
  const strange = call('cart', 'gone', { atMs: Date.now() })
  await world.commit(deltaOf([strange]))
  await world.commit(deltaOf([takeBack(strange)]))
  await world.stray(['admin'])
  await world.startWorker()
  await untilTold(target, 1)
  await world.untilNoneWaits()
  expect(toldAt(target).map((each) => each.target)).toEqual(['admin'])
})

test('ten channels that hang delay no other', async () => {
  const [slow, quick] = [await startTarget(), await startTarget()]
  slow.behave(hangs)
  for (let i = 0; i < 10; i++) await world.addChannel(`slow-${i}`, slow)
  await world.addChannel('quick', quick)
  await world.startWorker()
  await world.stray(['first'])
  await waitFor('all to hang', () => (slow.received.length === 10 ? true : undefined))
  for (const name of ['second', 'third', 'fourth']) {
    await world.stray([name])
    await untilTold(quick, quick.received.length + 1)
  }
  // None of those that hang has answered yet, nor been tried again.
  expect(slow.received).toHaveLength(10)
  expect(toldAt(quick)).toHaveLength(4)
})

test('a channel that fails gets everything once it is well, open before its end', async () => {
  const target = await startTarget()
  let failures = 0
  target.behave((response, request) => {
    // Every other try of every alert fails, so that followers would overtake.
    const isBad = target.received.filter(({ body }) => body === request.body).length % 2 === 1
    if (isBad) failures++
    answers(isBad ? 500 : 200)(response, request)
  })
  const channel = await world.addChannel('ops', target)
  await world.startWorker()
  const names = Array.from({ length: 5 }, (_, i) => `stranger-${i}`)
  const ids = await world.stray(names)
  const rejected = await act(world, ids, REJECT)
  await undo(world, rejected.actId)
  await act(world, ids, REJECT)
  await world.untilNoneWaits(60_000)
  expect(failures).toBeGreaterThan(4)
  for (const name of names) {
    const acts = await sentActs(channel.id, name)
    expect(acts.at(-1)).toBe('reject')
    expect(acts[0]).toBe('open')
  }
  const states = (await world.readDeliveries()).map((each) => each.split(' ')[0])
  expect(new Set(states)).toEqual(new Set(['sent']))
}, 90_000)

/** What a receiver that drops repetitions by key understood of an alert, in order of success. */
async function sentActs(channelId: string, name: string): Promise<readonly string[]> {
  const rows = await world.owner<{ act: string }[]>`
    select act from delivery
    where channel_id = ${channelId}::bigint and notice #>> '{alert,target,name}' = ${name}
    order by finished_at`
  return rows.map((row) => row.act)
}

test('429 with Retry-After rests the whole channel for as long as it asks', async () => {
  const target = await startTarget()
  target.behave(answers(429, { headers: { 'retry-after': '3' } }))
  const channel = await world.addChannel('ops', target)
  await world.startWorker()
  await world.stray(['admin'])
  await untilTold(target, 1)
  const paused = await waitFor('the pause', async () => {
    const found = await readChannel(world.web, channel.id)
    return found?.pausedUntilMs ? found : undefined
  })
  expect((paused.pausedUntilMs ?? 0) - target.received[0]!.atMs).toBeGreaterThanOrEqual(3_000)
  expect(paused.lastError).toContain('429')
  expect(paused.failures).toBe(1)
  target.behave(answers(200))
  await world.stray(['other'])
  await untilTold(target, 3, 30_000)
  expect(target.received[1]!.atMs - target.received[0]!.atMs).toBeGreaterThanOrEqual(3_000)
  await world.untilNoneWaits()
  expect(await readChannel(world.web, channel.id)).toMatchObject({
    ...{ pausedUntilMs: null, failingSinceMs: null, failures: 0, lastError: null },
  })
}, 60_000)

test('what is refused is dead at once, the next goes on, and it can be sent again under its key', async () => {
  const target = await startTarget()
  target.behave((response, request) =>
    answers(JSON.parse(request.body).alert.target.name === 'poison' ? 400 : 200)(response, request),
  )
  const channel = await world.addChannel('ops', target)
  await world.startWorker()
  await world.stray(['poison'])
  await world.stray(['admin'])
  await untilTold(target, 2)
  await world.untilNoneWaits()
  const [dead, ...more] = await listDeliveries(world.web, { states: ['dead'], countMax: 9 })
  expect(more).toEqual([])
  expect(dead).toMatchObject({ channelId: channel.id, attempts: 1, environment: 'prod' })
  expect(dead?.lastError).toContain('400')
  target.behave(answers(200))
  const ids = [dead?.id ?? '']
  expect(await resendDeliveries(world.web, { ids, actor: ADA })).toBe(1)
  await untilTold(target, 3)
  await world.untilNoneWaits()
  expect(toldAt(target).at(-1)?.key).toBe(dead?.key)
  expect(await readDelivery(world.web, ids[0] ?? '')).toMatchObject({ state: 'sent', attempts: 1 })
  expect(await resendDeliveries(world.web, { ids, actor: ADA })).toBe(0)
})

test('a disabled route tells nothing, a disabled channel waits, and both can be tested', async () => {
  const [routed, waiting] = [await startTarget(), await startTarget()]
  const channel = await addWebhook(world.web, 'routed', `${routed.url}/hook`)
  const route = await addRoute(world.web, channel)
  const change = { id: route.id, expectedRevision: null, isEnabled: false, actor: ADA }
  await updateRoute(world.web, change)
  const later = await world.addChannel('later', waiting)
  await world.stray(['admin'])
  const worker = await world.startWorker()
  await untilTold(waiting, 1)
  await worker.end('SIGTERM')
  waiting.behave(answers(500))
  await world.stray(['other'])
  await world.startWorker()
  await untilTold(waiting, 2)
  const switchTo = (isEnabled: boolean) =>
    updateChannel(world.web, KEY, {
      ...{ id: later.id, expectedRevision: null, isEnabled, actor: ADA },
    })
  await switchTo(false)
  waiting.behave(answers(200))
  const before = waiting.received.length
  const testId = await requestTest(world.web, { channelId: later.id, actor: ADA })
  await waitFor('the test', async () =>
    (await readDelivery(world.web, testId))?.state === 'sent' ? true : undefined,
  )
  expect(
    toldAt(waiting)
      .slice(before)
      .map((each) => each.type),
  ).toEqual(['test'])
  await switchTo(true)
  await world.untilNoneWaits()
  expect(toldAt(waiting).at(-1)?.target).toBe('other')
  expect(toldAt(routed)).toEqual([])
}, 60_000)

test('a test that fails says so at once, and rests nothing', async () => {
  const channel = await addWebhook(world.web, 'nobody', 'http://127.0.0.1:9/hook')
  await world.startWorker()
  const id = await requestTest(world.web, { channelId: channel.id, actor: ADA })
  const ended = await waitFor('the test', async () => {
    const found = await readDelivery(world.web, id)
    return found?.state === 'waiting' ? undefined : found
  })
  expect(ended).toMatchObject({ state: 'dead', attempts: 1 })
  expect(ended?.lastError).toMatch(/127\.0\.0\.1/)
  expect(await readChannel(world.web, channel.id)).toMatchObject({ pausedUntilMs: null })
})

test('a channel that is deleted takes its waiting deliveries along', async () => {
  const target = await startTarget()
  target.behave(answers(500))
  const channel = await world.addChannel('ops', target)
  const worker = await world.startWorker()
  await world.stray(['admin'])
  await untilTold(target, 1)
  await deleteChannel(world.web, { id: channel.id, actor: ADA })
  expect(await world.readDeliveries()).toEqual([])
  await world.stray(['other'])
  await world.untilRouted()
  expect(await worker.end('SIGTERM')).toBe(0)
  expect(worker.output()).not.toContain('"level":"error"')
})
