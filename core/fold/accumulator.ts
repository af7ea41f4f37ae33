// What the fold has emitted and nobody has taken yet, summed: opposite results cancel here, so that
// a correction before the next commit costs nothing.
import {
  type EdgeDelta,
  type Exemplar,
  type GraphDelta,
  NOTHING_UNSEEN,
  type NodeDelta,
  PROTOCOLS,
  type Protocol,
  TRUST_RULES,
  type Trust,
  type TrustRule,
} from '../graph/edge.ts'
import type { Example } from '../graph/examples.ts'
import { HISTOGRAM_BUCKETS, histogramBucket } from '../graph/histogram.ts'
import { type GraphMemory, type KnownEdge, noteAttribute } from './graph-memory.ts'

const MINUTE_MS = 60_000

type NodeSums = {
  firstSeenMs: number
  lastSeenMs: number
  isObserved: boolean
  isSampled: boolean
  isWhole: boolean
  versions: string[]
  unattributedCalls: number
}

type BucketSums = {
  readonly operation: string
  readonly startMs: number
  calls: number
  errors: number
  clientLatency: number[] | null
  serverLatency: number[] | null
  sampledCalls: number
  unseenCalls: number
  unseenErrors: number
  unseenClient: number[] | null
  unseenServer: number[] | null
}

type EdgeSums = {
  protocol: number
  calls: number
  errors: number
  firstSeenMs: number
  lastSeenMs: number
  readonly hosts: Set<string>
  readonly ports: Set<number>
  readonly trust: number[]
  /** By operation, then by minute. */
  readonly buckets: Map<string, Map<number, BucketSums>>
  readonly exemplars: { traceId: string; operation: string }[]
  /** Offline: see FoldOptions.examples. */
  readonly candidates: Example[]
}

export type Accumulator = {
  readonly nodes: Map<number, NodeSums>
  readonly edges: Map<number, EdgeSums>
  readonly exemplars: Map<string, Exemplar>
}

/** A call ready to be summed: nothing in it refers to the trace any more. */
export type CountedCall = {
  readonly edge: number
  readonly rule: TrustRule
  readonly protocol: Protocol
  readonly isError: boolean
  readonly operation: string
  /** As the client half states them; '' and 0 when it does not. */
  readonly host: string
  readonly port: number
  /** Unix ms: when it counts. */
  readonly timeMs: number
  /** -1: not measured on that side. */
  readonly clientMs: number
  readonly serverMs: number
  /** What its sampling weight is above 1, in 1/WEIGHT_UNIT: calls like it that nobody recorded. */
  readonly unseen: number
}

export function createAccumulator(): Accumulator {
  return { nodes: new Map(), edges: new Map(), exemplars: new Map() }
}

/** sign: +1 counts the call, -1 takes it back. */
export function addCall(accumulator: Accumulator, call: CountedCall, sign: 1 | -1): void {
  const sums = edgeSums(accumulator, call)
  sums.calls += sign
  if (call.isError) sums.errors += sign
  sums.trust[TRUST_RULES.indexOf(call.rule)]! += sign
  if (sign > 0) {
    if (call.host) sums.hosts.add(call.host)
    if (call.port) sums.ports.add(call.port)
    sums.protocol = Math.max(sums.protocol, PROTOCOLS.indexOf(call.protocol))
    sums.firstSeenMs = Math.min(sums.firstSeenMs, call.timeMs)
    sums.lastSeenMs = Math.max(sums.lastSeenMs, call.timeMs)
  }
  const bucket = bucketSums(sums, call)
  bucket.calls += sign
  if (call.isError) bucket.errors += sign
  bucket.clientLatency = countLatency(bucket.clientLatency, call.clientMs, sign)
  bucket.serverLatency = countLatency(bucket.serverLatency, call.serverMs, sign)
  if (call.unseen > 0) addUnseen(bucket, call, sign)
}

function addUnseen(bucket: BucketSums, call: CountedCall, sign: number): void {
  const unseen = sign * call.unseen
  bucket.sampledCalls += sign
  bucket.unseenCalls += unseen
  if (call.isError) bucket.unseenErrors += unseen
  bucket.unseenClient = countLatency(bucket.unseenClient, call.clientMs, unseen)
  bucket.unseenServer = countLatency(bucket.unseenServer, call.serverMs, unseen)
}

function edgeSums(accumulator: Accumulator, call: CountedCall): EdgeSums {
  const known = accumulator.edges.get(call.edge)
  if (known) return known
  const sums: EdgeSums = {
    protocol: 0,
    calls: 0,
    errors: 0,
    firstSeenMs: call.timeMs,
    lastSeenMs: call.timeMs,
    hosts: new Set(),
    ports: new Set(),
    trust: TRUST_RULES.map(() => 0),
    buckets: new Map(),
    exemplars: [],
    candidates: [],
  }
  accumulator.edges.set(call.edge, sums)
  return sums
}

