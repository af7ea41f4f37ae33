#!/usr/bin/env node
// The strayline command: reads the command line and hands over to one file a command, loaded only when
// asked for, so that `graph` starts without database code.
// Exit codes: 0 done, 1 failed (or drift), 2 bad usage or unreadable input.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { parseDurationMs } from '../core/config/parse.ts'
import { GRAPH_FORMATS, type GraphFormat } from '../core/export/formats.ts'
import { addBacktest } from './backtest-command.ts'
import { addChannel } from './channel-command.ts'
import { keepCompiledCode } from './compile-cache.ts'
import { loadSettingsFile, readIngestToken } from './config.ts'
import type { DemoRequest } from './demo/command.ts'
import { addBaseline, addCheck, addDiff } from './gate-commands.ts'
import { addKnobFlags, readKnobs } from './knob-flags.ts'
import { openProgress, PROGRESS_FORMS, type ProgressForm } from './progress.ts'
import { complain } from './terminal.ts'
import { addToken } from './token-command.ts'

const EXIT_USAGE = 2

function buildProgram(): Command {
  const program = new Command('strayline')
    .description('Watches which services talk to each other and says so when a line strays.')
    .showHelpAfterError('Run with --help for what is possible.')
    .option('--settings <file>', 'take settings from this file if it exists')
    .on('option:settings', loadSettingsFile)
    .exitOverride()
  program
    .command('serve')
    .description('database, migrations, collector, notification worker and web in one go')
    .option('--dev', 'for work on Strayline itself: reload on change', false)
    .option('--demo', 'begin the demo: a small shop with a planted attack', false)
    .action(async (options: { dev: boolean; demo: boolean }) => {
      const { serve } = await import('./serve.ts')
      await serve({ mode: options.dev ? 'development' : 'production', demo: options.demo })
    })
  addGraph(program)
  addBaseline(program)
  addDiff(program)
  addCheck(program)
  addBacktest(program)
  addReplay(program)
  addDemo(program)
  addBackup(program)
  addToken(program)
  addChannel(program)
  program
    .command('doctor')
    .description('versions, paths, ports, database and collector state; nothing secret')
    .action(async () => {
      const { printDiagnosis } = await import('./doctor.ts')
      process.exitCode = await printDiagnosis()
    })
  return program
}

function addBackup(program: Command): void {
  program
    .command('backup')
    .description('write everything that is stored to one file, all of one moment, while serving')
    .argument('<file>', 'such as strayline.backup; replaced when it exists')
    .action(async (file: string) => {
      const { runBackup } = await import('./backup.ts')
      process.exitCode = await runBackup({ file })
    })
  program
    .command('restore')
    .description('fill an empty database from a backup; stop serving first')
    .argument('<file>', 'what backup wrote, of this version or an older one')
    .option('--replace', 'drop everything that is in the database first', false)
    .action(async (file: string, options: { replace: boolean }) => {
      const { runRestore } = await import('./backup.ts')
      const existing = options.replace ? 'replace' : 'refuse'
      process.exitCode = await runRestore({ file, existing })
    })
}

function addGraph(program: Command): void {
  const graph = program
    .command('graph')
    .description('derive the graph from trace files, offline and without a database')
    .argument(
      '<file...>',
      'JSON of OTLP, Tempo, Jaeger or Zipkin v2 (whole, or a value a line), or OTLP protobuf; plain, gzip, zstd or tar; - is standard input; several files are one stream',
    )
    .addOption(
      new Option('--format <format>', 'what to print').choices(GRAPH_FORMATS).default('table'),
    )
  addKnobFlags(graph).action(async (files: string[], options: { format: GraphFormat }) => {
    const read = readKnobs(options)
    if (!read.ok) {
      refuse(read.problems)
      return
    }
    const { printGraph } = await import('./graph.ts')
    process.exitCode = await printGraph({ files, format: options.format, knobs: read.knobs })
  })
}

function refuse(problems: readonly string[]): void {
  for (const problem of problems) complain(problem)
  process.exitCode = EXIT_USAGE
}

