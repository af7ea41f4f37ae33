// The collector's settings: read from the environment once, checked together, frozen.
// Variables, defaults, units and bounds are in core/config/settings.ts and .env.example.
import { resolve } from 'node:path'
import { KNOB_SETTINGS, pickKnobs } from '../core/config/knobs.ts'
import { parseSettings, type SettingsOf } from '../core/config/parse.ts'
import { findExposureProblems, SETTINGS } from '../core/config/settings.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../core/fold/options.ts'

const SPEC = {
  collectorDatabaseUrl: SETTINGS.collectorDatabaseUrl,
  dataDir: SETTINGS.dataDir,
  logLevel: SETTINGS.logLevel,
  collectorHost: SETTINGS.collectorHost,
  otlpGrpcPort: SETTINGS.otlpGrpcPort,
  otlpHttpPort: SETTINGS.otlpHttpPort,
  ingestToken: SETTINGS.ingestToken,
  bodyBytesMax: SETTINGS.bodyBytesMax,
  journalBytesMax: SETTINGS.journalBytesMax,
  commitIntervalMs: SETTINGS.commitIntervalMs,
  traceRetention: SETTINGS.traceRetention,
  holdMs: SETTINGS.holdMs,
  quietMs: SETTINGS.quietMs,
  lateWindowMs: SETTINGS.lateWindowMs,
  pendingSpansMax: SETTINGS.pendingSpansMax,
  environmentsMax: SETTINGS.environmentsMax,
  nodesMax: SETTINGS.nodesMax,
  externalHostsMax: SETTINGS.externalHostsMax,
  edgesMax: SETTINGS.edgesMax,
  operationsPerEdgeMax: SETTINGS.operationsPerEdgeMax,
  ...KNOB_SETTINGS,
} as const

export type CollectorConfig = Omit<SettingsOf<typeof SPEC>, 'collectorDatabaseUrl'> & {
  readonly collectorDatabaseUrl: string
  readonly foldOptions: FoldOptions
}

export type ReadConfig =
  | { readonly ok: true; readonly config: CollectorConfig }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Reads the environment of this process. Errors: none; every problem comes back as one sentence. */
export function readCollectorConfig(env: NodeJS.ProcessEnv = process.env): ReadConfig {
  const parsed = parseSettings(SPEC, env)
  if (!parsed.ok) return parsed
  const { settings } = parsed
  const { collectorDatabaseUrl } = settings
  const problems = findExposureProblems({ ...settings, webHost: '127.0.0.1', publicUrl: null })
  if (collectorDatabaseUrl === null)
    problems.push('COLLECTOR_DATABASE_URL must be set; `npm start` sets it for its collector.')
  if (problems.length > 0 || collectorDatabaseUrl === null) return { ok: false, problems }
  const config = {
    ...settings,
    collectorDatabaseUrl,
    dataDir: resolve(settings.dataDir),
    foldOptions: Object.freeze(pickFoldOptions(settings)),
  }
  return { ok: true, config: Object.freeze(config) }
}

function pickFoldOptions(settings: SettingsOf<typeof SPEC>): FoldOptions {
  return {
    ...DEFAULT_FOLD_OPTIONS,
    holdMs: settings.holdMs,
    quietMs: settings.quietMs,
    lateWindowMs: settings.lateWindowMs,
    pendingSpansMax: settings.pendingSpansMax,
    environmentsMax: settings.environmentsMax,
    nodesMax: settings.nodesMax,
    externalHostsMax: settings.externalHostsMax,
    edgesMax: settings.edgesMax,
    operationsPerEdgeMax: settings.operationsPerEdgeMax,
    ...pickKnobs(settings),
  }
}
