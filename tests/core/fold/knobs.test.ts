// The settings that change what spans mean: each in every order of arrival, with its default beside it.
import { describe, expect, test } from 'vitest'
import { parseGlob } from '../../../core/graph/glob.ts'
import { span, type TestSpan } from '../../support/spans.ts'
import { edgeLines, graphInEveryOrder } from './every-order.ts'

const FULL_ID = 'abcdef0123456789abcdef0123456789'
const SHORT_ID = `${'0'.repeat(16)}abcdef0123456789`

const server = (id: number, service: string, more: Partial<TestSpan> = {}) =>
  span({ id, service, kind: 'server', ...more })
const client = (id: number, service: string, more: Partial<TestSpan> = {}) =>
  span({ id, service, kind: 'client', ...more })
const host = (name: string) => ({ attributes: { 'server.address': name } })

describe('strict trace ids', () => {
  const halves = [
    client(1, 'web', { trace: FULL_ID, ...host('cart.example') }),
    server(2, 'cart', { trace: SHORT_ID, parent: 1 }),
  ]

  test('by default a 64-bit id is the end of the only full one known', () => {
    expect(edgeLines(graphInEveryOrder(halves))).toEqual(['web -> cart 1'])
  })

  test('strict, they are two traces', () => {
    const graph = graphInEveryOrder(halves, { isTraceIdStrict: true })
    expect(edgeLines(graph)).toEqual(['web -> external:cart.example 1'])
    expect(graph.nodes.find((node) => node.name === 'cart')?.unattributedCalls).toBe(1)
  })

  test('strict, a link finds the trace of just its id', () => {
    const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': 'jobs' }
    const linked = [
      span({ id: 1, service: 'web', kind: 'producer', trace: FULL_ID }),
      span({
        ...{ id: 2, service: 'cart', kind: 'consumer', trace: 7, attributes },
        links: [{ trace: SHORT_ID, id: 1 }],
      }),
    ]
    const lines = (isTraceIdStrict: boolean) =>
      edgeLines(graphInEveryOrder(linked, { isTraceIdStrict }))
    expect(lines(false)).toEqual(['messaging:jobs -> cart 1', 'web -> messaging:jobs 1'])
    expect(lines(true)).toEqual(['messaging:jobs -> cart 1'])
  })
})

describe('orphans', () => {
  const orphan = [server(2, 'cart', { parent: 9, isError: true }), server(3, 'cart', { parent: 2 })]

  test('by default they make no edge and are counted on the node', () => {
    const graph = graphInEveryOrder(orphan)
    expect(edgeLines(graph)).toEqual([])
    expect(graph.nodes.map((node) => node.unattributedCalls)).toEqual([1])
  })

  test('external:unknown shows them as calls of somebody', () => {
    const graph = graphInEveryOrder(orphan, { orphans: 'external:unknown' })
    expect(edgeLines(graph)).toEqual(['external:unknown -> cart 1 (1 failed)'])
    expect(graph.edges[0]?.trust.serverOnly).toBe(1)
  })

  test('a caller that is named, a parent that comes late and a nameless parent are no orphans', () => {
    const orphans = 'external:unknown'
    const named = server(2, 'cart', { parent: 9, attributes: { 'client.service.name': 'web' } })
    expect(edgeLines(graphInEveryOrder([named], { orphans }))).toEqual(['web -> cart 1'])
    const late = [server(2, 'cart', { parent: 9 }), client(9, 'web')]
    expect(edgeLines(graphInEveryOrder(late, { orphans }))).toEqual(['web -> cart 1'])
    const nameless = [server(2, 'cart', { parent: 9 }), server(9, '')]
    expect(edgeLines(graphInEveryOrder(nameless, { orphans }))).toEqual([])
  })
})

describe('service identity', () => {
  const namespaced = [
    client(1, 'web', { resource: { 'service.namespace': 'shop' } }),
    server(2, 'cart', { parent: 1, resource: { 'service.namespace': 'shop' } }),
    server(3, 'cart', { parent: 1, resource: { 'service.namespace': 'test' } }),
  ]

  test('by default services of one name in two namespaces are two', () => {
    expect(edgeLines(graphInEveryOrder(namespaced))).toEqual(['web -> cart 1', 'web -> cart 1'])
  })

  test('by name they are one', () => {
    const graph = graphInEveryOrder(namespaced, { serviceIdentity: 'name' })
    expect(edgeLines(graph)).toEqual(['web -> cart 2'])
    expect(graph.nodes.map((node) => node.namespace)).toEqual(['', ''])
  })
})

describe('rewrite rules', () => {
  const rule = (pattern: string, name: string) => ({ glob: parseGlob(pattern), name })

  test('a host has one name as a node, whatever member is called, and keeps its hosts', () => {
    const calls = [client(1, 'web', host('ip-10-0-0-1.node')), client(2, 'web', host('ip-7.node'))]
    const rewriteHosts = [rule('never', 'x'), rule('ip-*.node', 'fleet')]
    const graph = graphInEveryOrder(calls, { rewriteHosts })
    expect(edgeLines(graph)).toEqual(['web -> external:fleet 2'])
    expect(graph.edges[0]?.hosts).toEqual(['ip-10-0-0-1.node', 'ip-7.node'])
  })

  test('the members of a database cluster are one, by host or by the whole name', () => {
    const call = (id: number, member: string) =>
      client(id, 'web', {
        attributes: {
          ...{ 'server.address': member, 'db.system.name': 'mysql', 'db.namespace': 'orders' },
        },
      })
    const calls = [call(1, 'db-1.eu'), call(2, 'db-2.eu')]
    expect(edgeLines(graphInEveryOrder(calls))).toHaveLength(2)
    const byHost = { rewriteHosts: [rule('db-*.*', 'db.$2')] }
    expect(edgeLines(graphInEveryOrder(calls, byHost))).toEqual([
      'web -> database:mysql:db.eu/orders 2',
    ])
    const byName = { rewriteDatabases: [rule('mysql:*/orders', 'orders')] }
    expect(edgeLines(graphInEveryOrder(calls, byName))).toEqual(['web -> database:orders 2'])
  })

  test('destinations with an id in them are one', () => {
    const publish = (id: number, destination: string) =>
      span({
        ...{ id, service: 'web', kind: 'producer' },
        attributes: { 'messaging.system': 'nats', 'messaging.destination.name': destination },
      })
    const rewriteDestinations = [rule('reply.*', 'reply')]
    const graph = graphInEveryOrder([publish(1, 'reply.a1'), publish(2, 'reply.b2')], {
      rewriteDestinations,
    })
    expect(edgeLines(graph)).toEqual(['web -> messaging:reply 2'])
  })

  test('a name that a rule makes is within the bound of names', () => {
    const name = '$1'.repeat(200)
    const options = { rewriteHosts: [rule('*', name)] }
    const graph = graphInEveryOrder([client(1, 'web', host('a-long-host.example'))], options)
    expect(Buffer.byteLength(graph.edges[0]!.target.name)).toBeLessThanOrEqual(512)
  })
})
