// What is told of a service beside its calls: which instances make them, and what it states of itself. Sets
// and tags come out the same in every order, and in every cut.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { span, type TestSpan } from '../../support/spans.ts'
import { expectIdentity } from './identity.ts'
import { graphOf, pair, run } from './stream.ts'

/** Calls a -> b, each in a trace of its own, by these instances of a. */
function callsBy(instances: readonly string[]): TestSpan[][] {
  return instances.map((name, trace) => {
    const [client, server] = pair({}, {}, trace)
    return [
      { ...client!, resource: { 'service.instance.id': name } },
      { ...server!, resource: { 'service.instance.id': 'of b' } },
    ]
  })
}

describe('instances', () => {
  const callers = (requests: readonly (readonly TestSpan[])[], stepMs = 10) =>
    graphOf(run(requests, stepMs).deltas).edges[0]!.callerInstances

  test('one that calls often is one, of two both are known, and neither is the callee’s', () => {
    const [first = ''] = callers(callsBy(['one', 'one', 'one']))
    const [second = ''] = callers(callsBy(['two']))
    expect(first).toMatch(/^[0-9a-f]{5}$/)
    expect(second).not.toBe(first)
    expect(callers(callsBy(['one', 'two', 'one']))).toEqual([first, second].sort())
  })

  test('of many the same two are kept, in whatever order and pieces they came', () => {
    const names = Array.from({ length: 12 }, (_, i) => `pod-${i}`)
    const kept = names
      .flatMap((name) => callers(callsBy([name])))
      .sort()
      .slice(0, 2)
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: names.length }),
        fc.constantFrom(10, 40_000),
        (order, stepMs) => {
          expect(callers(callsBy(order), stepMs)).toEqual(kept)
          expect(callers([callsBy(order).flat()], stepMs)).toEqual(kept)
          const deltas = run(callsBy(order), stepMs).deltas
          const node = graphOf(deltas).nodes.find(({ name }) => name === 'a')
          expect(node?.instances).toEqual(kept)
          for (const edge of deltas.flatMap(({ edges }) => edges))
            expect(edge.callerInstances.length).toBeLessThanOrEqual(2)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('an instance has the first name that is stated', () => {
    const of = (resource: Record<string, string>) =>
      callers([pair({}, {}).map((one) => ({ ...one, resource }))])
    const id = of({ 'service.instance.id': 'x' })
    expect(of({ 'service.instance.id': 'x', 'k8s.pod.name': 'y', 'host.name': 'z' })).toEqual(id)
    expect(of({ 'k8s.pod.name': 'x', 'host.name': 'z' })).toEqual(id)
    expect(of({ 'service.instance.id': '', 'host.name': 'x' })).toEqual(id)
    expect(of({})).toEqual([])
  })

  test('a call that waits for the hold has its caller all the same', () => {
    const attributes = { 'server.address': 'x.example' }
    const resource = { 'service.instance.id': 'one' }
    const alone = span({ id: 1, service: 'a', kind: 'client', attributes, resource })
    const later = span({ trace: 7, id: 9, service: 'c', kind: 'internal' })
    const { deltas, fold } = run([[alone], [later], [later]], 40_000)
    const edge = deltas.flatMap(({ edges }) => edges)[0]
    expect(edge?.callerInstances).toEqual(callers(callsBy(['one'])))
    expectIdentity(fold)
  })

  test('of two copies of a span the same one counts, whichever came first', () => {
    const [[client, server]] = callsBy(['one']) as [[TestSpan, TestSpan]]
    const copy = { ...client, resource: { 'service.instance.id': 'two' } }
    expect(callers([[client, copy, server]])).toEqual(callers([[copy, client, server]]))
    expect(callers([[client, copy, server]])).toHaveLength(1)
  })
})

describe('traces', () => {
  const traces = (requests: readonly (readonly TestSpan[])[], stepMs = 10) =>
    graphOf(run(requests, stepMs).deltas).edges[0]!.traces
  const inTrace = (trace: string | number) =>
    pair({}, {}).map((one) => ({ ...one, trace })) as TestSpan[]

  test('an edge of one trace knows it for the only one, however often it calls', () => {
    const again = inTrace(1).map((one) => ({ ...one, id: one.id + 10, parent: one.parent && 11 }))
    expect(traces([inTrace(1)])).toHaveLength(1)
    expect(traces([inTrace(1), again], 40_000)).toEqual(traces([inTrace(1)]))
    expect(traces([inTrace(1), inTrace(2)])).toHaveLength(2)
  })

  test('both ways to write one trace id are one trace', () => {
    const low = '0123456789abcdef'
    const [short, full] = [`${'0'.repeat(16)}${low}`, `${'9'.repeat(16)}${low}`]
    expect(traces([inTrace(short)])).toEqual(traces([inTrace(full)]))
  })

  test('of many the same two are kept, in whatever order and pieces they came', () => {
    const ids = Array.from({ length: 12 }, (_, i) => 100 + i)
    const kept = ids
      .flatMap((id) => traces([inTrace(id)]))
      .sort()
      .slice(0, 2)
    fc.assert(
      fc.property(
        fc.shuffledSubarray(ids, { minLength: ids.length }),
        fc.constantFrom(10, 40_000),
        (order, stepMs) => {
          expect(traces(order.map(inTrace), stepMs)).toEqual(kept)
          expect(traces([order.flatMap(inTrace)], stepMs)).toEqual(kept)
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('examples', () => {
  const plain = { 'url.scheme': 'http' }
  const encrypted = { 'url.scheme': 'https' }
  const inTrace = (trace: number, attributes: TestSpan['attributes']) =>
    pair(attributes, {}).map((one) => ({ ...one, trace }))
  const id = (trace: number) => trace.toString(16).padStart(32, 'f')

  test('of a thousand encrypted calls and one in the clear, that one is known', () => {
    const many = Array.from({ length: 200 }, (_, trace) => inTrace(trace, encrypted))
    const odd = inTrace(7_000, plain)
    const options = { examples: 'lowestHash' as const }
    for (const requests of [
      [...many, odd],
      [odd, ...many],
    ]) {
      const [edge] = graphOf(run(requests, 10, options).deltas).edges
      expect(edge?.examplesOf?.plain).toEqual([id(7_000)])
      expect(edge?.examples).toHaveLength(3)
    }
  })

  test('each operation has examples of its own', () => {
    const called = (trace: number, route: string) =>
      inTrace(trace, { 'http.request.method': 'GET', 'http.route': route })
    const many = Array.from({ length: 200 }, (_, trace) => called(trace, '/usual'))
    const requests = [...many, called(7_000, '/odd')]
    const [edge] = graphOf(run(requests, 10, { examples: 'lowestHash' }).deltas).edges
    expect(edge?.examplesOf?.operations.get('GET /odd')).toEqual([id(7_000)])
    expect(edge?.examplesOf?.operations.get('GET /usual')).toEqual(edge?.examples)
  })

  test('live, the first call in the clear is kept as an example, and once an hour', () => {
    const requests = [1, 2, 3].map((trace) => inTrace(trace, encrypted))
    const odd = [4, 5].map((trace) => inTrace(trace, plain))
    const kept = (stepMs: number) =>
      run([...requests, ...odd], stepMs).deltas.flatMap(({ edges }) =>
        edges.flatMap(({ exemplars }) =>
          exemplars.map(({ traceId, isPlain }) => [traceId, isPlain]),
        ),
      )
    expect(kept(10)).toEqual([
      [id(1), false],
      [id(4), true],
    ])
    // The last two are counted in the same hour.
    expect(kept(3_600_000)).toHaveLength(4)
  })
})

describe('tags', () => {
  const states = (resource: Record<string, string>) => [
    span({ id: 1, service: 'a', kind: 'internal', resource }),
  ]
  const tags = (deltas: readonly GraphDelta[]) => graphOf(deltas).nodes[0]!.tags

  test('a service says who owns it, what it holds, who sees it and where it stands', () => {
    const { deltas } = run([
      states({
        'strayline.owner': ' payments team ',
        'strayline.data.classes': 'PII, payment,pii,,',
        'strayline.exposure': 'internal',
        'strayline.layer': 'data',
      }),
    ])
    expect(tags(deltas)).toEqual({
      owner: 'payments team',
      dataClasses: ['payment', 'pii'],
      exposure: 'internal',
      layer: 'data',
    })
  })

  test('the newest statement wins, and each tag for itself', () => {
    const { deltas } = run([
      states({ 'strayline.owner': 'z', 'strayline.layer': 'web' }),
      states({ 'strayline.owner': 'a' }),
      states({}),
      states({ 'strayline.owner': '' }),
    ])
    expect(tags(deltas)).toMatchObject({ owner: 'a', layer: 'web' })
    expect(tags([...deltas].reverse())).toMatchObject({ owner: 'a', layer: 'web' })
  })

  test('of two at once the text decides, not the order', () => {
    const [one, two] = [states({ 'strayline.owner': 'x' }), states({ 'strayline.owner': 'y' })]
    const both = (spans: readonly TestSpan[]) => tags(run([spans]).deltas).owner
    expect(both([...one, ...two])).toBe('y')
    expect(both([...two, ...one])).toBe('y')
  })

  test('what is stated again is not told again', () => {
    const { deltas } = run([
      states({ 'strayline.owner': 'a' }),
      states({ 'strayline.owner': 'a' }),
      states({ 'strayline.owner': 'b' }),
      states({ 'strayline.owner': 'a' }),
    ])
    const told = deltas.map(({ nodes }) =>
      nodes.flatMap((node) => node.tags.map((tag) => tag.value)),
    )
    expect(told.flat()).toEqual(['a', 'b', 'a'])
    expect(tags(deltas).owner).toBe('a')
  })

  test('they are bounded, and the overflow node has none', () => {
    const classes = Array.from({ length: 100 }, (_, i) => `c${String(i).padStart(2, '0')}`)
    const { deltas } = run([
      states({ 'strayline.data.classes': classes.join(','), 'strayline.owner': 'o'.repeat(5_000) }),
    ])
    expect(tags(deltas).dataClasses).toHaveLength(16)
    expect(tags(deltas).owner.length).toBeLessThanOrEqual(512)
    const crowd = Array.from({ length: 4 }, (_, i) =>
      span({
        id: i + 1,
        service: `s${i}`,
        kind: 'internal',
        resource: { 'strayline.owner': 'me' },
      }),
    )
    const owned = graphOf(run([crowd], 10, { nodesMax: 2 }).deltas).nodes
    expect(owned.map(({ name, tags: { owner } }) => [name, owner])).toContainEqual([
      '(overflow)',
      '',
    ])
  })
})
