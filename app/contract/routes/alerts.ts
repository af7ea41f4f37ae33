// The routes of alerts: lists by filters, one with all that helps to decide, and the acts of triage on
// one or many. What an act of a list was refused for stands beside each alert.
import { z } from 'zod'
import { ALERT_ACTIONS, ALERT_STATES, SIMILAR_AS } from '../../../core/baseline/alert-state.ts'
import { DRIFT_KINDS, SEVERITIES } from '../../../core/baseline/drift.ts'
import { patternSchema } from '../../../core/baseline/file/schema.ts'
import { INCIDENT_KINDS } from '../../../core/baseline/incident.ts'
import { Environment, Reason, StorableText, StoredId } from '../../api-input.ts'
import { named } from '../named-schemas.ts'
import { pageFields, pageOf } from '../paging.ts'
import type { RouteSpec } from '../route-spec.ts'
import {
  Count,
  ExemplarShape,
  IdParams,
  NodeKeyShape,
  ProtocolShape,
  Time,
  TimeOrNull,
} from '../shapes.ts'
import { ToldShape } from './notifications.ts'

const NodeOrNull = NodeKeyShape.nullable().describe('null: about a service without edges, source.')
const State = z.enum(ALERT_STATES)

export const incidentNameFields = {
  id: z.string(),
  kind: z.enum(INCIDENT_KINDS).describe('What its alerts have in common.'),
  sentence: z.string().describe('What happened; names in it are safe to show.'),
}

export const AlertShape = named(
  'Alert',
  z.strictObject({
    id: z.string(),
    environment: z.string(),
    kind: z.enum(DRIFT_KINDS),
    severity: z.enum(SEVERITIES),
    state: State,
    snoozedUntilMs: TimeOrNull,
    assignee: z.string().nullable().describe("A user's e-mail address; null: nobody's."),
    summary: z.string(),
    reasons: z.array(z.string()).describe('What speaks for its being something bad.'),
    reasonsAgainst: z.array(z.string()),
    source: NodeKeyShape,
    target: NodeOrNull,
    baselineVersion: z.int().describe('The version it was judged against.'),
    ruleId: z
      .string()
      .nullable()
      .describe('Of the rule that denies it, or held it till it expired.'),
    reaches: z
      .strictObject({
        pairs: z.array(z.strictObject({ service: NodeKeyShape, dataClass: z.string() })),
        pairsTotal: Count,
        stores: z.array(z.strictObject({ node: NodeKeyShape, dataClasses: z.array(z.string()) })),
        storesTotal: Count,
      })
      .describe('Classified data behind the edge; the lists are bounded, the totals are not.'),
    news: z
      .strictObject({
        protocols: z.array(ProtocolShape),
        operations: z.array(z.string()),
        ports: z.array(z.int()),
      })
      .describe('What the edge does beyond what it is approved for.'),
    firstMs: Time,
    lastMs: Time.describe('When its state last changed, unix ms.'),
    episode: z.int(),
    incident: z
      .strictObject(incidentNameFields)
      .nullable()
      .describe('Of its episode; null: it is from before there were incidents.'),
  }),
)

/** Several of a list of words, as `a,b`. */
function several<const T extends readonly [string, ...string[]]>(words: T) {
  return z
    .string()
    .max(500)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(words)))
    .describe(`One or more of ${words.join(', ')}, separated by commas.`)
}

const PlaceOfAlert = z.strictObject({
  rank: z.int().min(0).max(9),
  lastAtUs: z.string().regex(/^-?\d{1,18}$/),
  id: StoredId,
})

const StateCounts = z.partialRecord(State, Count)

