// What becomes of incidents beside people's acts: decisions, undo, roll-back, names, races.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { edgeSubject, NO_NEWS, NOTHING_REACHED } from '../../core/baseline/drift.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { listAlerts } from '../../storage/alerts.ts'
import { rollBack } from '../../storage/baselines.ts'
import { commitDelta } from '../../storage/commit.ts'
import type { FoundDrift } from '../../storage/drift-columns.ts'
import {
  type Incident,
  listIncidents,
  nameIncidents,
  readIncident,
} from '../../storage/incident-reads.ts'
import { forgetNode, renameNode } from '../../storage/node-acts.ts'
import { raiseAlerts } from '../../storage/raise-alerts.ts'
import { entry, rule } from './content.ts'
import { type Call, call, deltaOf, external, service } from './delta.ts'
import { ANN, activate, HOUR_MS, NOW_MS } from './judged.ts'
import { ACCEPT, act, REJECT, undo } from './triage-world.ts'
import { createWorld, type World } from './world.ts'

let world: World
let offset = 0n
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())
beforeEach(async () => {
  await world.clear()
  await see(call('web', 'cart', { atMs: NOW_MS }))
  await activate(world, HELD)
})

const HELD = [entry(service('web'), service('cart'))]

async function see(made: Call, nowMs = NOW_MS): Promise<void> {
  const position = { journalId: 'life', offset: ++offset }
  const delta = deltaOf([{ ...made, atMs: nowMs }])
  await commitDelta(world.committer, { delta, position, counters: {}, nowMs })
}

async function incidents(state: 'open' | 'closed' | 'all' = 'all'): Promise<readonly Incident[]> {
  return listIncidents(world.web, { environment: 'prod', state, countMax: 50 })
}
const summary = async (state: 'open' | 'closed' | 'all' = 'all') =>
  (await incidents(state)).map(({ sentence, states }) => `${sentence} ${JSON.stringify(states)}`)
const alertIds = async () =>
  (await listAlerts(world.web, { countMax: 50 })).map(({ id }) => id).toSorted()

test('an incident is open while one of its alerts waits, and as bad as the worst that waits', async () => {
  await activate(world, HELD, [rule('no-pay', { target: { name: 'pay' } })])
  await see(call('cart', service('ledger', { kind: 'database' })))
  await see(call('cart', 'pay'))
  const [whole] = await incidents('open')
  expect(whole).toMatchObject({
    ...{ alerts: 2, severity: 'high', isOpen: true, version: null, deployedMs: null },
    ...{ kind: 'caller', node: service('cart'), firstMs: NOW_MS, lastMs: NOW_MS },
    sentence: 'cart made calls to pay that a rule denies; a first access to the database ledger.',
  })
  const [first = '', second = ''] = await alertIds()
  await act(world, [second], REJECT)
  expect((await incidents('open'))[0]).toMatchObject({
    ...{ severity: 'medium', states: { open: 1, rejected: 1 } },
  })
  const { actId } = await act(world, [first], ACCEPT)
  expect(await incidents('open')).toEqual([])
  expect((await incidents('closed'))[0]).toMatchObject({ isOpen: false, severity: 'high' })
  await undo(world, actId)
  expect((await incidents('open'))[0]?.id).toBe(whole?.id)
})

test('alerts that a roll-back brings again are one incident, and empty ones are gone', async () => {
  await see(call('cart', 'pay'))
  await see(call('cart', 'mail'), NOW_MS + 2 * HOUR_MS)
  await act(world, await alertIds(), ACCEPT)
  const before = await incidents()
  expect(before).toHaveLength(2)
  const rolling = { environment: 'prod', version: 1, actor: ANN, reason: 'back' }
  await rollBack(world.web, { ...rolling, selfApproval: 'allowed' })
  expect(await summary()).toEqual(['cart made first calls to pay and mail. {"open":2}'])
  expect(await readIncident(world.web, before[1]?.id ?? '')).toBeNull()
})

