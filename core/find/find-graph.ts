// What the find language speaks about: a graph as the map has it, each node and edge with its facts. The map's
// view fits as it is; whoever else has such a graph (tables, exports) can ask in the same words.

import type { Tags } from '../baseline/content.ts'
import type { DriftKind } from '../baseline/drift.ts'
import type { Protocol, Trust } from '../graph/edge.ts'
import type { EncryptionCounts, Estimate } from '../graph/graph.ts'
import type { NodeKey } from '../graph/node.ts'

export type FindNode = NodeKey & {
  readonly id: string
  readonly tags: Tags
  readonly versions: readonly string[]
  readonly isNew: boolean
  readonly isObserved: boolean
  readonly isSampledOnly: boolean
  readonly unattributedCalls: number
  /** Unix ms. */
  readonly firstSeenMs: number
  readonly lastSeenMs: number
}

export type FindEdge = {
  readonly id: string
  /** Ids of nodes of the same graph. */
  readonly sourceId: string
  readonly targetId: string
  readonly protocol: Protocol
  readonly calls: number
  readonly errors: number
  readonly estimate: Estimate | null
  readonly sampledCalls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** Null: nothing was measured, or the graph is too large for it to be read. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly trust: Trust
  readonly isConfirmed: boolean
  readonly encryption: EncryptionCounts
  readonly standing: 'neutral' | 'known' | 'new' | 'rejected'
  readonly driftKind: DriftKind | null
  /** Names; null when the graph is too large for them to be read. */
  readonly operations: readonly string[] | null
}

export type FindGraph = {
  readonly nodes: readonly FindNode[]
  readonly edges: readonly FindEdge[]
  /** Unix ms: ages count from here. */
  readonly readAtMs: number
}