export const LIST_ALERTS = {
  ...{ id: 'listAlerts', method: 'GET', path: '/api/v1/alerts', tag: 'alerts', role: 'viewer' },
  summary: 'Alerts by filters, and how many there are of each',
  query: z.strictObject({
    environment: Environment.optional(),
    state: z.union([z.literal('all'), several(ALERT_STATES)]).default(['open']),
    kind: several(DRIFT_KINDS).optional(),
    severity: several(SEVERITIES).optional(),
    assignee: StorableText.max(320).optional().describe("An e-mail address; empty: nobody's."),
    text: StorableText.max(200).optional().describe('Part of a name or namespace of either end.'),
    since: z.coerce
      .number()
      .int()
      .min(0)
      .max(8.64e15)
      .optional()
      .describe('Changed since, unix ms.'),
    order: z.enum(['time', 'severity']).default('time').describe('The newest or the worst first.'),
    ...pageFields('listAlerts', PlaceOfAlert),
  }),
  answer: {
    status: 200,
    description: 'A page of alerts; each count is by the other filters.',
    schema: pageOf(AlertShape).extend({
      counts: z.strictObject({
        states: StateCounts,
        kinds: z.partialRecord(z.enum(DRIFT_KINDS), Count),
        severities: z.partialRecord(z.enum(SEVERITIES), Count),
      }),
    }),
  },
} as const satisfies RouteSpec

const Happening = z.strictObject({
  id: z.string(),
  atMs: Time,
  action: z.enum(ALERT_ACTIONS),
  actor: z.string(),
  reason: z.string(),
  detail: z.record(z.string(), z.unknown()).describe('What there is to say, for example untilMs.'),
})

const PastDecisionShape = z.strictObject({
  alertId: z.string(),
  environment: z.string(),
  kind: z.enum(DRIFT_KINDS),
  source: NodeKeyShape,
  target: NodeOrNull,
  sharedWith: z.array(z.enum(SIMILAR_AS)).describe('What the two have in common.'),
  outcome: z.enum(['accepted', 'rejected']),
  actor: z.string(),
  reason: z.string(),
  atMs: Time,
})

const NearEdgeShape = z.strictObject({
  ...{ id: z.string(), source: NodeKeyShape, target: NodeKeyShape, lastSeenMs: Time },
})

const SurroundingsShape = z
  .strictObject({
    edge: NearEdgeShape.nullable().describe('The edge itself; null: not seen for 30 days.'),
    callers: z.array(NodeKeyShape).describe('They call one end or both.'),
    callersTotal: Count,
    callees: z.array(NodeKeyShape).describe('An end calls them, and they call neither.'),
    calleesTotal: Count,
    edges: z.array(NearEdgeShape).describe('Between an end and these nodes, or between the ends.'),
  })
  .describe('One hop around the edge as stored now, at most 6 nodes a side.')

export const READ_ALERT = {
  ...{ id: 'readAlert', method: 'GET', path: '/api/v1/alerts/{id}', tag: 'alerts', role: 'viewer' },
  summary: 'One alert with its history, an example trace and what was decided about similar ones',
  params: IdParams,
  answer: {
    status: 200,
    description: 'The alert.',
    schema: AlertShape.extend({
      edgeId: z.string().nullable().describe('The edge as it is now; null: it is gone.'),
      exemplar: ExemplarShape.nullable(),
      events: z.array(Happening).describe('The oldest first.'),
      similar: z.array(PastDecisionShape).describe('The newest first.'),
      surroundings: SurroundingsShape.nullable().describe('Null: about a service without edges.'),
      lastAct: z
        .strictObject({
          id: z.string(),
          action: z.enum(['accept', 'reject', 'snooze', 'assign']),
          actor: z.string(),
          atMs: Time,
          alerts: Count.describe('Of how many alerts; they are undone together.'),
        })
        .nullable()
        .describe('What could be undone; null: nothing.'),
      told: z.array(ToldShape).describe('To whom it was told, the newest first, at most 50.'),
    }),
  },
  missing: 'There is no such alert.',
} as const satisfies RouteSpec

/** Beyond what a baseline may hold (core/baseline/check-content.ts) storage refuses. */
const Note = StorableText.trim().max(500).default('')
const UntilMs = z.int().min(0).max(8.64e15)

