// Prometheus Alertmanager, API v2. There an alert is its labels, and one that is not sent again ends by itself: so
// labels hold only what stays the same in an episode, each severity is an alert of its own of which one at most fires,
// and what fires has an end far away. Source: Alertmanager's api/v2/openapi.yaml, postableAlerts.
import { SEVERITIES } from '../../baseline/drift.ts'
import type { AlertNotice, Notice } from '../notice.ts'
import { viewDigest } from './digest.ts'
import { type Bounds, buildToFit } from './fit.ts'
import { compose } from './message.ts'
import { type Job, jsonPost, type Rendered } from './render.ts'
import { isoOf, oneLine, utf8Bytes } from './text.ts'

const BODY_BYTES_MAX = 1024 * 1024
const LABEL_MAX = 200
const DAY_MS = 86_400_000
/** What fires and is never told of again ends after this. */
const FIRING_MS = 30 * DAY_MS
const TEST_MS = 5 * 60_000

type Postable = {
  readonly labels: { readonly [name: string]: string }
  readonly annotations: { readonly [name: string]: string }
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
}

export function renderAlertmanager(job: Job<'alertmanager'>): Rendered {
  const { settings, secrets, notice } = job
  const alerts = buildToFit(
    (bounds) => postablesOf(job, notice, bounds),
    (built) => utf8Bytes(JSON.stringify(built)) <= BODY_BYTES_MAX,
  )
  const { authorization } = secrets
  const url = `${settings.url.replace(/\/+$/, '')}/api/v2/alerts`
  const headers = authorization === undefined ? {} : { authorization }
  return { via: 'http', requests: alerts.length === 0 ? [] : [jsonPost(url, alerts, headers)] }
}

/** Of a digest what became of each alert: Alertmanager groups by itself. */
function postablesOf(
  job: Job<'alertmanager'>,
  notice: Notice,
  bounds: Bounds,
): readonly Postable[] {
  switch (notice.type) {
    case 'alert':
      return variantsOf(job, notice, bounds)
    case 'digest':
      return viewDigest(notice)
        .alerts.filter(({ isOver }) => !isOver)
        .flatMap(({ last }) => variantsOf(job, last, bounds))
    case 'budget':
      return [
        {
          labels: {
            alertname: 'StraylineAlertBudget',
            environment: labelOf(notice.environment),
            severity: 'medium',
          },
          ...told(job, notice, bounds),
          ...span(notice.atMs, DAY_MS),
        },
      ]
    case 'test':
      return [
        {
          labels: { alertname: 'StraylineTest', channel: labelOf(notice.channel), severity: 'low' },
          ...told(job, notice, bounds),
          ...span(notice.atMs, TEST_MS),
        },
      ]
  }
}

/** One an each severity: the present one, unless it is over, fires; the others have ended. */
function variantsOf(
  job: Job<'alertmanager'>,
  notice: AlertNotice,
  bounds: Bounds,
): readonly Postable[] {
  const { alert, act, atMs } = notice
  // A rejected alert waits for nobody here, and nothing more would be told of it.
  const isFiring = act === 'open' || act === 'escalate'
  const same = {
    alertname: 'StraylineDrift',
    alert: alert.id,
    episode: String(alert.episode),
    environment: labelOf(alert.environment),
    ...(alert.incident === null ? {} : { incident: alert.incident.id }),
  }
  const rest = told(job, notice, bounds)
  const brief = { ...rest, annotations: { summary: rest.annotations.summary } }
  return SEVERITIES.map((severity) => ({
    labels: { ...same, severity },
    ...(severity === alert.severity ? rest : brief),
    ...span(atMs, isFiring && severity === alert.severity ? FIRING_MS : 0),
  }))
}

function told({ links, settings }: Job<'alertmanager'>, notice: Notice, bounds: Bounds) {
  const { titleTemplate } = settings
  const { title, lead, facts, sections, link } = compose(notice, { links, bounds, titleTemplate })
  const lines = sections.flatMap((section) => section.lines.map(({ text }) => text))
  const named = facts.map(({ name, value }) => [name.toLowerCase().replaceAll(' ', '_'), value])
  return {
    annotations: {
      summary: title,
      description: [lead, ...lines].join('\n'),
      ...Object.fromEntries(named),
    },
    generatorURL: link.url,
  }
}

/** Before it began it cannot end: it begins a second before it was told. */
function span(atMs: number, lengthMs: number) {
  return { startsAt: isoOf(atMs - 1000), endsAt: isoOf(atMs + lengthMs) }
}

function labelOf(text: string): string {
  return oneLine(text, LABEL_MAX)
}
