// What the services take, written from their documentation and not from our code: a message is parsed by these, and
// what they do not name is refused. Limits are those of the services.
import { z } from 'zod'
import { OUR_URLS } from './notices.ts'

const ourUrl = z.string().regex(OUR_URLS)
const wellFormed = z.string().refine((text) => text.isWellFormed())
const words = wellFormed.min(1)

/**
 * Slack: docs.slack.dev, "Header block", "Rich text block", "Text object"; of rich text only what shows text as it
 * is, and links to us. Mentions, channels, user groups, broadcasts and emoji are elements of other types.
 */
const slackElement = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('text'),
    text: words,
    style: z.strictObject({ bold: z.literal(true) }).optional(),
  }),
  z.strictObject({ type: z.literal('link'), url: ourUrl, text: words }),
])
const slackSection = z.strictObject({
  type: z.literal('rich_text_section'),
  elements: z.array(slackElement).min(1),
})
const slackRichText = z
  .strictObject({
    type: z.literal('rich_text'),
    elements: z
      .array(
        z.union([
          slackSection,
          z.strictObject({
            type: z.literal('rich_text_list'),
            style: z.literal('bullet'),
            elements: z.array(slackSection).min(1),
          }),
        ]),
      )
      .min(1),
  })
  .refine((block) => textsIn(block).join('').length <= 3000, 'more than 3,000 characters')
export const slackMessage = z.strictObject({
  /** Escaped: a bare <, > or & would be Slack's own. */
  text: words.max(40_000).regex(/^(?:[^<>&]|&amp;|&lt;|&gt;)*$/),
  mrkdwn: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z
    .array(
      z.union([
        z.strictObject({
          type: z.literal('header'),
          text: z.strictObject({
            type: z.literal('plain_text'),
            text: words.max(150),
            emoji: z.literal(false),
          }),
        }),
        slackRichText,
      ]),
    )
    .max(50),
})

/** Teams: Adaptive Cards 1.4; no TextBlock and no FactSet, which read Markdown, and no entities, which mention. */
const openUrl = z.strictObject({
  type: z.literal('Action.OpenUrl'),
  title: words.optional(),
  url: ourUrl,
})
const run = z.strictObject({
  type: z.literal('TextRun'),
  text: words.regex(/^(?!.*\{\{)/s),
  weight: z.enum(['bolder']).optional(),
  size: z.enum(['large']).optional(),
  color: z.enum(['default', 'accent', 'good', 'warning', 'attention']).optional(),
  selectAction: openUrl.optional(),
})
export const teamsMessage = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.strictObject({
        $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        fallbackText: words,
        msteams: z.strictObject({ width: z.literal('Full') }),
        body: z.array(
          z.strictObject({
            type: z.literal('RichTextBlock'),
            spacing: z.enum(['default', 'none', 'small', 'medium']),
            inlines: z.array(run).min(1),
          }),
        ),
        actions: z.array(openUrl).max(6),
      }),
    }),
  ]),
})

/** PagerDuty: developer.pagerduty.com, "Send an Alert Event". */
export const pagerDutyEvent = z.strictObject({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  client: z.literal('Strayline'),
  client_url: ourUrl,
  links: z.array(z.strictObject({ href: ourUrl, text: words })),
  payload: z.strictObject({
    summary: words.max(1024),
    source: words,
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime(),
    component: wellFormed.optional(),
    group: wellFormed.optional(),
    class: wellFormed.optional(),
    custom_details: z.record(wellFormed, z.union([wellFormed, z.array(wellFormed)])),
  }),
})

/** Opsgenie: docs.opsgenie.com, "Alert API". Its pages show HTML: none may be in a text. */
const opsgenieText = wellFormed.regex(/^[^<>&]*$/)
export const opsgenieCreate = z.strictObject({
  message: opsgenieText.min(1).max(130),
  alias: z.string().min(1).max(512),
  description: opsgenieText.max(15_000),
  entity: opsgenieText.max(512),
  source: z.string().max(100),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
  tags: z.array(opsgenieText.max(50)).max(20),
  details: z
    .record(z.string(), wellFormed)
    .refine((details) => JSON.stringify(details).length <= 8000),
})
export const opsgenieNote = z.strictObject({
  note: opsgenieText.max(25_000),
  source: z.string().max(100),
  user: z.string().max(100),
})
export const opsgeniePriority = z.strictObject({ priority: opsgenieCreate.shape.priority })

/** Alertmanager: api/v2/openapi.yaml, postableAlerts; names of labels as its model has them. */
const labelSet = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), wellFormed)
export const alertmanagerAlerts = z
  .array(
    z
      .strictObject({
        labels: labelSet,
        annotations: labelSet,
        startsAt: z.iso.datetime(),
        endsAt: z.iso.datetime(),
        generatorURL: ourUrl,
      })
      .refine(({ startsAt, endsAt }) => Date.parse(startsAt) <= Date.parse(endsAt)),
  )
  .min(1)

/** Every value of a `text` field, in order. */
export function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) =>
    name === 'text' && typeof each === 'string' ? [each] : textsIn(each),
  )
}

/** Every string in it, names of fields too. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(stringsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => [name, ...stringsIn(each)])
}
