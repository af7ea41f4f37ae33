// A notice as people are told of it, before it is put into the form of a service: a title, a sentence, facts,
// lists, one link. Every text in it is plain and bounded; none is escaped yet.
import type { Severity } from '../../baseline/drift.ts'
import { countOf, quote, timeOf } from '../../baseline/sentence.ts'
import { labelNode } from '../../export/edge-label.ts'
import type { AlertFacts, AlertNotice, BudgetNotice, DigestNotice, Notice } from '../notice.ts'
import { type DigestAlert, viewDigest } from './digest.ts'
import type { Bounds } from './fit.ts'
import type { Links } from './render.ts'
import { titleBy } from './template.ts'
import { oneLine } from './text.ts'
import {
  ACT_WORDS,
  capital,
  countActs,
  countAlerts,
  DRIFT_LABELS,
  labelAlert,
  worst,
} from './words.ts'

export type Line = { readonly text: string; readonly url: string | null }
export type Section = { readonly title: string; readonly lines: readonly Line[] }

export type Message = {
  readonly title: string
  /** Of the worst that still waits; ended: nothing waits any more; note: not about an alert. */
  readonly mood: Severity | 'ended' | 'note'
  /** What it is about, in a sentence or two. */
  readonly lead: string
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  readonly sections: readonly Section[]
  readonly link: { readonly text: string; readonly url: string }
}

export type Context = {
  readonly links: Links
  readonly bounds: Bounds
  readonly titleTemplate: string
}

export function compose(notice: Notice, context: Context): Message {
  switch (notice.type) {
    case 'alert':
      return composeAlert(notice, context)
    case 'digest':
      return composeDigest(notice, context)
    case 'budget':
      return composeBudget(notice, context)
    case 'test':
      return {
        ...titled(`Test of channel ${quote(notice.channel)}`, context),
        mood: 'note',
        lead: textIn(
          context,
          `${quote(notice.actor)} asked for this message. Nothing has strayed.`,
        ),
        facts: [],
        sections: [],
        link: { text: 'Open the routes', url: context.links.routesUrl },
      }
  }
}

function composeAlert(notice: AlertNotice, context: Context): Message {
  const { alert, act, why } = notice
  const { links, titleTemplate } = context
  return {
    ...titled(titleBy(titleTemplate, notice), context),
    mood: act === 'resolve' ? 'ended' : alert.severity,
    lead: [why, alert.summary]
      .filter((text) => text !== '')
      .map((text) => textIn(context, text))
      .join(' '),
    facts: factsOf(notice, context),
    sections: [
      section('Why this is an alert', alert.reasons, context),
      section('What speaks against it', alert.reasonsAgainst, context),
    ].filter(({ lines }) => lines.length > 0),
    link: { text: 'Open the alert', url: links.alertUrl(alert.id) },
  }
}

function factsOf({ alert }: AlertNotice, context: Context): Message['facts'] {
  const list = (values: readonly string[]) =>
    itemsIn(values, context.bounds.itemsMax, (value) => line(value, context))
      .map(({ text }) => text)
      .join(', ')
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Severity', alert.severity],
    ['Kind', DRIFT_LABELS[alert.kind]],
    ['Environment', alert.environment],
    [alert.target ? 'Source' : 'Service', labelNode(alert.source, alert.environment)],
    ['Target', alert.target ? labelNode(alert.target, alert.environment) : ''],
    ['Incident', alert.incident?.sentence ?? ''],
    ['Owners', list(alert.owners)],
    ['Data classes', list(alert.dataClasses)],
    ['Data classes in reach', list(alert.reachedClasses)],
    ['Exposure', list(alert.exposures)],
    ['Baseline version', String(alert.baselineVersion)],
    ['Rule', alert.ruleId ?? ''],
    ['First seen', timeOf(alert.firstAtMs)],
    ['Last seen', timeOf(alert.lastAtMs)],
    ['Example trace', alert.traceId ?? ''],
  ]
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value: textIn(context, value) }))
}

