// Counts the alerts of days against what an environment means to have, from the history of alerts. Reads only.
import { createHash } from 'node:crypto'
import type { DriftKind, Severity } from '../core/baseline/drift.ts'
import {
  type Budget,
  budgetDay,
  budgetDays,
  budgetKey,
  isCounted,
  type PlannedBudget,
  planBudget,
} from '../core/notify/budget.ts'
import { chooseBudgetRoutes } from '../core/notify/match.ts'
import type { Route } from '../core/notify/route.ts'
import type { TurnInput } from '../core/notify/turn.ts'
import type { ZonedDay } from '../core/notify/zone.ts'
import { readSettings } from './environments.ts'
import type { Query } from './sql.ts'

/** Of alerts that opened, opened again, began to flap or got worse; by what they are now. */
export type AlertCount = {
  readonly kind: DriftKind
  readonly severity: Severity
  readonly alerts: number
}

export type CountedDay = ZonedDay & {
  readonly alerts: number
  /** The most first. */
  readonly counts: readonly AlertCount[]
}

export type CountedBudget = Budget & {
  /** The oldest first; the last is today, so far. */
  readonly days: readonly CountedDay[]
}

type CountRow = { day: string; kind: DriftKind; severity: Severity; alerts: number }

/** Today and the days before it: as many. Null: there is no such environment. */
export async function readAlertBudget(
  sql: Query,
  environment: string,
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): Promise<CountedBudget | null> {
  const budget = await findBudget(sql, environment)
  if (budget === null) return null
  return { ...budget, days: await countDays(sql, environment, budgetDays(budget, nowMs, days)) }
}

/**
 * What is to be told of environments whose days have more alerts than their target, now that these things happened, to
 * channels that were not told of that day. Called in the transaction that routes them.
 */
export async function planBudgets(
  tx: Query,
  { happenings, alerts, routes, nowMs }: Omit<TurnInput, 'earlier'>,
): Promise<readonly PlannedBudget[]> {
  const lastAtMs = new Map<string, number>()
  for (const { alertId, action, atMs } of happenings) {
    const environment = alerts.get(alertId)?.facts.environment
    if (environment === undefined || !isCounted(action)) continue
    lastAtMs.set(environment, Math.max(atMs, lastAtMs.get(environment) ?? atMs))
  }
  const planned: PlannedBudget[] = []
  for (const [environment, atMs] of lastAtMs) {
    const budget = await findBudget(tx, environment)
    if (budget === null) continue
    const day = budgetDay(budget, atMs)
    const key = budgetKey(hashOf(environment), day.day)
    const untold = await leaveOutTold(tx, chooseBudgetRoutes(routes, environment), key)
    if (untold.length === 0) continue
    const [{ alerts: counted } = { alerts: 0 }] = await countDays(tx, environment, [day])
    planned.push(...planBudget(budget, { day: day.day, alerts: counted, key }, untold, nowMs))
  }
  return planned
}

function hashOf(environment: string): string {
  return createHash('sha256').update(environment).digest('hex').slice(0, 32)
}

/** So that a day which is over its target is not counted again with every alert. */
async function leaveOutTold(
  tx: Query,
  routes: readonly Route[],
  key: string,
): Promise<readonly Route[]> {
  if (routes.length === 0) return routes
  const told = await tx<{ channel_id: bigint }[]>`
    select channel_id from delivery where key = ${key}
      and channel_id = any(${routes.map(({ channelId }) => channelId)}::bigint[])`
  const channels = new Set(told.map((row) => String(row.channel_id)))
  return routes.filter(({ channelId }) => !channels.has(channelId))
}

async function findBudget(sql: Query, environment: string): Promise<Budget | null> {
  const settings = await readSettings(sql, environment)
  return settings && { environment, zone: settings.zone, target: settings.alertTarget }
}

async function countDays(
  sql: Query,
  environment: string,
  days: readonly ZonedDay[],
): Promise<readonly CountedDay[]> {
  const rows = await sql<CountRow[]>`
    select day.day, alert.kind, alert.severity, count(*)::int as alerts
    from unnest(
      ${days.map(({ day }) => day)}::text[],
      ${days.map(({ fromMs }) => fromMs)}::float8[],
      ${days.map(({ toMs }) => toMs)}::float8[]
    ) as day(day, from_ms, to_ms)
    join alert_event as event on event.at >= to_timestamp(day.from_ms / 1000)
      and event.at < to_timestamp(day.to_ms / 1000)
      and event.action in ('opened', 'reopened', 'flapping', 'escalated')
    join alert on alert.id = event.alert_id and alert.environment = ${environment}
    group by day.day, alert.kind, alert.severity
    order by alerts desc, alert.kind, alert.severity`
  return days.map((day) => {
    const counts = rows
      .filter((row) => row.day === day.day)
      .map(({ kind, severity, alerts }) => ({ kind, severity, alerts }))
    return { ...day, alerts: counts.reduce((sum, { alerts }) => sum + alerts, 0), counts }
  })
}
