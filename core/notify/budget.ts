// The budget of an environment: how many alerts a day are meant to be. More than that is told itself, once a day,
// because a channel that tells too much is soon not read.
import { chooseBudgetRoutes } from './match.ts'
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

export type PlannedBudget = Plan & {
  readonly channelId: string
  readonly routeId: string
  readonly notice: BudgetNotice
}

export type BudgetCount = {
  readonly day: string
  /** That opened, opened again or got worse on it. */
  readonly alerts: number
  /** Stands for the environment in keys: letters and digits, for each its own. */
  readonly hash: string
}

/**
 * What is told of a day's count: nothing while it is within the target, then the same key however often it is planned,
 * so that each channel is told once.
 */
export function planBudget(
  budget: Budget,
  { day, alerts, hash }: BudgetCount,
  routes: readonly Route[],
  nowMs: number,
): readonly PlannedBudget[] {
  const { environment, target } = budget
  if (alerts <= target) return []
  const notice: BudgetNotice = {
    ...{ type: 'budget', key: `b${hash}.${day}`, atMs: nowMs },
    ...{ environment, day, zone: zoneOf(budget), alerts, target },
  }
  return chooseBudgetRoutes(routes, environment).flatMap(({ id: routeId, channelId, settings }) => {
    const plan = planDelivery(settings, notice, nowMs)
    return plan ? [{ ...plan, channelId, routeId, notice }] : []
  })
}
