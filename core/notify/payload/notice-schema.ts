// What our webhook sends, said once: types are made of it, public/schemas/notice-v1.json is printed from it, and a
// test holds every message against that. Fields are added, never changed or removed, as long as it says v1.
import { z } from 'zod'
import { DRIFT_KINDS, SEVERITIES } from '../../baseline/drift.ts'
import { NODE_KINDS } from '../../graph/node.ts'
import { NOTICE_ACTS } from '../notice.ts'

export const NOTICE_FORM = 'strayline.notice/v1'

const text = (description: string) => z.string().meta({ description })
const texts = (description: string) => z.array(z.string()).meta({ description })
const moment = (description: string) => z.iso.datetime().meta({ description })
const count = (description: string) => z.int().min(0).meta({ description })

const node = z
  .strictObject({
    environment: z.string(),
    kind: z.enum(NODE_KINDS),
    namespace: text('Empty: none'),
    name: z.string(),
  })
  .meta({ id: 'Node', description: 'One end of an edge, as it was named by telemetry' })

const alert = z
  .strictObject({
    id: z.string(),
    url: text('Leads to the alert; needs sign-in'),
    environment: z.string(),
    kind: z.enum(DRIFT_KINDS),
    severity: z.enum(SEVERITIES),
    episode: z.int().meta({ description: 'Counts how often the alert has opened' }),
    source: node,
    target: node
      .nullable()
      .meta({ description: 'Null: about a service without edges, the source' }),
    summary: text('What is new, in a sentence'),
    reasons: texts('Why this is an alert, a sentence each'),
    reasonsAgainst: texts('What speaks against it, a sentence each'),
    owners: texts('Of either end'),
    dataClasses: texts('Of either end'),
    exposures: texts('Of either end'),
    layers: texts('Of either end'),
    reachedClasses: texts('Classes of data that the edge lets be reached'),
    baselineVersion: z.int(),
    ruleId: z.string().nullable().meta({ description: 'The rule that denies it, or that ran out' }),
    traceId: z.string().nullable().meta({ description: 'An example trace' }),
    firstSeenAt: moment('When the edge was first seen'),
    lastSeenAt: moment('When the edge was last seen'),
    incident: z
      .strictObject({ id: z.string(), sentence: z.string() })
      .nullable()
      .meta({ description: 'Alerts with one cause' }),
    leftOut: count('Items that lists above would hold beyond what they do, all together'),
  })
  .meta({ id: 'Alert' })

const happened = {
  key: text('The same for every try of one delivery and for no other: drop what you have met'),
  at: moment('When it happened'),
}
const told = {
  act: z.enum(NOTICE_ACTS).meta({
    description:
      'reject: a person says that it must not be; resolve: nothing is to be done any more',
  }),
  why: text('Who decided and why, or what happened by itself; empty when the alert says it all'),
  alert,
}
const shell = {
  schema: z.literal(NOTICE_FORM),
  ...happened,
  title: text('One line for people'),
  url: text('Where to look'),
}

export const noticeSchema = z.discriminatedUnion('type', [
  z
    .strictObject({ ...shell, type: z.literal('alert'), ...told })
    .meta({ id: 'AlertNotice', description: 'Something became of an alert' }),
  z
    .strictObject({
      ...shell,
      type: z.literal('digest'),
      from: moment('When its time began'),
      to: moment('When its time ended'),
      noticesTotal: count('All that happened; more than notices has when that would be too long'),
      notices: z.array(z.strictObject({ ...happened, ...told })).meta({
        description: 'In the order it happened; each key is what it would have had alone',
      }),
    })
    .meta({ id: 'DigestNotice', description: 'What came together in a digest or quiet hours' }),
  z
    .strictObject({
      ...shell,
      type: z.literal('budget'),
      environment: z.string(),
      day: text('yyyy-mm-dd in the zone'),
      zone: text('IANA'),
      alerts: count('So far on that day'),
      target: count('Alerts a day that the environment is meant to have'),
    })
    .meta({ id: 'BudgetNotice', description: 'More alerts in a day than meant' }),
  z
    .strictObject({
      ...shell,
      type: z.literal('test'),
      channel: z.string(),
      actor: text('Who asked for it'),
    })
    .meta({ id: 'TestNotice', description: 'Somebody tries the channel' }),
])
export type NoticeBody = z.infer<typeof noticeSchema>
export type AlertBody = z.infer<typeof alert>

/** JSON Schema 2020-12, as public/schemas/notice-v1.json has it. */
export function noticeJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(noticeSchema)
  return { $schema, title: 'Strayline notice', ...rest }
}
