// The one sentence of a drift: who did what, and what the baseline says of it.
import type { BaselineEntry, BaselineRule } from './content.ts'
import type { DriftKind, News, ObservedEdge, Reaches } from './drift.ts'
import { type Baseline, type Holding, isNewService } from './prepare.ts'
import { countOf, listOf, nameOf, quote, startName, timeOf } from './sentence.ts'

/** What the judge found of an edge, as it is told. */
export type Finding = {
  readonly edge: ObservedEdge
  readonly kind: DriftKind
  readonly reaches: Reaches
  readonly news: News
  readonly holders: Holding['holders']
  /** What held the edge until it expired. */
  readonly lapsed: BaselineEntry | BaselineRule | null
  /** The rule that denies it, or that lapsed. */
  readonly rule: BaselineRule | null
}

type Names = {
  readonly source: string
  readonly target: string
  readonly baseline: string
  readonly isNew: { readonly source: boolean; readonly target: boolean }
}

export function summarise(finding: Finding, baseline: Baseline): string {
  const { source, target } = finding.edge
  const names = {
    source: startName(source),
    target: nameOf(target),
    baseline: baselineName(baseline),
    isNew: { source: isNewService(source, baseline), target: isNewService(target, baseline) },
  }
  return SENTENCES[finding.kind](names, finding)
}

export function summariseNode(node: ObservedEdge['source'], baseline: Baseline): string {
  return `${nameOf(node)} is a new service without edges; no entry of ${baselineName(baseline)} names it.`
}

function baselineName({ version }: Baseline): string {
  return version === null ? 'the baseline' : `baseline version ${version}`
}

const SENTENCES: {
  readonly [kind in DriftKind]: (names: Names, finding: Finding) => string
} = {
  denied: ({ source, target, baseline }, { rule }) =>
    `${source} called ${target}, which rule ${quote(rule?.id ?? '')} of ${baseline} denies.`,
  expired: ({ source, target, baseline }, { lapsed, rule }) => {
    const what = rule ? `rule ${quote(rule.id)}` : 'the approval'
    return `${source} calls ${target}, though ${what} of ${baseline} that held this edge expired on ${timeOf(lapsed?.expiresAtMs ?? 0)}.`
  },
  downgraded: ({ source, target, baseline }) =>
    `${source} called ${target} in the clear; ${baseline} holds this edge as encrypted.`,
  first_path: ({ source, target, baseline }, { reaches }) =>
    `${source} began calling ${target}, and so ${whoReaches(reaches)}; ${baseline} has no such path.`,
  cross_environment: (names, { edge }) =>
    unheld(names, `began calling ${names.target} in environment ${quote(edge.target.environment)}`),
  new_external: (names) => unheld(names, `began calling the external destination ${names.target}`),
  new_database: (names) => unheld(names, `accessed database ${names.target} for the first time`),
  new_service: (names, { edge }) => {
    const source = names.isNew.source ? `The new service ${nameOf(edge.source)}` : names.source
    const target = names.isNew.target ? `the new service ${names.target}` : names.target
    return unheld({ ...names, source }, `began calling ${target}`)
  },
  new_edge: (names) => unheld(names, `began calling ${names.target}`),
  new_protocol: (names, { news }) => beyond(names, `by ${listOf(news.protocols)}`),
  new_port: (names, { news }) =>
    beyond(names, `on port ${listOf(news.ports.map(String), news.ports.length)}`),
  new_operation: ({ source, target, baseline }, { news }) =>
    `${source} called ${listOf(news.operations.map(quote))} of ${target}, which ${baseline} does not allow.`,
}

function unheld({ source, baseline }: Names, what: string): string {
  return `${source} ${what}; ${baseline} does not hold this edge.`
}

function beyond({ source, target, baseline }: Names, how: string): string {
  return `${source} called ${target} ${how}, which ${baseline} does not allow.`
}

function whoReaches({ pairs, pairsTotal }: Reaches): string {
  const first = pairs[0]
  if (!first) return ''
  const more = pairsTotal - 1
  const rest = more > 0 ? ` (and ${countOf(more, 'other such path', 'other such paths')})` : ''
  return `${nameOf(first.service)} can reach ${quote(first.dataClass)} data${rest}`
}
