// Reads what the settings pages and /api/v1 show of channels, routes and deliveries.
import 'server-only'
import { cookies } from 'next/headers'
import { NOBODY_TOLD_COOKIE } from '../components/alerts/nobody-told-cookie.ts'
import type {
  ChannelHealth,
  ChannelView,
  DeliveryView,
  RouteView,
  Told,
} from '../components/notifications/notification-view.ts'
import type { RouteFormProps } from '../components/notifications/route-form.tsx'
import type { TemplateName } from '../components/notifications/template-field.tsx'
import { TEMPLATE_NAMES } from '../core/notify/payload/template.ts'
import { listChannels, type StoredChannel } from '../storage/channels.ts'
import {
  type DeliveryQuery,
  listDeliveries,
  type StoredDelivery,
} from '../storage/delivery-reads.ts'
import { listActiveRoutes, type StoredRoute } from '../storage/notification-routes.ts'
import type { Sql } from '../storage/sql.ts'
import { cutPage, type Page } from './contract/paging.ts'
import { database } from './database.ts'
import { findEnvironments } from './default-environment.ts'

const TOLD_MAX = 50

/** Without addresses, and without sentences that name them. */
export function toChannelHealth(channel: StoredChannel): ChannelHealth {
  const { id, name, kind, isEnabled, failures } = channel
  return {
    ...{ id, name, kind, isEnabled, failures },
    lastSentMs: channel.lastSentAtMs,
    failingSinceMs: channel.failingSinceMs,
    pausedUntilMs: channel.pausedUntilMs,
  }
}

export function toChannelView(channel: StoredChannel): ChannelView {
  const { settings, secretNames, lastError, revision, createdBy, createdAtMs } = channel
  return {
    ...toChannelHealth(channel),
    ...{ settings, secretNames, lastError, revision, createdBy, createdMs: createdAtMs },
  }
}

export function toRouteView(route: StoredRoute): RouteView {
  const { id, name, channelId, channelName, place, isEnabled, settings, revision } = route
  return { id, name, channelId, channel: channelName, place, isEnabled, settings, revision }
}

export function toDeliveryView(delivery: StoredDelivery): DeliveryView {
  const { id, channelId, alertId, type, act, environment, summary, state, attempts } = delivery
  return {
    ...{ id, channelId, alertId, type, act, environment, summary, state, attempts },
    ...{ channel: delivery.channelName, route: delivery.routeName },
    ...{ createdMs: delivery.createdAtMs, dueMs: delivery.dueAtMs },
    ...{ finishedMs: delivery.finishedAtMs, lastError: delivery.lastError },
  }
}

/** The newest first. */
export async function readDeliveryPage(
  sql: Sql,
  { limit, ...query }: Omit<DeliveryQuery, 'countMax'> & { readonly limit: number },
): Promise<Page<DeliveryView>> {
  const deliveries = await listDeliveries(sql, { ...query, countMax: limit + 1 })
  return cutPage(deliveries, {
    ...{ route: 'listDeliveries', limit },
    keyOf: (delivery) => delivery.id,
    toItem: toDeliveryView,
  })
}

/** To whom an alert was told, the newest first. */
export async function readTold(sql: Sql, alertId: string): Promise<readonly Told[]> {
  const deliveries = await listDeliveries(sql, { alertId, countMax: TOLD_MAX })
  return deliveries.map((delivery) => {
    const { id: deliveryId, channelName: channel, act, state } = delivery
    const { dueAtMs: dueMs, finishedAtMs: finishedMs } = delivery
    return { deliveryId, channel, act, state, dueMs, finishedMs }
  })
}

/** What a title may name, for the form of a channel. */
export function templateNames(): readonly TemplateName[] {
  return TEMPLATE_NAMES.map(({ name, description }) => ({ name, description }))
}

/** What the form of a route lets choose. */
export async function readRouteChoices(): Promise<
  Pick<RouteFormProps, 'channels' | 'environments' | 'zones'>
> {
  const [channels, environments] = await Promise.all([listChannels(database()), findEnvironments()])
  return {
    channels: Object.fromEntries(channels.map(({ id, name }) => [id, name])),
    environments: environments.map(({ name }) => name),
    zones: ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')],
  }
}

/**
 * Whether no channel would be told of an alert of an environment (null: of any), and nobody has put that aside.
 * Recordings and the demo are for those who look at them.
 */
export async function isNobodyTold(environment: string | null): Promise<boolean> {
  if ((await cookies()).has(NOBODY_TOLD_COOKIE)) return false
  const environments = await findEnvironments()
  const isReal = environments.some(({ name, origin }) => {
    return origin === 'observed' && (environment === null || environment === name)
  })
  return isReal && (await listActiveRoutes(database())).length === 0
}
