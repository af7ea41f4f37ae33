// The route of backtests: what a baseline, a route of notifications or settings would have told over stored history.
// Lists are bounded and stand beside their totals.
import { z } from 'zod'
import { ALERT_STATES } from '../../../core/baseline/alert-state.ts'
import { DRIFT_KINDS, SEVERITIES } from '../../../core/baseline/drift.ts'
import { FORECAST_MARKS } from '../../../core/baseline/forecast.ts'
import { INCIDENT_KINDS } from '../../../core/baseline/incident.ts'
import { NOTICE_ACTS } from '../../../core/notify/notice.ts'
import { RouteSettings } from '../../../core/notify/route.ts'
import { Environment, StoredId, storable } from '../../api-input.ts'
import { BASELINE_BYTES_MAX, ContentTaken } from '../baseline-shapes.ts'
import { named } from '../named-schemas.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Count, NodeKeyShape, Time, TimeOrNull } from '../shapes.ts'
import { DraftEditTaken, Version } from './baselines.ts'
import { SettingsTaken } from './inventory.ts'

const DAY_MS = 86_400_000
const DAYS_DEFAULT = 14
const DAYS_MAX = 400
/** How many of each are listed. */
export const LISTED_MAX = 500

const Window = z
  .strictObject({
    fromMs: z.int().min(0).exactOptional().describe('Left out: 14 days before its end.'),
    toMs: z.int().min(0).exactOptional().describe('Left out, or later than now: now.'),
  })
  .prefault({})

/** Null: it is no window. */
export function windowOf(
  { fromMs, toMs }: z.output<typeof Window>,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } | null {
  const endMs = Math.min(toMs ?? nowMs, nowMs)
  const startMs = fromMs ?? endMs - DAYS_DEFAULT * DAY_MS
  return startMs < endMs && endMs - startMs <= DAYS_MAX * DAY_MS
    ? { fromMs: startMs, toMs: endMs }
    : null
}

const edits = z.array(DraftEditTaken).max(10_000).default([]).describe('Done to it first.')
const Candidate = named(
  'BacktestedBaseline',
  z.discriminatedUnion('from', [
    z.strictObject({ from: z.literal('active'), edits }),
    z.strictObject({ from: z.literal('version'), version: Version, edits }),
    z.strictObject({ from: z.literal('content'), content: ContentTaken }),
  ]),
)
const CandidateRoute = named(
  'BacktestedRoute',
  z.strictObject({
    id: StoredId.nullable().default(null).describe('The route to be changed; null: a new one.'),
    channelId: StoredId.nullable()
      .default(null)
      .describe('null: as it is, or, of a new one, a channel that is not there yet.'),
    settings: storable(RouteSettings),
  }),
)
const AskedBacktest = named(
  'BacktestRequest',
  z.discriminatedUnion('what', [
    z.strictObject({ what: z.literal('baseline'), window: Window, baseline: Candidate }),
    z.strictObject({ what: z.literal('route'), window: Window, route: CandidateRoute }),
    z.strictObject({ what: z.literal('settings'), window: Window, settings: SettingsTaken }),
  ]),
)

const ends = { source: NodeKeyShape, target: NodeKeyShape.nullable() }
const days = z
  .array(z.strictObject({ day: z.iso.date(), count: Count }))
  .describe('By the zone of the environment, the oldest first.')
const windowShape = { environment: z.string(), fromMs: Time, toMs: Time }
const targetShape = {
  zone: z.string(),
  alertTarget: Count.describe('Alerts a day.'),
  daysOver: Count.describe('Days with more than the target.'),
}

