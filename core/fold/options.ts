// Settings of the fold, each with its unit. They are part of a snapshot's identity: a state made
// under other settings is drained, never folded further (DESIGN section 2, Snapshot).
import type { Glob, RewriteRule } from '../graph/glob.ts'

/** Raised whenever equal records would give another state or other results. */
export const FOLD_VERSION = 9

export type FoldOptions = {
  /** How long an unanswered client, root server or producer waits for its other half (EDGES R14). */
  readonly holdMs: number
  /** Quiet time after which a trace's proved calls are counted. */
  readonly quietMs: number
  /** How long a trace is remembered after it was last touched, for late halves and duplicates. */
  readonly lateWindowMs: number
  /** Spans in memory; when full, the oldest trace leaves: forgotten if final, else finalised early. */
  readonly pendingSpansMax: number
  /** Distinct combinations of service, kind and kept attributes. */
  readonly shapesMax: number
  /** Environments; the nodes of what is over go to the overflow environment. */
  readonly environmentsMax: number
  /** Nodes an environment; what is over goes to the overflow node of its kind. */
  readonly nodesMax: number
  /** External hosts an environment. */
  readonly externalHostsMax: number
  /** Edges an environment; what is over leads to the overflow node of its target's kind. */
  readonly edgesMax: number
  /** Operations an edge; what is over goes to the overflow operation. */
  readonly operationsPerEdgeMax: number
  /** Never takes a 64-bit trace id for the end of a full one (EDGES R1). */
  readonly isTraceIdStrict: boolean
  /** What becomes of a SERVER span whose parent never arrives and that names no caller (R10). */
  readonly orphans: OrphanPolicy
  /** Proxies to be spliced out: A -> proxy -> B becomes A -> B. With a slash: namespace/name, else the name. */
  readonly transparentServices: readonly Glob[]
  /** Whether services of one name in several namespaces are several or one. */
  readonly serviceIdentity: ServiceIdentity
  /** Names for hosts, for databases as N1 writes them, and for messaging destinations. */
  readonly rewriteHosts: readonly RewriteRule[]
  readonly rewriteDatabases: readonly RewriteRule[]
  readonly rewriteDestinations: readonly RewriteRule[]
  /** Attributes that decode takes for the logical peer; here because a change of them drains the state. */
  readonly peerKeys: readonly string[]
  /** Example traces: a few an hour as they come, or those whose ids hash lowest, whatever the order. */
  readonly examples: 'hourly' | 'lowestHash'
}

export const ORPHAN_POLICIES = ['drop', 'external:unknown'] as const
export type OrphanPolicy = (typeof ORPHAN_POLICIES)[number]
export const SERVICE_IDENTITIES = ['namespace/name', 'name'] as const
export type ServiceIdentity = (typeof SERVICE_IDENTITIES)[number]

export const DEFAULT_FOLD_OPTIONS: FoldOptions = {
  holdMs: 30_000,
  quietMs: 2_000,
  lateWindowMs: 600_000,
  pendingSpansMax: 4_000_000,
  shapesMax: 200_000,
  environmentsMax: 100,
  nodesMax: 20_000,
  externalHostsMax: 2_000,
  edgesMax: 100_000,
  operationsPerEdgeMax: 200,
  isTraceIdStrict: false,
  orphans: 'drop',
  transparentServices: [],
  serviceIdentity: 'namespace/name',
  rewriteHosts: [],
  rewriteDatabases: [],
  rewriteDestinations: [],
  peerKeys: [],
  examples: 'hourly',
}

/** Bounds that are not settings. Source: EDGES.md, Decided for Strayline, Bounds. */
export const NESTING_MAX = 64
export const LINKS_PER_TARGET_MAX = 1_024
export const SPANS_PER_TRACE_MAX = 100_000
/** Times shapesMax: characters that the keys of all shapes may have. Ordinary ones have 200 to 400. */
export const SHAPE_CHARS_MEAN_MAX = 640
/** Spans of one id in one trace, by kind and service (two share an id where client and server do). */
export const SPANS_PER_ID_MAX = 64
/**
 * Traces whose ids share their low half: a change of one looks at all, because a 64-bit id may stand for
 * any of them. Links may take half of the places: what is linked to cannot be evicted.
 */
export const TRACES_PER_LOW_HALF_MAX = 8

/** Name of the environment, node or operation that takes what is over a limit. Parentheses: no service is called so by chance. */
export const OVERFLOW_NAME = '(overflow)'
