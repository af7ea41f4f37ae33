// The routes of incidents: alerts with one cause, told in one sentence.
import { z } from 'zod'
import { ALERT_STATES } from '../../../core/baseline/alert-state.ts'
import { SEVERITIES } from '../../../core/baseline/drift.ts'
import { Environment, StoredId } from '../../api-input.ts'
import { named } from '../named-schemas.ts'
import { pageFields, pageOf } from '../paging.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Count, IdParams, NodeKeyShape, Time, TimeOrNull } from '../shapes.ts'
import { AlertShape, incidentNameFields } from './alerts.ts'

const IncidentShape = named(
  'Incident',
  z.strictObject({
    ...incidentNameFields,
    environment: z.string(),
    node: NodeKeyShape.describe('The caller, or the external destination.'),
    version: z.string().nullable().describe('Of the caller, when it is a deploy.'),
    deployedMs: TimeOrNull.describe('When that version was first seen, unix ms.'),
    isOpen: z.boolean().describe('One of its alerts waits for a decision.'),
    severity: z.enum(SEVERITIES).describe('The worst that waits; when none does, of all.'),
    alerts: Count,
    states: z.partialRecord(z.enum(ALERT_STATES), Count).describe('Its alerts by state.'),
    firstMs: Time.describe('When its first alert opened or reopened, unix ms.'),
    lastMs: Time.describe('When its newest alert opened or reopened, unix ms.'),
  }),
)

const PlaceOfIncident = z.strictObject({ lastAtUs: z.string().regex(/^-?\d{1,18}$/), id: StoredId })
const READS = { method: 'GET', tag: 'alerts', role: 'viewer' } as const

export const LIST_INCIDENTS = {
  ...{ id: 'listIncidents', path: '/api/v1/incidents', ...READS },
  summary: 'Incidents: alerts with one cause, a deploy, an external domain or a caller',
  query: z.strictObject({
    environment: Environment.optional(),
    state: z.enum(['open', 'closed', 'all']).default('open'),
    ...pageFields('listIncidents', PlaceOfIncident),
  }),
  answer: { status: 200, description: 'The newest alert first.', schema: pageOf(IncidentShape) },
} as const satisfies RouteSpec

export const READ_INCIDENT = {
  ...{ id: 'readIncident', path: '/api/v1/incidents/{id}', ...READS },
  summary: 'One incident with its alerts',
  description:
    'An alert that reopens by another cause moves to the incident of that; one that all its alerts have left is gone.',
  params: IdParams,
  answer: {
    status: 200,
    description: 'The incident.',
    schema: z.strictObject({
      incident: IncidentShape,
      items: z.array(AlertShape).describe('Its alerts, the worst first, at most 500.'),
    }),
  },
  missing: 'There is no such incident.',
} as const satisfies RouteSpec

export const INCIDENT_ROUTES: readonly RouteSpec[] = [LIST_INCIDENTS, READ_INCIDENT]