test('under its new name a caller takes more alerts; forgotten, its incident is closed', async () => {
  await see(call('cart', 'pay'))
  const idOf = async (name: string) => {
    const [row] = await world.owner`select id::text as id from node where name = ${name}`
    return String(row?.id)
  }
  const by = { environment: 'prod', actor: ANN, reason: 'better' }
  const renaming = { ...by, nodeId: await idOf('cart'), namespace: 'shop', name: 'basket' }
  expect(await renameNode(world.owner, renaming)).toBe('renamed')
  await see(call(service('basket', { namespace: 'shop' }), 'mail'), NOW_MS + 1)
  const [first, ...others] = await incidents()
  expect(others).toEqual([])
  expect(first?.node).toEqual(service('basket', { namespace: 'shop' }))
  expect(first?.sentence).toBe('shop/basket made first calls to pay and mail.')
  await forgetNode(world.owner, { ...by, nodeId: await idOf('basket') })
  expect(await summary('closed')).toEqual([`${first?.sentence} {"withdrawn":2}`])
})

/** A drift as the judge finds it. */
function found(source: string, target: NodeKey): FoundDrift {
  const edge = { source: service(source), target }
  return {
    ...{ environment: 'prod', version: 1, subject: edgeSubject(edge), edge, node: null },
    ...{ kind: 'new_edge', severity: 'medium', summary: 'It is new.', ruleId: null },
    ...{
      reasonsFor: [],
      reasonsAgainst: [],
      reaches: NOTHING_REACHED,
      news: NO_NEWS,
      examples: [],
    },
    seen: { firstSeenMs: NOW_MS, lastSeenMs: NOW_MS, lastPlainMs: null },
  }
}

test('transactions that raise at the same time begin one incident of a cause', async () => {
  await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      world.collector.begin((tx) => {
        const callers = [found('cart', service(`t${i}`)), found(`s${i}`, external('evil.example'))]
        return raiseAlerts(tx, callers, NOW_MS)
      }),
    ),
  )
  expect((await incidents()).map(({ kind, alerts }) => `${kind} ${alerts}`).toSorted()).toEqual([
    ...['caller 12', 'domain 12'],
  ])
})

test('a list has pages, states and environments; alerts name their incidents', async () => {
  for (let hour = 0; hour < 3; hour++)
    await see(call('cart', `t${hour}`), NOW_MS + hour * 2 * HOUR_MS)
  const query = { environment: null, state: 'all', countMax: 2 } as const
  const page = await listIncidents(world.web, query)
  expect(page.map(({ sentence }) => sentence)).toEqual([
    ...['cart made first calls to t2.', 'cart made first calls to t1.'],
  ])
  const rest = await listIncidents(world.web, { ...query, after: page[1]!.place })
  expect(rest.map(({ sentence }) => sentence)).toEqual(['cart made first calls to t0.'])
  expect(await listIncidents(world.web, { ...query, environment: 'staging' })).toEqual([])
  const alerts = await listAlerts(world.web, { countMax: 9 })
  const names = await nameIncidents(
    world.web,
    alerts.flatMap(({ incidentId }) => (incidentId === null ? [] : [BigInt(incidentId)])),
  )
  expect(names.get(alerts[0]?.incidentId ?? '')).toEqual({
    ...{ id: page[0]?.id, kind: 'caller', sentence: 'cart made first calls to t2.' },
  })
})

test('an alert from before there were incidents has none, until it reopens', async () => {
  await see(call('cart', 'pay'))
  await world.owner`update alert set incident_id = null`
  await world.owner`delete from incident`
  expect((await listAlerts(world.web, { countMax: 1 }))[0]?.incidentId).toBeNull()
  await activate(world, [...HELD, entry(service('cart'), service('pay'))])
  await activate(world, HELD)
  expect(await summary()).toEqual(['cart made first calls to pay. {"open":1}'])
})
