// What other settings of an environment would have meant: how many days had more alerts than the target, by the days of
// the zone, and which alerts would recover. Reads only.
import { countDays, type DayCount } from '../core/notify/count-days.ts'
import { findSettingsProblem } from './environment-settings.ts'
import { type EnvironmentSettings, readSettings } from './environments.ts'
import { StorageError } from './failure.ts'
import type { GraphWindow } from './graph.ts'
import { findQuiet } from './recover-alerts.ts'
import type { Query, Sql } from './sql.ts'

export type SettingsForecast = {
  readonly settings: EnvironmentSettings
  /** Alerts that opened, opened again, began to flap or got worse. */
  readonly days: readonly DayCount[]
  readonly daysOver: number
  /** Alerts that wait and would recover as soon as these settings hold: ids, the longest unseen first, at most 1,000. */
  readonly recovering: readonly string[]
}

/** settings: what is left out is as it is. Errors: StorageError ENVIRONMENT_UNKNOWN, SETTINGS_INVALID. */
export async function backtestSettings(
  sql: Sql,
  request: GraphWindow & {
    readonly settings: Partial<EnvironmentSettings>
    readonly nowMs: number
  },
): Promise<SettingsForecast> {
  const { environment, settings: given, nowMs, ...window } = request
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const present = await readSettings(tx, environment)
    if (!present)
      throw new StorageError('ENVIRONMENT_UNKNOWN', 'No span of this environment has been seen.')
    const settings = { ...present, ...given }
    const problem = findSettingsProblem(settings)
    if (problem !== null) throw new StorageError('SETTINGS_INVALID', problem)
    const times = await readTimes(tx, { environment, ...window })
    const days = countDays(times, { zone: settings.zone, ...window })
    const { recoverAfterMs } = settings
    const watch = { environment, recoverAfterMs, watchedSinceMs: 0, nowMs }
    const quiet = await findQuiet(tx, watch, 'look')
    return {
      ...{ settings, days },
      daysOver: days.filter(({ count }) => count > settings.alertTarget).length,
      recovering: quiet.map(({ id }) => String(id)),
    }
  })
}

/** As alerts are counted against the target (alert-budget.ts). */
async function readTimes(
  tx: Query,
  { environment, fromMs, toMs }: GraphWindow,
): Promise<readonly number[]> {
  const [row] = await tx<{ times: number[] | null }[]>`
    select json_agg(round(extract(epoch from at) * 1000)) as times
    from alert_event as event join alert on alert.id = event.alert_id
    where alert.environment = ${environment}
      and event.action in ('opened', 'reopened', 'flapping', 'escalated')
      and at >= to_timestamp(${fromMs}::float8 / 1000)
      and at < to_timestamp(${toMs}::float8 / 1000)`
  return row?.times ?? []
}
