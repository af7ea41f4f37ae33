// From the sums to a delta that a commit takes: whatever is left after opposite results cancelled.

import { digestText, firstDigests } from '../graph/digests.ts'
import * as edge from '../graph/edge.ts'
import {
  type BucketDelta,
  type EdgeDelta,
  type GraphDelta,
  type NodeDelta,
  PROTOCOLS,
  TRUST_RULES,
  type Trust,
} from '../graph/edge.ts'
import * as histogram from '../graph/histogram.ts'
import { type Accumulator, forgetNoted } from './accumulator.ts'
import { Encryption } from './encryption.ts'
import { type GraphMemory, type KnownEdge, noteAttribute } from './graph-memory.ts'
import { clearPairs } from './hash.ts'
import { noteNode } from './node-sums.ts'
import type { ShapeWords } from './shape-words.ts'
import * as sumWords from './sum-words.ts'
import { candidateKey } from './sum-words.ts'
import type { UnseenSums } from './unseen.ts'

const { NOTHING_UNSEEN } = edge
const { HISTOGRAM_BUCKETS } = histogram
const {
  BUCKET_BITS,
  BUCKET_CALLS,
  BUCKET_CLIENT,
  BUCKET_ERRORS,
  BUCKET_MINUTE,
  BUCKET_NEXT,
  BUCKET_OPERATION,
  BUCKET_SERVER,
  BUCKET_WORDS,
  BucketBit,
  EDGE_BUCKETS,
  EDGE_CALLS,
  EDGE_ENCRYPTION,
  EDGE_ERRORS,
  EDGE_ID,
  EDGE_PROTOCOL,
  EDGE_TRUST,
  EDGE_WORDS,
  MINUTE_MS,
} = sumWords

type Drain = {
  readonly sums: Accumulator
  readonly memory: GraphMemory
  readonly table: ShapeWords
  readonly nodes: NodeDelta[]
  /** Position in `nodes` of a node of the graph memory. */
  readonly positions: Map<number, number>
}

/** Everything summed since the last time, as a delta; null when nothing is left of it. */
export function drainAccumulator(
  sums: Accumulator,
  memory: GraphMemory,
  table: ShapeWords,
): GraphDelta | null {
  const drain: Drain = { sums, memory, table, nodes: [], positions: new Map() }
  const changed: { readonly place: number; readonly buckets: readonly BucketDelta[] }[] = []
  for (let place = 0; place < sums.edgeCount; place++) {
    const buckets = bucketsOf(drain, place)
    // What was noted of an edge whose sums came to nothing is still to be told.
    if (buckets.length === 0 && isEmpty(sums, place)) forgetNoted(sums, edgeAt(sums, place))
    else changed.push({ place, buckets })
  }
  for (const { place } of changed) noteEnds(drain, place)
  for (const [node, nodeSums] of sums.nodes)
    if (nodeSums.isObserved || nodeSums.unattributedCalls !== 0) positionOf(drain, node)
  const edges = changed.map(({ place, buckets }) => edgeDelta(drain, place, buckets))
  const { nodes } = drain
  const exemplars = [...sums.exemplars.values()]
  clearSums(sums)
  return nodes.length + edges.length + exemplars.length > 0 ? { nodes, edges, exemplars } : null
}

function edgeAt({ edgeWords }: Accumulator, place: number): number {
  return edgeWords[place * EDGE_WORDS + EDGE_ID]!
}

function isEmpty({ edgeWords }: Accumulator, place: number): boolean {
  const base = place * EDGE_WORDS
  if (edgeWords[base + EDGE_CALLS] !== 0 || edgeWords[base + EDGE_ERRORS] !== 0) return false
  if (encryptedCalls(edgeWords, base) !== 0 || plainCalls(edgeWords, base) !== 0) return false
  return TRUST_RULES.every((_, rule) => edgeWords[base + EDGE_TRUST + rule] === 0)
}

function encryptedCalls(words: Int32Array, base: number): number {
  return words[base + EDGE_ENCRYPTION + Encryption.tls]!
}

function plainCalls(words: Int32Array, base: number): number {
  return words[base + EDGE_ENCRYPTION + Encryption.plain]!
}

function noteEnds({ sums, memory }: Drain, place: number): void {
  const { source, target } = memory.edges[edgeAt(sums, place)]!
  for (const node of [source, target]) {
    noteNode(sums, node, sums.edgeTimes[2 * place]!)
    noteNode(sums, node, sums.edgeTimes[2 * place + 1]!)
  }
}

function positionOf({ nodes, positions, memory, sums }: Drain, node: number): number {
  const known = positions.get(node)
  if (known !== undefined) return known
  positions.set(node, nodes.length)
  return nodes.push({ ...memory.nodes[node]!, ...sums.nodes.get(node)! }) - 1
}

function edgeDelta(drain: Drain, place: number, buckets: readonly BucketDelta[]): EdgeDelta {
  const { sums, memory } = drain
  const { edgeWords, edgeTimes } = sums
  const base = place * EDGE_WORDS
  const edge = edgeWords[base + EDGE_ID]!
  const known = memory.edges[edge]!
  return {
    source: positionOf(drain, known.source),
    target: positionOf(drain, known.target),
    protocol: PROTOCOLS[edgeWords[base + EDGE_PROTOCOL]!]!,
    calls: edgeWords[base + EDGE_CALLS]!,
    errors: edgeWords[base + EDGE_ERRORS]!,
    tlsCalls: encryptedCalls(edgeWords, base),
    plainCalls: plainCalls(edgeWords, base),
    firstSeenMs: edgeTimes[2 * place]!,
    lastSeenMs: edgeTimes[2 * place + 1]!,
    ...newAttributes(drain, edge, known),
    trust: trustOf(edgeWords, base),
    buckets,
    exemplars:
      sums.candidates.size > 0 ? candidatesOf(sums, place) : (sums.examples.get(edge) ?? []),
  }
}

