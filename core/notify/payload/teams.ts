// Microsoft Teams, by a webhook of Workflows ("When a Teams webhook request is received"): an Adaptive Card. Texts of
// strangers stand in text runs, where Markdown is not read, unlike in TextBlock and FactSet; no entities are given,
// so nothing can mention anybody.
// Source: learn.microsoft.com, "Create incoming webhooks with Workflows for Microsoft Teams" and "Format cards in Teams";
// adaptivecards.microsoft.com, "RichTextBlock", "TextRun".
import { buildToFit } from './fit.ts'
import { compose, type Line, type Message } from './message.ts'
import { type Job, jsonPost, type Rendered } from './render.ts'
import { unfilled, utf8Bytes } from './text.ts'

/** A message has 28 KB; whether in UTF-8 or UTF-16 is not said, so it is within both. */
const MESSAGE_BYTES_MAX = 28 * 1024
const COLOURS: { readonly [mood in Message['mood']]: string } = {
  ...{ critical: 'attention', high: 'attention', medium: 'warning', low: 'accent' },
  ...{ ended: 'good', note: 'default' },
}

export function renderTeams({ settings, secrets, notice, links }: Job<'teams'>): Rendered {
  const { titleTemplate } = settings
  const body = buildToFit(
    (bounds) => messageOf(compose(notice, { links, bounds, titleTemplate })),
    (built) => {
      const json = JSON.stringify(built)
      return Math.max(utf8Bytes(json), json.length * 2) <= MESSAGE_BYTES_MAX
    },
  )
  return { via: 'http', requests: [jsonPost(secrets.url ?? '', body)] }
}

function messageOf(message: Message) {
  const { title, mood, lead, facts, sections, link } = message
  const body = [
    richText([{ ...run(title), weight: 'bolder', size: 'large', color: COLOURS[mood] }]),
    richText([run(lead)]),
    ...facts.map(({ name, value }, at) =>
      richText(
        [{ ...run(`${name}: `), weight: 'bolder' }, run(value)],
        at === 0 ? 'medium' : 'none',
      ),
    ),
    ...sections.flatMap((section) => [
      richText([{ ...run(section.title), weight: 'bolder' }], 'medium'),
      ...section.lines.map((line) => richText(runsOf(line), 'small')),
    ]),
  ]
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: title,
    msteams: { width: 'Full' },
    body,
    actions: [{ type: 'Action.OpenUrl', title: link.text, url: link.url }],
  }
  const contentType = 'application/vnd.microsoft.card.adaptive'
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content: card }] }
}

type Run = { readonly type: 'TextRun'; readonly text: string; readonly [style: string]: unknown }

/** Cards fill in {{DATE()}} and {{TIME()}}. */
function run(text: string): Run {
  return { type: 'TextRun', text: unfilled(text) || ' ' }
}

function runsOf({ text, url }: Line): readonly Run[] {
  if (url === null) return [run(`• ${text}`)]
  return [run(`• ${text} `), { ...run('Open'), selectAction: { type: 'Action.OpenUrl', url } }]
}

function richText(inlines: readonly Run[], spacing = 'default') {
  return { type: 'RichTextBlock', spacing, inlines }
}
