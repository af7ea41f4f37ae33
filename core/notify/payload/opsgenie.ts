// Opsgenie, Alert API v2, by alias: an alert's episode is one alert there, created, acknowledged with a note when it is
// rejected here, closed with a note. All are taken at once (202) and done later; an unknown alias does nothing.
// Source: docs.opsgenie.com, "Alert API": message 130 characters, alias 512, description 15,000, entity 512, 20 tags
// of 50, details 8,000 in all, note 25,000, source 100.
import type { AlertNotice, Notice } from '../notice.ts'
import { stepsOf } from './digest.ts'
import { episodeKey, hostOf, noticeKey } from './episode-key.ts'
import { buildToFit } from './fit.ts'
import { compose, type Message } from './message.ts'
import { type HttpRequest, type Job, jsonPost, type Rendered } from './render.ts'
import { oneLine, shorten, unlinked } from './text.ts'

const MESSAGE_MAX = 130
const DESCRIPTION_MAX = 15_000
const ENTITY_MAX = 512
const NOTE_MAX = 25_000
const TAG_MAX = 50
const SOURCE_MAX = 100
const DETAILS_MAX = 8000
const PRIORITIES: { readonly [mood in Message['mood']]: 'P1' | 'P2' | 'P3' | 'P4' | 'P5' } = {
  ...{ critical: 'P1', high: 'P2', medium: 'P3', low: 'P4', ended: 'P5', note: 'P3' },
}

export function renderOpsgenie(job: Job<'opsgenie'>): Rendered {
  const { notice, links } = job
  const { single, summary } = stepsOf(notice)
  const alias = noticeKey(notice, links)
  const requests = [
    ...(summary === null ? [] : [create(job, summary, alias)]),
    // A test leaves nothing behind.
    ...(notice.type === 'test' ? [act(job, notice, { alias, verb: 'close' })] : []),
    ...single.flatMap((each) => stepOf(job, each)),
  ]
  return { via: 'http', requests }
}

function stepOf(job: Job<'opsgenie'>, notice: AlertNotice): readonly HttpRequest[] {
  const alias = episodeKey(notice.alert, job.links)
  switch (notice.act) {
    case 'open':
      return [create(job, notice, alias)]
    case 'escalate': {
      // Creates it where only what is this bad is told; where it is open already, the priority follows, then why.
      const priority = PRIORITIES[notice.alert.severity]
      return [
        create(job, notice, alias),
        request(job, `/${path(alias)}/priority`, { method: 'PUT', body: { priority } }),
        act(job, notice, { alias, verb: 'notes' }),
      ]
    }
    case 'reject':
      return [act(job, notice, { alias, verb: 'acknowledge' })]
    case 'resolve':
      return [act(job, notice, { alias, verb: 'close' })]
  }
}

function create(job: Job<'opsgenie'>, notice: Notice, alias: string): HttpRequest {
  const { links, settings } = job
  const { titleTemplate } = settings
  const body = buildToFit(
    (bounds) => {
      const message = compose(notice, { links, bounds, titleTemplate })
      return {
        message: shorten(harmless(message.title), MESSAGE_MAX),
        alias,
        description: describeIn(message),
        entity: unmarked(entityOf(notice)),
        source: shorten(hostOf(links), SOURCE_MAX),
        priority: notice.type === 'test' ? 'P5' : PRIORITIES[message.mood],
        tags: tagsOf(notice),
        details: {
          url: message.link.url,
          ...Object.fromEntries(message.facts.map(({ name, value }) => [name, harmless(value)])),
        },
      }
    },
    ({ description, details }) =>
      description.length <= DESCRIPTION_MAX && JSON.stringify(details).length <= DETAILS_MAX,
  )
  return request(job, '', { method: 'POST', body })
}

type Act = { readonly alias: string; readonly verb: 'acknowledge' | 'close' | 'notes' }

function act(job: Job<'opsgenie'>, notice: Notice, { alias, verb }: Act): HttpRequest {
  const { links, settings } = job
  const { titleTemplate } = settings
  const note = buildToFit(
    (bounds) => describeIn(compose(notice, { links, bounds, titleTemplate })),
    (text) => text.length <= NOTE_MAX,
  )
  const body = { note, source: shorten(hostOf(links), SOURCE_MAX), user: 'Strayline' }
  return request(job, `/${path(alias)}/${verb}`, { method: 'POST', body })
}

function request(
  { settings, secrets }: Job<'opsgenie'>,
  below: string,
  { method, body }: { readonly method: 'POST' | 'PUT'; readonly body: unknown },
): HttpRequest {
  const query = below === '' ? '' : '?identifierType=alias'
  const url = `${settings.url.replace(/\/+$/, '')}/v2/alerts${below}${query}`
  return { ...jsonPost(url, body, { authorization: `GenieKey ${secrets.apiKey ?? ''}` }), method }
}

function path(alias: string): string {
  return encodeURIComponent(alias)
}

function describeIn({ title, lead, sections, link }: Message): string {
  const lines = sections.flatMap((section) => [
    '',
    `${section.title}:`,
    ...section.lines.map(({ text }) => `- ${text}`),
  ])
  return [...[title, '', lead, ...lines].map(harmless), '', `${link.text}: ${link.url}`].join('\n')
}

/** Opsgenie shows some of HTML and makes links of addresses: neither can be in a text of strangers. */
function harmless(text: string): string {
  return unlinked(unmarked(text))
}

function unmarked(text: string): string {
  return text.replace(/</g, '‹').replace(/>/g, '›').replace(/&/g, '＆')
}

function entityOf(notice: Notice): string {
  return notice.type === 'alert' ? oneLine(notice.alert.source.name, ENTITY_MAX) : ''
}

function tagsOf(notice: Notice): readonly string[] {
  if (notice.type !== 'alert') return ['strayline', notice.type]
  const { environment, kind, severity } = notice.alert
  return ['strayline', kind, severity, `environment:${environment}`].map((tag) =>
    unmarked(oneLine(tag, TAG_MAX)),
  )
}
