// Two connections at once: an edge is accepted while its next call is being committed, in both orders and any
// interleaving, and nothing is raised; and a commit beside a large baseline does no more than beside a small one.
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { commitDelta, createCommitter } from '../../storage/commit.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import type { Sql } from '../../storage/sql.ts'
import { entry, rule } from './content.ts'
import { acceptAlert } from './decide.ts'
import { call, deltaOf, NOON_MS, service } from './delta.ts'
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

const ROUNDS = 40

test('an edge accepted while its next call is being committed raises nothing', async () => {
  const known = Array.from({ length: 30 }, (_, place) => service(`known-${place}`))
  const usual = known.map((node) => call('web', node, { atMs: NOW_MS }))
  await world.commit(deltaOf(usual))
  await activate(
    world,
    known.map((node) => entry(service('web'), node)),
  )
  for (let round = 0; round < ROUNDS; round++) {
    const fresh = () => call('web', `fresh-${round}`, { atMs: NOW_MS, operation: `GET /${round}` })
    const [id] = await world.commit(deltaOf([fresh()]))
    const accept = () =>
      acceptAlert(world.web, { alertId: String(id), actor: ANN, reason: `round ${round}` })
    const commit = () => world.commit(deltaOf([fresh(), ...usual]))
    const acts = round % 2 === 0 ? [accept, commit] : [commit, accept]
    const begun = acts.map(async (act, place) => {
      // From wholly one after the other to wholly at once.
      if (place === 1) for (let wait = 0; wait < round >> 1; wait++) await Promise.resolve()
      if (place === 1 && round % 3 === 0) await new Promise(setImmediate)
      return act()
    })
    await Promise.all(begun)
    expect(await world.commit(deltaOf([fresh()]))).toEqual([])
    expect(await happenings(world, id)).toEqual(['opened', 'accepted'])
  }
  expect(new Set((await told(world)).map((each) => each.split(' ')[1]))).toEqual(
    new Set(['accepted']),
  )
  const outbox = await readOutbox(world)
  expect(outbox.filter((each) => each.startsWith('opened'))).toHaveLength(ROUNDS)
})

test('a commit beside a baseline of 20,000 entries runs the statements of one beside a small one', async () => {
  const statements: string[] = []
  const url = world.database.collectorUrl
  const counting = postgres(url, {
    ...{ max: 1, types: { bigint: postgres.BigInt } },
    debug: (_, text) => void statements.push(text.replace(/\s+/g, ' ').trim()),
  }) as unknown as Sql
  const committer = createCommitter(counting)
  let offset = 0n
  const commit = async (name: string) => {
    statements.length = 0
    const position = { journalId: 'counted', offset: ++offset }
    const delta = deltaOf([call('web', 'cart', { operation: `GET /${name}` }), call('web', name)])
    await commitDelta(committer, { delta, position, counters: {}, nowMs: NOON_MS })
    return [...statements]
  }
  try {
    await commit('first')
    await activate(world, [entry(service('web'), service('cart'))])
    await commit('second')
    const small = await commit('third')
    const many = Array.from({ length: 20_000 }, (_, place) =>
      entry(service(`source-${place % 200}`), service(`target-${place}`)),
    )
    await activate(world, [entry(service('web'), service('cart')), ...many])
    const loading = await commit('fourth')
    expect(loading.some((text) => text.includes('from baseline_entry'))).toBe(true)
    const large = await commit('fifth')
    expect(large).toEqual(small)
    expect(large.some((text) => text.includes('baseline_entry'))).toBe(false)
    expect(large.length).toBeLessThan(30)
  } finally {
    await counting.end()
  }
})

test('two who approve at the same time make two versions, of which the later is active', async () => {
  await world.commit(deltaOf([call('web', 'cart', { atMs: NOW_MS })]))
  const names = ['one', 'two', 'three', 'four']
  await Promise.all(names.map((name) => activate(world, [entry(service('web'), service(name))])))
  const rows = await world.owner`
    select state, environment.active_version = version as is_active from baseline
    join environment on environment.name = baseline.environment`
  expect(rows.filter(({ state }) => state === 'active')).toMatchObject([{ is_active: true }])
  expect(rows).toHaveLength(4)
})

test('commits that bring tags, activations, tags by people and the clock never block for good', async () => {
  const [web, cart, db] = [service('web'), service('cart'), service('s', { kind: 'database' })]
  const calls = [call(web, cart, { atMs: NOW_MS }), call(cart, db, { atMs: NOW_MS })]
  await world.commit(deltaOf(calls))
  const rules = [rule('no-pii', { target: { dataClass: 'pii' } })]
  const entries = [entry(web, cart), entry(cart, db, { expiresAtMs: NOW_MS + HOUR_MS })]
  await activate(world, entries, rules)
  for (let round = 0; round < 12; round++) {
    const dataClasses = round % 2 === 0 ? 'pii' : 'payment'
    const stated = stating(deltaOf([...calls, call(web, `n-${round}`, { atMs: NOW_MS })]), 's', {
      dataClasses,
    })
    const nodes = stated.nodes.map((node) => ({
      ...node,
      tags: node.tags.map((each) => ({ ...each, statedAtMs: NOW_MS + round })),
    }))
    await Promise.all([
      world.commit({ ...stated, nodes }).then(() => world.commit(deltaOf(calls))),
      activate(world, entries, rules),
      tag(world, cart, { dataClasses: round % 3 === 0 ? ['pii'] : [] }),
      judgeByClock(world.collector, NOW_MS),
    ])
  }
  await tag(world, cart, { dataClasses: [] })
  await judgeByClock(world.collector, NOW_MS + HOUR_MS)
  const open = (await told(world)).filter((each) => each.includes(' open '))
  expect(open).toHaveLength(13)
  expect(open).toContain('expired open cart>s')
})
