// Corners of the rule book that the conformance cases leave open: each was found by a mutant that lived.
import { describe, expect, test } from 'vitest'
import { advanceFold, createFold, foldBatch, takeDelta } from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import { batchOf, span, type TestSpan } from '../../support/spans.ts'
import { edgeLines, graphInEveryOrder } from './every-order.ts'

const START_MS = 1_760_000_000_000
const HOST = { 'server.address': 'x.example' }
const topic = (name: string) => ({ 'messaging.destination.name': name })

const of =
  (kind: TestSpan['kind']) =>
  (id: number, service: string, more: Partial<TestSpan> = {}): TestSpan =>
    span({ id, service, kind, ...more })
const client = of('client')
const server = of('server')
const internal = of('internal')
const producer = of('producer')
const consumer = of('consumer')

const edges = (...spans: readonly TestSpan[]) => edgeLines(graphInEveryOrder(spans))

describe('R2: of copies that differ one counts, whichever comes first', () => {
  test('that without a parent', () => {
    const copies = [server(2, 'cart', { parent: 1 }), server(2, 'cart')]
    expect(edges(client(1, 'web', { attributes: HOST }), ...copies)).toEqual([
      'web -> external:x.example 1',
      'user:user -> cart 1',
    ])
  })

  test('that whose attributes sort first', () => {
    const copies = ['b', 'c', 'a'].map((name) =>
      client(1, 'web', { attributes: { 'server.address': `${name}.example` } }),
    )
    expect(edges(...copies)).toEqual(['web -> external:a.example 1'])
  })

  test('that whose links sort first', () => {
    const copies = [8, 7].map((trace) => consumer(2, 'mail', { links: [{ trace, id: 1 }] }))
    const linked = producer(1, 'web', { trace: 7, attributes: topic('jobs') })
    expect(edges(linked, ...copies)).toEqual([
      'messaging:jobs -> mail 1',
      'web -> messaging:jobs 1',
    ])
  })
})

test('R11: the database that a server half states is no protocol of the call it answers', () => {
  const attributes = { 'http.request.method': 'GET', 'db.system.name': 'mysql' }
  const graph = graphInEveryOrder([client(1, 'web'), server(2, 'cart', { parent: 1, attributes })])
  expect(graph.edges.map((edge) => edge.protocol)).toEqual(['http'])
})

test('R4: below a shared id a child belongs to the server half of its service', () => {
  const attributes = { ...topic('jobs'), ...HOST }
  const spans = [
    producer(1, 'web', { attributes }),
    consumer(1, 'web', { attributes }),
    client(2, 'web', { parent: 1, attributes: HOST }),
  ]
  expect(edges(...spans)).toEqual([
    'messaging:jobs -> web 1',
    'web -> external:x.example 1',
    'web -> messaging:jobs 1',
  ])
})

describe('R6', () => {
  test('a client below whom two services go on called both', () => {
    const spans = [
      client(1, 'web', { attributes: HOST }),
      internal(2, 'cart', { parent: 1 }),
      internal(3, 'stock', { parent: 1 }),
    ]
    expect(edges(...spans)).toEqual(['web -> cart 1', 'web -> stock 1'])
  })
})

