// The outcome of a check for a person at a terminal or in a build's log. Colours only where asked for.
import type { Severity } from '../baseline/drift.ts'
import {
  type CheckOutcome,
  explainQuarantine,
  reasonsOf,
  subjectOf,
  summariseOutcome,
} from './check-outcome.ts'
import { labelEdge } from './edge-label.ts'
import { counted } from './numbered.ts'

const UNSEEN_MAX = 20
/** Select Graphic Rendition: ECMA-48 section 8.3.117. */
const COLOURS: { readonly [severity in Severity | 'warning' | 'good']: string } = {
  ...{ critical: '1;31', high: '31', medium: '33', low: '36', warning: '33', good: '32' },
}

/** Ends in a line break. */
export function exportCheckText(outcome: CheckOutcome, { isColoured }: { isColoured: boolean }) {
  const { report, baselineName } = outcome
  const paint = (colour: keyof typeof COLOURS, text: string) =>
    isColoured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text
  const findings = report.findings.map((finding) => {
    const { kind, severity, summary, examples } = finding.drift
    const [trace] = examples
    return [
      `${paint(severity, `${severity} ${kind}`)}  ${subjectOf(finding, report)}`,
      `  ${summary}`,
      ...reasonsOf(finding).map((reason) => `  ${reason}`),
      ...(trace === undefined ? [] : [`  trace ${trace}`]),
      `  ${baselineName}:${finding.line}`,
      '',
    ]
  })
  const warnings = report.warnings.map((warning) => [
    `${paint('warning', 'quarantined')}  ${labelEdge(warning.entry, report.environment)}`,
    `  ${explainQuarantine(warning)}`,
    `  ${baselineName}:${warning.line}`,
    '',
  ])
  const unseen = report.unseen.slice(0, UNSEEN_MAX)
  const more = report.unseen.length - unseen.length
  const missing = [
    `${counted(report.unseen.length, 'edge')} of the baseline not seen (no drift):`,
    ...unseen.map((entry) => `  ${labelEdge(entry, report.environment)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
  ]
  const lines = [
    ...findings.flat(),
    ...warnings.flat(),
    ...(report.unseen.length === 0 ? [] : missing),
    paint(report.hasFailed ? 'high' : 'good', summariseOutcome(outcome)),
  ]
  return `${lines.join('\n')}\n`
}
