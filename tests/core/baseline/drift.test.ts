// Every kind of drift, with its sentence; nothing for what is approved; one subject an edge.
import { expect, test } from 'vitest'
import type { DriftKind, ObservedEdge } from '../../../core/baseline/drift.ts'
import { DRIFT_KINDS } from '../../../core/baseline/drift.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { entryOf, ruleOf } from './contents.ts'
import { edge, judge, NOW_MS, node, tell, type World } from './world.ts'

const [web, api, stock, users] = [
  node('web'),
  node('api'),
  node('stock'),
  node('users', 'database'),
]
const lab = { ...api, environment: 'lab' }
const known = [entryOf(web, api), entryOf(api, stock)]
const DAY_MS = 86_400_000

test('an approved edge is no drift', () => {
  expect(judge({ entries: known, live: [edge(web, api), edge(api, stock)] })).toEqual([])
})

type Example = readonly [DriftKind, World, string]
const EXAMPLES: readonly Example[] = [
  [
    'denied',
    {
      entries: known,
      rules: [ruleOf('no-stock', { target: { name: 'stock' } })],
      live: [edge(web, stock)],
    },
    'web called stock, which rule “no-stock” of baseline version 7 denies.',
  ],
  [
    'expired',
    { entries: [entryOf(web, api, { expiresAtMs: NOW_MS - DAY_MS })], live: [edge(web, api)] },
    'web calls api, though the approval of baseline version 7 that held this edge expired on 2026-11-21 12:00 UTC.',
  ],
  [
    'downgraded',
    {
      entries: [entryOf(web, api, { isEncrypted: true })],
      live: [edge(web, api, { plainCalls: 3 })],
    },
    'web called api in the clear; baseline version 7 holds this edge as encrypted.',
  ],
  [
    'first_path',
    {
      entries: [entryOf(api, users)],
      tags: [[users, { dataClasses: ['pii'] }]],
      live: [edge(web, api)],
    },
    'web began calling api, and so web can reach “pii” data; baseline version 7 has no such path.',
  ],
  [
    'cross_environment',
    { entries: known, live: [edge(web, lab)] },
    'web began calling api in environment “lab”; baseline version 7 does not hold this edge.',
  ],
  [
    'new_external',
    { entries: known, live: [edge(api, node('evil.example', 'external'))] },
    'api began calling the external destination evil.example; baseline version 7 does not hold this edge.',
  ],
  [
    'new_database',
    { entries: known, live: [edge(api, users)] },
    'api accessed database users for the first time; baseline version 7 does not hold this edge.',
  ],
  [
    'new_service',
    { entries: known, live: [edge(web, node('admin'))] },
    'web began calling the new service admin; baseline version 7 does not hold this edge.',
  ],
  [
    'new_edge',
    { entries: known, live: [edge(web, stock)] },
    'web began calling stock; baseline version 7 does not hold this edge.',
  ],
  [
    'new_protocol',
    {
      entries: [entryOf(web, api, { protocols: ['http'] })],
      live: [edge(web, api, { protocol: 'grpc' })],
    },
    'web called api by grpc, which baseline version 7 does not allow.',
  ],
  [
    'new_port',
    {
      entries: [entryOf(web, api, { ports: [443] })],
      live: [edge(web, api, { ports: [443, 9000] })],
    },
    'web called api on port 9000, which baseline version 7 does not allow.',
  ],
  [
    'new_operation',
    {
      entries: [entryOf(web, api, { operations: ['GET /'] })],
      live: [edge(web, api, { operations: ['GET /', 'POST /b', 'POST /a'] })],
    },
    'web called “POST /a” and “POST /b” of api, which baseline version 7 does not allow.',
  ],
]

test.each(EXAMPLES)('%s is told in a sentence', (kind, world, sentence) => {
  const drifts = judge(world)
  expect(drifts.map((drift) => [drift.kind, drift.summary])).toEqual([[kind, sentence]])
})

