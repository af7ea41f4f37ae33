// The notification worker's settings: read from the environment once, checked together, frozen.
import { parseSettings } from '../core/config/parse.ts'
import { SETTINGS } from '../core/config/settings.ts'
import type { Retention } from '../storage/partitions.ts'

export type NotifyConfig = {
  /** Owner of the schema: the job queue and the partitions are its. */
  readonly workerDatabaseUrl: string
  readonly logLevel: string
  /** Where browsers reach the dashboard, without a slash at its end. */
  readonly publicUrl: string
  /** Absolute or relative to the working folder; the key of channels' secrets is here. */
  readonly dataDir: string
  /** null: kept in the data directory. Secret. */
  readonly secretsKey: string | null
  readonly retention: Retention
  /** How long after its end a slice of time waits for late spans before it is rolled up. */
  readonly rollupWaitMs: number
}

/** Late spans come within the late window of the collector, and then have to be committed. */
const ROLLUP_MARGIN_MS = 5 * 60_000

export type ReadConfig =
  | { readonly ok: true; readonly config: NotifyConfig }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Errors: none; every problem comes back as one sentence. */
export function readNotifyConfig(env: NodeJS.ProcessEnv = process.env): ReadConfig {
  const { workerDatabaseUrl: url, logLevel, lateWindowMs, dataDir, secretsKey } = SETTINGS
  const { publicUrl, webHost, webPort } = SETTINGS
  const { spansRetentionMs: span } = SETTINGS
  const { minutesRetentionMs: minute, hoursRetentionMs: hour, daysRetentionMs: day } = SETTINGS
  const general = { url, logLevel, dataDir, secretsKey, publicUrl, webHost, webPort }
  const parsed = parseSettings({ ...general, lateWindowMs, span, minute, hour, day }, env)
  if (!parsed.ok) return parsed
  const { settings } = parsed
  if (settings.url === null) {
    const problem = 'WORKER_DATABASE_URL must be set; `npm start` sets it for its worker.'
    return { ok: false, problems: [problem] }
  }
  const host = settings.webHost.includes(':') ? `[${settings.webHost}]` : settings.webHost
  const config: NotifyConfig = {
    workerDatabaseUrl: settings.url,
    logLevel: settings.logLevel,
    publicUrl: settings.publicUrl ?? `http://${host}:${settings.webPort}`,
    dataDir: settings.dataDir,
    secretsKey: settings.secretsKey,
    retention: pickRetention(settings),
    rollupWaitMs: settings.lateWindowMs + ROLLUP_MARGIN_MS,
  }
  return { ok: true, config: Object.freeze(config) }
}

function pickRetention({ span, minute, hour, day }: Retention): Retention {
  return { span, minute, hour, day }
}
