// A graph straight from a delta: stated names find their service, what came back to 0 is gone, and the
// two text forms of it.
import { expect, test } from 'vitest'
import { exportJson } from '../../../core/export/json.ts'
import { exportTable } from '../../../core/export/table.ts'
import {
  type EdgeDelta,
  NOTHING_UNSEEN,
  type NodeDelta,
  type Trust,
} from '../../../core/graph/edge.ts'
import { graphFromDelta } from '../../../core/graph/from-delta.ts'
import type { NodeKind } from '../../../core/graph/node.ts'

const NO_TRUST: Trust = {
  ...{ paired: 0, hop: 0, clientOnly: 0, serverOnly: 0, peer: 0, messaging: 0, link: 0 },
}

function node(name: string, more: Partial<NodeDelta> = {}): NodeDelta {
  const key = { environment: 'default', kind: 'service' as NodeKind, namespace: '', name }
  const seen = { firstSeenMs: 0, lastSeenMs: 0, isObserved: true, versions: [] }
  const said = { instances: [], tags: [] }
  return {
    ...key,
    ...seen,
    ...said,
    isSampled: false,
    isWhole: true,
    unattributedCalls: 0,
    ...more,
  }
}

function edge(source: number, target: number, more: Partial<EdgeDelta> = {}): EdgeDelta {
  const { calls = 1, errors = 0 } = more
  const latency = { clientLatency: null, serverLatency: null, ...NOTHING_UNSEEN }
  return {
    ...{ source, target, calls, errors, protocol: 'http', firstSeenMs: 0, lastSeenMs: 0 },
    ...{ tlsCalls: 0, plainCalls: 0, callerInstances: [], traces: [] },
    ...{ hosts: [], ports: [], exemplars: [], trust: { ...NO_TRUST, paired: calls } },
    buckets: [{ operation: 'GET /', startMs: 0, calls, errors, ...latency }],
    ...more,
  }
}

const stated = { isObserved: false }

test('a stated name is the one service of that name, and both edges become one', () => {
  const nodes = [node('web'), node('cart', { namespace: 'shop' }), node('cart', stated)]
  const peer = { calls: 2, trust: { ...NO_TRUST, peer: 2 } }
  const delta = { nodes, edges: [edge(0, 1), edge(0, 2, peer)], exemplars: [] }
  const graph = graphFromDelta(delta)
  expect(graph.nodes.map((one) => `${one.namespace}/${one.name}`)).toEqual(['shop/cart', '/web'])
  expect(graph.edges).toMatchObject([{ calls: 3, trust: { paired: 1, peer: 2 } }])
  expect(graph.edges[0]?.operations).toEqual([{ name: 'GET /', calls: 3, errors: 0 }])
})

test('external hosts stay what they are', () => {
  const host = node('api.pay.example.com', { kind: 'external', ...stated })
  const graph = graphFromDelta({ nodes: [node('web'), host], edges: [edge(0, 1)], exemplars: [] })
  expect(graph.edges[0]?.target.name).toBe('api.pay.example.com')
})

test('an edge whose calls came back to 0 is no edge', () => {
  const edges = [edge(0, 1), edge(0, 1, { calls: -1 })]
  const graph = graphFromDelta({ nodes: [node('a'), node('b')], edges, exemplars: [] })
  expect(graph.edges).toEqual([])
  expect(graph.nodes).toHaveLength(2)
})

test('the strongest protocol of an edge wins', () => {
  const edges = [edge(0, 1, { protocol: 'database' }), edge(0, 1, { protocol: 'http' })]
  const graph = graphFromDelta({ nodes: [node('a'), node('b')], edges, exemplars: [] })
  expect(graph.edges[0]?.protocol).toBe('database')
})

test('JSON has the documented shape, in one order whatever came first', () => {
  const tags = [
    { tag: 'owner' as const, value: 'shop', statedAtMs: 1 },
    { tag: 'dataClasses' as const, value: 'payment,pii', statedAtMs: 1 },
  ]
  const nodes = [node('web', { tags }), node('orders', { kind: 'database', ...stated })]
  const encryption = { tlsCalls: 1, plainCalls: 0 }
  const graph = graphFromDelta({ nodes, edges: [edge(0, 1, encryption)], exemplars: [] })
  const text = exportJson(graph, { paired: 0, accepted: 1 })
  const source = { kind: 'service', name: 'web', environment: 'default' }
  const target = { kind: 'database', name: 'orders', environment: 'default' }
  const counts = { protocol: 'http', calls: 1, errors: 0 }
  const operations = [{ name: 'GET /', calls: 1, errors: 0 }]
  expect(JSON.parse(text)).toEqual({
    nodes: [target, { ...source, tags: { owner: 'shop', dataClasses: ['payment', 'pii'] } }],
    edges: [
      {
        source,
        target,
        ...counts,
        confirmed: true,
        encryption,
        examples: [],
        trust: { ...NO_TRUST, paired: 1 },
        operations,
      },
    ],
    counters: { accepted: 1, paired: 0 },
  })
  const other = { nodes: nodes.toReversed(), edges: [edge(1, 0, encryption)], exemplars: [] }
  expect(exportJson(graphFromDelta(other), { accepted: 1, paired: 0 })).toBe(text)
})

test('the table names environments only where there are several, and nodes without edges', () => {
  const alone = node('cron')
  const one = graphFromDelta({
    nodes: [node('a'), node('b'), alone],
    edges: [edge(0, 1)],
    exemplars: [],
  })
  expect(exportTable(one)).toBe(
    [
      'SOURCE  TARGET  PROTOCOL  CALLS  ERRORS  OPERATIONS  TRUST',
      'a       b       http          1       0           1  paired 1',
      '',
      'without edges: cron',
      '3 nodes, 1 edge',
      '',
    ].join('\n'),
  )
  const elsewhere = node('b', { environment: 'prod' })
  const two = graphFromDelta({ nodes: [node('a'), elsewhere], edges: [edge(1, 0)], exemplars: [] })
  expect(exportTable(two)).toMatch(/^ENVIRONMENT .*\nprod +b +a /)
})
