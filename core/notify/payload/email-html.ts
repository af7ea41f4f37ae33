// The HTML of an e-mail: one column, system fonts, nothing fetched from anywhere, light and dark. Styles stand at the
// elements, for many mail programs drop style sheets; only what is dark stands in one.
import type { Line, Message } from './message.ts'
import { unlinked } from './text.ts'

/** Of the bar on top, each at least 3:1 on white and on the dark ground. */
const COLOURS: { readonly [mood in Message['mood']]: string } = {
  ...{ critical: '#d92d20', high: '#d92d20', medium: '#b54708', low: '#2e6fd9' },
  ...{ ended: '#1f8a4c', note: '#667085' },
}
const DARK =
  ':root{color-scheme:light dark;supported-color-schemes:light dark}' +
  '@media (prefers-color-scheme:dark){body,.ground{background:#15181d!important}' +
  '.card{background:#1d2127!important;border-right-color:#343a44!important;' +
  'border-bottom-color:#343a44!important;border-left-color:#343a44!important}' +
  '.text{color:#e8eaed!important}.muted{color:#a6adb8!important}.link{color:#8ab4f8!important}}'

export const FOOTER = 'Sent by Strayline because a route leads here.'

/** A whole document. */
export function emailHtml({ title, mood, lead, facts, sections, link }: Message): string {
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td class="muted" style="${MUTED}padding:3px 16px 3px 0;vertical-align:top;white-space:nowrap">` +
      `${escapeHtml(name)}</td><td class="text" style="${TEXT}padding:3px 0">${escapeHtml(value)}</td></tr>`,
  )
  const table =
    rows.length === 0
      ? ''
      : `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 16px">${rows.join('')}</table>`
  const lists = sections.map(
    (section) =>
      `<h2 class="text" style="${TEXT}font-weight:600;margin:16px 0 6px">${escapeHtml(section.title)}</h2>` +
      (section.lines.length === 0
        ? ''
        : `<ul style="margin:0 0 16px;padding:0 0 0 20px">${section.lines.map(item).join('')}</ul>`),
  )
  const body =
    `<h1 class="text" style="${TEXT}font-size:18px;line-height:1.35;font-weight:600;margin:0 0 12px">${escapeHtml(title)}</h1>` +
    `<p class="text" style="${TEXT}margin:0 0 16px">${escapeHtml(lead)}</p>` +
    table +
    lists.join('') +
    `<p style="margin:20px 0 0">${anchor(link.text, link.url)}</p>`
  return (
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">` +
    `<meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(title)}</title>` +
    `<style>${DARK}</style></head>` +
    `<body style="margin:0;padding:0;background:#f4f5f7"><div class="ground" style="background:#f4f5f7;padding:24px 12px">` +
    `<div class="card" style="max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #dfe3e8;` +
    `border-top:4px solid ${COLOURS[mood]};border-radius:6px;padding:20px 24px;overflow-wrap:anywhere">${body}</div>` +
    `<p class="muted" style="${MUTED}font-size:12px;text-align:center;margin:12px 0 0">` +
    `${FOOTER}</p></div></body></html>\n`
  )
}

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:14px;"
const TEXT = `${FONT}line-height:1.5;color:#1f2328;`
const MUTED = `${FONT}line-height:1.5;color:#57606a;`

function item({ text, url }: Line): string {
  const open = url === null ? '' : ` ${anchor('Open', url)}`
  return `<li class="text" style="${TEXT}margin:0 0 4px">${escapeHtml(text)}${open}</li>`
}

function anchor(text: string, url: string): string {
  return `<a class="link" style="${FONT}color:#0b57d0" href="${escapeAttribute(url)}">${escapeHtml(text)}</a>`
}

function escapeHtml(text: string): string {
  return escapeAttribute(unlinked(text))
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
