// What the fold has emitted and nobody has taken yet, summed: opposite results cancel here, so that
// a correction before the next commit costs nothing. Sums are words in typed arrays; drain.ts makes a
// delta of them.
import type { Exemplar } from '../graph/edge.ts'
import type { Example, ShownBy } from '../graph/examples.ts'
import { addPair, createPairTable, findPair, type HashKeys, type PairTable } from './hash.ts'
import type { NodeSums } from './node-sums.ts'
import * as shapeWords from './shape-words.ts'
import * as sumWords from './sum-words.ts'
import { candidateKey } from './sum-words.ts'
import { addUnseen, type UnseenSums } from './unseen.ts'

const { NO_TEXT } = shapeWords
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
  COUNTED_CALLER,
  COUNTED_CLIENT,
  COUNTED_EDGE,
  COUNTED_ENCRYPTION,
  COUNTED_ERROR,
  COUNTED_HOST,
  COUNTED_OPERATION,
  COUNTED_PORT,
  COUNTED_PROTOCOL,
  COUNTED_RULE,
  COUNTED_SERVER,
  COUNTED_TIME,
  COUNTED_TRACE,
  COUNTED_UNSEEN,
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

/** Words of what was noted of an edge: the text of its last host, its last port, its highest callers and traces. */
const NOTED_WORDS = 6
const NOTED_HOST = 0
const NOTED_PORT = 1
const NOTED_CALLERS = 2
const NOTED_TRACES = 4

/** Hosts (texts), ports, digests of callers and of traces that an edge may show for the first time. */
type NewAttributes = {
  readonly hosts: Set<number>
  readonly ports: Set<number>
  readonly callers: number[]
  readonly traces: number[]
}

export type Accumulator = {
  readonly nodes: Map<number, NodeSums>
  /** Place of each edge's sums + 1, by its position in the graph memory; 0: it has none. */
  edgePlaces: Int32Array
  edgeCount: number
  edgeWords: Int32Array
  /** First and last seen, unix ms, two an edge. */
  edgeTimes: Float64Array
  /** What may be new of an edge, and its example traces. */
  readonly attributes: Map<number, NewAttributes>
  readonly examples: Map<number, ShownBy[]>
  /** Offline: see FoldOptions.examples. By candidateKey. */
  readonly candidates: Map<number, Example[]>
  /** What was last noted of an edge, NOTED_WORDS an edge: see noteEdge. */
  noted: Int32Array
  /** Place of a bucket, by operation (its position in the graph memory) and minute. */
  readonly buckets: PairTable
  bucketCount: number
  bucketWords: Int32Array
  readonly unseen: Map<number, UnseenSums>
  readonly exemplars: Map<string, Exemplar>
}

export function createAccumulator(): Accumulator {
  return {
    nodes: new Map(),
    edgePlaces: new Int32Array(64),
    edgeCount: 0,
    edgeWords: new Int32Array(16 * EDGE_WORDS),
    edgeTimes: new Float64Array(2 * 16),
    attributes: new Map(),
    examples: new Map(),
    candidates: new Map(),
    noted: new Int32Array(64 * NOTED_WORDS),
    buckets: createPairTable(),
    bucketCount: 0,
    bucketWords: new Int32Array(16 * BUCKET_WORDS),
    unseen: new Map(),
    exemplars: new Map(),
  }
}