describe('R8', () => {
  const messaging = { 'messaging.system': 'kafka', ...topic('jobs') }

  test('a CLIENT without a messaging role that a SERVER answers is a plain call', () => {
    const spans = [client(1, 'web', { attributes: messaging }), server(2, 'cart', { parent: 1 })]
    expect(edges(...spans)).toEqual(['web -> cart 1'])
  })

  test('a topic that pushes does not fail where its producer failed', () => {
    const spans = [
      producer(1, 'web', { attributes: topic('jobs'), isError: true }),
      server(2, 'cart', { parent: 1 }),
    ]
    expect(edges(...spans)).toEqual([
      'messaging:jobs -> cart 1',
      'web -> messaging:jobs 1 (1 failed)',
    ])
  })

  test('a link to a server span finds no producer', () => {
    const spans = [
      server(1, 'web', { trace: 7, parent: 9 }),
      consumer(2, 'mail', { links: [{ trace: 7, id: 1 }] }),
    ]
    expect(edges(...spans)).toEqual([])
  })

  test('one producer linked by its full and by its 64-bit trace id is one', () => {
    const full = 'abcdef0123456789abcdef0123456789'
    const short = full.slice(16).padStart(32, '0')
    const links = [full, short].map((trace) => ({ trace, id: 1 }))
    const spans = [producer(1, 'web', { trace: full }), consumer(2, 'mail', { trace: 8, links })]
    expect(edges(...spans)).toEqual(['web -> mail 1'])
  })

  test('a nameless producer that is linked has the service it inherits', () => {
    const spans = [
      internal(1, 'web', { trace: 7 }),
      producer(2, '', { trace: 7, parent: 1 }),
      consumer(3, 'mail', { links: [{ trace: 7, id: 2 }] }),
    ]
    expect(edges(...spans)).toEqual(['web -> mail 1'])
  })

  test('a consumer takes the names of its parent and of its links alike', () => {
    const spans = [
      producer(1, 'web', { attributes: topic('orders') }),
      producer(2, 'shop', { trace: 7, attributes: topic('returns') }),
      consumer(3, 'mail', { parent: 1, links: [{ trace: 7, id: 2 }] }),
    ]
    expect(edges(...spans)).toEqual([
      'messaging:orders -> mail 1',
      'messaging:returns -> mail 1',
      'shop -> messaging:returns 1',
      'web -> messaging:orders 1',
    ])
  })
})

describe('R9', () => {
  test('a call without host that is not layered has no transport: both count', () => {
    const spans = [
      client(1, 'web', { attributes: { 'rpc.service': 'Catalog' } }),
      client(2, 'web', { parent: 1, attributes: HOST }),
    ]
    expect(edges(...spans)).toEqual(['web -> external:Catalog 1', 'web -> external:x.example 1'])
  })

  test('nesting reaches through INTERNAL spans', () => {
    const spans = [
      client(1, 'web', { attributes: HOST }),
      internal(2, 'web', { parent: 1 }),
      client(3, 'web', { parent: 2, attributes: HOST }),
    ]
    expect(edges(...spans)).toEqual(['web -> external:x.example 1'])
  })
})

describe('R14: what no second span proves waits for the hold', () => {
  const { holdMs, quietMs } = DEFAULT_FOLD_OPTIONS
  test.each([
    ['an entry', [server(1, 'web')]],
    ['a named caller', [server(1, 'web', { attributes: { 'client.service.name': 'edge' } })]],
    ['a call to a host', [client(1, 'web', { attributes: HOST })]],
    ['a publication', [producer(1, 'web', { attributes: topic('jobs') })]],
    ['a delivery', [consumer(1, 'web', { attributes: topic('jobs') })]],
  ])('%s', (_, spans) => {
    const fold = createFold(DEFAULT_FOLD_OPTIONS)
    const edgesBy = (nowMs: number) => {
      advanceFold(fold, nowMs)
      return takeDelta(fold)?.edges.length ?? 0
    }
    foldBatch(fold, batchOf(spans), START_MS)
    expect(edgesBy(START_MS)).toBe(0)
    expect(edgesBy(START_MS + quietMs + 1)).toBe(0)
    expect(edgesBy(START_MS + holdMs - 1)).toBe(0)
    expect(edgesBy(START_MS + holdMs)).toBe(1)
  })
})

test('R6: of several spans below a producer, the one whose id sorts first is the delivery', () => {
  const graph = graphInEveryOrder([
    producer(1, 'web', { attributes: topic('jobs') }),
    internal(2, 'cart', { parent: 1, traceState: 'ot=th:8' }),
    internal(3, 'cart', { parent: 1 }),
    client(4, 'cart', { parent: 1, traceState: 'ot=th:c' }),
  ])
  expect(edgeLines(graph)).toEqual(['messaging:jobs -> cart 1', 'web -> messaging:jobs 1'])
  expect(graph.edges.map(({ estimate }) => estimate?.calls)).toEqual([2, undefined])
})
