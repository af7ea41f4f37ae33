// Every store of the fold under ten times its limit: its size stays put, what is over is counted and
// still shown under a named overflow, and the accounting identity holds throughout.
import { serialize } from 'node:v8'
import { expect, test } from 'vitest'
import {
  advanceFold,
  createFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../../core/fold/fold.ts'
import {
  DEFAULT_FOLD_OPTIONS,
  type FoldOptions,
  OVERFLOW_NAME,
} from '../../../core/fold/options.ts'
import { saveFold } from '../../../core/fold/snapshot.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { batchOf, span, type TestSpan } from '../../support/spans.ts'
import { expectIdentity } from './identity.ts'

const START_MS = 1_760_000_000_000
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

/** Folds one request a second, takes every delta, and lets the hold pass at the end. */
function foldAll(requests: readonly (readonly TestSpan[])[], options: Partial<FoldOptions>) {
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, ...options })
  const deltas: GraphDelta[] = []
  const advance = (nowMs: number) => {
    advanceFold(fold, nowMs)
    const delta = takeDelta(fold)
    if (delta) deltas.push(delta)
  }
  requests.forEach((spans, second) => {
    const nowMs = START_MS + second * 1_000
    foldBatch(fold, batchOf(spans), nowMs)
    advance(nowMs)
  })
  advance(START_MS + requests.length * 1_000 + 40_000)
  expectIdentity(fold)
  return { fold, deltas }
}

/** A service of its own environment that calls a host. */
function caller(i: number, more: Partial<TestSpan> = {}): TestSpan {
  const attributes = { 'server.address': 'api.example' }
  return span({ id: i, trace: i, service: 'web', kind: 'client', attributes, ...more })
}

test('environments over the limit share one named overflow environment, and stay visible there', () => {
  const spans = numbers(100).map((i) =>
    caller(i, { service: `web-${i}`, resource: { 'deployment.environment.name': `env-${i}` } }),
  )
  const { fold, deltas } = foldAll([spans], { environmentsMax: 10 })
  const nodes = deltas.flatMap((delta) => delta.nodes)
  expect(new Set(nodes.map((node) => node.environment)).size).toBe(11)
  expect(foldCounters(fold).overflowedEnvironments).toBeGreaterThanOrEqual(90)
  const overflow = nodes.filter((node) => node.environment === OVERFLOW_NAME)
  expect(overflow.map((node) => node.name)).toEqual(
    expect.arrayContaining(['web-11', 'web-100', 'api.example']),
  )
})

test('edges over the limit keep their source and lead to the overflow node of their target', () => {
  const pairs = numbers(1_000).flatMap((i) => [
    caller(1, { trace: i, service: `web-${i % 20}` }),
    span({ id: 2, parent: 1, trace: i, service: `api-${i % 50}`, kind: 'server' }),
  ])
  const { fold, deltas } = foldAll([pairs], { edgesMax: 10 })
  expect(fold.memory.edges.length).toBeLessThanOrEqual(10 + 20)
  expect(foldCounters(fold).overflowedEdges).toBeGreaterThan(0)
  const calls = deltas.flatMap((delta) => delta.edges).reduce((sum, edge) => sum + edge.calls, 0)
  expect(calls).toBe(1_000)
  const overflowed = deltas.flatMap((delta) =>
    delta.edges
      .filter((edge) => delta.nodes[edge.target]!.name === OVERFLOW_NAME)
      .map((edge) => delta.nodes[edge.source]!.name),
  )
  expect(new Set(overflowed).size).toBe(20)
})

/** Every limit, small. */
const LIMIT = 300
const SMALL: Partial<FoldOptions> = {
  pendingSpansMax: LIMIT,
  shapesMax: LIMIT,
  environmentsMax: LIMIT / 10,
  nodesMax: LIMIT,
  externalHostsMax: LIMIT,
  edgesMax: LIMIT,
  operationsPerEdgeMax: LIMIT,
}

/** What a sender may make without end: the spans number `i` of a stream. */
const STREAMS: Readonly<Record<string, (i: number) => TestSpan[]>> = {
  'pending spans and traces': (i) => [caller(i)],
  'spans of one trace': (i) => [caller(i, { trace: 1 })],
  'copies of one span': () => [caller(1)],
  'copies that differ': (i) => [caller(1, { parent: i, isError: i % 2 === 0 })],
  'span ids that many services share': (i) => [caller(1, { trace: 1, service: `web-${i}` })],
  'trace ids that share a half': (i) => [
    caller(i, { trace: i.toString(16).padStart(16, '0') + '7'.repeat(16) }),
  ],
  'services and their nodes': (i) => [caller(i, { service: `web-${i}` })],
  environments: (i) => [caller(i, { resource: { 'deployment.environment.name': `env-${i}` } })],
  namespaces: (i) => [caller(i, { resource: { 'service.namespace': `team-${i}` } })],
  versions: (i) => [caller(i, { resource: { 'service.version': `1.${i}` } })],
  instances: (i) => [caller(i, { resource: { 'service.instance.id': `${i}` } })],
  'external hosts': (i) => [caller(i, { attributes: { 'server.address': `h${i}.example` } })],
  ports: (i) => [
    caller(i, { attributes: { 'server.address': 'api.example', 'server.port': `${i}` } }),
  ],
  databases: (i) => [caller(i, { attributes: { 'db.system': 'mysql', 'db.name': `db${i}` } })],
  operations: (i) => [
    caller(i, { attributes: { 'server.address': 'api.example', 'http.request.method': `M${i}` } }),
  ],
  'long strings': (i) => [
    caller(i, { attributes: { 'rpc.service': `${i}`.padEnd(500, 'x'), 'rpc.method': 'call' } }),
  ],
  edges: (i) => [
    caller(2 * i, { trace: i, service: `web-${i % 97}` }),
    span({ id: 1, parent: 2 * i, trace: i, service: `api-${i % 101}`, kind: 'server' }),
  ],
  'links to one span': (i) => [
    span({ id: i, trace: i, service: 'mail', kind: 'consumer', links: [{ trace: 1, id: 1 }] }),
  ],
  'links to traces that never come': (i) => [
    span({
      ...{ id: i, trace: i, service: 'mail', kind: 'consumer' },
      links: numbers(20).map((link) => ({ trace: 1_000_000 + 20 * i + link, id: 1 })),
    }),
  ],
  'servers without a caller': (i) => [
    span({ id: i, parent: 9, trace: i, service: `api-${i}`, kind: 'server' }),
  ],
}

test.each(Object.entries(STREAMS))(
  'ten times every limit of %s: the memory of half of it is enough',
  (_, spansOf) => {
    const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, ...SMALL })
    let nowMs = START_MS
    const sizes = [1, 2].map((half) => {
      for (let at = 0; at < 5 * LIMIT; at += 50) {
        const first = (half - 1) * 5 * LIMIT + at
        foldBatch(fold, batchOf(numbers(50).flatMap((i) => spansOf(first + i))), nowMs)
        nowMs += 1_000
        advanceFold(fold, nowMs)
        takeDelta(fold)
      }
      advanceFold(fold, nowMs + 40_000)
      takeDelta(fold)
      expectIdentity(fold)
      return serialize(saveFold(fold)).length
    })
    expect(sizes[1]! / sizes[0]!).toBeLessThan(1.1)
    expect(sizes[1]!).toBeLessThan(4 * 1024 ** 2)
  },
  60_000,
)
