// What is judged beside edges that were just called: tags, services without edges, alerts that were rejected.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { plainEntry } from '../../core/baseline/content.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { readNodeTags, writeTags } from '../../storage/tag-nodes.ts'
import { removeUnseen } from '../../storage/unseen.ts'
import { entry, rule } from './content.ts'
import { rejectAlert } from './decide.ts'
import { call, deltaOf, external, service, takeBack } from './delta.ts'
import {
  ANN,
  activate,
  HOUR_MS,
  happenings,
  NOW_MS,
  readOutbox,
  stating,
  tag,
  told,
} from './judged.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const web = service('web')
const cart = service('cart')
const pay = service('pay')
const db = service('postgresql:pay', { kind: 'database' })
const now = { atMs: NOW_MS }

test('a tag that a person gives is judged at once, and what it made a drift is withdrawn with it', async () => {
  await world.commit(deltaOf([call(web, db, now)]))
  await activate(world, [entry(web, db)], [rule('no-pii', { target: { dataClass: 'pii' } })])
  expect(await told(world)).toEqual([])
  const [said] = await tag(world, db, { dataClasses: ['PII', 'pii'] })
  expect(said).toMatchObject({ tags: { dataClasses: ['pii'] }, said: { dataClasses: ['pii'] } })
  expect(await told(world)).toEqual(['denied open web>postgresql:pay'])
  const change = { node: db, tags: {}, expectedRevision: 0 }
  const late = { changes: [change], actor: ANN, reason: '' }
  await expect(writeTags(world.web, late)).rejects.toMatchObject({ code: 'REVISION_STALE' })
  const { revision } = await readNodeTags(world.web, db)
  await writeTags(world.web, { ...late, changes: [{ ...change, expectedRevision: revision }] })
  expect((await readNodeTags(world.web, db)).revision).toBe(0)
  expect(await told(world)).toEqual(['denied withdrawn web>postgresql:pay'])
})

test('what a resource states is judged by the clock; what a person says of the same wins', async () => {
  await world.commit(deltaOf([call(web, cart, now), call(cart, web, now)]))
  const rules = [rule('layers', { source: { layer: 'data' }, target: { layer: 'web' } })]
  await activate(world, [entry(web, cart), entry(cart, web)], rules)
  const delta = deltaOf([call(web, cart, now)])
  await world.commit(stating(stating(delta, 'web', { layer: 'web' }), 'cart', { layer: 'data' }))
  expect(await told(world)).toEqual([])
  expect(await judgeByClock(world.collector, NOW_MS)).toEqual({ judged: ['prod'], told: 1 })
  expect(await judgeByClock(world.collector, NOW_MS)).toEqual({ judged: [], told: 0 })
  expect(await told(world)).toEqual(['denied open cart>web'])
  await tag(world, cart, { layer: '' })
  expect(await told(world)).toEqual(['denied withdrawn cart>web'])
  await expect(tag(world, cart, { layer: 'x'.repeat(300) })).rejects.toMatchObject({
    code: 'NODE_TAGS_INVALID',
  })
})

test('a tag in another environment counts for edges that lead there', async () => {
  const ledger = service('ledger', { environment: 'shared' })
  await world.commit(deltaOf([call(web, ledger, now)]))
  await activate(world, [entry(web, ledger)], [rule('no-pii', { target: { dataClass: 'pii' } })])
  await tag(world, ledger, { dataClasses: ['pii'] })
  expect(await told(world)).toEqual(['denied open web>ledger'])
})

test('a service without edges alerts by the clock, alone, until it is approved or calls', async () => {
  const oldMs = NOW_MS - HOUR_MS
  const alone = (name: string) => {
    const delta = deltaOf([], undefined, [service(name)])
    return {
      ...delta,
      nodes: delta.nodes.map((node) => ({ ...node, firstSeenMs: oldMs, lastSeenMs: NOW_MS })),
    }
  }
  await world.commit(deltaOf([call(web, cart, now)]))
  await activate(world, [entry(web, cart)])
  await world.commit(alone('loner'))
  await world.commit(alone('caller'))
  expect(await told(world)).toEqual([])
  expect(await judgeByClock(world.collector, NOW_MS)).toMatchObject({ told: 2 })
  expect(await judgeByClock(world.collector, NOW_MS)).toMatchObject({ told: 0 })
  expect(await told(world)).toEqual(['new_service open loner>', 'new_service open caller>'])
  await world.commit(deltaOf([call('caller', cart, now)]))
  // It has an edge now, which is not approved: its own alert was not accepted by that.
  await activate(world, [
    entry(web, cart),
    plainEntry({ source: service('loner'), target: service('loner') }),
  ])
  expect(await told(world)).toEqual([
    'new_service accepted loner>',
    'new_service withdrawn caller>',
    'new_service open caller>cart',
  ])
})

test('what was rejected stays quiet when its kind changes', async () => {
  await world.commit(deltaOf([call(pay, db, now), call(web, cart, now)]))
  await activate(world, [entry(pay, db), entry(web, cart)])
  const [id] = await world.commit(deltaOf([call(cart, pay, now)]))
  await rejectAlert(world.web, { alertId: String(id), actor: ANN, reason: 'never' })
  await tag(world, db, { dataClasses: ['pii'] })
  expect(await told(world)).toEqual(['first_path rejected cart>pay'])
  const actions = (await readOutbox(world)).map((each) => each.split(' ')[0])
  expect(actions).toEqual(['opened', 'rejected'])
})

test('what nobody saw for long goes, but not from behind an alert that waits, snoozed or not', async () => {
  await world.commit(deltaOf([call(web, cart, now)]))
  await activate(world, [entry(web, cart)])
  await world.commit(deltaOf([call(web, pay, now), call(web, db, now), call(cart, web, now)]))
  await world.owner`
    update alert set state = 'snoozed', snoozed_until = now() where target_name = 'pay'`
  await world.owner`update alert set state = 'rejected' where target_name = 'web'`
  await removeUnseen(world.owner, NOW_MS + HOUR_MS)
  const left = await world.owner`
    select node.name from edge join node on node.id = edge.target_id order by node.name`
  expect(left.map(({ name }) => name)).toEqual(['pay', 'postgresql:pay'])
})

test('an alert stays as it is when another edge of it comes as the first is disproved', async () => {
  await world.commit(deltaOf([call(web, cart, now)]))
  await activate(world, [entry(web, cart)])
  const [first, other] = ['a', 'b'].map((host) => call(cart, external(`${host}.example.com`), now))
  const [alertId] = await world.commit(deltaOf([first!]))
  expect(await told(world)).toEqual(['new_external open cart>example.com'])
  expect(await world.commit(deltaOf([takeBack(first!), other!]))).toEqual([])
  expect(await told(world)).toEqual(['new_external open cart>example.com'])
  expect(await happenings(world, alertId)).toEqual(['opened'])
})
