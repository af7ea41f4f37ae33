// What tests of sending share: a channel, a notice, and one try with connections of its own.

import { expect } from 'vitest'
import type { z } from 'zod'
import type { Channel, ChannelSecrets } from '../../core/notify/channel.ts'
import { ChannelSettings } from '../../core/notify/channel.ts'
import type { AlertNotice, Notice } from '../../core/notify/notice.ts'
import type { Links } from '../../core/notify/payload/render.ts'
import type { Resolve } from '../../notify/send/address.ts'
import { closeConnections, openConnections } from '../../notify/send/connections.ts'
import type { SendResult } from '../../notify/send/result.ts'
import { send } from '../../notify/send/send.ts'

export const LINKS: Links = {
  alertUrl: (alertId) => `https://strayline.example.org/alerts?alert=${alertId}`,
  routesUrl: 'https://strayline.example.org/settings/routes',
  productVersion: '0.0.0',
}

export const NOTICE: AlertNotice = {
  type: 'alert',
  key: 'a12.34',
  atMs: Date.UTC(2026, 10, 22, 12),
  act: 'open',
  why: '',
  alert: {
    id: '12',
    environment: 'prod',
    kind: 'new_external',
    severity: 'high',
    episode: 1,
    source: { environment: 'prod', kind: 'service', namespace: 'shop', name: 'payment' },
    target: { environment: 'prod', kind: 'external', namespace: '', name: 'evil.example' },
    summary: 'payment now calls evil.example',
    reasons: ['never-seen domain'],
    reasonsAgainst: [],
    owners: ['team-pay'],
    dataClasses: [],
    exposures: [],
    layers: [],
    reachedClasses: [],
    baselineVersion: 3,
    ruleId: null,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    firstAtMs: Date.UTC(2026, 10, 22, 11),
    lastAtMs: Date.UTC(2026, 10, 22, 12),
    incident: null,
  },
}

/** Private addresses are allowed, because tests live on loopback, unless the settings say otherwise. */
export function channelOf(
  settings: z.input<typeof ChannelSettings>,
  secrets: ChannelSecrets = {},
): Channel {
  const parsed = ChannelSettings.parse({ allowsPrivate: true, ...settings })
  return { id: '7', name: 'a-channel', isEnabled: true, settings: parsed, secrets }
}

export type TryOptions = {
  readonly notice?: Notice
  readonly resolve?: Resolve
  /** Long by default: the machine may be busy. */
  readonly timeoutMs?: number
}

/** One try, with connections that are closed after it. */
export async function trySend(channel: Channel, options: TryOptions = {}): Promise<SendResult> {
  const { notice = NOTICE, timeoutMs = 30_000, resolve } = options
  const connections = openConnections({ timeoutMs, ...(resolve ? { resolve } : {}) })
  try {
    return await send(channel, notice, { connections, links: LINKS })
  } finally {
    closeConnections(connections)
  }
}

/** The outcome of a channel that cannot be reached, or asks to be left alone. */
export const pausing = (why: string | RegExp) => ({
  outcome: 'retry',
  why: typeof why === 'string' ? why : expect.stringMatching(why),
  retryAfterMs: null,
  pausesChannel: true,
})

export const refused = (why: RegExp) => ({ outcome: 'refused', why: expect.stringMatching(why) })

/** For where something has to hang: long enough to get there, and never the test's own end. */
export const SHORT_MS = 700

const stops: (() => Promise<void>)[] = []

/** Stops a server at the end of the test. */
export function stopLater<T extends { readonly stop: () => Promise<void> }>(target: T): T {
  stops.push(target.stop)
  return target
}

/** For `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0)) await stop()
}
