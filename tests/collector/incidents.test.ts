// Deploys as a real collector sees them: OTLP in, incidents in the database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeId } from '../../core/graph/node.ts'
import { listIncidents } from '../../storage/incident-reads.ts'
import { readNodes } from '../../storage/nodes.ts'
import { entry } from '../storage/content.ts'
import { service } from '../storage/delta.ts'
import { type Made, spansOf } from '../storage/deploys.ts'
import { activate } from '../storage/judged.ts'
import { createWorld, type World } from '../storage/world.ts'
import { makeDataDir, startCollector, type TestCollector } from '../support/collector.ts'
import { waitFor } from '../support/process.ts'
import { requestOf } from '../support/spans.ts'

let world: World
let collector: TestCollector
let trace = 1
const data = makeDataDir()
beforeAll(async () => {
  world = await createWorld()
  const databaseUrl = world.database.collectorUrl
  const variables = { STRAYLINE_HOLD: '500ms', STRAYLINE_QUIET: '200ms' }
  collector = await startCollector({ databaseUrl, dataDir: data.dataDir, variables })
}, 60_000)
afterAll(async () => {
  await collector?.kill()
  await world.end()
  data.remove()
})

async function send(calls: readonly Made[]): Promise<void> {
  const spans = calls.flatMap((made) => spansOf(made, trace++))
  const answer = await fetch(`${collector.httpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestOf(spans)),
  })
  expect(answer.status).toBe(200)
}

const SERVICES = ['billing', 'cart', 'search']
const usual = (version: string) =>
  SERVICES.map((source): Made => ({ source, target: 'hub', version }))

function waitForAlerts(count: number) {
  return waitFor(`${count} alerts`, async () => {
    const [row] = await world.owner<{ count: number }[]>`select count(*)::int as count from alert`
    return row?.count === count ? true : undefined
  })
}

test('deploys of one minute are one incident each, beside what came without one', async () => {
  await send(usual('1'))
  await waitFor('the edges', async () => {
    const rows = await world.owner`select from edge where calls > 0`
    return rows.length === SERVICES.length ? true : undefined
  })
  const hub = service('hub')
  await activate(world, [...SERVICES.map((name) => entry(service(name), hub)), entry(hub, hub)])
  await send(usual('1')) // a restart: the same version
  await send([
    ...usual('2').slice(0, 2),
    { source: 'billing', target: 'ledger', version: '2' },
    { source: 'billing', target: 'api.bank.example', version: '2' },
    { source: 'cart', target: 'ledger', version: '2' },
    { source: 'search', target: 'ledger', version: '1' },
  ])
  await waitForAlerts(4)
  const query = { environment: 'prod', state: 'open', countMax: 9 } as const
  const incidents = await listIncidents(world.web, query)
  expect(incidents.map(({ sentence }) => sentence).toSorted()).toEqual([
    'Version “2” of billing came with new calls to the outside, to bank.example; first calls to ledger.',
    'Version “2” of cart came with first calls to ledger.',
    'search made first calls to ledger.',
  ])
  const nodes = await readNodes(world.web, 'prod')
  const deploys = new Map(nodes.map((node) => [nodeId(node), node.rollout?.sinceMs ?? null]))
  for (const { node, deployedMs } of incidents) expect(deploys.get(nodeId(node))).toBe(deployedMs)
}, 60_000)
