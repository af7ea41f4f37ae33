// Drift, first form: one edge held against the active baseline of its environment. State is
// compared, not events: judged again, the same edge gives the same answer (DESIGN section 2, Judge).
import type { EdgeKey } from '../graph/edge.ts'
import { type NodeKey, nodeId } from '../graph/node.ts'

export const DRIFT_KINDS = [
  'new_external',
  'new_database',
  'cross_environment',
  'new_service',
  'new_edge',
] as const
export type DriftKind = (typeof DRIFT_KINDS)[number]

/** The active baseline as the judge needs it. Entries are resolved identities. */
export type Baseline = {
  readonly environment: string
  readonly version: number
  /** edgeId of every approved edge. */
  readonly edges: ReadonlySet<string>
  /** nodeId of every node at either end of one. */
  readonly nodes: ReadonlySet<string>
}

/** `subject` and kind identify the one alert this drift has (DESIGN section 4). */
export type Drift = {
  readonly kind: DriftKind
  readonly subject: string
  readonly summary: string
  readonly reasons: readonly string[]
}

/** One string for one edge, usable as a Map key and, escaped of NUL, as an alert's subject. */
export function edgeId(edge: EdgeKey): string {
  return `${nodeId(edge.source)}\0\0${nodeId(edge.target)}`
}

/** Builds the judge's form of a baseline from its entries (resolved identities, any order). */
export function baselineOf(
  environment: string,
  version: number,
  entries: Iterable<EdgeKey>,
): Baseline {
  const edges = new Set<string>()
  const nodes = new Set<string>()
  for (const entry of entries) {
    edges.add(edgeId(entry))
    nodes.add(nodeId(entry.source))
    nodes.add(nodeId(entry.target))
  }
  return { environment, version, edges, nodes }
}

/**
 * What is wrong with an edge that the baseline does not hold, as the most specific kind; null when
 * the baseline holds it. edge: resolved identities. Never throws.
 */
export function judgeEdge(edge: EdgeKey, baseline: Baseline): Drift | null {
  if (baseline.edges.has(edgeId(edge))) return null
  const kind = driftKind(edge, baseline)
  return {
    kind,
    subject: edgeSubject(edge),
    summary: summarise(kind, edge, baseline.version),
    reasons: reasonsFor(edge, baseline),
  }
}

/** The subject of an edge's alert: readable, and unambiguous because names are JSON strings in it. */
export function edgeSubject(edge: EdgeKey): string {
  const end = (node: NodeKey) => [node.environment, node.kind, node.namespace, node.name]
  return JSON.stringify([end(edge.source), end(edge.target)])
}

function driftKind(edge: EdgeKey, baseline: Baseline): DriftKind {
  if (edge.target.kind === 'external') return 'new_external'
  if (edge.target.kind === 'database') return 'new_database'
  if (edge.source.environment !== edge.target.environment) return 'cross_environment'
  if (!baseline.nodes.has(nodeId(edge.source)) || !baseline.nodes.has(nodeId(edge.target)))
    return 'new_service'
  return 'new_edge'
}

const SENTENCES: { readonly [kind in DriftKind]: (source: string, target: string) => string } = {
  new_external: (source, target) => `${source} began calling the external destination ${target}`,
  new_database: (source, target) => `${source} accessed database ${target} for the first time`,
  cross_environment: (source, target) => `${source} began calling ${target} in another environment`,
  new_service: (source, target) => `${source} began calling ${target}, and one of them is new`,
  new_edge: (source, target) => `${source} began calling ${target}`,
}

function summarise(kind: DriftKind, edge: EdgeKey, version: number): string {
  const sentence = SENTENCES[kind](nameOf(edge.source), nameOf(edge.target))
  return `${sentence}; baseline version ${version} does not hold this edge.`
}

function nameOf(node: NodeKey): string {
  if (node.kind === 'user') return 'A user'
  return quoteOdd(node.namespace ? `${node.namespace}/${node.name}` : node.name)
}

/** Quotes what could be read as words of the sentence around it; a name of one word stays as it is. */
function quoteOdd(name: string): string {
  if (/^[\p{L}\p{N}][^\s,;“”]*$/u.test(name)) return name
  return `“${name.replace(/[“”]/g, "'")}”`
}

function reasonsFor(edge: EdgeKey, baseline: Baseline): string[] {
  const reasons: string[] = []
  if (!baseline.nodes.has(nodeId(edge.source)))
    reasons.push(`${nameOf(edge.source)} is in no edge of the baseline.`)
  if (!baseline.nodes.has(nodeId(edge.target)))
    reasons.push(`${nameOf(edge.target)} is in no edge of the baseline.`)
  const callers = callersOf(edge.target, baseline)
  if (callers > 0)
    reasons.push(
      `The baseline has ${callers} other ${callers === 1 ? 'caller' : 'callers'} of ${nameOf(edge.target)}.`,
    )
  return reasons
}

function callersOf(target: NodeKey, baseline: Baseline): number {
  const suffix = `\0\0${nodeId(target)}`
  let callers = 0
  for (const id of baseline.edges) if (id.endsWith(suffix)) callers++
  return callers
}
