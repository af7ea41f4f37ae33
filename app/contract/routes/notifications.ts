// The routes of notifications: channels, which channel is told what, and what became of each delivery. Secrets are
// written and never read back. Who may see what: docs/decisions/0030.
import { z } from 'zod'
import { CHANNEL_KINDS, ChannelSettings } from '../../../core/notify/channel.ts'
import { NAME_PATTERN } from '../../../core/notify/check-channel.ts'
import { DELIVERY_STATES } from '../../../core/notify/delivery.ts'
import { NOTICE_ACTS, NOTICE_TYPES } from '../../../core/notify/notice.ts'
import { RouteSettings } from '../../../core/notify/route.ts'
import { StorableText, StoredId, storable } from '../../api-input.ts'
import { named } from '../named-schemas.ts'
import { pageFields, pageOf } from '../paging.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Count, IdParams, Time, TimeOrNull } from '../shapes.ts'

/** A PEM file of a few authorities is the longest. */
const SECRET_CHARACTERS_MAX = 20_000
const SECRETS_MAX = 10
const IDS_MAX = 1_000
const tag = 'notifications' as const
const NO_CHANNEL = 'There is no such channel.'
const NO_ROUTE = 'There is no such route.'
const NO_DELIVERY = 'There is no such delivery.'

const Name = z
  .string()
  .regex(NAME_PATTERN, 'Enter letters, digits, dots, dashes and underscores, at most 64.')
const Secret = StorableText.max(SECRET_CHARACTERS_MAX)
const secretName = z.string().max(64)

const healthFields = {
  id: z.string(),
  name: z.string(),
  kind: z.enum(CHANNEL_KINDS),
  isEnabled: z.boolean(),
  lastSentMs: TimeOrNull.describe('When something last arrived; null: nothing has.'),
  failingSinceMs: TimeOrNull.describe('null: it does not fail.'),
  failures: Count.describe('In a row.'),
  pausedUntilMs: TimeOrNull.describe('Nothing is tried before; null: it is not paused.'),
}
const ChannelHealthShape = named('ChannelHealth', z.strictObject(healthFields))
const ChannelShape = named(
  'Channel',
  z.strictObject({
    ...healthFields,
    settings: ChannelSettings,
    secretNames: z.array(z.string()).describe('Those that are set. Their values are never given.'),
    lastError: z.string().nullable().describe('Why the last try failed.'),
    revision: z.int(),
    createdBy: z.string(),
    createdMs: Time,
  }),
)

export const LIST_CHANNELS = {
  ...{ id: 'listChannels', method: 'GET', path: '/api/v1/channels', tag, role: 'viewer' },
  summary: 'All channels, and whether they work',
  description: 'Without addresses: those are for admins, who read one channel.',
  answer: {
    ...{ status: 200, description: 'By name.' },
    schema: z.strictObject({ items: z.array(ChannelHealthShape) }),
  },
} as const satisfies RouteSpec

export const ChannelBody = z.strictObject({
  name: Name,
  isEnabled: z.boolean().default(true),
  settings: storable(ChannelSettings),
  secrets: z
    .record(secretName, Secret)
    .refine((secrets) => Object.keys(secrets).length <= SECRETS_MAX, 'are too many')
    .default({})
    .describe('By name, as the kind needs them. Never read back.'),
})

export const CREATE_CHANNEL = {
  ...{ id: 'createChannel', method: 'POST', path: '/api/v1/channels', tag, role: 'admin' },
  summary: 'Set up a channel',
  body: { schema: ChannelBody, bytesMax: 256 * 1024 },
  errors: [409],
  answer: { status: 201, description: 'The channel.', schema: ChannelShape, etag: 'revision' },
} as const satisfies RouteSpec

const oneChannel = { path: '/api/v1/channels/{id}', tag, role: 'admin' } as const

export const READ_CHANNEL = {
  ...{ id: 'readChannel', method: 'GET', ...oneChannel },
  summary: 'One channel with its settings',
  params: IdParams,
  missing: NO_CHANNEL,
  answer: { status: 200, description: 'The channel.', schema: ChannelShape, etag: 'revision' },
} as const satisfies RouteSpec

