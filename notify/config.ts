// The notification worker's settings: read from the environment once, checked together, frozen.
import { parseSettings } from '../core/config/parse.ts'
import { SETTINGS } from '../core/config/settings.ts'

export type NotifyConfig = {
  /** Owner of the schema: the job queue and the partitions are its. */
  readonly workerDatabaseUrl: string
  readonly logLevel: string
}

export type ReadConfig =
  | { readonly ok: true; readonly config: NotifyConfig }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Errors: none; every problem comes back as one sentence. */
export function readNotifyConfig(env: NodeJS.ProcessEnv = process.env): ReadConfig {
  const spec = { workerDatabaseUrl: SETTINGS.workerDatabaseUrl, logLevel: SETTINGS.logLevel }
  const parsed = parseSettings(spec, env)
  if (!parsed.ok) return parsed
  const { workerDatabaseUrl, logLevel } = parsed.settings
  if (workerDatabaseUrl === null) {
    const problem = 'WORKER_DATABASE_URL must be set; `npm start` sets it for its worker.'
    return { ok: false, problems: [problem] }
  }
  return { ok: true, config: Object.freeze({ workerDatabaseUrl, logLevel }) }
}
