// How `strayline baseline`, `diff` and `check` are asked: their words and flags. The work is in a file each, loaded
// when asked for.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { SEVERITIES, type Severity } from '../core/baseline/drift.ts'
import type { Knobs } from '../core/config/knobs.ts'
import { CHECK_FORMATS, type CheckFormat } from '../core/export/check-formats.ts'
import { DIFF_FORMATS, type DiffFormat } from '../core/export/diff-formats.ts'
import type { CheckOutput } from './check.ts'
import { addKnobFlags, readKnobs } from './knob-flags.ts'
import { complain } from './terminal.ts'

const EXIT_USAGE = 2
const FILES = 'trace files, in the forms that graph reads; several files are one stream'
const TOKEN_FILE = 'file with the API token; else the variable STRAYLINE_TOKEN'
const PINS = ['protocols', 'operations', 'ports'] as const
type Pin = (typeof PINS)[number]

type BaselineOptions = {
  readonly output: string
  readonly environment?: string
  readonly pin?: readonly Pin[]
}

export function addBaseline(program: Command): void {
  const command = program
    .command('baseline')
    .description('write a baseline file learned from trace files, or bring one up to date')
    .argument('<file...>', FILES)
    .option('-o, --output <file>', 'where to; - is standard output', '-')
    .option('--environment <name>', 'of the baseline; needed where the traces state several')
    .option('--pin <what>', `allow nothing but what was seen: ${PINS.join(', ')}`, parsePins)
  addKnobFlags(command).action(async (files: string[], options: BaselineOptions) => {
    const knobs = knobsOf(options)
    if (knobs === null) return
    const { writeBaseline } = await import('./baseline.ts')
    const isPinned = (pin: Pin) => options.pin?.includes(pin) ?? false
    process.exitCode = await writeBaseline({
      ...{ files, output: options.output, environment: options.environment ?? null, knobs },
      pins: {
        protocols: isPinned('protocols'),
        operations: isPinned('operations'),
        ports: isPinned('ports'),
      },
    })
  })
}

type DiffOptions = {
  readonly format: DiffFormat
  readonly environment?: string
  readonly server?: string
  readonly tokenFile?: string
}

export function addDiff(program: Command): void {
  const side = 'a trace file, a baseline file, or env:NAME (env:NAME@VERSION) of a server'
  const command = program
    .command('diff')
    .description('what differs between two baselines, captures or versions of a server')
    .argument('<from>', side)
    .argument('<to>', side)
    .addOption(
      new Option('--format <format>', 'what to print').choices(DIFF_FORMATS).default('list'),
    )
    .option('--environment <name>', 'of trace files that state several')
    .option('--server <url>', 'of env:NAME, such as http://127.0.0.1:3000')
    .option('--token-file <file>', TOKEN_FILE)
  addKnobFlags(command).action(async (left: string, right: string, options: DiffOptions) => {
    const knobs = knobsOf(options)
    if (knobs === null) return
    const { printDiff } = await import('./diff.ts')
    process.exitCode = await printDiff({
      ...{ left, right, format: options.format, knobs },
      ...{ environment: options.environment ?? null, server: options.server ?? null },
      tokenFile: options.tokenFile ?? null,
    })
  })
}

type CheckOptions = {
  readonly baseline?: string
  readonly server?: string
  readonly environment?: string
  readonly tokenFile?: string
  readonly format: CheckFormat
  readonly output?: readonly CheckOutput[]
  readonly strict: boolean
  readonly failOn?: Severity
}

export function addCheck(program: Command): void {
  const command = program
    .command('check')
    .description('hold trace files against a baseline: exit 0 no drift, 1 drift, 2 cannot be said')
    .argument('<file...>', FILES)
    .option('--baseline <file>', 'a baseline file')
    .addOption(
      new Option('--server <url>', "instead: this server's active baseline").conflicts('baseline'),
    )
    .option('--environment <name>', 'what the traces are taken for; with --server, whose baseline')
    .option('--token-file <file>', TOKEN_FILE)
    .addOption(
      new Option('--format <format>', 'what to print').choices(CHECK_FORMATS).default('text'),
    )
    .option(
      '--output <format=file>',
      'also write a form to a file, such as sarif=check.sarif; may be given several times',
      addOutput,
    )
    .option(
      '--strict',
      'edges in quarantine are drift, other environments in the captures are refused',
      false,
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 only for drift this bad or worse').choices(
        SEVERITIES,
      ),
    )
  addKnobFlags(command).action(async (files: string[], options: CheckOptions) => {
    const knobs = knobsOf(options)
    if (knobs === null) return
    const { baseline, server, tokenFile = null } = options
    if (baseline === undefined && server === undefined) {
      complain('name what to hold the traces against: --baseline FILE, or --server URL')
      process.exitCode = EXIT_USAGE
      return
    }
    const { runCheck } = await import('./check.ts')
    process.exitCode = await runCheck({
      ...{ files, knobs, environment: options.environment ?? null },
      baseline:
        baseline === undefined
          ? { kind: 'server', server: server ?? '', tokenFile }
          : { kind: 'file', file: baseline },
      ...{ isStrict: options.strict, failOn: options.failOn ?? null },
      outputs: [{ format: options.format, file: null }, ...(options.output ?? [])],
    })
  })
}

/** Null when a knob is wrong, which is told then. */
function knobsOf(options: object): Knobs | null {
  const read = readKnobs({ ...options })
  if (read.ok) return read.knobs
  for (const problem of read.problems) complain(problem)
  process.exitCode = EXIT_USAGE
  return null
}

function parsePins(text: string): readonly Pin[] {
  return text.split(',').map((word) => {
    const pin = PINS.find((known) => known === word.trim())
    if (pin) return pin
    throw new InvalidArgumentError(`It must be some of ${PINS.join(', ')}, with commas between.`)
  })
}

function addOutput(text: string, before: readonly CheckOutput[] = []): readonly CheckOutput[] {
  const at = text.indexOf('=')
  const format = CHECK_FORMATS.find((known) => known === text.slice(0, at))
  const file = text.slice(at + 1)
  if (format && file !== '') return [...before, { format, file }]
  throw new InvalidArgumentError(
    `It must be FORMAT=FILE, the format one of ${CHECK_FORMATS.join(', ')}.`,
  )
}
