// Learning: what was seen becomes entries; what one attacker could have slipped in is put aside.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { QuarantineReason } from '../../../core/baseline/content.ts'
import {
  type EdgeEvidence,
  evidenceOf,
  type NodeEvidence,
} from '../../../core/baseline/evidence.ts'
import { type LearnOptions, learnBaseline } from '../../../core/baseline/learn.ts'
import type { Graph, GraphEdge } from '../../../core/graph/graph.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { tagsFrom } from '../../../core/graph/tags.ts'
import { edge, judge, NOW_MS, node, prepare, tell } from './world.ts'

const HOUR_MS = 3_600_000
const START_MS = NOW_MS - 10 * HOUR_MS
const NOT_PINNED = { protocols: false, operations: false, ports: false }
const OPTIONS: LearnOptions = { environment: 'prod', window: null, pins: NOT_PINNED }

const [web, api] = [node('web'), node('api')]

/** Seen by all instances in many traces all along. */
function usual(source: NodeKey, target: NodeKey, seen: Partial<EdgeEvidence> = {}): EdgeEvidence {
  return {
    ...edge(source, target, { firstSeenMs: START_MS, lastSeenMs: NOW_MS, calls: 100 }),
    ...{ callerInstances: ['0a', '0b'], traces: ['1a', '1b'] },
    ...seen,
  }
}

function seen(key: NodeKey, said: Partial<NodeEvidence> = {}): NodeEvidence {
  const plain = { isObserved: true, firstSeenMs: START_MS, instances: ['0a', '0b'] }
  return { ...key, ...tagsFrom([]), ...plain, ...said }
}

function learn(
  edges: readonly EdgeEvidence[],
  nodes: readonly NodeEvidence[] = [],
  options = OPTIONS,
) {
  return learnBaseline({ edges, nodes }, options)
}

test('what was seen all along is learned without doubt, and then is no drift', () => {
  const edges = [usual(web, api), usual(api, node('users', 'database'))]
  const { entries } = learn(edges, [seen(web), seen(api)])
  expect(entries.map(({ quarantine }) => quarantine)).toEqual([[], []])
  expect(judge({ entries, live: edges })).toEqual([])
})

test.each<[string, Partial<EdgeEvidence>, readonly QuarantineReason[]]>([
  ['one call', { calls: 1, traces: [] }, ['one_trace']],
  ['many calls of one trace', { traces: ['1a'] }, ['one_trace']],
  ['an unknown number of traces', { traces: [] }, []],
  ['one of two instances', { callerInstances: ['0a'] }, ['one_instance']],
  ['unknown instances', { callerInstances: [] }, []],
  ['the last hour, to the millisecond', { firstSeenMs: NOW_MS - HOUR_MS }, ['last_hour']],
  ['a millisecond more than an hour', { firstSeenMs: NOW_MS - HOUR_MS - 1 }, []],
  [
    'everything at once',
    { calls: 1, traces: ['1a'], callerInstances: ['0a'], firstSeenMs: NOW_MS },
    ['one_trace', 'one_instance', 'last_hour'],
  ],
])('an edge seen in %s', (_, evidence, quarantine) => {
  const learned = learn([usual(api, web), usual(web, api, evidence)], [seen(web), seen(api)])
  const odd = learned.entries.find(({ source }) => source.name === 'web')
  expect(odd?.quarantine).toEqual(quarantine)
})

test('a caller with one instance gives no cause for doubt', () => {
  const alone = usual(web, api, { callerInstances: ['0a'] })
  const { entries } = learn([alone], [seen(web, { instances: ['0a'] })])
  expect(entries[0]?.quarantine).toEqual([])
})

test('what is new in two hours is not suspicious: little is usual by then', () => {
  const late = usual(web, api, { firstSeenMs: NOW_MS })
  const quarantine = (fromMs: number) =>
    learn([usual(api, web, { firstSeenMs: fromMs }), late]).entries.at(-1)?.quarantine
  expect(quarantine(NOW_MS - 2 * HOUR_MS)).toEqual([])
  expect(quarantine(NOW_MS - 2 * HOUR_MS - 1)).toEqual(['last_hour'])
})

