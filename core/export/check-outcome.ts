// What every report of a check tells: the outcome, what was held against what, and the same facts as sentences.
import type { CheckFinding, CheckReport, QuarantineWarning } from '../baseline/check.ts'
import type { QuarantineReason } from '../baseline/content.ts'
import { displayProse } from '../graph/label.ts'
import { labelEdge, labelNode } from './edge-label.ts'
import { counted } from './numbered.ts'

export type CheckOutcome = {
  readonly report: CheckReport
  /** As people know it: a file's name, or a version of a server. */
  readonly baselineName: string
  /** Where it is: a relative path or a URL. */
  readonly baselineUri: string
  /** Of a server's baseline; null: a file. */
  readonly version: number | null
  /** Entries and rules of the baseline. */
  readonly entries: number
  readonly rules: number
  /** Of Strayline. */
  readonly toolVersion: string
  /** When it was checked, unix ms. */
  readonly checkedMs: number
}

/** What a finding is about, in one line. */
export function subjectOf({ drift }: CheckFinding, { environment }: CheckReport): string {
  if (drift.edge) return labelEdge(drift.edge, environment)
  return drift.node ? labelNode(drift.node, environment) : ''
}

/** One sentence about all of it. */
export function summariseOutcome({ report, baselineName, ...outcome }: CheckOutcome): string {
  const { findings, edges } = report
  const failing = findings.filter(({ isFailure }) => isFailure).length
  const drift = findings.length === 0 ? 'no drift' : counted(findings.length, 'drift')
  const milder = findings.length - failing
  const mild = milder > 0 ? ` (${milder} too mild to fail)` : ''
  const held = `${baselineName} (${counted(outcome.entries, 'edge')}, ${counted(outcome.rules, 'rule')})`
  const where = `${counted(edges.length, 'edge')} of ${report.environment}`
  return displayProse(`${drift}${mild} in ${where}, held against ${held}`)
}

const DOUBTS: { readonly [reason in QuarantineReason]: string } = {
  one_trace: 'it was seen in one trace only',
  one_instance: 'only one of several instances of its source made it',
  last_hour: 'it was seen in the last hour of learning only',
}

/** Why nobody may rely on it yet. */
export function explainQuarantine({ entry }: QuarantineWarning): string {
  const doubts = entry.quarantine.map((reason) => DOUBTS[reason]).join(', and ')
  return `This edge is in quarantine: when it was learned, ${doubts}. Remove the mark to approve it, or the entry to refuse it.`
}

/** Reasons for, then against, as whole sentences. */
export function reasonsOf({ drift }: CheckFinding): readonly string[] {
  return [...drift.reasonsFor, ...drift.reasonsAgainst.map((reason) => `But: ${reason}`)]
}