function bucketSums(sums: EdgeSums, call: CountedCall): BucketSums {
  const startMs = Math.floor(call.timeMs / MINUTE_MS) * MINUTE_MS
  let minutes = sums.buckets.get(call.operation)
  if (!minutes) {
    minutes = new Map()
    sums.buckets.set(call.operation, minutes)
  }
  const known = minutes.get(startMs)
  if (known) return known
  const bucket: BucketSums = {
    operation: call.operation,
    startMs,
    calls: 0,
    errors: 0,
    clientLatency: null,
    serverLatency: null,
    ...NOTHING_UNSEEN,
  }
  minutes.set(startMs, bucket)
  return bucket
}

function bucketsOf(sums: EdgeSums): BucketSums[] {
  return [...sums.buckets.values()].flatMap((minutes) => [...minutes.values()])
}

function countLatency(counts: number[] | null, durationMs: number, count: number): number[] | null {
  if (durationMs < 0) return counts
  const latency = counts ?? new Array<number>(HISTOGRAM_BUCKETS).fill(0)
  latency[histogramBucket(durationMs)]! += count
  return latency
}

export function noteNode(accumulator: Accumulator, node: number, timeMs: number): NodeSums {
  const known = accumulator.nodes.get(node)
  if (known) {
    known.firstSeenMs = Math.min(known.firstSeenMs, timeMs)
    known.lastSeenMs = Math.max(known.lastSeenMs, timeMs)
    return known
  }
  const sums: NodeSums = {
    firstSeenMs: timeMs,
    lastSeenMs: timeMs,
    isObserved: false,
    isSampled: false,
    isWhole: false,
    versions: [],
    unattributedCalls: 0,
  }
  accumulator.nodes.set(node, sums)
  return sums
}

/** Everything summed since the last time, as a delta; null when nothing is left of it. */
export function drainAccumulator(accumulator: Accumulator, memory: GraphMemory): GraphDelta | null {
  const nodes: NodeDelta[] = []
  const positions = new Map<number, number>()
  const position = (node: number, sums: NodeSums): number => {
    const known = positions.get(node)
    if (known !== undefined) return known
    positions.set(node, nodes.push({ ...memory.nodes[node]!, ...sums }) - 1)
    return nodes.length - 1
  }
  for (const [node, sums] of accumulator.nodes)
    if (sums.isObserved || sums.unattributedCalls !== 0) position(node, sums)
  const edges: EdgeDelta[] = []
  for (const [edge, sums] of accumulator.edges) {
    if (isEmpty(sums)) continue
    const known = memory.edges[edge]!
    const end = (node: number) =>
      position(node, accumulator.nodes.get(node) ?? noteNode(accumulator, node, sums.lastSeenMs))
    edges.push(edgeDelta(sums, known, end(known.source), end(known.target)))
  }
  const exemplars = [...accumulator.exemplars.values()]
  accumulator.nodes.clear()
  accumulator.edges.clear()
  accumulator.exemplars.clear()
  return nodes.length + edges.length + exemplars.length > 0 ? { nodes, edges, exemplars } : null
}

function isEmpty(sums: EdgeSums): boolean {
  if (sums.calls !== 0 || sums.errors !== 0 || sums.trust.some((calls) => calls !== 0)) return false
  return bucketsOf(sums).every(isEmptyBucket)
}

function edgeDelta(sums: EdgeSums, known: KnownEdge, source: number, target: number): EdgeDelta {
  const trust = Object.fromEntries(TRUST_RULES.map((rule, i) => [rule, sums.trust[i]!]))
  return {
    source,
    target,
    protocol: PROTOCOLS[sums.protocol]!,
    calls: sums.calls,
    errors: sums.errors,
    firstSeenMs: sums.firstSeenMs,
    lastSeenMs: sums.lastSeenMs,
    hosts: [...sums.hosts].filter((host) => noteAttribute(known.hosts, host)),
    ports: [...sums.ports].filter((port) => noteAttribute(known.ports, port)),
    trust: trust as Trust,
    buckets: bucketsOf(sums).filter((bucket) => !isEmptyBucket(bucket)),
    exemplars: [...sums.exemplars, ...sums.candidates],
  }
}

function isEmptyBucket(bucket: BucketSums): boolean {
  const isZero = (counts: number[] | null) => !counts?.some((count) => count !== 0)
  return (
    bucket.calls === 0 &&
    bucket.errors === 0 &&
    bucket.unseenCalls === 0 &&
    bucket.unseenErrors === 0 &&
    isZero(bucket.clientLatency) &&
    isZero(bucket.serverLatency) &&
    isZero(bucket.unseenClient) &&
    isZero(bucket.unseenServer)
  )
}
