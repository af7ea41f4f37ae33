// `strayline diff A B`: what differs between any two of trace files, baseline files and a server's versions. Traffic
// is compared by its edges alone, because it knows nothing of purposes and rules.
import { readFile } from 'node:fs/promises'
import { compareBaselines } from '../core/baseline/compare.ts'
import type { BaselineContent } from '../core/baseline/content.ts'
import { FILE_CHARS_MAX } from '../core/baseline/file/read-yaml.ts'
import { learnBaseline } from '../core/baseline/learn.ts'
import type { Knobs } from '../core/config/knobs.ts'
import { exportDiff } from '../core/export/diff.ts'
import type { DiffFormat } from '../core/export/diff-formats.ts'
import { fetchBaseline, loadBaselineFile } from './baseline-source.ts'
import { readEvidence } from './captured-baseline.ts'
import { nameOfFile, STDIN } from './read-captures.ts'
import type { Loaded } from './server-answer.ts'
import { describeSystemError } from './system-error.ts'
import { clearProgress, complain } from './terminal.ts'

const EXIT_UNUSABLE = 2

export type DiffCommand = {
  readonly left: string
  readonly right: string
  readonly format: DiffFormat
  /** Of captures; null when nothing was said. */
  readonly environment: string | null
  readonly server: string | null
  readonly tokenFile: string | null
  readonly knobs: Knobs
}

/** Prints the difference; gives the exit code, 0 also where there is one. Throws nothing on input. */
export async function printDiff(command: DiffCommand): Promise<number> {
  const left = await loadSide(command.left, command)
  const right = await loadSide(command.right, command)
  if (!left.ok || !right.ok) {
    for (const side of [left, right])
      for (const problem of side.ok ? [] : side.problems) complain(problem)
    return EXIT_UNUSABLE
  }
  const what = left.value.isTraffic || right.value.isTraffic ? 'edges' : 'everything'
  const comparison = compareBaselines(left.value.content, right.value.content, what)
  clearProgress()
  process.stdout.write(
    exportDiff(
      {
        comparison,
        leftName: left.value.name,
        rightName: right.value.name,
        environment: right.value.content.environment,
      },
      command.format,
    ),
  )
  return 0
}

type Side = {
  readonly content: BaselineContent
  readonly name: string
  /** Learned from traces here and now. */
  readonly isTraffic: boolean
}

async function loadSide(text: string, command: DiffCommand): Promise<Loaded<Side>> {
  const stored = /^env:([^@]+)(?:@(\d+))?$/.exec(text)
  if (stored) return loadStored(stored[1]!, stored[2], command)
  if (await isBaselineFile(text)) {
    const loaded = await loadBaselineFile(text)
    return loaded.ok ? { ok: true, value: { ...loaded.value, isTraffic: false } } : loaded
  }
  const { knobs, environment: chosen } = command
  const captured = await readEvidence({ files: [text], knobs, wanted: null, chosen })
  if (!captured.ok)
    return { ok: false, problems: captured.problems.map((each) => `${nameOfFile(text)}: ${each}`) }
  const { evidence, environment } = captured.value
  const pins = { protocols: false, operations: false, ports: false }
  const content = learnBaseline(evidence, { environment, window: null, pins })
  return { ok: true, value: { content, name: nameOfFile(text), isTraffic: true } }
}

async function loadStored(
  environment: string,
  version: string | undefined,
  { server, tokenFile }: DiffCommand,
): Promise<Loaded<Side>> {
  if (server === null)
    return { ok: false, problems: [`env:${environment} needs --server, whose environment it is`] }
  const loaded = await fetchBaseline({
    ...{ server, tokenFile, environment },
    version: version === undefined ? 'active' : Number(version),
  })
  return loaded.ok ? { ok: true, value: { ...loaded.value, isTraffic: false } } : loaded
}

/** A baseline names itself in its first lines; everything else is taken for a capture. */
async function isBaselineFile(file: string): Promise<boolean> {
  if (file === STDIN) return false
  try {
    const bytes = await readFile(file)
    return (
      bytes.length <= 4 * FILE_CHARS_MAX &&
      /^["']?strayline["']?\s*:/m.test(bytes.toString('utf8', 0, 64 * 1024))
    )
  } catch (error) {
    describeSystemError(error) // what is wrong with it is told where it is read as a capture
    return false
  }
}