test('the last hour is that of the window, or of the traffic where it ended before', () => {
  const late = usual(web, api, { firstSeenMs: NOW_MS - HOUR_MS })
  const quarantine = (fromMs: number, toMs: number) =>
    learn([usual(api, web), late], [], { ...OPTIONS, window: { fromMs, toMs } }).entries.at(-1)
      ?.quarantine
  expect(quarantine(START_MS, NOW_MS)).toEqual(['last_hour'])
  expect(quarantine(START_MS, NOW_MS + 5 * HOUR_MS)).toEqual(['last_hour'])
  expect(quarantine(NOW_MS - 2 * HOUR_MS, NOW_MS)).toEqual([])
})

test('of a window that is long over, its own last hour counts', () => {
  const toMs = NOW_MS - 5 * HOUR_MS
  const [late, early] = [toMs - HOUR_MS, toMs - HOUR_MS - 1]
  for (const [firstSeenMs, quarantine] of [
    [late, ['last_hour']],
    [early, []],
  ] as const) {
    const edges = [usual(api, web), usual(web, api, { firstSeenMs })]
    const { entries } = learn(edges, [], { ...OPTIONS, window: { fromMs: START_MS, toMs } })
    expect(entries.at(-1)?.quarantine).toEqual(quarantine)
  }
})

test('only the environment asked for is learned, with its edges into others', () => {
  const lab = { ...api, environment: 'lab' }
  const { entries } = learn([usual(lab, web), usual(web, lab)], [seen(lab), seen(web)])
  expect(entries.map(({ source }) => source.environment)).toEqual(['prod'])
})

test('a service without edges is approved as an entry to itself', () => {
  const stated = seen(node('stated'), { isObserved: false })
  const nodes = [seen(web), seen(api), seen(node('cron')), stated]
  const { entries } = learn([usual(web, api)], nodes)
  expect(entries.map(({ source, target }) => [source.name, target.name])).toEqual([
    ['cron', 'cron'],
    ['web', 'api'],
  ])
  expect(judge({ entries, services: [web, api, node('cron')] })).toEqual([])
})

test('a service without edges that came in the last hour is put aside as an edge would be', () => {
  const quarantine = (firstSeenMs: number) =>
    learn([usual(web, api)], [seen(node('cron'), { firstSeenMs })]).entries[0]?.quarantine
  expect(quarantine(NOW_MS - HOUR_MS)).toEqual(['last_hour'])
  expect(quarantine(NOW_MS - HOUR_MS - 1)).toEqual([])
})

test('encryption is learned where nothing was in the clear', () => {
  const encrypted = (tlsCalls: number, plainCalls: number) =>
    learn([usual(web, api, { tlsCalls, plainCalls })]).entries[0]?.isEncrypted
  expect(encrypted(7, 0)).toBe(true)
  expect(encrypted(7, 1)).toBe(false)
  expect(encrypted(0, 0)).toBe(false)
})

test('pins narrow an entry to what was seen, and only when asked for', () => {
  const spoken = usual(web, api, { operations: ['GET /b', 'GET /a'], ports: [8443, 443] })
  const pins = { protocols: true, operations: true, ports: true }
  expect(learn([spoken]).entries[0]).toMatchObject({
    protocols: null,
    operations: null,
    ports: null,
  })
  expect(learn([spoken], [], { ...OPTIONS, pins }).entries[0]).toMatchObject({
    ...{ protocols: ['http'], operations: ['GET /a', 'GET /b'], ports: [443, 8443] },
  })
})

test('tags of the environment are learned where something is said', () => {
  const tagged = seen(api, { dataClasses: ['pii'], owner: 'ann' })
  const { nodes } = learn([usual(web, api)], [seen(web), tagged])
  expect(nodes).toEqual([{ ...api, ...tagsFrom([]), dataClasses: ['pii'], owner: 'ann' }])
})

