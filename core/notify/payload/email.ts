// E-mail: subject, plain text and HTML. The mailer encodes them; here no text can end a header, become markup, or be
// made a link of by a mail program. Source: RFC 5322 (2.1.1 line length, 3.6.4 Message-ID), RFC 2047.
import { emailHtml, FOOTER } from './email-html.ts'
import { buildToFit } from './fit.ts'
import { compose, type Message } from './message.ts'
import type { Job, Rendered } from './render.ts'
import { shorten, unlinked, utf8Bytes } from './text.ts'

const SUBJECT_MAX = 200
/** Gmail cuts what is longer than 102 KB. */
const HTML_BYTES_MAX = 90 * 1024

export function renderEmail({ settings, notice, links }: Job<'email'>): Rendered {
  const { from, to, titleTemplate } = settings
  const { message, html } = buildToFit(
    (bounds) => {
      const message = compose(notice, { links, bounds, titleTemplate })
      return { message, html: emailHtml(message) }
    },
    (built) => utf8Bytes(built.html) <= HTML_BYTES_MAX,
  )
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return {
    via: 'smtp',
    from,
    to,
    subject: shorten(`[Strayline] ${message.title}`, SUBJECT_MAX),
    text: textOf(message),
    html,
    messageId: `<${notice.key.replace(/[^A-Za-z0-9.-]/g, '-')}@${domain}>`,
  }
}

function textOf({ title, lead, facts, sections, link }: Message): string {
  const parts = [
    [title],
    [lead],
    facts.map(({ name, value }) => `${name}: ${value}`),
    ...sections.map((section) => [section.title, ...section.lines.map(({ text }) => `- ${text}`)]),
  ]
  const told = parts.filter((lines) => lines.length > 0).map((lines) => lines.map(unlinked))
  const body = [...told, [`${link.text}: ${link.url}`], [FOOTER]]
  return `${body.map((lines) => lines.join('\n')).join('\n\n')}\n`
}
