// Slack, by an incoming webhook: Block Kit. Texts of strangers stand in rich_text blocks, which know no markup: there
// a text element is text, and only our link elements lead anywhere. The fallback, shown in notifications, is escaped.
// Source: docs.slack.dev, "Rich text block", "Header block" (150), "Formatting message text: Escaping text",
// "Blocks" (50 in a message) and "Sending messages using incoming webhooks".
import { buildToFit } from './fit.ts'
import { compose, type Line, type Message } from './message.ts'
import { type Job, jsonPost, type Rendered } from './render.ts'
import { shorten } from './text.ts'

const HEADER_MAX = 150
/** Of the texts of one block. */
const BLOCK_TEXT_MAX = 3000
const BLOCKS_MAX = 50
/** Slack advises 4,000, and a sign may take five when it is escaped. */
const FALLBACK_MAX = 800

export function renderSlack({ settings, secrets, notice, links }: Job<'slack'>): Rendered {
  const { titleTemplate } = settings
  const body = buildToFit(
    (bounds) => messageOf(compose(notice, { links, bounds, titleTemplate })),
    ({ blocks }) =>
      blocks.length <= BLOCKS_MAX && blocks.every((block) => textLength(block) <= BLOCK_TEXT_MAX),
  )
  return { via: 'http', requests: [jsonPost(secrets.url ?? '', body)] }
}

function messageOf(message: Message) {
  const { title, lead, facts, sections, link } = message
  const blocks: readonly Block[] = [
    {
      type: 'header',
      text: { type: 'plain_text', text: shorten(title, HEADER_MAX), emoji: false },
    },
    richText([paragraph([text(lead)])]),
    ...(facts.length === 0
      ? []
      : [
          richText([
            paragraph(facts.flatMap(({ name, value }) => [bold(`${name}: `), text(`${value}\n`)])),
          ]),
        ]),
    ...sections.map((section) =>
      richText([
        paragraph([bold(section.title)]),
        ...(section.lines.length === 0 ? [] : [listOf(section.lines)]),
      ]),
    ),
    richText([paragraph([{ type: 'link', url: link.url, text: link.text }])]),
  ]
  return {
    text: shorten(`${title}\n${lead}`, FALLBACK_MAX).replace(/[&<>]/g, escapeText),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks,
  }
}

type Element =
  | { readonly type: 'text'; readonly text: string; readonly style?: { readonly bold: true } }
  | { readonly type: 'link'; readonly url: string; readonly text: string }
type Paragraph = { readonly type: 'rich_text_section'; readonly elements: readonly Element[] }
type List = {
  readonly type: 'rich_text_list'
  readonly style: 'bullet'
  readonly elements: readonly Paragraph[]
}
type RichText = { readonly type: 'rich_text'; readonly elements: readonly (Paragraph | List)[] }
type Header = {
  readonly type: 'header'
  readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
}
type Block = Header | RichText

function richText(elements: RichText['elements']): RichText {
  return { type: 'rich_text', elements }
}

function paragraph(elements: readonly Element[]): Paragraph {
  return { type: 'rich_text_section', elements }
}

function listOf(lines: readonly Line[]): List {
  const items = lines.map((line) =>
    paragraph([
      text(line.url === null ? line.text : `${line.text} `),
      ...(line.url === null ? [] : [{ type: 'link', url: line.url, text: 'Open' } as const]),
    ]),
  )
  return { type: 'rich_text_list', style: 'bullet', elements: items }
}

/** Slack refuses empty texts. */
function text(words: string): Element {
  return { type: 'text', text: words || ' ' }
}

function bold(words: string): Element {
  return { type: 'text', text: words || ' ', style: { bold: true } }
}

function textLength(block: Block): number {
  if (block.type === 'header') return 0
  const paragraphs = block.elements.flatMap((element) =>
    element.type === 'rich_text_list' ? element.elements : [element],
  )
  const elements = paragraphs.flatMap((each) => each.elements)
  return elements.reduce(
    (sum, each) => sum + each.text.length + (each.type === 'link' ? each.url.length : 0),
    0,
  )
}

/** Slack's three control characters. */
function escapeText(sign: string): string {
  return sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : sign
}
