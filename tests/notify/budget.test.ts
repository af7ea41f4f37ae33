// The alarm of an environment's alert budget, from the commit of an alert to a receiver, with a real worker.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeSettings } from '../../storage/environment-settings.ts'
import { ADA } from '../storage/notices.ts'
import { type HttpTarget, startHttpTarget } from '../support/channel-servers.ts'
import { createNotifyWorld, makeBaseline, type NotifyWorld, untilTold } from './notify-world.ts'

let world: NotifyWorld
let target: HttpTarget
beforeAll(async () => {
  world = await createNotifyWorld()
  target = await startHttpTarget()
  await makeBaseline(world)
})
afterAll(async () => {
  await world.end()
  await target.stop()
})

test('the first alert beyond the target of a day is told itself, once', async () => {
  await world.addChannel('chat', target)
  const settings = { zone: 'Europe/Berlin', alertTarget: 2 }
  await changeSettings(world.web, { environment: 'prod', settings, actor: ADA })
  await world.startWorker()
  await world.stray(['admin', 'billing'])
  expect((await untilTold(target, 2)).map(({ type }) => type)).toEqual(['alert', 'alert'])
  await world.stray(['exports'])
  const told = await untilTold(target, 4)
  expect(told.map(({ type }) => type).sort()).toEqual(['alert', 'alert', 'alert', 'budget'])
  const budget = target.received.map(({ body }) => JSON.parse(body)).find((one) => one.day)
  expect(budget).toMatchObject({
    ...{ type: 'budget', environment: 'prod', zone: 'Europe/Berlin', alerts: 3, target: 2 },
  })
  await world.stray(['imports'])
  await untilTold(target, 5)
  await world.untilNoneWaits()
  const types = (await untilTold(target, 5)).map(({ type }) => type)
  expect(types.filter((type) => type === 'budget')).toHaveLength(1)
})
