// An edge of the graph: protocol, trust, and the pieces in which the fold hands it to a commit.
// All counts of a delta may be negative (a late span takes back what it disproved); every merge is
// a sum, a minimum or a maximum, so that deltas commute.
import type { ShownBy } from './examples.ts'
import type { NodeKey } from './node.ts'
import type { StatedTag } from './tags.ts'

/** Highest seen wins, in this order (EDGES section 1). */
export const PROTOCOLS = ['other', 'http', 'rpc', 'grpc', 'messaging', 'database'] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** How an edge's calls were inferred (EDGES R5-R10). */
export const TRUST_RULES = [
  'paired', // both halves were there
  'hop', // a span of another service below, no server half (R6)
  'clientOnly', // virtual: host, database, faas, aws, gen_ai, rpc service (R7)
  'serverOnly', // the client half is missing (R5.3), or an entry (R10)
  'peer', // stated logical peer (N3)
  'messaging', // through a broker, by parent or alone (R8)
  'link', // through a broker, by span link (R8)
] as const
export type TrustRule = (typeof TRUST_RULES)[number]
/** Calls by rule. */
export type Trust = { readonly [rule in TrustRule]: number }

/** Whether anything but one side's word stands for an edge. */
export function isConfirmed(trust: Trust): boolean {
  return trust.paired + trust.hop + trust.messaging + trust.link > 0
}

export type EdgeKey = { readonly source: NodeKey; readonly target: NodeKey }

/** One span of an example trace, reduced to what is kept. Times: unix ms. */
export type ExemplarSpan = {
  readonly spanId: string
  readonly parentId: string
  readonly kind: number
  readonly service: string
  readonly operation: string
  readonly startMs: number
  readonly durationMs: number
  readonly isError: boolean
}

/** A kept example trace. The same trace may come again, more complete: replace its spans. */
export type Exemplar = {
  readonly traceId: string
  readonly startMs: number
  readonly spans: readonly ExemplarSpan[]
}

/** What changed at a node. Nodes without edges come too: a service must not be missing. */
export type NodeDelta = NodeKey & {
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** Spans of its own were seen, so its name is not merely stated by a peer. */
  readonly isObserved: boolean
  /** Some of its spans came with a sampling weight above 1; ... */
  readonly isSampled: boolean
  /** ... some with a weight of 1, or with none stated. */
  readonly isWhole: boolean
  /** service.version values newly seen. */
  readonly versions: readonly string[]
  /** Instances newly seen (digests.ts), of which two are kept. */
  readonly instances: readonly string[]
  /** Tags newly stated by a resource (tags.ts), one of each at most. */
  readonly tags: readonly StatedTag[]
  /** Server calls whose caller never came (EDGES R10), signed. */
  readonly unattributedCalls: number
}

/** Counts of one operation of an edge in one minute. */
export type BucketDelta = {
  readonly operation: string
  /** Unix ms, whole minute, UTC. */
  readonly startMs: number
  readonly calls: number
  readonly errors: number
  /** Counts by latency bucket (histogram.ts), HISTOGRAM_BUCKETS entries, or null when no call was measured on that side. */
  readonly clientLatency: readonly number[] | null
  readonly serverLatency: readonly number[] | null
  /** Calls whose spans came with a sampling weight above 1. */
  readonly sampledCalls: number
  /**
   * What sampling left out, by the weights of what it kept, in 1/WEIGHT_UNIT (core/span/sampling.ts): the
   * estimate of all calls is calls + unseenCalls / WEIGHT_UNIT. Whole numbers, so that sums and
   * differences are exact.
   */
  readonly unseenCalls: number
  readonly unseenErrors: number
  /** The same by latency bucket; null when nothing was left out. */
  readonly unseenClient: readonly number[] | null
  readonly unseenServer: readonly number[] | null
}

/** Of a bucket without sampled calls. */
export const NOTHING_UNSEEN = {
  sampledCalls: 0,
  unseenCalls: 0,
  unseenErrors: 0,
  unseenClient: null,
  unseenServer: null,
} as const

export type EdgeDelta = {
  /** Positions in GraphDelta.nodes. */
  readonly source: number
  readonly target: number
  readonly protocol: Protocol
  readonly calls: number
  readonly errors: number
  /** Of the calls, those that state to be encrypted, and those in the clear; of the rest it is unknown. */
  readonly tlsCalls: number
  readonly plainCalls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** Newly seen; attributes, never identity. */
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
  /** Instances of the source that called (digests.ts), of which two are kept. */
  readonly callerInstances: readonly string[]
  /** Traces that show it (digests.ts), of which two are kept: enough to know that there is more than one. */
  readonly traces: readonly string[]
  readonly trust: Trust
  readonly buckets: readonly BucketDelta[]
  /** Exemplars of this delta that show this edge. */
  readonly exemplars: readonly ShownBy[]
}

/** Everything the fold emitted since it was last asked. At most one NodeDelta a node and one EdgeDelta an edge. */
export type GraphDelta = {
  readonly nodes: readonly NodeDelta[]
  readonly edges: readonly EdgeDelta[]
  readonly exemplars: readonly Exemplar[]
}
