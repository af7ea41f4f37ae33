// The notification worker's settings: read from the environment once, checked together, frozen.
import { parseSettings } from '../core/config/parse.ts'
import { SETTINGS } from '../core/config/settings.ts'
import type { Retention } from '../storage/partitions.ts'

export type NotifyConfig = {
  /** Owner of the schema: the job queue and the partitions are its. */
  readonly workerDatabaseUrl: string
  readonly logLevel: string
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
  const { workerDatabaseUrl: url, logLevel: level, lateWindowMs } = SETTINGS
  const { spansRetentionMs: span } = SETTINGS
  const { minutesRetentionMs: minute, hoursRetentionMs: hour, daysRetentionMs: day } = SETTINGS
  const { dataDir, secretsKey } = SETTINGS
  const spec = { url, level, dataDir, secretsKey, lateWindowMs, span, minute, hour, day }
  const parsed = parseSettings(spec, env)
  if (!parsed.ok) return parsed
  const { url: workerDatabaseUrl, level: logLevel, ...others } = parsed.settings
  const { dataDir: folder, secretsKey: key, ...durations } = others
  if (workerDatabaseUrl === null) {
    const problem = 'WORKER_DATABASE_URL must be set; `npm start` sets it for its worker.'
    return { ok: false, problems: [problem] }
  }
  const rollupWaitMs = durations.lateWindowMs + ROLLUP_MARGIN_MS
  const secrets = { dataDir: folder, secretsKey: key }
  const config = { workerDatabaseUrl, logLevel, ...secrets, retention: durations, rollupWaitMs }
  return { ok: true, config: Object.freeze(config) }
}
