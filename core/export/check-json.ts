// The outcome of a check as JSON, for programs: one object, fixed key order.
import type { EdgeKey } from '../graph/edge.ts'
import type { NodeKey } from '../graph/node.ts'
import { type CheckOutcome, summariseOutcome } from './check-outcome.ts'

/** Ends in a line break. */
export function exportCheckJson(outcome: CheckOutcome): string {
  const { report, baselineName, baselineUri, version, entries, rules, checkedMs } = outcome
  const document = {
    summary: summariseOutcome(outcome),
    failed: report.hasFailed,
    environment: report.environment,
    baseline: { name: baselineName, uri: baselineUri, version, entries, rules },
    checkedAt: new Date(checkedMs).toISOString(),
    edges: report.edges.length,
    drift: report.findings.map(({ drift, line, isFailure }) => ({
      ...{ kind: drift.kind, severity: drift.severity, fails: isFailure },
      ...(drift.edge ? endsOf(drift.edge) : { node: plainNode(drift.node!) }),
      ...{ summary: drift.summary, reasonsFor: drift.reasonsFor },
      ...{ reasonsAgainst: drift.reasonsAgainst, ruleId: drift.ruleId, line },
      ...{ traces: drift.examples, news: drift.news },
      reaches: {
        pairs: drift.reaches.pairs.map(({ service, dataClass }) => ({
          ...{ service: plainNode(service), dataClass },
        })),
        pairsTotal: drift.reaches.pairsTotal,
        stores: drift.reaches.stores.map(({ node, dataClasses }) => ({
          ...{ node: plainNode(node), dataClasses },
        })),
        storesTotal: drift.reaches.storesTotal,
      },
    })),
    quarantined: report.warnings.map(({ entry, line, examples }) => ({
      ...endsOf(entry),
      ...{ reasons: entry.quarantine, line, traces: examples },
    })),
    unseen: report.unseen.map(endsOf),
  }
  return `${JSON.stringify(document, null, 1)}\n`
}

function endsOf({ source, target }: EdgeKey) {
  return { source: plainNode(source), target: plainNode(target) }
}

function plainNode({ kind, name, namespace, environment }: NodeKey) {
  return { kind, name, ...(namespace === '' ? {} : { namespace }), environment }
}
