// A baseline made ready for judging: what holds an edge is found without looking at other entries, so
// that a commit of few edges stays cheap beside a large baseline. Reads no clock: what has expired is
// decided by the moment that is passed in.
import type { EdgeKey } from '../graph/edge.ts'
import { compareText, type NodeKey, nodeId } from '../graph/node.ts'
import type { BaselineContent, BaselineEntry, BaselineRule } from './content.ts'
import { edgeId } from './drift.ts'
import { type Inventory, tagsOf } from './inventory.ts'
import { compilePattern, type NodeMatcher } from './pattern.ts'

export type PreparedRule = BaselineRule & {
  readonly matchesSource: NodeMatcher
  readonly matchesTarget: NodeMatcher
}

/** Callers of one node in the entries, itself left out. */
type Callers = { readonly total: number; readonly byNamespace: ReadonlyMap<string, number> }

/** Immutable. Ends of entries must be resolved identities; nothing else of a version needs to be. */
export type Baseline = {
  readonly environment: string
  /** Null: not a stored version but a file. */
  readonly version: number | null
  /** By edgeId. More than one where names that were approved apart resolve to one node. */
  readonly entries: ReadonlyMap<string, readonly BaselineEntry[]>
  /** nodeId of every node at an end of an entry that is not in quarantine. */
  readonly nodes: ReadonlySet<string>
  /** Sorted by id, so that of several that match always the same is named. */
  readonly denyRules: readonly PreparedRule[]
  readonly allowRules: readonly PreparedRule[]
  /** By nodeId of the target; without entries in quarantine. */
  readonly callers: ReadonlyMap<string, Callers>
  /** nodeId of every source of an entry to a database, without entries in quarantine. */
  readonly databaseUsers: ReadonlySet<string>
  readonly holdsQuarantined: boolean
}

export type PrepareOptions = {
  readonly version: number | null
  /** `strayline check` holds entries in quarantine and warns of them; a server does not hold them. */
  readonly holdsQuarantined: boolean
}

/** Shapes: entries and rules in any order. Never throws. Costs O(entries): keep the result. */
export function prepareBaseline(content: BaselineContent, options: PrepareOptions): Baseline {
  const rules = content.rules.map(prepareRule).sort((a, b) => compareText(a.id, b.id))
  const known = content.entries.filter((entry) => isKnown(entry, options))
  return {
    environment: content.environment,
    ...options,
    entries: Map.groupBy(content.entries, edgeId),
    nodes: new Set(known.flatMap(({ source, target }) => [nodeId(source), nodeId(target)])),
    denyRules: rules.filter((rule) => rule.effect === 'deny'),
    allowRules: rules.filter((rule) => rule.effect === 'allow'),
    callers: countCallers(known),
    databaseUsers: new Set(
      known.filter(({ target }) => target.kind === 'database').map(({ source }) => nodeId(source)),
    ),
  }
}

export function prepareRule(rule: BaselineRule): PreparedRule {
  return {
    ...rule,
    matchesSource: compilePattern(rule.source),
    matchesTarget: compilePattern(rule.target),
  }
}

function countCallers(entries: readonly BaselineEntry[]): Baseline['callers'] {
  const sources = new Map<string, Map<string, NodeKey>>()
  for (const { source, target } of entries) {
    const id = nodeId(target)
    // An entry to itself stands for the service.
    if (nodeId(source) === id) continue
    const known = sources.get(id) ?? new Map<string, NodeKey>()
    sources.set(id, known.set(nodeId(source), source))
  }
  return new Map([...sources].map(([id, callers]) => [id, countByNamespace([...callers.values()])]))
}

function countByNamespace(callers: readonly NodeKey[]): Callers {
  const byNamespace = new Map<string, number>()
  for (const { namespace } of callers)
    byNamespace.set(namespace, (byNamespace.get(namespace) ?? 0) + 1)
  return { total: callers.length, byNamespace }
}

/** A service that no entry names. */
export function isNewService(node: NodeKey, baseline: Baseline): boolean {
  return node.kind === 'service' && !baseline.nodes.has(nodeId(node))
}

/** When and beside which tags something is judged. */
export type Moment = { readonly nowMs: number; readonly tags: Inventory }

/** What the baseline says of an edge, whatever is done over it. */
export type Holding = {
  /** A deny rule from which no entry that holds the edge is excepted. */
  readonly deniedBy: BaselineRule | null
  /** Entries and allow rules that hold it; none where it is denied. */
  readonly holders: readonly (BaselineEntry | BaselineRule)[]
}

/** Costs the edge's own entries and the rules, never the other entries. */
export function holdingOf(edge: EdgeKey, baseline: Baseline, moment: Moment): Holding {
  const entries = (baseline.entries.get(edgeId(edge)) ?? []).filter(
    (entry) => isKnown(entry, baseline) && !isExpired(entry, moment),
  )
  const deniedBy = matchingRules(baseline.denyRules, edge, moment).find(
    (rule) =>
      !isExpired(rule, moment) && !entries.some((entry) => entry.exceptionTo.includes(rule.id)),
  )
  if (deniedBy) return { deniedBy, holders: [] }
  const rules = matchingRules(baseline.allowRules, edge, moment)
  return {
    deniedBy: null,
    holders: [...entries, ...rules.filter((rule) => !isExpired(rule, moment))],
  }
}

export function isHeld(edge: EdgeKey, baseline: Baseline, moment: Moment): boolean {
  return holdingOf(edge, baseline, moment).holders.length > 0
}

/** Whether one of its entries holds it: then the baseline has this edge, whether it is live or not. */
export function isHeldByEntry(edge: EdgeKey, baseline: Baseline, moment: Moment): boolean {
  return holdingOf(edge, baseline, moment).holders.some((holder) => 'isEncrypted' in holder)
}

/** Whether the entry counts: it is not in quarantine, or that does not matter here. */
export function isKnown(
  entry: BaselineEntry,
  { holdsQuarantined }: Pick<PrepareOptions, 'holdsQuarantined'>,
): boolean {
  return holdsQuarantined || entry.quarantine.length === 0
}

export function isExpired(
  holder: { readonly expiresAtMs: number | null },
  { nowMs }: Pick<Moment, 'nowMs'>,
): boolean {
  return holder.expiresAtMs !== null && nowMs >= holder.expiresAtMs
}

/** Those of the rules that match the edge by its ends, expired ones too. */
export function matchingRules(
  rules: readonly PreparedRule[],
  edge: EdgeKey,
  { tags }: Pick<Moment, 'tags'>,
): readonly PreparedRule[] {
  if (rules.length === 0) return rules
  const source = tagsOf(tags, edge.source)
  const target = tagsOf(tags, edge.target)
  return rules.filter(
    (rule) => rule.matchesSource(edge.source, source) && rule.matchesTarget(edge.target, target),
  )
}
