// What happens over time, a step at a time: hold, late window, copies, corrections and presence. Only what the
// fold emits and counts is looked at, never how it remembers.
import { describe, expect, test } from 'vitest'
import {
  advanceFold,
  createFold,
  type FoldCounters,
  finishFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../../../core/fold/options.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { batchOf, span, type TestSpan } from '../../support/spans.ts'

const START_MS = 1_760_000_000_000
const MINUTE_MS = 60_000
const { holdMs, lateWindowMs, quietMs } = DEFAULT_FOLD_OPTIONS

const HOST = { 'server.address': 'x.example' }
const topic = (name: string) => ({ 'messaging.destination.name': name })
const client = span({ id: 1, service: 'web', kind: 'client', attributes: HOST })
const server = span({ id: 2, parent: 1, service: 'api', kind: 'server' })

/** A fold and its clock. Every answer is of what was emitted since the one before. */
function startFold(options: Partial<FoldOptions> = {}) {
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, ...options })
  const at = (ms: number, spans: readonly TestSpan[] = []): Emitted => {
    if (spans.length > 0) foldBatch(fold, batchOf(spans), START_MS + ms)
    advanceFold(fold, START_MS + ms)
    return emittedOf(takeDelta(fold))
  }
  const finish = (): Emitted => {
    finishFold(fold)
    return emittedOf(takeDelta(fold))
  }
  return { at, finish, counters: (): FoldCounters => foldCounters(fold) }
}

type Emitted = { readonly calls: Record<string, number>; readonly delta: GraphDelta }

/** calls: signed, by `source -> target`. */
function emittedOf(delta: GraphDelta | null): Emitted {
  const { nodes, edges } = delta ?? { nodes: [], edges: [] }
  const calls = Object.fromEntries(
    edges.map((edge) => [`${nodes[edge.source]!.name} -> ${nodes[edge.target]!.name}`, edge.calls]),
  )
  return { calls, delta: delta ?? { nodes: [], edges: [], exemplars: [] } }
}

test.each([
  ['just changed', 0],
  ['been quiet', quietMs],
])('each span waits for the hold from its own arrival on, where its trace has %s', (_, restMs) => {
  const { at } = startFold()
  const other = { ...client, id: 5, attributes: { 'server.address': 'other.example' } }
  at(0, [client])
  at(20_000, [other])
  at(20_000 + restMs)
  expect(at(holdMs).calls).toEqual({ 'web -> x.example': 1 })
  expect(at(20_000 + holdMs - 1).calls).toEqual({})
  expect(at(20_000 + holdMs).calls).toEqual({ 'web -> other.example': 1 })
})

describe('the late window', () => {
  test('a half that comes before its end is a pair, and what was counted is taken back, once', () => {
    const { at, counters } = startFold()
    at(0, [client])
    expect(at(holdMs).calls).toEqual({ 'web -> x.example': 1 })
    expect(counters()).toMatchObject({ virtual: 1, corrected: 0 })
    const lateMs = lateWindowMs - 1_000
    expect(at(lateMs, [server]).calls).toEqual({ 'web -> x.example': -1, 'web -> api': 1 })
    at(lateMs + holdMs)
    expect(counters()).toMatchObject({ virtual: 0, paired: 2, corrected: 1, pending: 0 })
  })

  test('a half that comes after its end counts alone', () => {
    const { at, finish, counters } = startFold()
    at(0, [client])
    expect(at(holdMs).calls).toEqual({ 'web -> x.example': 1 })
    at(holdMs + lateWindowMs + 1_000)
    expect(at(holdMs + lateWindowMs + 2_000, [server]).calls).toEqual({})
    expect(finish().calls).toEqual({})
    expect(counters()).toMatchObject({ virtual: 1, unpairedServer: 1, corrected: 0 })
  })

  test('a copy within it is a duplicate, and after it a span', () => {
    const { at, counters } = startFold()
    at(0, [client])
    at(holdMs + lateWindowMs - 1_000, [client])
    expect(counters()).toMatchObject({ accepted: 2, duplicate: 1 })
    at(3 * (holdMs + lateWindowMs))
    at(3 * (holdMs + lateWindowMs) + 1, [client])
    expect(counters()).toMatchObject({ accepted: 3, duplicate: 1 })
  })

  test('an unattributed call is taken back when its caller comes', () => {
    const { at } = startFold()
    const unattributed = ({ delta }: Emitted) =>
      delta.nodes.reduce((sum, node) => sum + node.unattributedCalls, 0)
    at(0, [server])
    expect(unattributed(at(holdMs))).toBe(1)
    expect(unattributed(at(holdMs + 1_000, [client]))).toBe(-1)
  })

  test('an error that is taken back leaves no error', () => {
    const { at, finish } = startFold()
    at(0, [{ ...client, isError: true }])
    const given = at(holdMs).delta.edges[0]!
    const deltas = [at(holdMs + 1_000, [server]).delta, finish().delta]
    const edges = deltas.flatMap(({ edges, nodes }) =>
      edges.filter((edge) => nodes[edge.target]!.name === 'x.example'),
    )
    expect([given.errors, ...edges.map((edge) => edge.errors)]).toEqual([1, -1])
    expect(edges[0]!.buckets.map((bucket) => [bucket.calls, bucket.errors])).toEqual([[-1, -1]])
  })
})