export const ChannelChange = z.strictObject({
  name: Name.exactOptional(),
  isEnabled: z.boolean().exactOptional(),
  settings: storable(ChannelSettings).exactOptional().describe('All of them, of the same kind.'),
  secrets: z
    .record(secretName, Secret.nullable())
    .refine((secrets) => Object.keys(secrets).length <= SECRETS_MAX, 'are too many')
    .exactOptional()
    .describe('By name; null removes one, what is left out stays.'),
})

export const CHANGE_CHANNEL = {
  ...{ id: 'changeChannel', method: 'PATCH', ...oneChannel },
  summary: 'Change a channel; what is left out stays as it is',
  params: IdParams,
  needsMatch: true,
  missing: NO_CHANNEL,
  body: { schema: ChannelChange, bytesMax: 256 * 1024 },
  errors: [409],
  answer: { status: 200, description: 'As it is now.', schema: ChannelShape, etag: 'revision' },
} as const satisfies RouteSpec

export const DELETE_CHANNEL = {
  ...{ id: 'deleteChannel', method: 'DELETE', ...oneChannel },
  summary: 'Delete a channel with its routes and deliveries',
  params: IdParams,
  missing: NO_CHANNEL,
  answer: { status: 204, description: 'Gone; the audit record knows it.', schema: null },
} as const satisfies RouteSpec

export const TEST_CHANNEL = {
  ...{ id: 'testChannel', method: 'POST', path: '/api/v1/channels/{id}/test', tag },
  role: 'admin',
  summary: 'Send a test message, once; /deliveries/{id} says what became of it',
  params: IdParams,
  missing: NO_CHANNEL,
  answer: {
    ...{ status: 202, description: 'It is on its way.' },
    schema: z.strictObject({ deliveryId: z.string() }),
  },
} as const satisfies RouteSpec

const RouteShape = named(
  'NotificationRoute',
  z.strictObject({
    ...{ id: z.string(), name: z.string(), channelId: z.string(), channel: z.string() },
    place: z.int().describe('Order among routes; the first of a channel that matches speaks.'),
    ...{ isEnabled: z.boolean(), settings: RouteSettings, revision: z.int() },
  }),
)
const routesPath = '/api/v1/notification-routes' as const
const routesAnswer = {
  status: 200,
  description: 'In their order.',
  schema: named('NotificationRoutes', z.strictObject({ items: z.array(RouteShape) })),
} as const

export const LIST_ROUTES = {
  ...{ id: 'listNotificationRoutes', method: 'GET', path: routesPath, tag, role: 'analyst' },
  summary: 'Which channel is told of what, and when',
  answer: routesAnswer,
} as const satisfies RouteSpec

export const RouteBody = z.strictObject({
  ...{ name: Name, channelId: StoredId, isEnabled: z.boolean().default(true) },
  settings: storable(RouteSettings),
})

export const CREATE_ROUTE = {
  ...{ id: 'createNotificationRoute', method: 'POST', path: routesPath, tag, role: 'admin' },
  summary: 'Tell a channel of alerts; the new route is the last',
  body: { schema: RouteBody },
  errors: [404, 409],
  answer: { status: 201, description: 'The route.', schema: RouteShape, etag: 'revision' },
} as const satisfies RouteSpec

export const ORDER_ROUTES = {
  ...{ id: 'orderNotificationRoutes', method: 'PUT', path: `${routesPath}/order`, tag },
  role: 'admin',
  summary: 'Put the routes in another order',
  body: { schema: z.strictObject({ ids: z.array(StoredId).min(1).max(IDS_MAX) }) },
  errors: [412],
  answer: routesAnswer,
} as const satisfies RouteSpec

const oneRoute = { path: `${routesPath}/{id}`, tag, params: IdParams, missing: NO_ROUTE } as const

export const READ_ROUTE = {
  ...{ id: 'readNotificationRoute', method: 'GET', ...oneRoute, role: 'analyst' },
  summary: 'One route',
  answer: { status: 200, description: 'The route.', schema: RouteShape, etag: 'revision' },
} as const satisfies RouteSpec

export const RouteChange = z.strictObject({
  ...{ name: Name.exactOptional(), channelId: StoredId.exactOptional() },
  ...{ isEnabled: z.boolean().exactOptional(), settings: storable(RouteSettings).exactOptional() },
})

