// The graph as it is read: nodes and edges of one environment in one window of time, in resolved
// identities (resolve.ts). What the map, the API, the exports and the judge share.
import type { Protocol, Trust } from './edge.ts'
import type { NodeKey } from './node.ts'

export type GraphNode = NodeKey & {
  /** Stable while the node is stored; not derived from its name. */
  readonly id: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** Spans of its own were seen. */
  readonly isObserved: boolean
  readonly versions: readonly string[]
  readonly unattributedCalls: number
}

export type GraphOperation = {
  readonly name: string
  readonly calls: number
  readonly errors: number
}

export type GraphEdge = {
  readonly id: string
  readonly source: NodeKey
  readonly target: NodeKey
  readonly protocol: Protocol
  readonly calls: number
  readonly errors: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly trust: Trust
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
  readonly operations: readonly GraphOperation[]
  /** Quantiles of the client side's latency, else the server side's; null when nothing was measured. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

export type Graph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
