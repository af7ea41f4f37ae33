// A notice as one line of CEF. Source: Micro Focus (OpenText) ArcSight, "Common Event Format: Implementation Standard",
// version 26: header escaping of \ and |, extension escaping of \ and =, the dictionary of keys.
import type { AlertNotice, Notice } from '../notice.ts'
import { type Context, compose } from './message.ts'
import { oneLine, shorten } from './text.ts'

/** 0 to 10. */
const SEVERITIES = { critical: 10, high: 8, medium: 5, low: 3, ended: 1, note: 3 } as const
/** What the dictionary allows for these keys. */
const NAME_MAX = 512
const TEXT_MAX = 1023

/** Without a line break. Empty values are left out. */
export function cefOf(notice: Notice, context: Context): string {
  const { title, mood, lead, link } = compose(notice, context)
  const id = notice.type === 'alert' ? notice.alert.kind : `strayline_${notice.type}`
  const header = [
    ...['CEF:0', 'Strayline', 'Strayline', context.links.productVersion],
    ...[id, shorten(title, NAME_MAX), String(SEVERITIES[mood])],
  ]
  const pairs: readonly Pair[] = [
    ['rt', timeOf(notice.atMs)],
    ['cat', notice.type],
    ['msg', lead],
    ['request', link.url],
    ...custom(5, 'noticeKey', notice.key),
    ...(notice.type === 'alert' ? alertPairs(notice, context) : []),
  ]
  const { textMax } = context.bounds
  const extension = pairs
    .filter(([, value]) => value !== '')
    .map(([key, value]) => {
      const room = key === 'request' ? TEXT_MAX : Math.min(textMax, TEXT_MAX)
      return `${key}=${escapeExtension(oneLine(value, room))}`
    })
  return `${header.map(escapeHeader).join('|')}|${extension.join(' ')}`
}

type Pair = readonly [key: string, value: string]

function alertPairs({ alert, act, why }: AlertNotice, { bounds }: Context): readonly Pair[] {
  const { source, target, incident } = alert
  return [
    ['act', act],
    ['externalId', alert.id],
    ['start', timeOf(alert.firstAtMs)],
    ['end', timeOf(alert.lastAtMs)],
    ['sourceServiceName', source.name],
    ['destinationServiceName', target?.name ?? ''],
    ['reason', why],
    ...custom(1, 'environment', alert.environment),
    ...custom(2, 'incident', incident?.sentence ?? ''),
    ...custom(3, 'owners', alert.owners.slice(0, bounds.itemsMax).join(', ')),
    ...custom(4, 'reasons', alert.reasons.slice(0, bounds.itemsMax).join(' ')),
    ...custom(6, 'traceId', alert.traceId ?? ''),
    ...[['cn1Label', 'episode'] as const, ['cn1', String(alert.episode)] as const],
    ...[['cn2Label', 'baselineVersion'] as const, ['cn2', String(alert.baselineVersion)] as const],
  ]
}

/** A custom string and its label; nothing of an empty one. */
function custom(slot: 1 | 2 | 3 | 4 | 5 | 6, label: string, value: string): readonly Pair[] {
  return value === ''
    ? []
    : [
        [`cs${slot}Label`, label],
        [`cs${slot}`, value],
      ]
}

function timeOf(ms: number): string {
  return Number.isFinite(ms) ? String(Math.trunc(ms)) : ''
}

function escapeHeader(text: string): string {
  return text.replace(/[\\|]/g, (sign) => `\\${sign}`)
}

function escapeExtension(text: string): string {
  return text.replace(/[\\=]/g, (sign) => `\\${sign}`)
}