test('an attack during learning does not come into what holds', () => {
  const attack = usual(api, node('evil.example', 'external'), { callerInstances: ['0a'] })
  const edges = [usual(web, api), attack]
  const { entries } = learn(edges, [seen(web), seen(api)])
  expect(tell(judge({ entries, live: edges }))).toEqual(['new_external api>evil.example'])
  expect(judge({ entries, live: edges, holdsQuarantined: true })).toEqual([])
  expect(prepare({ entries }).baseline.nodes.has('prod\0external\0\0evil.example')).toBe(false)
})

/** Each edge and node draws which doubts it gives cause for; nothing else may bear on it. */
test('quarantine is exactly what each edge gives cause for, in any order', () => {
  const doubt = fc.record({ trace: fc.boolean(), instance: fc.boolean(), hour: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(doubt, { maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      (doubts, order) => {
        const planted = doubts.map(({ trace, instance, hour }, at) =>
          usual(node(`s${at}`), node(`t${at}`), {
            ...(trace ? { traces: ['1a'] } : {}),
            ...(instance ? { callerInstances: ['0b'] } : {}),
            ...(hour ? { firstSeenMs: NOW_MS - 1 } : {}),
          }),
        )
        const edges = [...planted, usual(web, api)].sort(() => (order.next().value % 3) - 1)
        const nodes = edges.map(({ source }) => seen(source))
        for (const { source, quarantine } of learn(edges, nodes).entries) {
          const cause = doubts[Number(source.name.slice(1))]
          expect(quarantine.includes('one_trace')).toBe(cause?.trace ?? false)
          expect(quarantine.includes('one_instance')).toBe(cause?.instance ?? false)
          expect(quarantine.includes('last_hour')).toBe(cause?.hour ?? false)
        }
      },
    ),
  )
})

function graphEdge(target: NodeKey, said: Partial<GraphEdge>): GraphEdge {
  return {
    ...{ id: target.name, source: web, target, protocol: 'http', calls: 1, errors: 0 },
    ...{ estimate: null, sampledCalls: 0, firstSeenMs: START_MS, lastSeenMs: NOW_MS },
    trust: { paired: 1, hop: 0, clientOnly: 0, serverOnly: 0, peer: 0, messaging: 0, link: 0 },
    ...{
      encryption: { tlsCalls: 0, plainCalls: 0 },
      callerInstances: [],
      examples: [],
      traces: [],
      hosts: [],
    },
    ...{ ports: [], p50Ms: null, p95Ms: null, operations: [] },
    ...said,
  }
}

test('hosts of one domain are one edge, as in baselines, with what was seen of all of them', () => {
  const host = (name: string) => node(name, 'external')
  const graph: Graph = {
    nodes: [],
    edges: [
      graphEdge(host('eu.api.vendor.com'), {
        calls: 2,
        examples: ['t1'],
        traces: ['1a'],
        ports: [443],
      }),
      graphEdge(host('us.api.vendor.com'), {
        ...{
          calls: 3,
          examples: ['t2'],
          traces: ['1b'],
          ports: [443, 8443],
          firstSeenMs: START_MS - 5,
        },
        ...{ encryption: { tlsCalls: 1, plainCalls: 2 }, protocol: 'grpc' },
        operations: [{ name: 'GET', calls: 3, errors: 0 }],
      }),
    ],
  }
  const { edges } = evidenceOf(graph)
  expect(edges).toEqual([
    {
      ...{ source: web, target: host('vendor.com'), protocol: 'grpc', operations: ['GET'] },
      ...{ ports: [443, 8443], calls: 5, tlsCalls: 1, plainCalls: 2, traces: ['1a', '1b'] },
      ...{ firstSeenMs: START_MS - 5, lastSeenMs: NOW_MS, examples: ['t1', 't2'] },
      callerInstances: [],
    },
  ])
})