/** Of each operation, and of its calls in the clear. */
function candidatesOf({ edgeWords, bucketWords, candidates }: Accumulator, place: number) {
  const operations = new Set<number>()
  let bucket = edgeWords[place * EDGE_WORDS + EDGE_BUCKETS]!
  for (; bucket >= 0; bucket = bucketWords[bucket + BUCKET_NEXT]!)
    operations.add(bucketWords[bucket + BUCKET_OPERATION]!)
  return [...operations].flatMap((operation) =>
    [true, false].flatMap((isPlain) => candidates.get(candidateKey(operation, isPlain)) ?? []),
  )
}

function newAttributes({ sums, table }: Drain, edge: number, known: KnownEdge) {
  const attributes = sums.attributes.get(edge)
  if (!attributes) return { hosts: [], ports: [], callerInstances: [], traces: [] }
  const hosts = [...attributes.hosts].map((text) => table.texts[text]!)
  return {
    hosts: hosts.filter((host) => noteAttribute(known.hosts, host)),
    ports: [...attributes.ports].filter((port) => noteAttribute(known.ports, port)),
    callerInstances: firstDigests(attributes.callers.map(digestText)),
    traces: firstDigests(attributes.traces.map(digestText)),
  }
}

/** In the order of TRUST_RULES; written out because it is made for every edge of every commit. */
function trustOf(words: Int32Array, base: number): Trust {
  return {
    paired: words[base + EDGE_TRUST]!,
    hop: words[base + EDGE_TRUST + 1]!,
    clientOnly: words[base + EDGE_TRUST + 2]!,
    serverOnly: words[base + EDGE_TRUST + 3]!,
    peer: words[base + EDGE_TRUST + 4]!,
    messaging: words[base + EDGE_TRUST + 5]!,
    link: words[base + EDGE_TRUST + 6]!,
  }
}

function bucketsOf(drain: Drain, place: number): BucketDelta[] {
  const { sums, memory, table } = drain
  const words = sums.bucketWords
  const buckets: BucketDelta[] = []
  let base = sums.edgeWords[place * EDGE_WORDS + EDGE_BUCKETS]!
  for (; base >= 0; base = words[base + BUCKET_NEXT]!) {
    const unseen = sums.unseen.size > 0 ? sums.unseen.get(base) : undefined
    if (isEmptyBucket(words, base, unseen)) continue
    const bits = words[base + BUCKET_BITS]!
    buckets.push({
      operation: table.texts[memory.operationTexts[words[base + BUCKET_OPERATION]!]!]!,
      startMs: words[base + BUCKET_MINUTE]! * MINUTE_MS,
      calls: words[base + BUCKET_CALLS]!,
      errors: words[base + BUCKET_ERRORS]!,
      clientLatency: bits & BucketBit.client ? latencyOf(words, base + BUCKET_CLIENT) : null,
      serverLatency: bits & BucketBit.server ? latencyOf(words, base + BUCKET_SERVER) : null,
      sampledCalls: unseen ? unseen.sampledCalls : NOTHING_UNSEEN.sampledCalls,
      unseenCalls: unseen ? unseen.calls : NOTHING_UNSEEN.unseenCalls,
      unseenErrors: unseen ? unseen.errors : NOTHING_UNSEEN.unseenErrors,
      unseenClient: unseen ? unseen.client : NOTHING_UNSEEN.unseenClient,
      unseenServer: unseen ? unseen.server : NOTHING_UNSEEN.unseenServer,
    })
  }
  return buckets
}

function latencyOf(words: Int32Array, from: number): number[] {
  const counts = new Array<number>(HISTOGRAM_BUCKETS)
  for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) counts[bucket] = words[from + bucket]!
  return counts
}

function isEmptyBucket(words: Int32Array, base: number, unseen: UnseenSums | undefined): boolean {
  if (words[base + BUCKET_CALLS] !== 0 || words[base + BUCKET_ERRORS] !== 0) return false
  for (let at = base + BUCKET_CLIENT; at < base + BUCKET_WORDS; at++)
    if (words[at] !== 0) return false
  if (!unseen) return true
  const isZero = (counts: number[] | null) => !counts?.some((count) => count !== 0)
  const isNothing = unseen.calls === 0 && unseen.errors === 0 && unseen.sampledCalls === 0
  return isNothing && isZero(unseen.client) && isZero(unseen.server)
}

function clearSums(sums: Accumulator): void {
  for (let place = 0; place < sums.edgeCount; place++) sums.edgePlaces[edgeAt(sums, place)] = 0
  sums.edgeCount = 0
  sums.bucketCount = 0
  clearPairs(sums.buckets)
  sums.nodes.clear()
  sums.attributes.clear()
  sums.examples.clear()
  sums.candidates.clear()
  sums.unseen.clear()
  sums.exemplars.clear()
}