const BaselineForecastShape = z.strictObject({
  ...{ what: z.literal('baseline'), ...windowShape },
  version: z.int().describe('That the candidate has, or would get.'),
  totals: z.strictObject({
    ...{ alerts: Count, new: Count, worse: Count, same: Count },
    atStart: Count.describe('There before the window: told at once when it becomes active.'),
    ended: Count.describe('Taken back by themselves within the window, as a rule ran out.'),
    ...{ incidents: Count, gone: Count },
  }),
  ...targetShape,
  days: days.describe('Alerts by the day on which they open, without those at the start.'),
  incidents: z.array(
    z.strictObject({
      kind: z.enum(INCIDENT_KINDS),
      sentence: z.string(),
      opensAtMs: Time,
      alerts: Count,
      new: Count,
    }),
  ),
  alerts: z
    .array(
      z.strictObject({
        mark: z
          .enum(FORECAST_MARKS)
          .describe(
            'new: none stands; worse: one stands and would be told again; same: one stands.',
          ),
        ...{ kind: z.enum(DRIFT_KINDS), severity: z.enum(SEVERITIES), ...ends },
        ...{ summary: z.string(), reasons: z.array(z.string()) },
        reasonsAgainst: z.array(z.string()),
        ruleId: z.string().nullable(),
        opensAtMs: Time.describe('The earliest that is known.'),
        endsAtMs: TimeOrNull.describe('null: it stands at the end of the window.'),
        isAtStart: z.boolean(),
        incident: Count.describe('Place of its incident among all, from 0.'),
        alertId: z.string().nullable().describe('The alert that stands; null: none does.'),
      }),
    )
    .describe('The worst first.'),
  gone: z
    .array(
      z.strictObject({
        ...{ alertId: z.string(), kind: z.enum(DRIFT_KINDS), severity: z.enum(SEVERITIES) },
        ...{ state: z.enum(ALERT_STATES), summary: z.string() },
      }),
    )
    .describe('Alerts that stand, and would not.'),
})

const ToldAlertShape = z.strictObject({
  ...{ alertId: z.string(), kind: z.enum(DRIFT_KINDS), severity: z.enum(SEVERITIES) },
  summary: z.string(),
})
const RouteForecastShape = z.strictObject({
  ...{ what: z.literal('route'), ...windowShape },
  totals: z.strictObject({
    alerts: Count.describe('That opened in the window.'),
    told: Count.describe('Of them, those that the route tells.'),
    untold: Count.describe('Of them, those that no route at all is about.'),
    messages: Count,
    before: Count.describe('Messages of the route as it is now; 0 when it is new.'),
    incidents: Count,
  }),
  zone: z.string(),
  days: days.describe('Messages by the day on which they would have been sent.'),
  messages: z
    .array(
      z.strictObject({
        atMs: Time,
        notices: Count.describe('More than one: a digest.'),
        told: z
          .array(z.strictObject({ act: z.enum(NOTICE_ACTS), ...ToldAlertShape.shape }))
          .describe('The first 20 of them.'),
      }),
    )
    .describe('In the order they would have been sent.'),
  incidents: z
    .array(z.strictObject({ id: z.string(), sentence: z.string(), alerts: Count, told: Count }))
    .describe('Of the alerts that opened, the most alerts first.'),
  untold: z.array(ToldAlertShape),
})

const SettingsForecastShape = z.strictObject({
  ...{ what: z.literal('settings'), ...windowShape, ...targetShape },
  recoverAfterMs: z.int(),
  daysOverNow: Count.describe('The same with the settings there are.'),
  days: days.describe('Alerts that opened, opened again, began to flap or got worse.'),
  recovering: z
    .array(z.string())
    .describe('Ids of alerts that wait and would recover at once, at most 1,000.'),
})

export const BACKTEST = {
  ...{ id: 'backtest', method: 'POST', path: '/api/v1/environments/{environment}/backtest' },
  ...{ tag: 'alerts', role: 'viewer' },
  summary: 'What a baseline, a route or settings would have told over stored history',
  description:
    `Nothing is changed and nothing is sent. Of each list the first ${LISTED_MAX} are given, and the totals of all. ` +
    'A baseline is judged as if it had been active since the begin of the window; a route is planned over what ' +
    'happened to alerts, with what they are now. One is computed at a time and two wait; further ones are refused ' +
    'with 429. One that takes longer than STRAYLINE_BACKTEST_TIME_MAX (60 s) is ended and refused with 409.',
  params: z.strictObject({ environment: Environment }),
  body: { schema: AskedBacktest, bytesMax: BASELINE_BYTES_MAX },
  missing: 'There is no such environment.',
  errors: [409],
  answer: {
    status: 200,
    description: 'The forecast.',
    schema: z.discriminatedUnion('what', [
      BaselineForecastShape,
      RouteForecastShape,
      SettingsForecastShape,
    ]),
  },
} as const satisfies RouteSpec

export const BACKTEST_ROUTES: readonly RouteSpec[] = [BACKTEST]
