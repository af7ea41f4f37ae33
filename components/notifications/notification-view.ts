// Channels, routes and deliveries as the settings pages and /api/v1 hand them out: plain data, times in unix ms, ids
// as text, secrets by name alone; and the words for them.
import type { ChannelKind, ChannelSettings } from '../../core/notify/channel.ts'
import type { DeliveryState } from '../../core/notify/delivery.ts'
import type { NoticeAct, NoticeType } from '../../core/notify/notice.ts'
import type { RouteSettings } from '../../core/notify/route.ts'

/** What everybody may know of a channel: that it is there, and whether it works. */
export type ChannelHealth = {
  readonly id: string
  readonly name: string
  readonly kind: ChannelKind
  readonly isEnabled: boolean
  readonly lastSentMs: number | null
  /** Null: the last thing that was sent arrived, or nothing was sent yet. */
  readonly failingSinceMs: number | null
  /** In a row. */
  readonly failures: number
  /** Nothing is tried before. */
  readonly pausedUntilMs: number | null
}

/** With what only admins see: addresses, and sentences that name them. */
export type ChannelView = ChannelHealth & {
  readonly settings: ChannelSettings
  /** Those that are set; their values are never given out. */
  readonly secretNames: readonly string[]
  readonly lastError: string | null
  readonly revision: number
  readonly createdBy: string
  readonly createdMs: number
}

export type RouteView = {
  readonly id: string
  readonly name: string
  readonly channelId: string
  readonly channel: string
  /** Order among all routes, from 1. */
  readonly place: number
  readonly isEnabled: boolean
  readonly settings: RouteSettings
  readonly revision: number
}

export type DeliveryView = {
  readonly id: string
  readonly channelId: string
  readonly channel: string
  /** Null: it came by no route (a test), or the route is gone. */
  readonly route: string | null
  readonly alertId: string | null
  readonly type: NoticeType
  /** Of an alert; null of all else. */
  readonly act: NoticeAct | null
  /** Null: of no environment (a test). */
  readonly environment: string | null
  /** Of an alert, as it was told. */
  readonly summary: string | null
  readonly state: DeliveryState
  readonly attempts: number
  readonly createdMs: number
  /** When it is tried next, or was to be tried. */
  readonly dueMs: number
  readonly finishedMs: number | null
  /** Why the last try failed, a sentence; null: none did. */
  readonly lastError: string | null
}

/** To whom an alert was told, or will be. */
export type Told = Pick<DeliveryView, 'channel' | 'act' | 'state' | 'dueMs' | 'finishedMs'> & {
  readonly deliveryId: string
}

export const CHANNEL_LABELS: { readonly [kind in ChannelKind]: string } = {
  webhook: 'Webhook',
  slack: 'Slack',
  teams: 'Microsoft Teams',
  pagerduty: 'PagerDuty',
  opsgenie: 'Opsgenie',
  email: 'E-mail',
  alertmanager: 'Alertmanager',
  syslog: 'Syslog',
}

const ACT_WORDS: { readonly [act in NoticeAct]: string } = {
  open: 'opened',
  escalate: 'got worse',
  reject: 'rejected',
  resolve: 'resolved',
}

/** 'alert opened', 'digest', 'test message'. */
export function sayTold({ type, act }: Pick<DeliveryView, 'type' | 'act'>): string {
  if (type === 'digest') return 'digest'
  if (type === 'budget') return 'alert budget'
  if (type === 'test') return 'test message'
  return act === null ? 'alert' : `alert ${ACT_WORDS[act]}`
}
