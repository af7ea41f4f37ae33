// The graph as it is read: nodes and edges of one environment in one window of time, in resolved
// identities (resolve.ts). What the map, the API, the exports and the judge share.
import type { Tags } from '../baseline/content.ts'
import type { Protocol, Trust } from './edge.ts'
import type { NodeKey } from './node.ts'

/** A service's version that was seen last for the first time, after another: unix ms. */
export type Rollout = { readonly version: string; readonly sinceMs: number }

export type GraphNode = NodeKey & {
  /** Stable while the node is stored; not derived from its name. */
  readonly id: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** Spans of its own were seen. */
  readonly isObserved: boolean
  readonly versions: readonly string[]
  /** Every span of its own came with a sampling weight above 1: what is rare may never have been seen. */
  readonly isSampledOnly: boolean
  /** Digests of two of its instances at most (digests.ts). */
  readonly instances: readonly string[]
  readonly tags: Tags
  /** Null while but one version was seen, and where a graph is read from files. */
  readonly rollout: Rollout | null
  readonly unattributedCalls: number
}

/** Of an edge's calls: what is neither is unknown. */
export type EncryptionCounts = { readonly tlsCalls: number; readonly plainCalls: number }

/** Counts by their sampling weights, where some are known: an estimate of what really happened. */
export type Estimate = { readonly calls: number; readonly errors: number }

export type GraphOperation = {
  readonly name: string
  /** Recorded calls. */
  readonly calls: number
  readonly errors: number
}

/** An edge with what was counted over it in all. */
export type CountedEdge = {
  readonly id: string
  readonly source: NodeKey
  readonly target: NodeKey
  readonly protocol: Protocol
  /** Recorded calls; what happened is `estimate` where that is known to be more. */
  readonly calls: number
  readonly errors: number
  /** Null when no call came with a sampling weight above 1. */
  readonly estimate: Estimate | null
  /** Of the recorded calls, those that came with a sampling weight above 1. */
  readonly sampledCalls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly trust: Trust
  readonly encryption: EncryptionCounts
  /** Instances of its source that called, two at most (digests.ts). */
  readonly callerInstances: readonly string[]
  /** Digests of two of the traces that show it at most. */
  readonly traces: readonly string[]
  /** Example traces (32 hex digits), where a graph is read from files; stored ones come with the edge's detail. */
  readonly examples: readonly string[]
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
  /**
   * Quantiles of the client side's latency, else the server side's, each call with its weight; null when
   * nothing was measured.
   */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

/** Example traces that show something in particular. */
export type ExamplesOf = {
  /** Calls in the clear. */
  readonly plain: readonly string[]
  /** By operation. */
  readonly operations: ReadonlyMap<string, readonly string[]>
}

export type GraphEdge = CountedEdge & {
  readonly operations: readonly GraphOperation[]
  /** Where a graph is read from files. */
  readonly examplesOf?: ExamplesOf
}

export type Graph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }

/** The graph with what was counted over each edge in all. */
export type CountedGraph = {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly CountedEdge[]
  /** How many are stored but left out, because nothing was seen of them for a long time. */
  readonly stale: { readonly nodes: number; readonly edges: number }
}

/** The same for the map. One of very many edges has neither latency nor operations: read faster. */
export type GraphSummary = Omit<CountedGraph, 'edges'> & {
  readonly edges: readonly SummaryEdge[]
}

/** Names of all its operations; null when they were not read. */
export type SummaryEdge = CountedEdge & { readonly operationNames: readonly string[] | null }