test('every kind has an example', () => {
  expect(EXAMPLES.map(([kind]) => kind)).toEqual([...DRIFT_KINDS])
})

test('a service without edges is a drift of its own, unless an entry names it', () => {
  const cron = node('cron')
  const services = [web, cron]
  const [drift, ...others] = judge({ entries: known, services })
  expect(others).toEqual([])
  expect(drift).toMatchObject({ kind: 'new_service', edge: null, node: cron })
  expect(drift?.summary).toBe(
    'cron is a new service without edges; no entry of baseline version 7 names it.',
  )
  expect(judge({ entries: [...known, entryOf(cron, cron)], services })).toEqual([])
  expect(tell(judge({ entries: known, services, live: [edge(cron, api)] }))).toEqual([
    'new_service cron>api',
  ])
})

test('a file has no version, and its sentences claim none', () => {
  const [drift] = judge({ version: null, entries: known, live: [edge(web, stock)] })
  expect(drift?.summary).toBe('web began calling stock; the baseline does not hold this edge.')
})

test('the other direction of an approved edge is drift', () => {
  expect(tell(judge({ entries: known, live: [edge(api, web)] }))).toEqual(['new_edge api>web'])
})

test('edges of other environments are not held against this baseline', () => {
  expect(judge({ entries: known, live: [edge(lab, stock)] })).toEqual([])
})

/** One edge that gives cause for every kind at once; each step takes the most specific cause away. */
test('of several kinds that fit an edge the most specific is told', () => {
  const bank = node('bank', 'external')
  const base: World = {
    rules: [ruleOf('no', { target: { name: 'bank' } })],
    entries: [entryOf(api, bank, { expiresAtMs: NOW_MS - 1 })],
    tags: [[bank, { dataClasses: ['payment'] }]],
  }
  const far = { ...bank, environment: 'lab' }
  const kindOf = (world: World, seen: ObservedEdge) => judge({ ...world, live: [seen] })[0]?.kind
  expect(kindOf(base, edge(api, bank))).toBe('denied')
  expect(kindOf({ ...base, rules: [] }, edge(api, bank))).toBe('expired')
  expect(kindOf({ ...base, rules: [], entries: [] }, edge(api, bank))).toBe('first_path')
  expect(kindOf({ tags: [[far, { dataClasses: ['pii'] }]] }, edge(api, far))).toBe('first_path')
  expect(kindOf({}, edge(api, far))).toBe('cross_environment')
  expect(kindOf({}, edge(api, bank))).toBe('new_external')
  const pinned = entryOf(api, bank, {
    protocols: ['rpc'],
    ports: [1],
    operations: [],
    isEncrypted: true,
  })
  const seen = edge(api, bank, { ports: [2], operations: ['x'], plainCalls: 1 })
  expect(kindOf({ entries: [pinned] }, seen)).toBe('downgraded')
  expect(kindOf({ entries: [pinned] }, { ...seen, plainCalls: 0 })).toBe('new_protocol')
  const spoken = { ...pinned, protocols: null }
  expect(kindOf({ entries: [spoken] }, { ...seen, plainCalls: 0 })).toBe('new_port')
  expect(kindOf({ entries: [spoken] }, { ...seen, plainCalls: 0, ports: [] })).toBe('new_operation')
})

test('subjects tell apart what hostile names would mix up', () => {
  const live: [NodeKey, NodeKey][] = [
    [node('a","b'), node('c')],
    [node('a'), node('b","c')],
    [node('c'), node('a","b')],
    [node('a","service","","b'), node('c')],
    [node('a', 'service', 'b'), node('c')],
    [node('b', 'service', 'a'), node('c')],
  ]
  const drifts = judge({ live: live.map(([source, target]) => edge(source, target)) })
  expect(new Set(drifts.map((drift) => drift.subject)).size).toBe(live.length)
})
