// The outcome of a check as Markdown for a merge request or a job's summary: a picture of what strays, and a table
// that says why.
import type { CheckFinding, CheckReport } from '../baseline/check.ts'
import {
  type CheckOutcome,
  explainQuarantine,
  reasonsOf,
  subjectOf,
  summariseOutcome,
} from './check-outcome.ts'
import { labelEdge } from './edge-label.ts'
import { escapeMarkdown } from './markdown-text.ts'
import { exportMermaidDiff, type MarkedEdge } from './mermaid-diff.ts'
import { counted } from './numbered.ts'

/** Hosts cut long comments: GitHub's end at 65,536 characters. */
const ROWS_MAX = 50
/** Drawn beside the drift; the rest is in the list. */
const UNSEEN_DRAWN_MAX = 20

/** Ends in a line break. */
export function exportCheckMarkdown(outcome: CheckOutcome): string {
  const { report } = outcome
  const picture = exportMermaidDiff(edgesToDraw(report))
  const parts = [
    `## Strayline: ${headline(report)}`,
    `${escapeMarkdown(summariseOutcome(outcome))}.`,
    ...(picture === null || report.findings.length === 0 ? [] : [fence(picture), LEGEND]),
    ...(report.findings.length === 0 ? [] : [tableOf(outcome)]),
    ...warningsOf(report),
    ...unseenOf(report),
  ]
  return `${parts.join('\n\n')}\n`
}

const LEGEND =
  'Thick: seen, and not in the baseline. Ending in a cross: denied by a rule. Thin: seen otherwise than approved. Dotted: in the baseline, and not seen.'

function headline({ findings, hasFailed, warnings }: CheckReport): string {
  if (findings.length > 0)
    return `${counted(findings.length, 'drift')}${hasFailed ? '' : ', too mild to fail'}`
  return warnings.length > 0 ? `no drift, ${counted(warnings.length, 'warning')}` : 'no drift'
}

function edgesToDraw({ findings, unseen }: CheckReport): readonly MarkedEdge[] {
  const strays = findings.flatMap(({ drift }): readonly MarkedEdge[] => {
    if (!drift.edge) return []
    const label = drift.kind.replaceAll('_', ' ')
    if (drift.kind === 'denied') return [{ ...drift.edge, mark: 'denied', label }]
    const isHeld = /^(?:expired|downgraded|new_(?:protocol|port|operation))$/.test(drift.kind)
    return [{ ...drift.edge, mark: isHeld ? 'changed' : 'added', label }]
  })
  const missing = unseen
    .slice(0, UNSEEN_DRAWN_MAX)
    .map(({ source, target }) => ({ source, target, mark: 'removed' as const, label: 'not seen' }))
  return [...strays, ...missing]
}

function tableOf({ report, baselineName }: CheckOutcome): string {
  const rows = report.findings.slice(0, ROWS_MAX).map((finding) => {
    const { drift, line } = finding
    const [trace] = drift.examples
    const why = [drift.summary, ...reasonsOf(finding)].map(escapeMarkdown).join('<br>')
    const cells = [
      `${drift.severity} ${drift.kind.replaceAll('_', ' ')}`,
      subjectCell(finding, report),
      why,
      trace === undefined ? '' : `\`${trace}\``,
      escapeMarkdown(`${baselineName}:${line}`),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const more = report.findings.length - rows.length
  return [
    '| drift | edge | why | example trace | baseline |',
    '|---|---|---|---|---|',
    ...rows,
    ...(more > 0 ? ['', `And ${more} more.`] : []),
  ].join('\n')
}

function subjectCell(finding: CheckFinding, report: CheckReport): string {
  return `**${escapeMarkdown(subjectOf(finding, report))}**`
}

function warningsOf({ warnings, environment }: CheckReport): readonly string[] {
  if (warnings.length === 0) return []
  const rows = warnings
    .slice(0, ROWS_MAX)
    .map(
      (each) =>
        `- **${escapeMarkdown(labelEdge(each.entry, environment))}** ${escapeMarkdown(explainQuarantine(each))}`,
    )
  const more = warnings.length - rows.length
  return [`### In quarantine`, [...rows, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')]
}

function unseenOf({ unseen, environment }: CheckReport): readonly string[] {
  if (unseen.length === 0) return []
  const rows = unseen
    .slice(0, ROWS_MAX)
    .map((entry) => `- ${escapeMarkdown(labelEdge(entry, environment))}`)
  const more = unseen.length - rows.length
  const list = [...rows, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')
  const title = `${counted(unseen.length, 'edge')} of the baseline not seen (no drift)`
  return [`<details><summary>${title}</summary>`, list, '</details>']
}

/** Longer than any run of backticks inside; there are none, for Mermaid's labels hold entities. */
function fence(mermaid: string): string {
  return `\`\`\`mermaid\n${mermaid}\`\`\``
}
