// The judge: live edges held against a baseline. It compares states, not events: judged again, in any
// order or number of steps, the same edges give the same drifts (DESIGN section 2).
import type { EdgeKey } from '../graph/edge.ts'
import { compareEdges } from '../graph/from-delta.ts'
import { compareNodes, type NodeKey, nodeId } from '../graph/node.ts'
import type { BaselineEntry, BaselineRule } from './content.ts'
import {
  type Drift,
  type DriftKind,
  edgeId,
  edgeSubject,
  type News,
  NO_NEWS,
  NOTHING_REACHED,
  nodeSubject,
  type ObservedEdge,
} from './drift.ts'
import { exampleTraces } from './examples.ts'
import {
  type Baseline,
  type Holding,
  holdingOf,
  isExpired,
  isHeldByEntry,
  isKnown,
  isNewService,
  type Moment,
  matchingRules,
} from './prepare.ts'
import { findPaths, type Paths } from './reach.ts'
import { type Rollouts, reasonsAgainst, reasonsFor } from './reasons.ts'
import { severityOf } from './severity.ts'
import { type Finding, summarise, summariseNode } from './summary.ts'

export type JudgeContext = Moment & {
  readonly rollouts: Rollouts
  /** Over all live edges (reach.ts); null when nothing is classified, or needsPaths says no. */
  readonly paths: Paths | null
}

/** What is known of a service beside its name. */
export type ObservedNode = NodeKey & {
  /** Spans of its own were seen. */
  readonly isObserved: boolean
}

/**
 * Whether judging these edges, or forgetting them, takes all live edges: data is classified and one of
 * them is held by no entry, so that it may open or close paths, its own and those of others. Then all
 * are to be judged (judgeGraph); else judgeEdge of each, with paths null, gives the same.
 */
export function needsPaths(edges: Iterable<EdgeKey>, baseline: Baseline, moment: Moment): boolean {
  if (![...moment.tags.values()].some((tags) => tags.dataClasses.length > 0)) return false
  return [...edges].some((edge) => !isHeldByEntry(edge, baseline, moment))
}

/**
 * All drifts of an environment, sorted by edge; services without edges after them. edges: all live
 * ones, each once, any order; those of other environments are left out. nodes: services among them
 * that were observed, have no edge and are in no entry are drifts of their own.
 */
export function judgeGraph(
  graph: { readonly edges: readonly ObservedEdge[]; readonly nodes: readonly ObservedNode[] },
  baseline: Baseline,
  context: Omit<JudgeContext, 'paths'>,
): readonly Drift[] {
  const live = graph.edges.filter((edge) => edge.source.environment === baseline.environment)
  const paths = needsPaths(live, baseline, context) ? findPaths(live, baseline, context) : null
  const connected = new Set(graph.edges.flatMap((edge) => [edge.source, edge.target].map(nodeId)))
  const found = live
    .toSorted(compareEdges)
    .map((edge) => judgeEdge(edge, baseline, { ...context, paths }))
  const alone = graph.nodes
    .filter((node) => !connected.has(nodeId(node)))
    .sort(compareNodes)
    .map((node) => judgeNode(node, baseline, context))
  return [...found, ...alone].filter((drift) => drift !== null)
}

/** The drift of one live edge of the baseline's environment; null when there is none. Never throws. */
export function judgeEdge(
  edge: ObservedEdge,
  baseline: Baseline,
  context: JudgeContext,
): Drift | null {
  const finding = findDrift(edge, baseline, context)
  if (finding === null) return null
  const { kind, reaches, news } = finding
  return {
    kind,
    subject: edgeSubject(edge),
    edge: { source: edge.source, target: edge.target },
    node: null,
    severity: severityOf(kind, edge, { tags: context.tags, reaches }),
    summary: summarise(finding, baseline),
    reasonsFor: reasonsFor(finding, baseline, context),
    reasonsAgainst: reasonsAgainst(finding, baseline, context),
    ruleId: finding.rule?.id ?? null,
    reaches,
    news,
    examples: exampleTraces(edge, kind, news),
  }
}

/**
 * The drift of an observed service without any live edge; null when an entry names it (accepted, such
 * a service has an entry from itself to itself). A service just seen may get its edges a moment later.
 */