export const CHANGE_ROUTE = {
  ...{ id: 'changeNotificationRoute', method: 'PATCH', ...oneRoute, role: 'admin' },
  summary: 'Change a route; what is left out stays as it is',
  needsMatch: true,
  body: { schema: RouteChange },
  errors: [409],
  answer: { status: 200, description: 'As it is now.', schema: RouteShape, etag: 'revision' },
} as const satisfies RouteSpec

export const DELETE_ROUTE = {
  ...{ id: 'deleteNotificationRoute', method: 'DELETE', ...oneRoute, role: 'admin' },
  summary: 'Delete a route; what it has planned is told all the same',
  answer: { status: 204, description: 'Gone; the audit record knows it.', schema: null },
} as const satisfies RouteSpec

const DeliveryShape = named(
  'Delivery',
  z.strictObject({
    ...{ id: z.string(), channelId: z.string(), channel: z.string() },
    route: z.string().nullable().describe('Its name; null: none led here, or it is gone.'),
    alertId: z.string().nullable(),
    type: z.enum(NOTICE_TYPES),
    act: z.enum(NOTICE_ACTS).nullable().describe('Of an alert; null of all else.'),
    environment: z.string().nullable(),
    summary: z.string().nullable().describe('Of an alert, as it was told.'),
    state: z.enum(DELIVERY_STATES),
    attempts: Count,
    createdMs: Time,
    dueMs: Time.describe('When it is tried next, or was to be.'),
    finishedMs: TimeOrNull,
    lastError: z.string().nullable().describe('Why the last try failed; null: none did.'),
  }),
)

/** Of an alert: to whom it was told, or will be. */
export const ToldShape = named(
  'Told',
  z.strictObject({
    ...{ deliveryId: z.string(), channel: z.string(), act: z.enum(NOTICE_ACTS).nullable() },
    ...{ state: z.enum(DELIVERY_STATES), dueMs: Time, finishedMs: TimeOrNull },
  }),
)

export const LIST_DELIVERIES = {
  ...{ id: 'listDeliveries', method: 'GET', path: '/api/v1/deliveries', tag, role: 'analyst' },
  summary: 'What was told to whom, and what could not be',
  query: z.strictObject({
    channel: StoredId.exactOptional().describe('Id of a channel.'),
    state: z.enum(DELIVERY_STATES).exactOptional(),
    alert: StoredId.exactOptional().describe('Id of an alert.'),
    ...pageFields('listDeliveries', StoredId),
  }),
  answer: { status: 200, description: 'The newest first.', schema: pageOf(DeliveryShape) },
} as const satisfies RouteSpec

export const READ_DELIVERY = {
  ...{ id: 'readDelivery', method: 'GET', path: '/api/v1/deliveries/{id}', tag, role: 'analyst' },
  summary: 'What became of one delivery',
  params: IdParams,
  missing: NO_DELIVERY,
  answer: { status: 200, description: 'The delivery.', schema: DeliveryShape },
} as const satisfies RouteSpec

export const RESEND_DELIVERIES = {
  ...{ id: 'resendDeliveries', method: 'POST', path: '/api/v1/deliveries/resend', tag },
  role: 'admin',
  summary: 'Try dead deliveries again, with the same idempotency key',
  body: { schema: z.strictObject({ ids: z.array(StoredId).min(1).max(IDS_MAX) }) },
  errors: [404],
  answer: {
    ...{ status: 200, description: 'How many were dead, and are now waiting.' },
    schema: z.strictObject({ resent: Count }),
  },
} as const satisfies RouteSpec

export const NOTIFICATION_ROUTES: readonly RouteSpec[] = [
  ...[LIST_CHANNELS, CREATE_CHANNEL, READ_CHANNEL, CHANGE_CHANNEL, DELETE_CHANNEL, TEST_CHANNEL],
  ...[LIST_ROUTES, CREATE_ROUTE, ORDER_ROUTES, READ_ROUTE, CHANGE_ROUTE, DELETE_ROUTE],
  ...[LIST_DELIVERIES, READ_DELIVERY, RESEND_DELIVERIES],
]
