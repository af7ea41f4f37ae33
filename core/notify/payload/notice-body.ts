// A notice as our own JSON: what webhooks and syslog carry, in the form of notice-schema.ts. Names are as they are,
// for machines compare them; only their length is bounded.
import type { NodeKey } from '../../graph/node.ts'
import type { AlertFacts, AlertNotice, Notice } from '../notice.ts'
import { type Context, compose } from './message.ts'
import { type AlertBody, NOTICE_FORM, type NoticeBody } from './notice-schema.ts'
import { isoOf, shorten } from './text.ts'

/** As notice-schema.ts has it. */
export function bodyOf(notice: Notice, context: Context): NoticeBody {
  const { title, link } = compose(notice, context)
  const { key, atMs } = notice
  const shell = { schema: NOTICE_FORM, key, at: isoOf(atMs), title, url: link.url } as const
  switch (notice.type) {
    case 'alert':
      return { ...shell, type: 'alert', ...toldOf(notice, context) }
    case 'digest':
      return {
        ...shell,
        type: 'digest',
        from: isoOf(notice.fromMs),
        to: isoOf(notice.toMs),
        noticesTotal: Math.max(notice.noticesTotal, notice.notices.length),
        notices: notice.notices
          .slice(0, context.bounds.listMax)
          .map((each) => ({ key: each.key, at: isoOf(each.atMs), ...toldOf(each, context) })),
      }
    case 'budget': {
      const { environment, day, zone, alerts, target } = notice
      const named = {
        environment: bounded(environment, context),
        day: bounded(day, context),
        zone: bounded(zone, context),
      }
      return { ...shell, type: 'budget', ...named, alerts, target }
    }
    case 'test': {
      const [channel, actor] = [notice.channel, notice.actor].map((each) => bounded(each, context))
      return { ...shell, type: 'test', channel: channel!, actor: actor! }
    }
  }
}

function toldOf({ act, why, alert }: AlertNotice, context: Context) {
  return { act, why: bounded(why, context), alert: alertOf(alert, context) }
}

const LISTS = [
  ...(['reasons', 'reasonsAgainst', 'owners', 'dataClasses', 'exposures', 'layers'] as const),
  'reachedClasses',
] as const
type Lists = { readonly [list in (typeof LISTS)[number]]: string[] }

function alertOf(alert: AlertFacts, context: Context): AlertBody {
  const { itemsMax } = context.bounds
  const { id, kind, severity, episode, incident, baselineVersion, ruleId, traceId } = alert
  const lists = Object.fromEntries(
    LISTS.map((list) => [
      list,
      alert[list].slice(0, itemsMax).map((item) => bounded(item, context)),
    ]),
  ) as Lists
  const leftOut = LISTS.map((list) => Math.max(0, alert[list].length - itemsMax))
  return {
    ...{ id, url: context.links.alertUrl(id) },
    environment: bounded(alert.environment, context),
    ...{ kind, severity, episode },
    source: nodeOf(alert.source, context),
    target: alert.target && nodeOf(alert.target, context),
    summary: bounded(alert.summary, context),
    ...lists,
    baselineVersion,
    ruleId: ruleId === null ? null : bounded(ruleId, context),
    traceId: traceId === null ? null : bounded(traceId, context),
    firstSeenAt: isoOf(alert.firstAtMs),
    lastSeenAt: isoOf(alert.lastAtMs),
    incident: incident && { id: incident.id, sentence: bounded(incident.sentence, context) },
    leftOut: leftOut.reduce((sum, more) => sum + more, 0),
  }
}

function nodeOf({ environment, kind, namespace, name }: NodeKey, context: Context) {
  return {
    environment: bounded(environment, context),
    kind,
    namespace: bounded(namespace, context),
    name: bounded(name, context),
  }
}

/** Well-formed and bounded, nothing else. */
function bounded(text: string, { bounds }: Context): string {
  return shorten(text, bounds.textMax)
}
