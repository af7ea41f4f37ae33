// Every setting of Strayline, once: variable, default, unit and bounds. The config file of each
// process picks the ones it needs; `serve` checks them all before it starts anything; .env.example
// lists them (a test compares).
import { KNOB_SETTINGS } from './knobs.ts'
import {
  bytesSetting,
  choiceSetting,
  countSetting,
  databaseUrlSetting,
  durationSetting,
  flagSetting,
  hostSetting,
  httpUrlSetting,
  isLoopbackHost,
  portSetting,
  secretSetting,
  textSetting,
} from './parse.ts'
import { secretsKeySetting } from './secrets-key.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

export const SETTINGS = {
  /** Owner of the schema; null: the embedded server. */
  databaseUrl: databaseUrlSetting({ variable: 'DATABASE_URL', default: null }),
  collectorDatabaseUrl: databaseUrlSetting({ variable: 'COLLECTOR_DATABASE_URL', default: null }),
  webDatabaseUrl: databaseUrlSetting({ variable: 'WEB_DATABASE_URL', default: null }),
  workerDatabaseUrl: databaseUrlSetting({ variable: 'WORKER_DATABASE_URL', default: null }),
  dataDir: textSetting({ variable: 'STRAYLINE_DATA_DIR', default: '.strayline' }),
  /** Seals the secrets of channels; null: kept in the data directory. */
  secretsKey: secretsKeySetting('STRAYLINE_SECRETS_KEY'),
  logLevel: choiceSetting({
    variable: 'STRAYLINE_LOG_LEVEL',
    default: 'info',
    choices: LOG_LEVELS,
  }),

  publicUrl: httpUrlSetting({ variable: 'STRAYLINE_URL', default: null }),
  webHost: hostSetting({ variable: 'STRAYLINE_WEB_HOST', default: '127.0.0.1' }),
  webPort: portSetting({ variable: 'STRAYLINE_WEB_PORT', default: '3000' }),
  authSecret: secretSetting({
    variable: 'STRAYLINE_AUTH_SECRET',
    default: null,
    charactersMin: 32,
  }),
  /** Of a capture file that is imported in the browser. Node reads files of up to 2 GiB whole. */
  importBytesMax: bytesSetting({
    variable: 'STRAYLINE_IMPORT_BYTES_MAX',
    default: '512MiB',
    min: '1MiB',
    max: '2047MiB',
  }),
  /** Baseline versions, also those that accepting an alert makes. */
  forbidsSelfApproval: flagSetting({
    variable: 'STRAYLINE_FORBID_SELF_APPROVAL',
    default: 'false',
  }),
  /** For one backtest, which has a processor and a connection for as long. */
  backtestMsMax: durationSetting({
    variable: 'STRAYLINE_BACKTEST_TIME_MAX',
    default: '60s',
    min: '1s',
    max: '5m',
  }),

  collectorHost: hostSetting({ variable: 'STRAYLINE_COLLECTOR_HOST', default: '127.0.0.1' }),
  otlpGrpcPort: portSetting({ variable: 'STRAYLINE_OTLP_GRPC_PORT', default: '4317' }),
  otlpHttpPort: portSetting({ variable: 'STRAYLINE_OTLP_HTTP_PORT', default: '4318' }),
  ingestToken: secretSetting({
    variable: 'STRAYLINE_INGEST_TOKEN',
    default: null,
    charactersMin: 16,
  }),
  apiToken: secretSetting({ variable: 'STRAYLINE_TOKEN', default: null, charactersMin: 16 }),
  bodyBytesMax: bytesSetting({
    variable: 'STRAYLINE_BODY_BYTES_MAX',
    default: '16MiB',
    min: '64KiB',
    max: '256MiB',
  }),
  journalBytesMax: bytesSetting({
    variable: 'STRAYLINE_JOURNAL_BYTES_MAX',
    default: '4GiB',
    min: '1MiB',
    max: '16TiB',
  }),
  commitIntervalMs: durationSetting({
    variable: 'STRAYLINE_COMMIT_INTERVAL',
    default: '250ms',
    min: '10ms',
    max: '10s',
  }),

  holdMs: durationSetting({
    variable: 'STRAYLINE_HOLD',
    default: '30s',
    min: '100ms',
    max: '10m',
  }),
  quietMs: durationSetting({
    variable: 'STRAYLINE_QUIET',
    default: '2s',
    min: '50ms',
    max: '1m',
  }),
  lateWindowMs: durationSetting({
    variable: 'STRAYLINE_LATE_WINDOW',
    default: '10m',
    min: '100ms',
    max: '24h',
  }),
  pendingSpansMax: countSetting({
    variable: 'STRAYLINE_PENDING_SPANS_MAX',
    default: '4000000',
    min: 1000,
    max: 100_000_000,
  }),
  environmentsMax: countSetting({
    variable: 'STRAYLINE_ENVIRONMENTS_MAX',
    default: '100',
    min: 1,
    max: 10_000,
  }),
  nodesMax: countSetting({
    variable: 'STRAYLINE_NODES_MAX',
    default: '20000',
    min: 10,
    max: 1_000_000,
  }),
  externalHostsMax: countSetting({
    variable: 'STRAYLINE_EXTERNAL_HOSTS_MAX',
    default: '2000',
    min: 10,
    max: 1_000_000,
  }),
  edgesMax: countSetting({
    variable: 'STRAYLINE_EDGES_MAX',
    default: '100000',
    min: 10,
    max: 10_000_000,
  }),
  operationsPerEdgeMax: countSetting({
    variable: 'STRAYLINE_OPERATIONS_MAX',
    default: '200',
    min: 1,
    max: 10_000,
  }),
  ...KNOB_SETTINGS,

  traceRetention: choiceSetting({
    variable: 'STRAYLINE_TRACE_RETENTION',
    default: 'examples',
    choices: ['examples', 'all'],
  }),
  spansRetentionMs: durationSetting({
    variable: 'STRAYLINE_SPANS_RETENTION',
    default: '24h',
    min: '1h',
    max: '60d',
  }),
  minutesRetentionMs: durationSetting({
    variable: 'STRAYLINE_MINUTES_RETENTION',
    default: '48h',
    min: '25h',
    max: '60d',
  }),
  hoursRetentionMs: durationSetting({
    variable: 'STRAYLINE_HOURS_RETENTION',
    default: '30d',
    min: '7d',
    max: '400d',
  }),
  daysRetentionMs: durationSetting({
    variable: 'STRAYLINE_DAYS_RETENTION',
    default: '400d',
    min: '32d',
    max: '3650d',
  }),

  /** Strayline's own traces: null is off. The SDK reads it, and the other OTEL_* variables, itself. */
  telemetryEndpoint: httpUrlSetting({ variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', default: null }),
} as const

/**
 * What must be set beyond loopback, where a stranger may knock: one sentence a missing variable.
 * Source: DESIGN section 7.
 */
export function findExposureProblems(settings: {
  readonly webHost: string
  readonly publicUrl: string | null
  readonly collectorHost: string
  readonly ingestToken: string | null
}): string[] {
  const { webHost, publicUrl, collectorHost, ingestToken } = settings
  const problems: string[] = []
  if (!isLoopbackHost(webHost) && publicUrl === null) {
    const because = `because STRAYLINE_WEB_HOST is ${webHost} and not loopback`
    problems.push(`STRAYLINE_URL must be set to the address that browsers use, ${because}.`)
  }
  if (!isLoopbackHost(collectorHost) && ingestToken === null) {
    const because = `because STRAYLINE_COLLECTOR_HOST is ${collectorHost} and not loopback`
    problems.push(`STRAYLINE_INGEST_TOKEN must be set, ${because}.`)
  }
  return problems
}
