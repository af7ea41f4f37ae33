#!/usr/bin/env node
// The strayline command: reads the command line and hands over to one file a command, loaded only when
// asked for, so that `graph` starts without database code.
// Exit codes: 0 done, 1 failed (or drift), 2 bad usage or unreadable input.
import { Command, CommanderError, Option } from 'commander'
import { GRAPH_FORMATS, type GraphFormat } from '../core/export/formats.ts'
import { keepCompiledCode } from './compile-cache.ts'
import { loadSettingsFile } from './config.ts'

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
    .action(async (options: { dev: boolean }) => {
      const { serve } = await import('./serve.ts')
      await serve({ mode: options.dev ? 'development' : 'production' })
    })
  program
    .command('graph')
    .description('derive the graph from trace files, offline and without a database')
    .argument(
      '<file...>',
      'JSON of OTLP, Tempo, Jaeger or Zipkin v2 (whole, or a value a line), or OTLP protobuf; plain, gzip, zstd or tar; - is standard input; several files are one stream',
    )
    .addOption(
      new Option('--format <format>', 'what to print').choices(GRAPH_FORMATS).default('table'),
    )
    .action(async (files: string[], options: { format: GraphFormat }) => {
      const { printGraph } = await import('./graph.ts')
      process.exitCode = await printGraph({ files, format: options.format })
    })
  program
    .command('doctor')
    .description('versions, paths, ports, database and collector state; nothing secret')
    .action(async () => {
      const { printDiagnosis } = await import('./doctor.ts')
      process.exitCode = await printDiagnosis()
    })
  return program
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
