// The outcome of a check as SARIF 2.1.0, which code hosts show beside the lines of a change: each drift at the line
// of the baseline that it is about. Source: OASIS, "Static Analysis Results Interchange Format 2.1.0", sections 3.
import { DRIFT_KINDS, type DriftKind, edgeSubject, type Severity } from '../baseline/drift.ts'
import {
  type CheckOutcome,
  explainQuarantine,
  reasonsOf,
  subjectOf,
  summariseOutcome,
} from './check-outcome.ts'
import { labelEdge } from './edge-label.ts'

/** An identifier that readers ask for; nothing fetches it. */
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'
const LEVELS: { readonly [severity in Severity]: 'error' | 'warning' | 'note' } = {
  ...{ critical: 'error', high: 'error', medium: 'warning', low: 'note' },
}
const QUARANTINED = 'quarantined'
const RULES: { readonly [rule in DriftKind | typeof QUARANTINED]: string } = {
  denied: 'A deny rule of the baseline matches this edge.',
  expired: 'What approved this edge has run out.',
  downgraded: 'Calls in the clear over an edge that is approved as encrypted.',
  first_path: 'A service reaches a class of data that the baseline gives it no path to.',
  cross_environment: 'An edge to another environment.',
  new_external: 'An external destination that the baseline does not hold.',
  new_database: 'A database accessed by a service that the baseline does not let.',
  new_service: 'A service that the baseline does not name.',
  new_edge: 'An edge that the baseline does not hold.',
  new_protocol: 'A protocol beyond what the baseline allows over this edge.',
  new_port: 'A port beyond what the baseline allows over this edge.',
  new_operation: 'An operation beyond what the baseline allows over this edge.',
  quarantined: 'An edge that was learned and that nobody has approved yet.',
}
const RULE_IDS = [...DRIFT_KINDS, QUARANTINED] as const

/** One object, ending in a line break. */
export function exportSarif(outcome: CheckOutcome): string {
  const { report, toolVersion } = outcome
  const findings = report.findings.map((finding) =>
    result(outcome, {
      ruleId: finding.drift.kind,
      level: LEVELS[finding.drift.severity],
      subject: finding.drift.subject,
      label: subjectOf(finding, report),
      line: finding.line,
      sentences: [finding.drift.summary, ...reasonsOf(finding)],
      traces: finding.drift.examples,
      severity: finding.drift.severity,
    }),
  )
  const warnings = report.warnings.map((warning) =>
    result(outcome, {
      ruleId: QUARANTINED,
      level: 'warning',
      subject: edgeSubject(warning.entry),
      label: labelEdge(warning.entry, report.environment),
      line: warning.line,
      sentences: [explainQuarantine(warning)],
      traces: warning.examples,
      severity: null,
    }),
  )
  const driver = {
    ...{ name: 'Strayline', version: toolVersion },
    rules: RULE_IDS.map((id) => ({ id, shortDescription: { text: RULES[id] } })),
  }
  const run = {
    tool: { driver },
    automationDetails: { id: `strayline/${report.environment}` },
    invocations: [{ executionSuccessful: true }],
    columnKind: 'utf16CodeUnits',
    results: [...findings, ...warnings],
    properties: { summary: summariseOutcome(outcome) },
  }
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 1)}\n`
}

type Result = {
  readonly ruleId: (typeof RULE_IDS)[number]
  readonly level: 'error' | 'warning' | 'note'
  readonly subject: string
  readonly label: string
  readonly line: number
  readonly sentences: readonly string[]
  readonly traces: readonly string[]
  readonly severity: Severity | null
}

function result({ baselineUri }: CheckOutcome, found: Result) {
  const { ruleId, level, label, line, sentences, traces, severity } = found
  const [trace] = traces
  const seen = trace === undefined ? [] : [`Example trace: ${trace}.`]
  return {
    ...{ ruleId, ruleIndex: RULE_IDS.indexOf(ruleId), level },
    message: { text: [`${label}: ${sentences[0]}`, ...sentences.slice(1), ...seen].join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: baselineUri },
          region: { startLine: line },
        },
        logicalLocations: [{ fullyQualifiedName: label, kind: 'edge' }],
      },
    ],
    // So that a host knows a drift again that it has seen before, wherever it stands by then.
    partialFingerprints: { 'straylineSubject/v1': found.subject },
    properties: { traces, ...(severity === null ? {} : { severity }) },
  }
}