function composeDigest(notice: DigestNotice, context: Context): Message {
  const { groups, alerts, noticesLeftOut } = viewDigest(notice)
  const { links, bounds } = context
  const incidents = groups.filter(({ incident }) => incident !== null).length
  const over = alerts.filter(({ isOver }) => isOver).length
  const waiting = alerts.filter(({ isWaiting }) => isWaiting)
  const within = incidents === 0 ? '' : ` in ${countOf(incidents, 'incident', 'incidents')}`
  const total = `${countAlerts(alerts.length)}${within}`
  const sentences = [
    `From ${timeOf(notice.fromMs)} to ${timeOf(notice.toMs)}: ${countActs(notice.notices.map(({ act }) => act)) || 'nothing'}.`,
    over === 0 ? '' : `${countAlerts(over)} of these opened and closed meanwhile.`,
    noticesLeftOut === 0
      ? ''
      : `${countOf(noticesLeftOut, 'notice is', 'notices are')} counted here and not listed.`,
  ]
  const shown = groups.slice(0, bounds.listMax)
  const hidden = groups.slice(bounds.listMax).flatMap((group) => group.alerts)
  return {
    ...titled(`Digest: ${total}, ${waiting.length} waiting`, context),
    mood: worst(waiting.map(({ last }) => last.alert.severity)) ?? 'ended',
    lead: sentences.filter((sentence) => sentence !== '').join(' '),
    facts: [],
    sections: [
      ...shown.map(({ incident, alerts: within }) => ({
        title: textIn(context, incident?.sentence ?? 'Without an incident'),
        lines: itemsIn(within, bounds.listMax, (each) =>
          line(lineOf(each), context, links.alertUrl(each.last.alert.id)),
        ),
      })),
      ...(hidden.length === 0
        ? []
        : [{ title: `And ${countAlerts(hidden.length)} of other incidents`, lines: [] }]),
    ],
    link: { text: 'Open Strayline', url: alertsUrl(links, alerts) },
  }
}

/** `High, new edge: checkout -> ledger (environment “shop”). Opened, then closed: Accepted by ann.` */
function lineOf({ last: { alert, why }, acts }: DigestAlert): string {
  const what = `${capital(alert.severity)}, ${DRIFT_LABELS[alert.kind].toLowerCase()}`
  const became = capital(acts.map((act) => ACT_WORDS[act]).join(', then '))
  const because = why === '' ? '.' : `: ${why}`
  return `${what}: ${labelAlert(alert)} (${environmentOf(alert)}). ${became}${because}`
}

function environmentOf({ environment }: AlertFacts): string {
  return `environment ${quote(environment)}`
}

/** A digest always has an alert; of one without, the routes. */
function alertsUrl({ alertUrl, mapUrl, routesUrl }: Links, alerts: readonly DigestAlert[]): string {
  const [first] = alerts
  return mapUrl ?? (first ? alertUrl(first.last.alert.id) : routesUrl)
}

function composeBudget(notice: BudgetNotice, context: Context): Message {
  const { environment, day, zone, alerts, target } = notice
  const name = `environment ${quote(environment)}`
  return {
    ...titled(`Too many alerts: ${alerts} on ${day}, ${target} are meant (${name})`, context),
    mood: 'note',
    lead: textIn(
      context,
      `${capital(name)} had ${countAlerts(alerts)} on ${day} (${zone}); its target is ${target} a day. ` +
        'Who gets too many stops reading: accept what is meant into the baseline, write a rule, or route less.',
    ),
    facts: [],
    sections: [],
    link: { text: 'Open the routes', url: context.links.routesUrl },
  }
}

const TITLE_MAX = 300

function titled(title: string, { bounds }: Context) {
  return { title: oneLine(title, Math.min(bounds.textMax, TITLE_MAX)) }
}

function textIn({ bounds }: Context, text: string): string {
  return oneLine(text, bounds.textMax)
}

/** The first few, and how many more there are. */
function itemsIn<Item>(
  items: readonly Item[],
  max: number,
  show: (item: Item) => Line,
): readonly Line[] {
  const more = items.length - max
  const shown = items.slice(0, max).map(show)
  return more > 0 ? [...shown, { text: `and ${more} more`, url: null }] : shown
}

function section(title: string, texts: readonly string[], context: Context): Section {
  return { title, lines: itemsIn(texts, context.bounds.itemsMax, (text) => line(text, context)) }
}

function line(text: string, context: Context, url: string | null = null): Line {
  return { text: textIn(context, text), url }
}