/** sign: +1 counts the call at `at` of `counted`, -1 takes it back. */
export function addCounted(
  sums: Accumulator,
  keys: HashKeys,
  counted: Float64Array,
  at: number,
  sign: 1 | -1,
): void {
  const timeMs = counted[at + COUNTED_TIME]!
  const edge = counted[at + COUNTED_EDGE]!
  const place = edgePlace(sums, edge, timeMs)
  const { edgeWords } = sums
  const error = sign * counted[at + COUNTED_ERROR]!
  edgeWords[place + EDGE_CALLS]! += sign
  edgeWords[place + EDGE_ERRORS]! += error
  edgeWords[place + EDGE_TRUST + counted[at + COUNTED_RULE]!]! += sign
  edgeWords[place + EDGE_ENCRYPTION + counted[at + COUNTED_ENCRYPTION]!]! += sign
  if (sign > 0) noteEdge(sums, place, counted, at)
  const bucket = bucketPlace(sums, keys, place, counted[at + COUNTED_OPERATION]!, timeMs)
  const { bucketWords } = sums
  const client = counted[at + COUNTED_CLIENT]!
  const server = counted[at + COUNTED_SERVER]!
  bucketWords[bucket + BUCKET_CALLS]! += sign
  bucketWords[bucket + BUCKET_ERRORS]! += error
  if (client >= 0) {
    bucketWords[bucket + BUCKET_BITS]! |= BucketBit.client
    bucketWords[bucket + BUCKET_CLIENT + client]! += sign
  }
  if (server >= 0) {
    bucketWords[bucket + BUCKET_BITS]! |= BucketBit.server
    bucketWords[bucket + BUCKET_SERVER + server]! += sign
  }
  if (counted[at + COUNTED_UNSEEN] !== 0) addUnseen(sums.unseen, bucket, counted.subarray(at), sign)
}

function noteEdge(sums: Accumulator, place: number, counted: Float64Array, at: number): void {
  const { edgeWords, edgeTimes, noted } = sums
  const timeMs = counted[at + COUNTED_TIME]!
  const times = (place / EDGE_WORDS) * 2
  if (timeMs < edgeTimes[times]!) edgeTimes[times] = timeMs
  if (timeMs > edgeTimes[times + 1]!) edgeTimes[times + 1] = timeMs
  const protocol = counted[at + COUNTED_PROTOCOL]!
  if (protocol > edgeWords[place + EDGE_PROTOCOL]!) edgeWords[place + EDGE_PROTOCOL] = protocol
  const edge = edgeWords[place + EDGE_ID]!
  const host = counted[at + COUNTED_HOST]!
  const port = counted[at + COUNTED_PORT]!
  const caller = counted[at + COUNTED_CALLER]!
  const trace = counted[at + COUNTED_TRACE]!
  const base = edge * NOTED_WORDS
  if (host !== NO_TEXT && host !== noted[base + NOTED_HOST]) {
    noted[base + NOTED_HOST] = host
    attributesOf(sums, edge).hosts.add(host)
  }
  if (port !== 0 && port !== noted[base + NOTED_PORT]) {
    noted[base + NOTED_PORT] = port
    attributesOf(sums, edge).ports.add(port)
  }
  if (caller > noted[base + NOTED_CALLERS + 1]! && caller !== noted[base + NOTED_CALLERS]!)
    attributesOf(sums, edge).callers.push(noteHighest(noted, base + NOTED_CALLERS, caller))
  if (trace > noted[base + NOTED_TRACES + 1]! && trace !== noted[base + NOTED_TRACES]!)
    attributesOf(sums, edge).traces.push(noteHighest(noted, base + NOTED_TRACES, trace))
}

/** Two digests are kept, the highest first: hardly any call changes them, however many there are. */
function noteHighest(noted: Int32Array, at: number, digest: number): number {
  const highest = noted[at]!
  noted[at] = Math.max(highest, digest)
  noted[at + 1] = Math.min(highest, digest)
  return digest
}

/** What was noted of an edge counts as never noted. */
export function forgetNoted(sums: Accumulator, edge: number): void {
  sums.noted.fill(0, edge * NOTED_WORDS, (edge + 1) * NOTED_WORDS)
}

function attributesOf(sums: Accumulator, edge: number): NewAttributes {
  const known = sums.attributes.get(edge)
  if (known) return known
  const fresh: NewAttributes = { hosts: new Set(), ports: new Set(), callers: [], traces: [] }
  sums.attributes.set(edge, fresh)
  return fresh
}

