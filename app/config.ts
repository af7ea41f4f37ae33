// Settings of the web process, parsed once from the environment. Next loads this file in its own bundles and
// the server loads it again beside them; both see the one value kept by web-process.ts.
import { parseSettings } from '../core/config/parse.ts'
import { findExposureProblems, SETTINGS } from '../core/config/settings.ts'

const SPEC = {
  databaseUrl: SETTINGS.databaseUrl,
  webDatabaseUrl: SETTINGS.webDatabaseUrl,
  dataDir: SETTINGS.dataDir,
  secretsKey: SETTINGS.secretsKey,
  logLevel: SETTINGS.logLevel,
  publicUrl: SETTINGS.publicUrl,
  webHost: SETTINGS.webHost,
  webPort: SETTINGS.webPort,
  authSecret: SETTINGS.authSecret,
  collectorHost: SETTINGS.collectorHost,
  otlpGrpcPort: SETTINGS.otlpGrpcPort,
  otlpHttpPort: SETTINGS.otlpHttpPort,
  ingestToken: SETTINGS.ingestToken,
  importBytesMax: SETTINGS.importBytesMax,
  forbidsSelfApproval: SETTINGS.forbidsSelfApproval,
  backtestMsMax: SETTINGS.backtestMsMax,
} as const

export type WebConfig = {
  /** Connects as the web role. */
  readonly databaseUrl: string
  readonly dataDir: string
  /** null: kept in the data directory. Secret. */
  readonly secretsKey: string | null
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** null: loopback only, the address is made from host and port. */
  readonly publicUrl: string | null
  /** null: kept in the data directory. */
  readonly authSecret: string | null
  readonly isDevelopment: boolean
  /** Asked by `serve --demo`. */
  readonly startsDemo: boolean
  /** Where the collector listens; a port is 0 when this process was not told it. */
  readonly collector: {
    readonly host: string
    readonly grpcPort: number
    readonly httpPort: number
    /** What senders must show; null when nothing is asked for. Secret. */
    readonly ingestToken: string | null
  }
  /** Largest capture file taken in the browser. */
  readonly importBytesMax: number
  /** A version is approved by another person than its author. */
  readonly forbidsSelfApproval: boolean
  /** A backtest that takes longer is ended. */
  readonly backtestMsMax: number
  /** What a child process needs to run at all: no setting and no secret of ours. */
  readonly childVariables: { readonly [variable: string]: string | undefined }
}

const CHILD_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'NODE_ENV', 'NODE_COMPILE_CACHE']

export type ParsedWebConfig =
  | { readonly ok: true; readonly config: WebConfig }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Reads the process environment. Errors: every bad variable at once, a sentence each; never throws. */
export function readWebConfig(env: NodeJS.ProcessEnv = process.env): ParsedWebConfig {
  const parsed = parseSettings(SPEC, env)
  if (!parsed.ok) return parsed
  const { settings } = parsed
  const problems = findExposureProblems(settings).filter((problem) => !problem.includes('INGEST'))
  const databaseUrl = settings.webDatabaseUrl ?? settings.databaseUrl
  if (databaseUrl === null)
    problems.push('WEB_DATABASE_URL must be set; `npm start` sets it for the web process.')
  if (problems.length > 0 || databaseUrl === null) return { ok: false, problems }
  return {
    ok: true,
    config: Object.freeze({
      databaseUrl,
      dataDir: settings.dataDir,
      secretsKey: settings.secretsKey,
      host: settings.webHost,
      port: settings.webPort,
      publicUrl: settings.publicUrl,
      authSecret: settings.authSecret,
      isDevelopment: env.STRAYLINE_DEV === '1',
      startsDemo: env.STRAYLINE_START_DEMO === '1',
      collector: {
        host: settings.collectorHost,
        grpcPort: settings.otlpGrpcPort,
        httpPort: settings.otlpHttpPort,
        ingestToken: settings.ingestToken,
      },
      importBytesMax: settings.importBytesMax,
      forbidsSelfApproval: settings.forbidsSelfApproval,
      backtestMsMax: settings.backtestMsMax,
      childVariables: Object.fromEntries(CHILD_VARIABLES.map((name) => [name, env[name]])),
    }),
  }
}
