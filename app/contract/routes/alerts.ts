// The routes of alerts: what they take and what they answer.
import { z } from 'zod'
import { ALERT_STATES } from '../../../core/baseline/alert-state.ts'
import { DRIFT_KINDS } from '../../../core/baseline/drift.ts'
import { Environment } from '../../api-input.ts'
import { named } from '../named-schemas.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Count, NodeKeyShape, Time } from '../shapes.ts'

export const AlertShape = named(
  'Alert',
  z.strictObject({
    id: z.string(),
    environment: z.string(),
    kind: z.enum(DRIFT_KINDS),
    state: z.enum(ALERT_STATES),
    summary: z.string(),
    reasons: z.array(z.string()),
    source: NodeKeyShape,
    target: NodeKeyShape,
    baselineVersion: z.int().describe('The version it was judged against.'),
    firstMs: Time,
    lastMs: Time,
    episode: z.int(),
  }),
)

export const LIST_ALERTS = {
  ...{ id: 'listAlerts', method: 'GET', path: '/api/v1/alerts', tag: 'alerts', role: 'viewer' },
  summary: 'Alerts of one state, the newest first, and how many there are of each',
  query: z.strictObject({
    environment: Environment.optional(),
    state: z.enum([...ALERT_STATES, 'all']).default('open'),
  }),
  answer: {
    status: 200,
    description: 'At most 500 alerts.',
    schema: z.strictObject({
      alerts: z.array(AlertShape),
      counts: z.record(z.enum(ALERT_STATES), Count),
    }),
  },
} as const satisfies RouteSpec

export const ALERT_ROUTES: readonly RouteSpec[] = [LIST_ALERTS]