/** Where the edge's sums begin. */
function edgePlace(sums: Accumulator, edge: number, timeMs: number): number {
  if (edge >= sums.edgePlaces.length) {
    sums.edgePlaces = grown(sums.edgePlaces, edge + 1)
    sums.noted = grown(sums.noted, NOTED_WORDS * (edge + 1))
  }
  const known = sums.edgePlaces[edge]!
  if (known !== 0) return (known - 1) * EDGE_WORDS
  const place = sums.edgeCount++
  sums.edgePlaces[edge] = place + 1
  const base = place * EDGE_WORDS
  if (base === sums.edgeWords.length) {
    sums.edgeWords = grown(sums.edgeWords, base + EDGE_WORDS)
    const times = new Float64Array((sums.edgeWords.length / EDGE_WORDS) * 2)
    times.set(sums.edgeTimes)
    sums.edgeTimes = times
  }
  sums.edgeWords.fill(0, base, base + EDGE_WORDS)
  sums.edgeWords[base + EDGE_ID] = edge
  sums.edgeWords[base + EDGE_BUCKETS] = -1
  sums.edgeTimes[2 * place] = timeMs
  sums.edgeTimes[2 * place + 1] = timeMs
  return base
}

/** Where the sums of the operation's minute begin. */
function bucketPlace(
  sums: Accumulator,
  keys: HashKeys,
  edge: number,
  operation: number,
  timeMs: number,
): number {
  const minute = Math.floor(timeMs / MINUTE_MS)
  const known = findPair(sums.buckets, keys, operation, minute)
  if (known >= 0) return known * BUCKET_WORDS
  const place = sums.bucketCount++
  addPair(sums.buckets, keys, operation, minute, place)
  const base = place * BUCKET_WORDS
  if (base === sums.bucketWords.length)
    sums.bucketWords = grown(sums.bucketWords, base + BUCKET_WORDS)
  sums.bucketWords.fill(0, base, base + BUCKET_WORDS)
  sums.bucketWords[base + BUCKET_OPERATION] = operation
  sums.bucketWords[base + BUCKET_MINUTE] = minute
  sums.bucketWords[base + BUCKET_NEXT] = sums.edgeWords[edge + EDGE_BUCKETS]!
  sums.edgeWords[edge + EDGE_BUCKETS] = base
  return base
}

function grown(words: Int32Array, needed: number): Int32Array {
  const larger = new Int32Array(Math.max(needed, words.length * 2))
  larger.set(words)
  return larger
}

/** Drops what was summed of an edge. */
export function clearEdge(sums: Accumulator, place: number): void {
  const { edgeWords, bucketWords } = sums
  const base = place * EDGE_WORDS
  const edge = edgeWords[base + EDGE_ID]!
  let bucket = edgeWords[base + EDGE_BUCKETS]!
  for (; bucket >= 0; bucket = bucketWords[bucket + BUCKET_NEXT]!) {
    bucketWords.fill(0, bucket + BUCKET_CALLS, bucket + BUCKET_NEXT)
    bucketWords.fill(0, bucket + BUCKET_BITS, bucket + BUCKET_WORDS)
    sums.unseen.delete(bucket)
    for (const isPlain of [true, false])
      sums.candidates.delete(candidateKey(bucketWords[bucket + BUCKET_OPERATION]!, isPlain))
  }
  edgeWords.fill(0, base + EDGE_CALLS, base + EDGE_BUCKETS)
  edgeWords.fill(0, base + EDGE_TRUST, base + EDGE_WORDS)
  sums.attributes.delete(edge)
  sums.examples.delete(edge)
}

/** A list by edge; to be added to. */
export function listOf<Value>(lists: Map<number, Value[]>, edge: number): Value[] {
  const known = lists.get(edge)
  if (known) return known
  const fresh: Value[] = []
  lists.set(edge, fresh)
  return fresh
}
