// The judge over tables: expiry, allowances, encryption, rules and paths to classified data, in the commit, on activation
// and by the clock; each told once.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { entry, rule } from './content.ts'
import { call, deltaOf, external, service, takeBack } from './delta.ts'
import { activate, HOUR_MS, happenings, NOW_MS, readOutbox, tag, told } from './judged.ts'
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

test('an entry that expires raises one alert, by the clock, and once only', async () => {
  await world.commit(deltaOf([call(web, cart, now)]))
  await activate(world, [entry(web, cart, { expiresAtMs: NOW_MS + HOUR_MS })])
  expect(await world.commit(deltaOf([call(web, cart, now)]))).toEqual([])
  expect(await judgeByClock(world.collector, NOW_MS + 60_000)).toEqual({ judged: [], told: 0 })
  const afterMs = NOW_MS + HOUR_MS
  expect(await judgeByClock(world.collector, afterMs)).toEqual({ judged: ['prod'], told: 1 })
  expect(await judgeByClock(world.collector, afterMs)).toEqual({ judged: [], told: 0 })
  expect(await judgeByClock(world.collector, afterMs + HOUR_MS)).toEqual({ judged: [], told: 0 })
  // The collector's time may be behind that of the clock: what has expired stays so.
  expect(await world.commit(deltaOf([call(web, cart, { ...now, operation: 'POST /' })]))).toEqual(
    [],
  )
  expect(await told(world)).toEqual(['expired open web>cart'])
  expect(await readOutbox(world)).toHaveLength(1)
  await activate(world, [entry(web, cart)])
  expect(await told(world)).toEqual(['expired accepted web>cart'])
})

test('what an expired entry held and nobody called for a day alerts when it is called again', async () => {
  await world.commit(deltaOf([call(web, cart, { atMs: NOW_MS - 48 * HOUR_MS })]))
  await activate(world, [entry(web, cart, { expiresAtMs: NOW_MS + HOUR_MS })])
  expect(await world.commit(deltaOf([call(web, cart, { atMs: NOW_MS - 47 * HOUR_MS })]))).toEqual(
    [],
  )
  expect(await judgeByClock(world.collector, NOW_MS + HOUR_MS)).toEqual({
    judged: ['prod'],
    told: 0,
  })
  expect(await world.commit(deltaOf([call(web, cart, { atMs: NOW_MS + HOUR_MS })]))).toHaveLength(1)
  expect(await told(world)).toEqual(['expired open web>cart'])
})

test('an allow rule that expires lets go of what it held, and an expired deny rule denies no more', async () => {
  await world.commit(deltaOf([call(web, cart, now), call(cart, pay, now)]))
  await activate(
    world,
    [entry(cart, pay)],
    [
      rule('allow-web', {
        effect: 'allow',
        source: { name: 'web' },
        expiresAtMs: NOW_MS + HOUR_MS,
      }),
      rule('no-pay', { target: { name: 'pay' }, expiresAtMs: NOW_MS + 2 * HOUR_MS }),
    ],
  )
  expect(await told(world)).toEqual(['denied open cart>pay'])
  await judgeByClock(world.collector, NOW_MS + HOUR_MS)
  expect(await told(world)).toEqual(['denied open cart>pay', 'expired open web>cart'])
  await judgeByClock(world.collector, NOW_MS + 2 * HOUR_MS)
  expect(await told(world)).toEqual(['denied withdrawn cart>pay', 'expired open web>cart'])
})

test('a new operation, port or call in the clear alerts only where the entry says otherwise', async () => {
  const names = ['free', 'pinned', 'ported', 'secret']
  await world.commit(deltaOf(names.map((name) => call(web, name, now))))
  await activate(world, [
    entry(web, service('free')),
    entry(web, service('pinned'), { operations: ['GET /'] }),
    entry(web, service('ported'), { ports: [443] }),
    entry(web, service('secret'), { isEncrypted: true }),
  ])
  const usual = names.map((name) => call(web, name, { ...now, ports: [443], tlsCalls: 1 }))
  expect(await world.commit(deltaOf(usual))).toEqual([])
  const strange = names.map((name) => ({
    ...call(web, name, { ...now, ports: [8443], plainCalls: 1, operation: 'DELETE /' }),
  }))
  expect(await world.commit(deltaOf(strange))).toHaveLength(3)
  expect(await world.commit(deltaOf(strange))).toEqual([])
  expect((await told(world)).toSorted()).toEqual([
    'downgraded open web>secret',
    'new_operation open web>pinned',
    'new_port open web>ported',
  ])
  // More of the same kind is the same alert, which says more.
  await world.commit(deltaOf([call(web, 'pinned', { ...now, operation: 'PATCH /' })]))
  const [row] = await world.owner`select news from alert where kind = 'new_operation'`
  expect(row?.news.operations).toEqual(['DELETE /', 'PATCH /'])
  expect(await readOutbox(world)).toHaveLength(3)
})

