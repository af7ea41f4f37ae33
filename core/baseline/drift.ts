// Drift as it is told: its kinds, how bad it is, what it says. One edge (or one service without edges)
// has at most one drift, of the most specific kind. Found by judge.ts; stored as an alert.
import type { EdgeKey, Protocol } from '../graph/edge.ts'
import type { ExamplesOf } from '../graph/graph.ts'
import { type NodeKey, nodeId } from '../graph/node.ts'

/** The most specific first: of several that fit an edge, the first is told. */
export const DRIFT_KINDS = [
  'denied', // a deny rule matches
  'expired', // its entry or the rule that held it has run out
  'downgraded', // in the clear, though approved as encrypted
  'first_path', // lets a service reach a class of data that the baseline gives it no path to
  'cross_environment',
  'new_external',
  'new_database',
  'new_service', // of a service that no entry names; or such a service without any edge
  'new_edge',
  'new_protocol', // held, but outside of what its entry or rule allows
  'new_port',
  'new_operation',
] as const
export type DriftKind = (typeof DRIFT_KINDS)[number]

/** Whether an alert of the one kind is told again when its drift becomes one of the other. */
export function isWorseKind(kind: DriftKind, than: DriftKind): boolean {
  return DRIFT_KINDS.indexOf(kind) < DRIFT_KINDS.indexOf(than)
}

/** The worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** An edge as it was seen, in resolved identities. Lists in any order. Times: unix ms. */
export type ObservedEdge = EdgeKey & {
  readonly protocol: Protocol
  readonly operations: readonly string[]
  readonly ports: readonly number[]
  /** Calls known to be encrypted, and known to be in the clear; of the rest of `calls` it is unknown. */
  readonly tlsCalls: number
  readonly plainCalls: number
  readonly calls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** Trace ids, 32 hex digits. */
  readonly examples: readonly string[]
  /** What some of them show, where that is known. */
  readonly examplesOf?: ExamplesOf
}

/** A service that an edge lets reach a class of data. */
export type ReachPair = { readonly service: NodeKey; readonly dataClass: string }
/** A node that holds classified data. */
export type ClassifiedStore = { readonly node: NodeKey; readonly dataClasses: readonly string[] }

/** Classified data behind an edge that the baseline does not hold. Lists are bounded, totals are not. */
export type Reaches = {
  /** What the baseline gives no path to: services exposed to the public first, then by distance. */
  readonly pairs: readonly ReachPair[]
  readonly pairsTotal: number
  /** All classified nodes reachable over the edge, the nearest first. */
  readonly stores: readonly ClassifiedStore[]
  readonly storesTotal: number
}

export const NOTHING_REACHED: Reaches = { pairs: [], pairsTotal: 0, stores: [], storesTotal: 0 }

/** What an edge does beyond what its entry and rules allow. */
export type News = {
  readonly protocols: readonly Protocol[]
  readonly operations: readonly string[]
  readonly ports: readonly number[]
}

export const NO_NEWS: News = { protocols: [], operations: [], ports: [] }

/** Sentences are whole, and safe to show as text: names in them cannot pass for words of ours. */
export type Drift = {
  readonly kind: DriftKind
  /** Identifies the one alert of it in its environment. */
  readonly subject: string
  /** Resolved ends; null when it is about a service without edges, which is `node`. */
  readonly edge: EdgeKey | null
  readonly node: NodeKey | null
  readonly severity: Severity
  readonly summary: string
  readonly reasonsFor: readonly string[]
  readonly reasonsAgainst: readonly string[]
  /** Of the rule that denies it, or that held it until it expired. */
  readonly ruleId: string | null
  readonly reaches: Reaches
  readonly news: News
  /** Example traces of the edge. */
  readonly examples: readonly string[]
}

/** One string for one edge, usable as a Map key. */
export function edgeId(edge: EdgeKey): string {
  return `${nodeId(edge.source)}\0\0${nodeId(edge.target)}`
}

/** The subject of an edge's alert: readable, and unambiguous because names are JSON strings in it. */
export function edgeSubject(edge: EdgeKey): string {
  return JSON.stringify([endOf(edge.source), endOf(edge.target)])
}

/** The subject of the alert of a service without edges; never that of an edge. */
export function nodeSubject(node: NodeKey): string {
  return JSON.stringify(endOf(node))
}

function endOf(node: NodeKey): readonly string[] {
  return [node.environment, node.kind, node.namespace, node.name]
}
