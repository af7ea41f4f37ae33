// What a baseline says, whether it is stored, in a file or about to be made: entries (approved edges),
// rules (patterns that allow or deny) and tags of nodes. Plain data; judging is drift.ts, files are
// in file/. Source: DESIGN section 4.
import type { EdgeKey, Protocol } from '../graph/edge.ts'
import type { NodeKey } from '../graph/node.ts'

/** Why a learned edge needs a person: seen in one trace, from one of several caller instances, only of late. */
export const QUARANTINE_REASONS = ['one_trace', 'one_instance', 'last_hour'] as const
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number]

/** Why something is approved, and until when. Texts are '' when nobody said. */
export type Notes = {
  readonly purpose: string
  readonly owner: string
  readonly ticket: string
  /** Who approved it; '' while nobody has. */
  readonly approver: string
  /** Unix ms from which on it does not hold any more; null: for good. */
  readonly expiresAtMs: number | null
}

/** Narrows what may be done over an edge; null allows anything. */
export type Allowance = {
  readonly protocols: readonly Protocol[] | null
  readonly operations: readonly string[] | null
  readonly ports: readonly number[] | null
}

/**
 * One approved edge, in the identities it was resolved to when approved. From a service to itself it
 * also stands for the service, so that one without edges can be approved.
 */
export type BaselineEntry = EdgeKey &
  Notes &
  Allowance & {
    /** Seen encrypted and never in the clear: a call in the clear is a downgrade. */
    readonly isEncrypted: boolean
    /** Ids of deny rules from which this edge is excepted. */
    readonly exceptionTo: readonly string[]
    /** Not empty: it does not hold until a person says so. */
    readonly quarantine: readonly QuarantineReason[]
  }

/** An approved edge of which nothing else was said. */
export function plainEntry({ source, target }: EdgeKey): BaselineEntry {
  return {
    ...{ source, target, purpose: '', owner: '', ticket: '', approver: '', expiresAtMs: null },
    ...{ protocols: null, operations: null, ports: null },
    ...{ isEncrypted: false, exceptionTo: [], quarantine: [] },
  }
}

/** Globs (core/graph/glob.ts); what is left out matches anything. A node matches none of `except`. */
export type NodePattern = {
  readonly environment?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
  readonly owner?: string
  readonly dataClass?: string
  readonly exposure?: string
  readonly layer?: string
  readonly except?: readonly NodePattern[]
}

/**
 * Allows or denies edges by pattern. A deny rule wins over entries and allow rules, but for entries
 * that are excepted from it by its id.
 */
export type BaselineRule = Notes &
  Allowance & {
    /** Unique in its baseline; letters, digits, dots, dashes, underscores; at most 64. */
    readonly id: string
    readonly effect: 'allow' | 'deny'
    readonly source: NodePattern
    readonly target: NodePattern
  }

/** What people or resource attributes say of a node; '' and [] where nothing is said. */
export type Tags = {
  readonly owner: string
  /** For example pii, payment, secrets. */
  readonly dataClasses: readonly string[]
  /** For example public, internal. */
  readonly exposure: string
  /** For example edge, web, service, data. */
  readonly layer: string
}
export type TaggedNode = NodeKey & Tags

export type BaselineContent = {
  readonly environment: string
  readonly entries: readonly BaselineEntry[]
  readonly rules: readonly BaselineRule[]
  readonly nodes: readonly TaggedNode[]
}
