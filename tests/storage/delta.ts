// Deltas as the fold would emit them, said in few words: deltaOf([call('web', 'cart')]).
import {
  type EdgeDelta,
  type Exemplar,
  type GraphDelta,
  NOTHING_UNSEEN,
  type NodeDelta,
  type Trust,
} from '../../core/graph/edge.ts'
import { type NodeKey, nodeId } from '../../core/graph/node.ts'

export const MINUTE_MS = 60_000
/** Every test's now: 2026-08-01T12:00Z. */
export const NOON_MS = Date.UTC(2026, 7, 1, 12)

export type Call = {
  readonly source: NodeKey
  readonly target: NodeKey
  readonly operation: string
  readonly calls: number
  readonly errors: number
  readonly atMs: number
  readonly latency: readonly number[] | null
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
  readonly tlsCalls: number
  readonly plainCalls: number
  readonly callerInstances: readonly string[]
  readonly traces: readonly string[]
  readonly traceIds: readonly string[]
}

export function service(name: string, rest: Partial<NodeKey> = {}): NodeKey {
  return { environment: 'prod', kind: 'service', namespace: '', name, ...rest }
}

export function external(name: string): NodeKey {
  return service(name, { kind: 'external' })
}

export function call(
  source: NodeKey | string,
  target: NodeKey | string,
  rest: Partial<Call> = {},
): Call {
  return {
    source: typeof source === 'string' ? service(source) : source,
    target: typeof target === 'string' ? service(target) : target,
    operation: 'GET /',
    calls: 1,
    errors: 0,
    atMs: NOON_MS,
    latency: null,
    hosts: [],
    ports: [],
    tlsCalls: 0,
    plainCalls: 0,
    callerInstances: [],
    traces: [],
    traceIds: [],
    ...rest,
  }
}

/** The same calls taken back, as a late span does. */
export function takeBack(given: Call): Call {
  const latency = given.latency?.map((count) => -count) ?? null
  const { calls, errors, tlsCalls, plainCalls } = given
  const counts = { calls: -calls, errors: -errors, tlsCalls: -tlsCalls, plainCalls: -plainCalls }
  return { ...given, ...counts, latency, traceIds: [] }
}

const NO_TRUST: Trust = {
  paired: 0,
  hop: 0,
  clientOnly: 0,
  serverOnly: 0,
  peer: 0,
  messaging: 0,
  link: 0,
}

/** One delta of all calls: each node, edge and bucket once, as the fold promises. */
export function deltaOf(
  calls: readonly Call[],
  observed: (node: NodeKey) => boolean = (node) => node.kind === 'service',
  alone: readonly NodeKey[] = [],
): GraphDelta {
  const nodes = new Map<string, { index: number; delta: NodeDelta }>()
  const add = (node: NodeKey, atMs: number) => {
    const known = nodes.get(nodeId(node))
    const delta: NodeDelta = {
      ...node,
      firstSeenMs: Math.min(atMs, known?.delta.firstSeenMs ?? atMs),
      lastSeenMs: Math.max(atMs, known?.delta.lastSeenMs ?? atMs),
      isObserved: observed(node),
      isSampled: false,
      isWhole: observed(node),
      versions: [],
      instances: [],
      tags: [],
      unattributedCalls: 0,
    }
    const index = known?.index ?? nodes.size
    nodes.set(nodeId(node), { index, delta })
    return index
  }
  for (const node of alone) add(node, NOON_MS)
  const byEnds = new Map<string, { source: number; target: number; calls: Call[] }>()
  for (const each of calls) {
    const source = add(each.source, each.atMs)
    const target = add(each.target, each.atMs)
    const group = byEnds.get(`${source} ${target}`) ?? { source, target, calls: [] }
    group.calls.push(each)
    byEnds.set(`${source} ${target}`, group)
  }
  return {
    nodes: [...nodes.values()].map(({ delta }) => delta),
    edges: [...byEnds.values()].map(edgeDelta),
    exemplars: exemplarsOf(calls),
  }
}

function edgeDelta(group: { source: number; target: number; calls: Call[] }): EdgeDelta {
  const { source, target, calls } = group
  const sum = (pick: (each: Call) => number) => calls.reduce((total, each) => total + pick(each), 0)
  const times = calls.map((each) => each.atMs)
  const buckets = new Map<string, Call[]>()
  for (const each of calls) {
    const key = `${minute(each.atMs)} ${each.operation}`
    buckets.set(key, [...(buckets.get(key) ?? []), each])
  }
  return {
    ...{ source, target, protocol: 'http' },
    calls: sum((each) => each.calls),
    errors: sum((each) => each.errors),
    tlsCalls: sum((each) => each.tlsCalls),
    plainCalls: sum((each) => each.plainCalls),
    firstSeenMs: Math.min(...times),
    lastSeenMs: Math.max(...times),
    hosts: [...new Set(calls.flatMap((each) => each.hosts))],
    ports: [...new Set(calls.flatMap((each) => each.ports))],
    callerInstances: [...new Set(calls.flatMap((each) => each.callerInstances))],
    traces: [...new Set(calls.flatMap((each) => each.traces))],
    trust: { ...NO_TRUST, paired: sum((each) => each.calls) },
    buckets: [...buckets.values()].map((within) => ({
      operation: within[0]!.operation,
      startMs: minute(within[0]!.atMs),
      calls: within.reduce((total, each) => total + each.calls, 0),
      errors: within.reduce((total, each) => total + each.errors, 0),
      clientLatency: addLists(within.map((each) => each.latency)),
      serverLatency: null,
      ...NOTHING_UNSEEN,
    })),
    exemplars: calls.flatMap((each) =>
      each.traceIds.map((traceId) => {
        return { traceId, operation: each.operation, isPlain: each.plainCalls > 0 }
      }),
    ),
  }
}

function minute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS
}

function addLists(lists: readonly (readonly number[] | null)[]): number[] | null {
  const total: number[] = []
  for (const list of lists)
    for (const [place, count] of (list ?? []).entries()) total[place] = (total[place] ?? 0) + count
  return total.length > 0 ? total : null
}

function exemplarsOf(calls: readonly Call[]): Exemplar[] {
  const traces = new Map<string, Exemplar>()
  for (const { traceIds, atMs, source, operation } of calls)
    for (const traceId of traceIds)
      traces.set(traceId, {
        traceId,
        startMs: atMs,
        spans: [
          {
            spanId: traceId.slice(0, 16),
            parentId: '',
            kind: 3,
            service: source.name,
            operation,
            startMs: atMs,
            durationMs: 1.5,
            isError: false,
          },
        ],
      })
  return [...traces.values()]
}
