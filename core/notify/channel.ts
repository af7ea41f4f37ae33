// A channel: where notices go, and what is needed to get there. Settings are shown to admins and kept as they
// are; secrets are kept encrypted, never shown again, and only named here (SECRETS_OF).
import { z } from 'zod'

export const CHANNEL_KINDS = [
  ...(['webhook', 'slack', 'teams', 'pagerduty', 'opsgenie', 'email', 'alertmanager'] as const),
  'syslog',
] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

const Url = z
  .url({
    protocol: /^https?$/,
    error: 'Enter a whole address, beginning with https:// or http://.',
  })
  .max(2000)
const Mailbox = z.email('Enter a mailbox such as security@example.org.').max(320)
const Host = z
  .string()
  .min(1, 'Enter the name or address of the server.')
  .max(253)
  .regex(/^[^\s/@]*$/, 'Enter a name or an address alone, without https:// and port.')
const Port = z
  .int('Enter a port from 1 to 65535.')
  .min(1, 'Enter a port from 1 to 65535.')
  .max(65_535, 'Enter a port from 1 to 65535.')

/** One line of text with {{names}} of payload/template.ts; '' is the channel's own words. */
const Template = z.string().max(2000).default('')

/** Whether private, loopback and link-local addresses are allowed for this channel, by an admin's decision. */
const allowsPrivate = z.boolean().default(false)

/** What bodies a webhook or syslog carries. json is our own published schema. */
export const BODY_FORMATS = ['json', 'ocsf', 'cef'] as const
export type BodyFormat = (typeof BODY_FORMATS)[number]

const Shared = { allowsPrivate, titleTemplate: Template }

export const ChannelSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    url: Url,
    format: z.enum(['json', 'ocsf']).default('json'),
    ...Shared,
  }),
  z.strictObject({ kind: z.literal('slack'), ...Shared }),
  z.strictObject({ kind: z.literal('teams'), ...Shared }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    url: Url.default('https://events.pagerduty.com/v2/enqueue'),
    ...Shared,
  }),
  z.strictObject({
    kind: z.literal('opsgenie'),
    url: Url.default('https://api.opsgenie.com'),
    ...Shared,
  }),
  z.strictObject({
    kind: z.literal('email'),
    host: Host,
    port: Port.default(587),
    /** implicit: TLS from the first byte; required: STARTTLS or nothing; none: in the clear. */
    tls: z.enum(['implicit', 'required', 'none']).default('required'),
    user: z.string().max(320).default(''),
    from: Mailbox,
    to: z.array(Mailbox).min(1, 'Enter at least one mailbox.').max(50, 'At most 50 mailboxes.'),
    ...Shared,
  }),
  z.strictObject({
    kind: z.literal('alertmanager'),
    /** Of the server; /api/v2/alerts is added. */
    url: Url,
    ...Shared,
  }),
  z.strictObject({
    kind: z.literal('syslog'),
    host: Host,
    port: Port.default(6514),
    transport: z.enum(['tls', 'tcp']).default('tls'),
    format: z.enum(BODY_FORMATS).default('json'),
    ...Shared,
  }),
])
export type ChannelSettings = z.infer<typeof ChannelSettings>

/** The secrets of each kind, by name. `ca` is a PEM text: whom to trust beside the system's own. */
export const SECRETS_OF = {
  webhook: { required: [], optional: ['signingSecret', 'authorization', 'ca'] },
  slack: { required: ['url'], optional: ['ca'] },
  teams: { required: ['url'], optional: ['ca'] },
  pagerduty: { required: ['routingKey'], optional: ['ca'] },
  opsgenie: { required: ['apiKey'], optional: ['ca'] },
  email: { required: [], optional: ['password', 'ca'] },
  alertmanager: { required: [], optional: ['authorization', 'ca'] },
  syslog: { required: [], optional: ['ca'] },
} as const satisfies {
  readonly [kind in ChannelKind]: {
    readonly required: readonly string[]
    readonly optional: readonly string[]
  }
}

/** By name. */
export type ChannelSecrets = { readonly [name: string]: string }

/** A channel as it is used: opened. */
export type Channel = {
  readonly id: string
  /** Unique; letters, digits, dots, dashes, underscores; at most 64. */
  readonly name: string
  readonly isEnabled: boolean
  readonly settings: ChannelSettings
  readonly secrets: ChannelSecrets
}
