// The route of an environment's alert budget: how many alerts came on its last days, against its target.
import { z } from 'zod'
import { DRIFT_KINDS, SEVERITIES } from '../../../core/baseline/drift.ts'
import { Environment } from '../../api-input.ts'
import { named } from '../named-schemas.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Count, Time } from '../shapes.ts'

const DAYS = { default: 7, max: 90 } as const

const DayShape = z.strictObject({
  day: z.iso.date().describe('In the zone.'),
  fromMs: Time,
  toMs: Time.describe('The first instant of the next day; days have 23 to 25 hours, or others.'),
  alerts: Count,
  counts: z
    .array(
      z.strictObject({ kind: z.enum(DRIFT_KINDS), severity: z.enum(SEVERITIES), alerts: Count }),
    )
    .describe('By what the alerts are now, the most first.'),
})

export const READ_ALERT_BUDGET = {
  id: 'readAlertBudget',
  method: 'GET',
  path: '/api/v1/environments/{environment}/alert-budget',
  ...{ tag: 'alerts', role: 'viewer' },
  summary: 'Alerts a day of an environment, against its target',
  description:
    'Counts alerts that opened, opened again, began to flap or got worse. When a day has more than the target, ' +
    'the routes of the environment tell it, once.',
  params: z.strictObject({ environment: Environment }),
  query: z.strictObject({
    days: z.coerce.number().int().min(1).max(DAYS.max).default(DAYS.default),
  }),
  answer: {
    status: 200,
    description: 'Today and the days before it.',
    schema: named(
      'AlertBudget',
      z.strictObject({
        environment: z.string(),
        zone: z.string().describe('IANA; in it days begin and end.'),
        target: Count.describe('Alerts a day.'),
        days: z.array(DayShape).describe('The oldest first; the last is today, so far.'),
      }),
    ),
  },
  missing: 'There is no such environment.',
} as const satisfies RouteSpec

export const ALERT_BUDGET_ROUTES: readonly RouteSpec[] = [READ_ALERT_BUDGET]
