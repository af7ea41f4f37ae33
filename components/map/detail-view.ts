// What the panel shows of one node or one edge: plain data, read when it is chosen. Times: unix ms.

import type { Tags } from '../../core/baseline/content.ts'
import type { Exemplar, Protocol, Trust } from '../../core/graph/edge.ts'
import type { EncryptionCounts, Estimate, Rollout } from '../../core/graph/graph.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import type { AlertView } from '../alerts/alert-view.ts'

/** Quantiles of one side of the calls; null when that side measured nothing. */
export type SideLatency = { readonly p50Ms: number | null; readonly p95Ms: number | null }

export type OperationView = {
  readonly name: string
  readonly calls: number
  readonly errors: number
}

export type EdgeDetail = {
  readonly id: string
  readonly source: NodeKey
  readonly target: NodeKey
  readonly protocol: Protocol
  /** Recorded ones; the estimate counts each with its sampling weight, where one is known. */
  readonly calls: number
  readonly errors: number
  readonly estimate: Estimate | null
  readonly sampledCalls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly client: SideLatency
  readonly server: SideLatency
  /** Calls by rule, of all time. */
  readonly trust: Trust
  /** Whether anything but one side's word stands for it. */
  readonly isConfirmed: boolean
  /** Of the calls of all time. */
  readonly encryption: EncryptionCounts
  /** Ids of the kept example traces, newest first. */
  readonly examples: readonly string[]
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
  readonly operations: readonly OperationView[]
  readonly exemplar: Exemplar | null
  /** The alert that stands for this edge. */
  readonly alert: AlertView | null
}

export type NodeDetail = NodeKey & {
  readonly id: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly isObserved: boolean
  readonly isSampledOnly: boolean
  readonly versions: readonly string[]
  readonly unattributedCalls: number
  readonly tags: Tags
  readonly rollout: Rollout | null
  /** Hosts behind an external domain, and addresses by which the node was called. */
  readonly hosts: readonly string[]
}
