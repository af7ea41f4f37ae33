// `strayline check --baseline B FILE...`: the pipeline gate. Exit codes: 0 no drift, 1 drift, 2 when that cannot be
// said: bad usage, a baseline with mistakes, captures that could not be read whole.
import { writeFile } from 'node:fs/promises'
import { type CheckReport, checkEvidence } from '../core/baseline/check.ts'
import type { Severity } from '../core/baseline/drift.ts'
import type { Knobs } from '../core/config/knobs.ts'
import type { CheckFormat } from '../core/export/check-formats.ts'
import { exportCheckJson } from '../core/export/check-json.ts'
import { exportJunit } from '../core/export/check-junit.ts'
import { exportCheckMarkdown } from '../core/export/check-markdown.ts'
import type { CheckOutcome } from '../core/export/check-outcome.ts'
import { exportSarif } from '../core/export/check-sarif.ts'
import { exportCheckText } from '../core/export/check-text.ts'
import { fetchBaseline, type LoadedBaseline, loadBaselineFile } from './baseline-source.ts'
import { type CaptureEvidence, readEvidence } from './captured-baseline.ts'
import { wantsColour } from './config.ts'
import type { Loaded } from './server-answer.ts'
import { describeSystemError } from './system-error.ts'
import { clearProgress, complain } from './terminal.ts'
import { readToolVersion } from './tool-version.ts'

const EXIT_DRIFT = 1
const EXIT_UNSURE = 2

/** file: null is standard output. */
export type CheckOutput = { readonly format: CheckFormat; readonly file: string | null }

export type CheckCommand = {
  readonly files: readonly string[]
  readonly baseline:
    | { readonly kind: 'file'; readonly file: string }
    | { readonly kind: 'server'; readonly server: string; readonly tokenFile: string | null }
  /** What was said of the environment; with a server it is that of the baseline. */
  readonly environment: string | null
  readonly isStrict: boolean
  readonly failOn: Severity | null
  readonly outputs: readonly CheckOutput[]
  readonly knobs: Knobs
}

/** Prints the outcome in each form asked for; gives the exit code. Throws nothing on input. */
export async function runCheck(command: CheckCommand): Promise<number> {
  const baseline = await loadBaseline(command)
  if (!baseline.ok) return refuse(baseline.problems)
  const { content } = baseline.value
  const captured = await readEvidence({
    ...{ files: command.files, knobs: command.knobs },
    ...{ wanted: content.environment, chosen: command.environment },
  })
  if (!captured.ok) return refuse(captured.problems)
  const checkedMs = Date.now()
  const report = holdAgainst(baseline.value, captured.value, { ...command, nowMs: checkedMs })
  const outcome: CheckOutcome = {
    ...{ report, baselineName: baseline.value.name, baselineUri: baseline.value.uri },
    version: baseline.value.version,
    ...{ entries: content.entries.length, rules: content.rules.length },
    ...{ toolVersion: readToolVersion(), checkedMs },
  }
  clearProgress()
  for (const output of command.outputs) {
    const problem = await write(output, render(outcome, output))
    if (problem !== null) return refuse([problem])
  }
  if (report.hasFailed) return EXIT_DRIFT
  const doubts = doubtsOf(captured.value, command)
  for (const doubt of doubts) complain(doubt)
  return doubts.length === 0 ? 0 : EXIT_UNSURE
}

/** Why "no drift" cannot be said, in sentences. Which environment is meant is told in any case. */
function doubtsOf(
  { unreadable, leftOut }: CaptureEvidence,
  command: CheckCommand,
): readonly string[] {
  const unread = 'some of the captures could not be read, and drift may hide in it'
  const other = 'drift may hide in what is left out, and the check is strict'
  return [
    ...(unreadable === 0 ? [] : [unread]),
    ...(leftOut === null || !command.isStrict ? [] : [other]),
  ]
}

/** The check itself, without reading or writing. */
export function holdAgainst(
  { content, lines, version }: LoadedBaseline,
  { evidence }: Pick<CaptureEvidence, 'evidence'>,
  options: Pick<CheckCommand, 'isStrict' | 'failOn'> & { readonly nowMs: number },
): CheckReport {
  const { isStrict, failOn, nowMs } = options
  return checkEvidence({ evidence, content, lines, version, nowMs, isStrict, failOn })
}

async function loadBaseline(command: CheckCommand): Promise<Loaded<LoadedBaseline>> {
  const { baseline, environment } = command
  if (baseline.kind === 'file') return loadBaselineFile(baseline.file)
  const { server, tokenFile } = baseline
  if (environment === null)
    return {
      ok: false,
      problems: ['--server needs --environment: a server has a baseline for each'],
    }
  return fetchBaseline({ server, tokenFile, environment, version: 'active' })
}

function render(outcome: CheckOutcome, { format, file }: CheckOutput): string {
  switch (format) {
    case 'text':
      return exportCheckText(outcome, { isColoured: file === null && wantsColour() })
    case 'json':
      return exportCheckJson(outcome)
    case 'sarif':
      return exportSarif(outcome)
    case 'junit':
      return exportJunit(outcome)
    case 'markdown':
      return exportCheckMarkdown(outcome)
  }
}

async function write({ file }: CheckOutput, text: string): Promise<string | null> {
  if (file === null) {
    process.stdout.write(text)
    return null
  }
  try {
    await writeFile(file, text)
    return null
  } catch (error) {
    return `${file}: ${describeSystemError(error)}`
  }
}

function refuse(problems: readonly string[]): number {
  for (const problem of problems) complain(problem)
  return EXIT_UNSURE
}
