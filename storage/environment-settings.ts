// What a person sets for an environment: its zone, how many alerts a day are wanted, when alerts recover. Audited
// with what it was before.
import { isZone } from '../core/notify/zone.ts'
import { appendAudit } from './audit.ts'
import {
  type EnvironmentSettings,
  lockActiveVersion,
  readSettings,
  writeSettings,
} from './environments.ts'
import { StorageError } from './failure.ts'
import type { Sql } from './sql.ts'

export const ALERT_TARGET_MAX = 1_000_000
export const RECOVER_AFTER_MS = { min: 60_000, max: 365 * 24 * 3_600_000 } as const

export type SettingsChange = {
  readonly environment: string
  /** What is left out stays. */
  readonly settings: Partial<EnvironmentSettings>
  /** Who: a user's e-mail address, or a token. */
  readonly actor: string
}

/**
 * Changes settings and returns all of them; nothing is written when nothing changes. Errors: StorageError
 * ENVIRONMENT_UNKNOWN, SETTINGS_INVALID with a sentence.
 */
export async function changeSettings(
  sql: Sql,
  { environment, settings, actor }: SettingsChange,
): Promise<EnvironmentSettings> {
  return sql.begin(async (tx) => {
    await lockActiveVersion(tx, environment)
    const former = await readSettings(tx, environment)
    if (!former) throw new Error('an environment that was held is gone')
    const next = { ...former, ...settings }
    const problem = findSettingsProblem(next)
    if (problem) throw new StorageError('SETTINGS_INVALID', problem)
    if (JSON.stringify(next) === JSON.stringify(former)) return former
    await writeSettings(tx, environment, next)
    const detail = { before: former, after: next }
    const action = 'environment.settings_changed'
    await appendAudit(tx, { actor, action, subject: environment, detail })
    return next
  })
}

/** What is wrong with them, in a sentence; null: they can be had. */
export function findSettingsProblem({
  zone,
  alertTarget,
  recoverAfterMs,
}: EnvironmentSettings): string | null {
  if (!isZone(zone)) return 'zone: name an IANA time zone, such as Europe/Berlin or UTC.'
  if (!isWithin(alertTarget, { min: 1, max: ALERT_TARGET_MAX }))
    return `alertTarget: a whole number of alerts a day, from 1 to ${ALERT_TARGET_MAX}.`
  if (!isWithin(recoverAfterMs, RECOVER_AFTER_MS))
    return 'recoverAfterMs: from one minute to 365 days, in whole milliseconds.'
  return null
}

function isWithin(value: number, { min, max }: { readonly min: number; readonly max: number }) {
  return Number.isInteger(value) && value >= min && value <= max
}