const ACTS = {
  accept: {
    act: z.literal('accept'),
    reason: Reason,
    untilMs: UntilMs.nullable().default(null).describe('Until when, unix ms; null: for good.'),
    pattern: z
      .strictObject({ source: patternSchema, target: patternSchema })
      .nullable()
      .default(null)
      .describe('null: just this edge. Else every edge between such nodes, by an allow rule.'),
    ...{ purpose: Note, owner: Note, ticket: Note },
  },
  reject: { act: z.literal('reject'), reason: Reason },
  snooze: { act: z.literal('snooze'), reason: Reason, untilMs: UntilMs },
  assign: {
    act: z.literal('assign'),
    assignee: z.string().max(320).nullable().describe("A user's e-mail address; null: nobody."),
    reason: StorableText.trim().max(1000).default(''),
  },
  comment: { act: z.literal('comment'), reason: Reason.describe('The comment.') },
}

export const ActBody = z.discriminatedUnion('act', [
  z.strictObject(ACTS.accept),
  z.strictObject(ACTS.reject),
  z.strictObject(ACTS.snooze),
  z.strictObject(ACTS.assign),
  z.strictObject(ACTS.comment),
])

const alertIds = z.array(StoredId).min(1).max(1000).describe('At most 1000.')
const BulkBody = z.discriminatedUnion('act', [
  z.strictObject({ ...ACTS.accept, alertIds }),
  z.strictObject({ ...ACTS.reject, alertIds }),
  z.strictObject({ ...ACTS.snooze, alertIds }),
  z.strictObject({ ...ACTS.assign, alertIds }),
  z.strictObject({ ...ACTS.comment, alertIds }),
])

const OutcomeShape = named(
  'TriageOutcome',
  z.strictObject({
    actId: z.string().nullable().describe('What can be undone; null: nothing was done.'),
    results: z.array(
      z.discriminatedUnion('outcome', [
        z.strictObject({ alertId: z.string(), outcome: z.literal('done'), state: State }),
        z
          .strictObject({ alertId: z.string(), outcome: z.literal('proposed'), state: State })
          .describe('It waits until another person approves the version.'),
        z.strictObject({
          ...{ alertId: z.string(), outcome: z.literal('refused') },
          code: z.enum(['ALERT_UNKNOWN', 'ALERT_CLOSED', 'ALERT_NOT_HELD']),
          why: z.string(),
        }),
      ]),
    ),
    versions: z
      .array(
        z.strictObject({
          environment: z.string(),
          from: z.int().nullable(),
          version: z.int(),
          state: z.enum(['active', 'in_review']),
        }),
      )
      .describe('Baseline versions that were made, one an environment.'),
  }),
)

const ACT = { method: 'POST', tag: 'alerts', role: 'analyst' } as const

export const ACT_ON_ALERT = {
  ...{ id: 'actOnAlert', path: '/api/v1/alerts/{id}/acts', ...ACT },
  summary: 'Accept, reject, snooze, assign or comment on one alert',
  params: IdParams,
  body: { schema: ActBody },
  answer: { status: 200, description: 'It was done.', schema: OutcomeShape },
  missing: 'There is no such alert.',
  errors: [409],
} as const satisfies RouteSpec

export const ACT_ON_ALERTS = {
  ...{ id: 'actOnAlerts', path: '/api/v1/alerts/acts', ...ACT },
  summary: 'The same on many alerts at once, as one act',
  description:
    'All or nothing in the database; alerts that the act does not fit are refused each by itself.',
  body: { schema: BulkBody },
  answer: { status: 200, description: 'What became of each alert.', schema: OutcomeShape },
} as const satisfies RouteSpec

export const UNDO_ACT = {
  ...{ id: 'undoAct', path: '/api/v1/alerts/acts/{id}/undo', ...ACT },
  summary: 'Undo an act on alerts as a whole, while nothing newer depends on it',
  params: IdParams,
  body: { schema: z.strictObject({ reason: StorableText.trim().max(1000).default('') }) },
  answer: { status: 200, description: 'It was undone.', schema: OutcomeShape },
  missing: 'There is no such act.',
  errors: [409],
} as const satisfies RouteSpec

export const ALERT_ROUTES: readonly RouteSpec[] = [
  ...[LIST_ALERTS, READ_ALERT, ACT_ON_ALERT, ACT_ON_ALERTS, UNDO_ACT],
]
