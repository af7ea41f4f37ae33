// How `strayline backtest` is asked: its words and flags. The work is in backtest.ts, loaded when asked for.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseDurationMs } from '../core/config/parse.ts'
import type { BacktestFormat } from './backtest.ts'

const DAY_MS = 86_400_000
const DAYS_MAX = 400
const FORMATS: readonly BacktestFormat[] = ['text', 'json']

type ServerOptions = {
  readonly server: string
  readonly environment: string
  readonly tokenFile?: string
  readonly days: number
  readonly format: BacktestFormat
}
type BaselineOptions = ServerOptions & {
  readonly baseline?: string
  readonly version?: number
  readonly edits?: string
}
type SettingsOptions = ServerOptions & {
  readonly zone?: string
  readonly alertTarget?: number
  readonly recoverAfter?: number
}

/** Adds the command with its three things to try. */
export function addBacktest(program: Command): void {
  const backtest = program
    .command('backtest')
    .description(
      'what a baseline, a route or settings would have told over the history of a server',
    )
  addBaselineTried(backtest)
  addFlags(
    backtest
      .command('route')
      .description('what a route of notifications would have sent, and what nobody would be told')
      .argument('<file>', 'JSON: {"settings": ...}, with "id" to change a route, "channelId"'),
  ).action(async (file: string, options: ServerOptions) => {
    const { backtestRoute } = await import('./backtest.ts')
    process.exitCode = await backtestRoute({ ...askedOf(options), file })
  })
  addSettingsTried(backtest)
}

function addBaselineTried(backtest: Command): void {
  const command = backtest
    .command('baseline')
    .description('the alerts that a baseline would have raised, by default the active version')
    .option('--baseline <file>', 'a baseline file')
    .addOption(
      new Option('--version <number>', 'a version of the server, such as a draft')
        .argParser(parseCount)
        .conflicts('baseline'),
    )
    .addOption(
      new Option(
        '--edits <file>',
        'JSON: a list of edits to do to it first, as PATCH of a draft takes them',
      ).conflicts('baseline'),
    )
  addFlags(command).action(async (options: BaselineOptions) => {
    const { backtestBaseline } = await import('./backtest.ts')
    const { baseline = null, version = null, edits = null } = options
    process.exitCode = await backtestBaseline({
      ...askedOf(options),
      ...{ baselineFile: baseline, version, editsFile: edits },
    })
  })
}

function addSettingsTried(backtest: Command): void {
  const command = backtest
    .command('settings')
    .description('days over the target of alerts, and alerts that would recover')
    .option('--zone <name>', 'IANA, such as Europe/Berlin')
    .option('--alert-target <alerts>', 'alerts a day', parseCount)
    .option('--recover-after <duration>', 'unseen for so long, an alert recovers', parseDuration)
  addFlags(command).action(async (options: SettingsOptions) => {
    const { backtestSettings } = await import('./backtest.ts')
    const { zone, alertTarget, recoverAfter: recoverAfterMs } = options
    const settings = {
      ...(zone === undefined ? {} : { zone }),
      ...(alertTarget === undefined ? {} : { alertTarget }),
      ...(recoverAfterMs === undefined ? {} : { recoverAfterMs }),
    }
    process.exitCode = await backtestSettings({ ...askedOf(options), settings })
  })
}

function addFlags(command: Command): Command {
  return command
    .requiredOption('--server <url>', 'such as http://127.0.0.1:3000')
    .requiredOption('--environment <name>', 'whose history')
    .option('--token-file <file>', 'file with the API token; else the variable STRAYLINE_TOKEN')
    .option('--days <number>', 'so many until now', parseDays, 14)
    .addOption(new Option('--format <format>', 'what to print').choices(FORMATS).default('text'))
}

function askedOf({ server, environment, tokenFile, days, format }: ServerOptions) {
  return { server, environment, tokenFile: tokenFile ?? null, durationMs: days * DAY_MS, format }
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('It must be a whole number from 1 on.')
}

function parseDays(text: string): number {
  const days = parseCount(text)
  if (days <= DAYS_MAX) return days
  throw new InvalidArgumentError(`It must be ${DAYS_MAX} at most.`)
}

function parseDuration(text: string): number {
  const durationMs = parseDurationMs(text)
  if (durationMs !== undefined) return durationMs
  throw new InvalidArgumentError('It must be a duration, such as 12h or 7d.')
}