describe('copies', () => {
  const copy = { ...client, attributes: { 'server.address': 'a.example' } }

  test('one that comes first by its content changes the call, not when it counts', () => {
    const { at, counters } = startFold()
    at(0, [client])
    at(holdMs - 1_000, [copy])
    expect(at(holdMs - 1).calls).toEqual({})
    expect(at(holdMs).calls).toEqual({ 'web -> a.example': 1 })
    expect(counters()).toMatchObject({ accepted: 2, duplicate: 1, virtual: 1, pending: 0 })
  })

  test('one that comes after the hold corrects it, and waits for nothing', () => {
    const { at, counters } = startFold()
    at(0, [client])
    at(holdMs)
    at(holdMs + 1_000, [copy])
    expect(counters()).toMatchObject({ pending: 0 })
    expect(at(holdMs + 1_000 + quietMs).calls).toEqual({
      'web -> x.example': -1,
      'web -> a.example': 1,
    })
    expect(counters()).toMatchObject({ virtual: 1, duplicate: 1, pending: 0 })
  })
})

test('two traces that count as one leave a full memory together', () => {
  const { at, finish, counters } = startFold({ pendingSpansMax: 2 })
  const trace = 'abcdef0123456789abcdef0123456789'
  at(0, [
    { ...client, trace },
    { ...server, trace: trace.slice(16).padStart(32, '0') },
  ])
  expect(at(holdMs).calls).toEqual({ 'web -> api': 1 })
  at(holdMs + 1_000, [span({ id: 3, trace, service: 'web', kind: 'internal' })])
  finish()
  expect(counters()).toMatchObject({ accepted: 3, paired: 2, internal: 1, unpairedServer: 0 })
})

test('what a trace got from one that left a full memory is taken back when it changes', () => {
  const { at, counters } = startFold({ pendingSpansMax: 4 })
  const producer = span({ id: 1, service: 'web', kind: 'producer', attributes: topic('jobs') })
  const links = [{ trace: producer.trace, id: 1 }]
  const consumer = span({ id: 2, trace: 8, service: 'mail', kind: 'consumer', links })
  const other = span({ id: 3, trace: 9, service: 'web', kind: 'internal' })
  at(0, [producer, { ...other, trace: producer.trace }, consumer, other])
  at(holdMs)
  expect(counters()).toMatchObject({ messaging: 2, internal: 2, unpairedConsumer: 0 })
  at(holdMs + 1_000, [{ ...other, trace: 10 }])
  const late = [{ ...consumer, isError: true }]
  expect(at(holdMs + 2_000, late).calls).toEqual({})
  expect(at(holdMs + 2_000 + quietMs).calls).toEqual({ 'jobs -> mail': -1 })
  expect(counters()).toMatchObject({ messaging: 1, unpairedConsumer: 1, corrected: 1 })
})

describe('the minute of a call', () => {
  const bucketsOf = ({ delta }: Emitted) =>
    delta.edges.flatMap((edge) => edge.buckets.map((bucket) => [bucket.startMs, bucket.calls]))
  const minute = (ms: number) => Math.floor(ms / MINUTE_MS) * MINUTE_MS
  /** When the spans of tests ended. */
  const END_MS = START_MS + 5

  test('is that of its end, also where it is corrected minutes later', () => {
    const { at } = startFold()
    at(5 * MINUTE_MS, [client])
    expect(bucketsOf(at(5 * MINUTE_MS + holdMs))).toEqual([[minute(END_MS), 1]])
    const again = { ...client, trace: 'b'.repeat(32) }
    at(7 * MINUTE_MS, [again, server])
    const corrected = bucketsOf(at(7 * MINUTE_MS + holdMs)).sort((a, b) => a[1]! - b[1]!)
    expect(corrected).toEqual([[minute(END_MS), 1]])
  })

  test('is that of its arrival where its clock is more than a day off', () => {
    const { at, counters } = startFold()
    const nextDayMs = 25 * 60 * MINUTE_MS
    at(nextDayMs, [client])
    expect(bucketsOf(at(nextDayMs + holdMs))).toEqual([[minute(START_MS + nextDayMs), 1]])
    expect(counters()).toMatchObject({ clockSkewed: 1 })
  })
})

describe('an edge never seen before is reported at once', () => {
  test('each, not the first of all', () => {
    const { at } = startFold()
    expect(at(0, [client, server]).calls).toEqual({ 'web -> api': 1 })
    const others = [client, { ...server, service: 'cart' }].map((one) => ({ ...one, trace: 7 }))
    expect(at(1, others).calls).toEqual({ 'web -> cart': 1 })
  })

  test('also through a link', () => {
    const { at } = startFold()
    const producer = span({ id: 1, service: 'web', kind: 'producer', attributes: topic('jobs') })
    const links = [{ trace: producer.trace, id: 1 }]
    const consumer = span({ id: 2, trace: 7, service: 'mail', kind: 'consumer', links })
    expect(at(0, [producer]).calls).toEqual({})
    expect(at(1, [consumer]).calls).toMatchObject({ 'jobs -> mail': 1 })
  })
})

test('what a span names is in the environment of its service', () => {
  const { at, finish } = startFold()
  at(0, [{ ...client, resource: { 'deployment.environment.name': 'prod' } }])
  const { nodes } = finish().delta
  expect(nodes.map((node) => [node.name, node.environment]).sort()).toEqual([
    ['web', 'prod'],
    ['x.example', 'prod'],
  ])
})