type ReplayOptions = {
  readonly to: string
  readonly asRecorded?: true
  readonly rate?: number
  readonly keepIds: boolean
  readonly token?: string
  readonly environment?: string
  readonly wait: boolean
  readonly retryFor: number
  readonly progress: ProgressForm
}

function addReplay(program: Command): void {
  program
    .command('replay')
    .description(
      'send trace files to a collector as OTLP/HTTP, shifted so that the last span ends now',
    )
    .argument('<file...>', 'the forms that graph reads; - is standard input')
    .requiredOption('--to <url>', 'the collector, such as http://127.0.0.1:4318')
    .option('--as-recorded', 'at the pace of the recording: the first span ends now')
    .addOption(
      new Option('--rate <spans>', 'so many spans a second; by default as fast as they are taken')
        .argParser(parseRate)
        .conflicts('asRecorded'),
    )
    .option('--keep-ids', 'the recorded trace ids; by default new ones on each run', false)
    .option('--token <token>', 'ingest token; better in the variable STRAYLINE_INGEST_TOKEN')
    .option('--environment <name>', 'instead of the environment that the spans state')
    .option('--wait', 'return only when the collector has nothing pending', false)
    .addOption(
      new Option('--retry-for <duration>', 'how long a request is tried again')
        .argParser(parseDuration)
        .default(60_000, '60s'),
    )
    .addOption(
      new Option('--progress <form>', 'json: one object a line on standard output, for programs')
        .choices(PROGRESS_FORMS)
        .default('terminal'),
    )
    .action(async (files: string[], options: ReplayOptions) => {
      const read = readKnobs({})
      if (!read.ok) {
        refuse(read.problems)
        return
      }
      const { replayCaptures } = await import('./replay.ts')
      const { to, asRecorded, rate, keepIds, token, environment, wait, retryFor } = options
      process.exitCode = await replayCaptures({
        ...{ files, to, keepsIds: keepIds, waits: wait, retryForMs: retryFor },
        pace: rate
          ? { kind: 'rate', spansPerSecond: rate }
          : { kind: asRecorded ? 'recorded' : 'fast' },
        token: token ?? readIngestToken(),
        environment: environment ?? null,
        peerKeys: read.knobs.peerKeys,
        progress: openProgress(options.progress),
      })
    })
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('a small shop, its approved baseline, then a planted attack, sent to a collector')
    .option(
      '--http <url>',
      "the collector's OTLP/HTTP receiver; by default of the one running here",
    )
    .option(
      '--grpc <url>',
      "the collector's OTLP/gRPC receiver; by default of the one running here",
    )
    .option('--token <token>', 'ingest token; better in the variable STRAYLINE_INGEST_TOKEN')
    .option('--environment <name>', 'where the shop is', 'demo')
    .addOption(
      new Option('--seed <number>', 'the same seed tells the same story')
        .argParser(parseSeed)
        .default(1),
    )
    .addOption(
      new Option('--for <duration>', 'how long traffic goes on after the attack')
        .argParser(parseDuration)
        .default(600_000, '10m'),
    )
    .addOption(
      new Option('--progress <form>', 'json: one object a line on standard output, for programs')
        .choices(PROGRESS_FORMS)
        .default('terminal'),
    )
    .action(async (options: DemoRequest) => {
      const { startDemo } = await import('./demo/command.ts')
      process.exitCode = await startDemo(options)
    })
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new InvalidArgumentError('It must be a whole number from 0 on.')
}

function parseRate(text: string): number {
  const rate = Number(text)
  if (Number.isFinite(rate) && rate > 0) return rate
  throw new InvalidArgumentError('It must be a number of spans above 0.')
}

function parseDuration(text: string): number {
  const durationMs = parseDurationMs(text)
  if (durationMs !== undefined) return durationMs
  throw new InvalidArgumentError('It must be a duration, such as 500ms, 60s or 5m.')
}

// `strayline graph ... | head` closes our output early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

keepCompiledCode()
try {
  await buildProgram().parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Help and version are asked for and exit 0; all else that commander refuses is bad usage.
  process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE
}
