// The pipeline gate: what captures show, held against a baseline in a file or of a server. As a server judges, but
// once, over all that was captured; what the captures did not show is no drift, since no test run shows everything.
import type { EdgeKey } from '../graph/edge.ts'
import { type NodeKey, nodeId } from '../graph/node.ts'
import type { BaselineContent, BaselineEntry, TaggedNode } from './content.ts'
import { type Drift, edgeId, SEVERITIES, type Severity } from './drift.ts'
import type { Evidence } from './evidence.ts'
import type { BaselineLines } from './file/parse.ts'
import { type Inventory, inventoryOf } from './inventory.ts'
import { judgeGraph } from './judge.ts'
import { prepareBaseline } from './prepare.ts'

export type CheckRequest = {
  /** Renamed to the baseline's environment already. */
  readonly evidence: Evidence
  readonly content: BaselineContent
  readonly lines: BaselineLines
  /** Null: a file, not a stored version. */
  readonly version: number | null
  readonly nowMs: number
  /** Entries in quarantine hold nothing. */
  readonly isStrict: boolean
  /** Milder drift is told and fails nothing; null: every drift fails. */
  readonly failOn: Severity | null
}

export type CheckFinding = {
  readonly drift: Drift
  /** Of the rule or entry that it is about, else 1. */
  readonly line: number
  readonly isFailure: boolean
}
/** An edge that is held by an entry nobody has looked at yet. */
export type QuarantineWarning = {
  readonly entry: BaselineEntry
  readonly line: number
  readonly examples: readonly string[]
}
export type CheckReport = {
  readonly environment: string
  /** The worst first, then by edge. */
  readonly findings: readonly CheckFinding[]
  readonly warnings: readonly QuarantineWarning[]
  /** Entries whose edge the captures do not show: information. */
  readonly unseen: readonly BaselineEntry[]
  /** Of the environment, in the captures. */
  readonly edges: readonly EdgeKey[]
  readonly hasFailed: boolean
}

/** Never throws. Equal requests give equal reports, whatever the order of the evidence. */
export function checkEvidence(request: CheckRequest): CheckReport {
  const { evidence, content, nowMs, isStrict, version } = request
  const baseline = prepareBaseline(content, { version, holdsQuarantined: !isStrict })
  const tags = tagsOfBoth(content, evidence)
  const drifts = judgeGraph(evidence, baseline, { nowMs, tags, rollouts: new Map() })
  const findings = drifts.map((drift) => ({
    drift,
    line: lineOf(drift, request.lines),
    isFailure: isAtLeast(drift.severity, request.failOn),
  }))
  const seen = new Map(
    evidence.edges
      .filter(({ source }) => source.environment === content.environment)
      .map((edge) => [edgeId(edge), edge]),
  )
  const observed = new Set(evidence.nodes.filter(({ isObserved }) => isObserved).map(nodeId))
  const isSeen = (entry: BaselineEntry) =>
    seen.has(edgeId(entry)) || (isSelf(entry) && observed.has(nodeId(entry.source)))
  const doubtful = isStrict
    ? []
    : content.entries.filter((entry) => entry.quarantine.length > 0 && isSeen(entry))
  return {
    environment: content.environment,
    findings: findings.toSorted((a, b) => rank(a.drift.severity) - rank(b.drift.severity)),
    warnings: doubtful.map((entry) => ({
      entry,
      line: request.lines.entries.get(edgeId(entry)) ?? 1,
      examples: seen.get(edgeId(entry))?.examples ?? [],
    })),
    unseen: content.entries.filter((entry) => !isSeen(entry)),
    edges: [...seen.values()],
    hasFailed: findings.some(({ isFailure }) => isFailure),
  }
}

/** What stands for a service without edges. */
function isSelf({ source, target }: EdgeKey): boolean {
  return nodeId(source) === nodeId(target)
}

/** Tags of the baseline win over what resource attributes state, one by one. */
function tagsOfBoth(content: BaselineContent, evidence: Evidence): Inventory {
  const said = new Map(content.nodes.map((node) => [nodeId(node), node]))
  const stated = evidence.nodes.map((node): TaggedNode => {
    const known = said.get(nodeId(node))
    said.delete(nodeId(node))
    return {
      ...keyOf(node),
      owner: known?.owner || node.owner,
      dataClasses: known?.dataClasses.length ? known.dataClasses : node.dataClasses,
      exposure: known?.exposure || node.exposure,
      layer: known?.layer || node.layer,
    }
  })
  return inventoryOf([...stated, ...said.values()])
}

function keyOf({ environment, kind, namespace, name }: NodeKey): NodeKey {
  return { environment, kind, namespace, name }
}

function lineOf({ ruleId, edge }: Drift, lines: BaselineLines): number {
  const byRule = ruleId === null ? undefined : lines.rules.get(ruleId)
  return byRule ?? (edge === null ? undefined : lines.entries.get(edgeId(edge))) ?? 1
}

function isAtLeast(severity: Severity, least: Severity | null): boolean {
  return least === null || rank(severity) <= rank(least)
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}
