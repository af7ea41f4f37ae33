// Alerts with one cause are one incident: through decoder, fold and commit into real tables.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listIncidents } from '../../storage/incident-reads.ts'
import { entry } from './content.ts'
import { service } from './delta.ts'
import { createFleet, type Fleet, type Made, MINUTE_MS } from './deploys.ts'
import { activate, HOUR_MS, NOW_MS } from './judged.ts'
import { createWorld, type World } from './world.ts'

let world: World
let fleet: Fleet
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())
beforeEach(async () => {
  await world.clear()
  fleet = createFleet(world, NOW_MS)
})

const SERVICES = Array.from({ length: 20 }, (_, i) => `service-${i}`)
const usual = (source: string, version = '1'): Made => ({ source, target: 'hub', version })

/** Each service calls the hub, in version 1; the baseline holds that. */
async function approveUsual(services: readonly string[] = SERVICES): Promise<void> {
  await fleet.call(services.map((name) => usual(name)))
  const entries = services.map((name) => entry(service(name), service('hub')))
  await activate(world, [...entries, entry(service('hub'), service('hub'))])
  fleet.wait(HOUR_MS)
}

async function incidents(state: 'open' | 'closed' | 'all' = 'all') {
  const found = await listIncidents(world.web, { environment: 'prod', state, countMax: 100 })
  return found.toReversed()
}

async function sentences() {
  return (await incidents()).map(({ sentence }) => sentence)
}

test('twenty deploys with one to five edge changes each are twenty incidents', async () => {
  await approveUsual()
  const changes = SERVICES.map((source, i) => {
    const targets = ['mail', 'ledger', 'evil.example', 'stock', 'search'].slice(0, 1 + (i % 5))
    return [usual(source, '2'), ...targets.map((target) => ({ source, target, version: '2' }))]
  })
  for (const calls of changes) {
    await fleet.call(calls)
    fleet.wait(MINUTE_MS)
  }
  const found = await incidents()
  expect(found.map(({ kind, node, version }) => [kind, node.name, version])).toEqual(
    SERVICES.map((name) => ['deploy', name, '2']),
  )
  expect(found.map(({ alerts }) => alerts)).toEqual(SERVICES.map((_, i) => 1 + (i % 5)))
  expect(found[1]?.sentence).toBe(
    'Version “2” of service-1 came with first calls to ledger and mail.',
  )
})

test('a restart without another version is no deploy and no incident', async () => {
  await approveUsual()
  for (const version of ['1', '1', '1']) {
    await fleet.call(SERVICES.map((name) => usual(name, version)))
    fleet.wait(MINUTE_MS)
  }
  await fleet.call([usual('service-0', '2')])
  expect(await incidents()).toEqual([])
})

test('two services that are deployed in the same minute give two incidents', async () => {
  await approveUsual()
  const calls = ['service-0', 'service-1'].flatMap((source) => [
    ...[usual(source, '2'), { source, target: 'mail', version: '2' }],
    { source, target: 'evil.example', version: '2' },
  ])
  await fleet.call(calls)
  expect((await sentences()).toSorted()).toEqual([
    'Version “2” of service-0 came with new calls to the outside, to evil.example; first calls to mail.',
    'Version “2” of service-1 came with new calls to the outside, to evil.example; first calls to mail.',
  ])
})

test('an unrelated new edge stays apart from a deploy of the same minute', async () => {
  await approveUsual()
  await fleet.call([
    ...[usual('service-0', '2'), { source: 'service-0', target: 'mail', version: '2' }],
    { source: 'service-1', target: 'mail', version: '1' },
    { source: 'service-2', target: 'api.evil.example', version: '1' },
  ])
  expect((await sentences()).toSorted()).toEqual([
    'Version “2” of service-0 came with first calls to mail.',
    'service-1 made first calls to mail.',
    'service-2 called the external destination evil.example.',
  ])
})

test('an edge that comes more than ten minutes after the deploy is of its caller', async () => {
  await approveUsual()
  const made = (target: string) => ({ source: 'service-0', target, version: '2' })
  await fleet.call([usual('service-0', '2')])
  fleet.wait(8 * MINUTE_MS)
  await fleet.call([made('mail')])
  fleet.wait(2 * MINUTE_MS)
  await fleet.call([made('stock')])
  fleet.wait(50 * MINUTE_MS)
  await fleet.call([made('search')])
  fleet.wait(HOUR_MS)
  await fleet.call([made('ledger')])
  expect(await sentences()).toEqual([
    'Version “2” of service-0 came with first calls to mail.',
    'service-0 made first calls to stock and search.',
    'service-0 made first calls to ledger.',
  ])
})

test('callers of hosts of one domain are one incident, until none came for a day', async () => {
  await approveUsual()
  const made = (source: string, host: string) => ({ source, target: host, version: '1' })
  await fleet.call([made('service-0', 'a.evil.example')])
  fleet.wait(20 * HOUR_MS)
  await fleet.call([made('service-1', 'b.evil.example'), made('service-1', 'other.example')])
  fleet.wait(25 * HOUR_MS)
  await fleet.call([made('service-2', 'a.evil.example')])
  expect(await sentences()).toEqual([
    'service-0 and service-1 called the external destination evil.example.',
    'service-1 called the external destination other.example.',
    'service-2 called the external destination evil.example.',
  ])
})

test('more over an approved edge is of the deploy with which it came', async () => {
  await fleet.call([usual('service-0')])
  const held = entry(service('service-0'), service('hub'), { operations: ['GET /'] })
  await activate(world, [held, entry(service('hub'), service('hub'))])
  fleet.wait(HOUR_MS)
  await fleet.call([{ ...usual('service-0', '2'), operation: 'POST /pay' }])
  expect(await sentences()).toEqual([
    'Version “2” of service-0 came with calls of new operations of hub.',
  ])
})
