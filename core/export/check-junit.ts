// The outcome of a check as JUnit XML: every edge seen is a test case, and fails when it is drift. Within both what
// Ant's schema and what Jenkins's allows; warnings stand in the suite's output, which fails nothing.
import { edgeSubject } from '../baseline/drift.ts'
import {
  type CheckOutcome,
  explainQuarantine,
  reasonsOf,
  subjectOf,
  summariseOutcome,
} from './check-outcome.ts'
import { labelEdge, labelNode } from './edge-label.ts'

/** One document, ending in a line break. */
export function exportJunit(outcome: CheckOutcome): string {
  const { report, baselineName, checkedMs } = outcome
  const drifts = new Map(report.findings.map((finding) => [finding.drift.subject, finding]))
  const cases = [
    ...report.edges.map((edge) => ({
      subject: edgeSubject(edge),
      name: labelEdge(edge, report.environment),
      group: labelNode(edge.source, report.environment),
    })),
    ...report.findings.flatMap((finding) =>
      finding.drift.node
        ? [{ subject: finding.drift.subject, name: subjectOf(finding, report), group: 'services' }]
        : [],
    ),
  ]
  const testcases = cases.flatMap(({ subject, name, group }) => {
    const open = `<testcase ${attributes({ name, classname: group, time: '0' })}`
    const finding = drifts.get(subject)
    if (!finding?.isFailure) return [`    ${open}/>`]
    const { kind, severity, summary, examples } = finding.drift
    const text = [
      ...reasonsOf(finding),
      ...examples.slice(0, 1).map((trace) => `Example trace: ${trace}`),
      `${baselineName}:${finding.line}`,
    ].join('\n')
    const failure = attributes({ message: summary, type: `${kind} (${severity})` })
    return [
      `    ${open}>`,
      `      <failure ${failure}>${escapeXml(text)}</failure>`,
      '    </testcase>',
    ]
  })
  const failures = report.findings.filter(({ isFailure }) => isFailure).length
  const suite = attributes({
    ...{ name: `strayline check ${report.environment}`, package: 'strayline', id: '0' },
    timestamp: new Date(checkedMs).toISOString().slice(0, 19),
    ...{ hostname: 'localhost', tests: String(cases.length), failures: String(failures) },
    ...{ errors: '0', time: '0' },
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite ${suite}>`,
    `    <properties><property ${attributes({ name: 'baseline', value: baselineName })}/></properties>`,
    ...testcases,
    `    <system-out>${escapeXml(outputOf(outcome))}</system-out>`,
    '    <system-err/>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function outputOf(outcome: CheckOutcome): string {
  const { report } = outcome
  const mild = report.findings.filter(({ isFailure }) => !isFailure)
  return [
    summariseOutcome(outcome),
    ...mild.map((finding) => `${finding.drift.severity}: ${finding.drift.summary}`),
    ...report.warnings.map(
      (warning) => `${labelEdge(warning.entry, report.environment)}: ${explainQuarantine(warning)}`,
    ),
  ].join('\n')
}

function attributes(values: { readonly [name: string]: string }): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(value)}"`)
    .join(' ')
}

/** What XML 1.0 cannot hold at all becomes the replacement character. Source: XML 1.0, section 2.2. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\r]/g, (char) => `&#${char.charCodeAt(0)};`)
}