test('a call in the clear that a late span takes back withdraws the downgrade', async () => {
  await world.commit(deltaOf([call(web, cart, { ...now, tlsCalls: 1 })]))
  await activate(world, [entry(web, cart, { isEncrypted: true })])
  const plain = call(web, cart, { ...now, plainCalls: 1 })
  const [id] = await world.commit(deltaOf([plain]))
  await world.commit(deltaOf([takeBack(plain)]))
  expect(await told(world)).toEqual(['downgraded withdrawn web>cart'])
  expect(await world.commit(deltaOf([plain]))).toEqual([id])
  expect(await happenings(world, id)).toEqual(['opened', 'withdrawn', 'reopened'])
})

test('hosts of one domain are judged together, whichever was seen first', async () => {
  const host = (name: string, operation: string) =>
    call(web, external(`${name}.example.com`), { ...now, operation })
  await world.commit(deltaOf([host('a', 'GET /'), host('b', 'GET /')]))
  const pinned = entry(web, external('example.com'), { operations: ['GET /'] })
  await activate(world, [pinned])
  await world.commit(deltaOf([host('a', 'POST /')]))
  await world.commit(deltaOf([host('b', 'PUT /')]))
  const rows = await world.owner`select kind, news from alert`
  expect(rows).toMatchObject([{ kind: 'new_operation', news: { operations: ['POST /', 'PUT /'] } }])
})

test('a deny rule wins over an entry that is not excepted from it, and names itself', async () => {
  await world.commit(deltaOf([call(web, db, now), call(cart, db, now)]))
  const rules = [rule('no-db', { target: { kind: 'database' }, purpose: 'layers' })]
  await activate(world, [entry(web, db), entry(cart, db, { exceptionTo: ['no-db'] })], rules)
  expect(await told(world)).toEqual(['denied open web>postgresql:pay'])
  const [alert] = await world.owner`select rule_id, severity, reasons from alert`
  expect(alert).toMatchObject({ rule_id: 'no-db', severity: 'high' })
})

test('an edge far from the data that opens a path to it makes alerts worse in place, told once more', async () => {
  await world.commit(deltaOf([call(pay, db, now), call(web, cart, now)]))
  await activate(world, [entry(pay, db), entry(web, cart)])
  await tag(world, db, { dataClasses: ['pii'] })
  expect(await told(world)).toEqual([])
  const [first] = await world.commit(deltaOf([call(cart, 'helper', now)]))
  expect(await told(world)).toEqual(['new_service open cart>helper'])
  const toldIds = await world.commit(deltaOf([call('helper', pay, now)]))
  expect(toldIds).toHaveLength(2)
  expect(await told(world)).toEqual(['first_path open cart>helper', 'first_path open helper>pay'])
  expect(await happenings(world, first)).toEqual(['opened', 'escalated'])
  const [row] = await world.owner`select reaches from alert where id = ${String(first)}::bigint`
  expect(row?.reaches).toMatchObject({
    pairs: [
      { service: { name: 'cart' }, dataClass: 'pii' },
      { service: { name: 'web' }, dataClass: 'pii' },
    ],
  })
  // The path is gone again: what is left says so, silently.
  await world.commit(deltaOf([takeBack(call('helper', pay, now))]))
  expect(await told(world)).toEqual([
    'new_service open cart>helper',
    'first_path withdrawn helper>pay',
  ])
  expect(await happenings(world, first)).toEqual(['opened', 'escalated', 'reclassified'])
})

test('the same edges in the other order give the same alerts', async () => {
  await world.commit(deltaOf([call(pay, db, now), call(web, cart, now)]))
  await activate(world, [entry(pay, db), entry(web, cart)])
  await tag(world, db, { dataClasses: ['pii'] })
  await world.commit(deltaOf([call('helper', pay, now)]))
  await world.commit(deltaOf([call(cart, 'helper', now)]))
  expect((await told(world)).toSorted()).toEqual([
    'first_path open cart>helper',
    'first_path open helper>pay',
  ])
})
