// The budget of an environment: how many alerts a day are meant to be. More than that is told itself, once a day,
// because a channel that tells too much is soon not read.
import type { AlertAction } from '../baseline/alert-state.ts'
import type { BudgetNotice } from './notice.ts'
import { type Plan, planDelivery } from './plan.ts'
import type { Route } from './route.ts'
import { dayAt, isZone, lastDays, type ZonedDay } from './zone.ts'

export type Budget = {
  readonly environment: string
  /** IANA; days begin and end on its wall clock, on that of UTC where the runtime does not know it. */
  readonly zone: string
  /** Alerts a day. */
  readonly target: number
}

/** The day that an alert of this time counts for. */
export function budgetDay(budget: Budget, atMs: number): ZonedDay {
  return dayAt(zoneOf(budget), atMs)
}

/** Today and the days before it, the oldest first: as many. */
export function budgetDays(budget: Budget, nowMs: number, days: number): readonly ZonedDay[] {
  return lastDays(zoneOf(budget), nowMs, days)
}

function zoneOf({ zone }: Budget): string {
  return isZone(zone) ? zone : 'UTC'
}

const COUNTED: ReadonlySet<AlertAction> = new Set([
  ...(['opened', 'reopened', 'flapping', 'escalated'] as const),
])

/** Whether it makes one alert more of a day. storage/alert-budget.ts counts the same. */
export function isCounted(action: AlertAction): boolean {
  return COUNTED.has(action)
}

/** hash: letters and digits that stand for the environment; each has its own. */
export function budgetKey(hash: string, day: string): string {
  return `b${hash}.${day}`
}

export type PlannedBudget = Plan & {
  readonly channelId: string
  readonly routeId: string
  readonly notice: BudgetNotice
}

export type BudgetCount = {
  readonly day: string
  /** That opened, opened again or got worse on it. */
  readonly alerts: number
  /** By budgetKey: equal however often the day is planned. */
  readonly key: string
}

/** What is told of a day's count by these routes (chooseBudgetRoutes): nothing while it is within the target. */
export function planBudget(
  budget: Budget,
  { day, alerts, key }: BudgetCount,
  routes: readonly Route[],
  nowMs: number,
): readonly PlannedBudget[] {
  const { environment, target } = budget
  if (alerts <= target) return []
  const notice: BudgetNotice = {
    ...{ type: 'budget', key, atMs: nowMs },
    ...{ environment, day, zone: zoneOf(budget), alerts, target },
  }
  return routes.flatMap(({ id: routeId, channelId, settings }) => {
    const plan = planDelivery(settings, notice, nowMs)
    return plan ? [{ ...plan, channelId, routeId, notice }] : []
  })
}
