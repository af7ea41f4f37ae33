// Channels, routes and notices for tests of what is told: made through the doors that people and the worker use.
import { randomBytes } from 'node:crypto'
import { ChannelSettings } from '../../core/notify/channel.ts'
import type { AlertFacts, AlertNotice, NoticeAct } from '../../core/notify/notice.ts'
import { RouteSettings } from '../../core/notify/route.ts'
import { createChannel, type StoredChannel } from '../../storage/channels.ts'
import { createRoute, type StoredRoute } from '../../storage/notification-routes.ts'
import { makeSecretsKey } from '../../storage/secret-box.ts'
import type { Sql } from '../../storage/sql.ts'

export const ADA = 'ada@example.com'
export const SECRET_BYTES = randomBytes(32)
export const KEY = makeSecretsKey(SECRET_BYTES)

/** A webhook at a local URL. */
export function addWebhook(
  sql: Sql,
  name: string,
  url = 'http://127.0.0.1:9/hook',
): Promise<StoredChannel> {
  const settings = ChannelSettings.parse({ kind: 'webhook', url, allowsPrivate: true })
  return createChannel(sql, KEY, { name, isEnabled: true, settings, secrets: {}, actor: ADA })
}

/** A route of everything to a channel, unless settings say otherwise. */
export function addRoute(
  sql: Sql,
  channel: StoredChannel,
  settings: { readonly [name: string]: unknown } = {},
): Promise<StoredRoute> {
  return createRoute(sql, {
    ...{ name: `to-${channel.name}`, channelId: channel.id, isEnabled: true, actor: ADA },
    settings: RouteSettings.parse({ match: {}, ...settings }),
  })
}

/** What is told of an alert; ids as text. */
export function noticeOf(alertId: string, eventId: string, act: NoticeAct = 'open'): AlertNotice {
  const node = (name: string) => {
    return { environment: 'prod', kind: 'service' as const, namespace: '', name }
  }
  const alert: AlertFacts = {
    ...{ id: alertId, environment: 'prod', kind: 'new_edge', severity: 'high', episode: 1 },
    ...{ source: node('web'), target: node('cart'), summary: 'web calls cart' },
    ...{ reasons: [], reasonsAgainst: [], owners: [], dataClasses: [], exposures: [], layers: [] },
    ...{ reachedClasses: [], baselineVersion: 1, ruleId: null, traceId: null },
    ...{ firstAtMs: 1_000, lastAtMs: 1_000, incident: null },
  }
  return { type: 'alert', key: `a${alertId}.${eventId}`, atMs: 1_000, act, why: '', alert }
}
