// Alerts held for an act of a person: first the environments, in the order that all use, then the
// alerts, so that no commit and no other act comes between.
import { STANDING_STATES } from '../core/baseline/alert-state.ts'
import type { AlertCondition } from './alert-record.ts'
import { type Alert, type AlertRow, alertOf } from './alert-row.ts'
import { isAlertId } from './alerts.ts'
import { lockActiveVersion } from './environments.ts'
import type { Query } from './sql.ts'

export type HeldAlert = Alert & {
  readonly key: bigint
  readonly condition: AlertCondition
  /** Calls over its edges were seen encrypted, and none in the clear. */
  readonly isEncrypted: boolean
}

export type Held = {
  /** By id; those that are not there are left out. */
  readonly alerts: ReadonlyMap<string, HeldAlert>
  /** The active version of each of their environments. */
  readonly versions: ReadonlyMap<string, number | null>
}

type EnvironmentRow = { environment: string }

/** Holds these alerts and their environments for this transaction. ids: untrusted, may repeat. */
export async function holdAlerts(tx: Query, ids: readonly string[]): Promise<Held> {
  const known = [...new Set(ids.filter(isAlertId))]
  const environments = await tx<EnvironmentRow[]>`
    select distinct environment from alert where id = any(${known}::bigint[]) order by 1`
  const versions = new Map<string, number | null>()
  for (const { environment } of environments)
    versions.set(environment, await lockActiveVersion(tx, environment))
  return { alerts: await lockAlerts(tx, known), versions }
}

type HeldRow = AlertRow & { is_encrypted: boolean | null }

async function lockAlerts(
  tx: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, HeldAlert>> {
  const rows = await tx<HeldRow[]>`
    select alert.*, (select min(edge.id) from edge where edge.alert_id = alert.id) as edge_id,
      (select sum(tls_calls) > 0 and sum(plain_calls) = 0 from edge where alert_id = alert.id)
        as is_encrypted
    from alert where id = any(${[...ids]}::bigint[]) order by id for update`
  return new Map(rows.map((row) => [String(row.id), heldOf(row)]))
}

function heldOf(row: HeldRow): HeldAlert {
  const alert = alertOf(row)
  const { state, snoozedUntilMs, assignee, episode, lastAtMs } = alert
  const condition = { state, snoozedUntilMs, assignee, episode, lastAtMs }
  return { ...alert, key: row.id, condition, isEncrypted: row.is_encrypted ?? false }
}

type ConditionRow = Pick<AlertRow, 'id' | 'state' | 'assignee' | 'episode'> & {
  snoozed_until: Date | null
  last_at: Date
}

/** The condition of alerts as they are now; who calls holds them. */
export async function readConditions(
  tx: Query,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, AlertCondition>> {
  const rows = await tx<ConditionRow[]>`
    select id, state, assignee, episode, snoozed_until, last_at from alert
    where id = any(${ids.map(String)}::bigint[])`
  return new Map(
    rows.map(({ id, state, assignee, episode, snoozed_until, last_at }) => {
      const snoozedUntilMs = snoozed_until?.getTime() ?? null
      return [id, { state, snoozedUntilMs, assignee, episode, lastAtMs: last_at.getTime() }]
    }),
  )
}

type IdRow = { id: bigint }

/** Holds the alerts that stand in an environment, which the caller has, and returns their ids. */
export async function holdStanding(tx: Query, environment: string): Promise<readonly bigint[]> {
  const rows = await tx<IdRow[]>`
    select id from alert
    where environment = ${environment} and state = any(${[...STANDING_STATES]}::text[])
    order by id for update`
  return rows.map((row) => row.id)
}
