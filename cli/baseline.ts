// `strayline baseline FILE... -o B.yaml`: a baseline as code, learned from captures. A file that is there already is
// brought up to what they show: what is new is added, and whatever people wrote stays.
import { readFile, writeFile } from 'node:fs/promises'
import type { BaselineContent } from '../core/baseline/content.ts'
import { extendBaseline } from '../core/baseline/extend.ts'
import { printBaselineFile } from '../core/baseline/file/print.ts'
import { type LearnOptions, learnBaseline } from '../core/baseline/learn.ts'
import type { Knobs } from '../core/config/knobs.ts'
import { counted } from '../core/export/numbered.ts'
import { readBaselineText } from './baseline-source.ts'
import { readEvidence } from './captured-baseline.ts'
import type { Loaded } from './server-answer.ts'
import { describeSystemError } from './system-error.ts'
import { clearProgress, complain } from './terminal.ts'

const EXIT_UNUSABLE = 2
/** As a command line names it. */
const STDOUT = '-'

export type BaselineCommand = {
  readonly files: readonly string[]
  readonly output: string
  /** What was said of the environment; null when nothing. */
  readonly environment: string | null
  readonly pins: LearnOptions['pins']
  readonly knobs: Knobs
}

/** Writes the file and tells on stderr what is in it; gives the exit code. Throws nothing on input. */
export async function writeBaseline(command: BaselineCommand): Promise<number> {
  const former = await readFormer(command.output)
  if (!former.ok) return refuse(former.problems)
  const known = former.value?.content ?? null
  const captured = await readEvidence({
    ...{ files: command.files, knobs: command.knobs },
    ...{ wanted: known?.environment ?? null, chosen: command.environment },
  })
  if (!captured.ok) return refuse(captured.problems)
  const { evidence, environment, unreadable } = captured.value
  const learned = learnBaseline(evidence, { environment, window: null, pins: command.pins })
  const content = known ? extendBaseline(known, learned) : learned
  const text = printBaselineFile(content, former.value?.text)
  clearProgress()
  if (command.output === STDOUT) process.stdout.write(text)
  else
    try {
      await writeFile(command.output, text)
    } catch (error) {
      return refuse([`${command.output}: ${describeSystemError(error)}`])
    }
  process.stderr.write(`${summarise(command.output, known, content)}\n`)
  if (unreadable === 0) return 0
  complain('some of the captures could not be read, and edges may be missing')
  return EXIT_UNUSABLE
}

type Former = { readonly text: string; readonly content: BaselineContent }

/** Null when there is no such file yet. */
async function readFormer(file: string): Promise<Loaded<Former | null>> {
  if (file === STDOUT) return { ok: true, value: null }
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ok: true, value: null }
    return { ok: false, problems: [`${file}: ${describeSystemError(error)}`] }
  }
  const read = readBaselineText(text, { name: file, uri: file, version: null })
  return read.ok ? { ok: true, value: { text, content: read.value.content } } : read
}

function summarise(
  file: string,
  known: BaselineContent | null,
  { entries, environment }: BaselineContent,
): string {
  const doubtful = entries.filter(({ quarantine }) => quarantine.length > 0).length
  const added = entries.length - (known?.entries.length ?? 0)
  const name = file === STDOUT ? 'standard output' : file
  const grown = known ? `, ${added} of them new` : ''
  const quarantine = doubtful === 0 ? '' : `, ${doubtful} in quarantine: look at them`
  return `${name}: ${counted(entries.length, 'edge')} of ${environment}${grown}${quarantine}`
}

function refuse(problems: readonly string[]): number {
  for (const problem of problems) complain(problem)
  return EXIT_UNUSABLE
}