export function judgeNode(
  node: ObservedNode,
  baseline: Baseline,
  context: Pick<Moment, 'tags'>,
): Drift | null {
  const isOurs = node.environment === baseline.environment
  if (!node.isObserved || !isOurs || !isNewService(node, baseline)) return null
  const { environment, kind, namespace, name } = node
  const edge = { source: node, target: node }
  return {
    kind: 'new_service',
    subject: nodeSubject(node),
    edge: null,
    node: { environment, kind, namespace, name },
    severity: severityOf('new_service', edge, { tags: context.tags, reaches: NOTHING_REACHED }),
    summary: summariseNode(node, baseline),
    reasonsFor: [],
    reasonsAgainst: [],
    ruleId: null,
    reaches: NOTHING_REACHED,
    news: NO_NEWS,
    examples: [],
  }
}

function findDrift(edge: ObservedEdge, baseline: Baseline, context: JudgeContext): Finding | null {
  const { deniedBy, holders } = holdingOf(edge, baseline, context)
  if (holders.length > 0) return findDeviation(edge, holders)
  const reaches = context.paths?.over(edge) ?? NOTHING_REACHED
  const found = { edge, reaches, news: NO_NEWS, holders, rule: null, lapsed: null }
  if (deniedBy) return { ...found, kind: 'denied', rule: deniedBy }
  const lapsed = findLapsed(edge, baseline, context)
  if (lapsed) return { ...found, kind: 'expired', lapsed, rule: 'effect' in lapsed ? lapsed : null }
  return { ...found, kind: reaches.pairsTotal > 0 ? 'first_path' : newKind(edge, baseline) }
}

/** What held the edge until it ran out. A rule: when the edge was there while it still held. */
function findLapsed(
  edge: ObservedEdge,
  baseline: Baseline,
  moment: Moment,
): BaselineEntry | BaselineRule | null {
  const entries = baseline.entries.get(edgeId(edge)) ?? []
  const lapsed = entries.find((entry) => isKnown(entry, baseline) && isExpired(entry, moment))
  if (lapsed) return lapsed
  const rules = matchingRules(baseline.allowRules, edge, moment)
  return (
    rules.find((rule) => isExpired(rule, moment) && edge.firstSeenMs < rule.expiresAtMs!) ?? null
  )
}

function newKind(edge: EdgeKey, baseline: Baseline): DriftKind {
  const { source, target } = edge
  if (source.environment !== target.environment) return 'cross_environment'
  if (target.kind === 'external') return 'new_external'
  if (target.kind === 'database') return 'new_database'
  const isOfNew = [source, target].some((node) => isNewService(node, baseline))
  return isOfNew ? 'new_service' : 'new_edge'
}

type Holders = Holding['holders']

/** What a held edge does beyond what it is held for. */
function findDeviation(edge: ObservedEdge, holders: Holders): Finding | null {
  const news = newsOf(edge, holders)
  const found = { edge, reaches: NOTHING_REACHED, news, holders, rule: null, lapsed: null }
  if (edge.plainCalls > 0 && isHeldEncrypted(holders)) return { ...found, kind: 'downgraded' }
  if (news.protocols.length > 0) return { ...found, kind: 'new_protocol' }
  if (news.ports.length > 0) return { ...found, kind: 'new_port' }
  return news.operations.length > 0 ? { ...found, kind: 'new_operation' } : null
}

/** A rule does not say how an edge was seen, so it takes no part. */
function isHeldEncrypted(holders: Holders): boolean {
  const entries = holders.filter((holder) => 'isEncrypted' in holder)
  return entries.length > 0 && entries.every((entry) => entry.isEncrypted)
}

/** What none of the holders allows: what one of them leaves open is allowed. */
function newsOf(edge: ObservedEdge, holders: Holders): News {
  return {
    protocols: beyond(
      [edge.protocol],
      holders.map((holder) => holder.protocols),
    ),
    operations: beyond(
      edge.operations,
      holders.map((holder) => holder.operations),
    ),
    ports: beyond(
      edge.ports,
      holders.map((holder) => holder.ports),
    ),
  }
}

function beyond<T extends string | number>(
  seen: readonly T[],
  allowed: readonly (readonly T[] | null)[],
): readonly T[] {
  if (allowed.includes(null)) return []
  const known = new Set(allowed.flatMap((each) => each ?? []))
  return seen.filter((each) => !known.has(each)).sort(compareValues)
}

function compareValues<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
