// The budget of an environment: how many alerts a day are meant to be. More than that is told itself, once a day,
// because a channel that tells too much is soon not read.
import type { BudgetNotice } from './notice.ts'
import { dayAt, type ZonedDay } from './zone.ts'

/** What is counted: alerts that opened, opened again or got worse. */
export const COUNTED_ACTIONS = ['opened', 'reopened', 'escalated'] as const

export type Budget = {
  readonly environment: string
  /** IANA; days begin and end on its wall clock. */
  readonly zone: string
  /** Alerts a day. */
  readonly target: number
}

/** The day whose count an event at this time may pass; of the environment's zone, UTC where that is unknown. */
export function budgetDay({ zone }: Pick<Budget, 'zone'>, atMs: number): ZonedDay {
  return dayAt(zone, atMs)
}

/**
 * What to tell when so many alerts were counted on a day; null while they are within the target.
 * name: of the environment in the key: letters and digits, the same each time.
 */
export function passBudget(
  budget: Budget,
  { day, alerts, name, nowMs }: { day: string; alerts: number; name: string; nowMs: number },
): BudgetNotice | null {
  const { environment, zone, target } = budget
  if (alerts <= target) return null
  return {
    type: 'budget',
    key: `b${name}.${day}`,
    atMs: nowMs,
    ...{ environment, day, zone, alerts, target },
  }
}
