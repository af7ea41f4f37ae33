// PagerDuty, Events API v2: an alert's episode is one alert there, triggered, acknowledged when it is rejected here
// (somebody has it now) and resolved. Source: developer.pagerduty.com, "Events API v2: Send an Alert Event": summary
// 1,024 characters, dedup_key 255, an event 512 KB; what resolves an unknown key is taken and does nothing.
import type { Severity } from '../../baseline/drift.ts'
import type { AlertNotice, Notice, NoticeAct } from '../notice.ts'
import { stepsOf } from './digest.ts'
import { episodeKey, hostOf, noticeKey } from './episode-key.ts'
import { buildToFit } from './fit.ts'
import { compose, type Message } from './message.ts'
import { type HttpRequest, type Job, jsonPost, type Rendered } from './render.ts'
import { isoOf, shorten, utf8Bytes } from './text.ts'
import { DRIFT_LABELS } from './words.ts'

const EVENT_BYTES_MAX = 512 * 1024
const SUMMARY_MAX = 1024
/** Shown in lists; PagerDuty gives no limit. */
const FIELD_MAX = 255

type Action = 'trigger' | 'acknowledge' | 'resolve'
const ACTIONS: { readonly [act in NoticeAct]: Action } = {
  ...{ open: 'trigger', escalate: 'trigger', reject: 'acknowledge', resolve: 'resolve' },
}
const SEVERITIES: {
  readonly [mood in Message['mood']]: 'critical' | 'error' | 'warning' | 'info'
} = {
  ...{ critical: 'critical', high: 'error', medium: 'warning', low: 'info' },
  ...{ ended: 'info', note: 'warning' },
}

export function renderPagerDuty(job: Job<'pagerduty'>): Rendered {
  const { notice, links } = job
  const { single, summary } = stepsOf(notice)
  const steps = single.map((each) =>
    eventOf(job, each, { action: ACTIONS[each.act], key: episodeKey(each.alert, links) }),
  )
  const key = noticeKey(notice, links)
  const whole = summary === null ? [] : [eventOf(job, summary, { action: 'trigger', key })]
  // A test leaves nothing behind.
  const end = notice.type === 'test' ? [eventOf(job, notice, { action: 'resolve', key })] : []
  return { via: 'http', requests: [...whole, ...end, ...steps] }
}

type Event = { readonly action: Action; readonly key: string }

function eventOf(job: Job<'pagerduty'>, notice: Notice, { action, key }: Event): HttpRequest {
  const { settings, secrets, links } = job
  const { titleTemplate } = settings
  const body = buildToFit(
    (bounds) => {
      const message = compose(notice, { links, bounds, titleTemplate })
      return {
        routing_key: secrets.routingKey ?? '',
        event_action: action,
        dedup_key: key,
        client: 'Strayline',
        client_url: message.link.url,
        links: [{ href: message.link.url, text: message.link.text }],
        payload: { ...payloadOf(notice, message), source: hostOf(links) },
      }
    },
    (built) => utf8Bytes(JSON.stringify(built)) <= EVENT_BYTES_MAX,
  )
  return jsonPost(settings.url, body)
}

function payloadOf(notice: Notice, message: Message) {
  const { title, mood, lead, facts, sections } = message
  return {
    summary: shorten(title, SUMMARY_MAX),
    severity: notice.type === 'test' ? 'info' : SEVERITIES[mood],
    timestamp: isoOf(notice.atMs),
    ...(notice.type === 'alert' ? placeOf(notice) : { class: notice.type }),
    custom_details: {
      what: lead,
      ...Object.fromEntries(facts.map(({ name, value }) => [name, value])),
      ...Object.fromEntries(
        sections.map((section, at) => [
          notice.type === 'digest' ? `${at + 1}. ${section.title}` : section.title,
          section.lines.map(({ text }) => text),
        ]),
      ),
    },
  }
}

/** The service, its environment and what strays, where PagerDuty groups by. */
function placeOf({ alert }: AlertNotice) {
  const severity: Severity = alert.severity
  return {
    severity: SEVERITIES[severity],
    component: shorten(alert.source.name, FIELD_MAX),
    group: shorten(alert.environment, FIELD_MAX),
    class: DRIFT_LABELS[alert.kind],
  }
}
