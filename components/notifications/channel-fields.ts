// What the form of a channel asks for, by kind: the fields of its settings and its secrets, in words.
import type { BodyFormat, ChannelKind, ChannelSettings } from '../../core/notify/channel.ts'
import { SECRETS_OF } from '../../core/notify/channel.ts'

/** One field of the settings. Lines: a list, one entry a line. */
export type SettingField = {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly placeholder?: string
} & (
  | { readonly type: 'text' | 'lines' | 'number'; readonly initial: string }
  | {
      readonly type: 'select'
      readonly initial: string
      readonly options: { readonly [value: string]: string }
    }
)

const FORMATS: { readonly [format in BodyFormat]: string } = {
  json: 'JSON, the schema of Strayline',
  ocsf: 'OCSF (JSON, Detection Finding)',
  cef: 'CEF',
}

const url = (placeholder: string, hint?: string, initial = ''): SettingField => ({
  ...{ name: 'url', label: 'Address', type: 'text', initial, placeholder },
  ...(hint === undefined ? {} : { hint }),
})
const host = (placeholder: string): SettingField => ({
  ...{ name: 'host', label: 'Server', type: 'text', initial: '', placeholder },
  hint: 'A name or an address, without a port.',
})
const port = (initial: string): SettingField => ({
  ...{ name: 'port', label: 'Port', type: 'number', initial },
})

export const SETTING_FIELDS: { readonly [kind in ChannelKind]: readonly SettingField[] } = {
  webhook: [
    url('https://hooks.example.org/strayline', 'Each message is a POST with a JSON body.'),
    {
      ...{ name: 'format', label: 'Body', type: 'select', initial: 'json' },
      options: { json: FORMATS.json, ocsf: FORMATS.ocsf },
    },
  ],
  slack: [],
  teams: [],
  pagerduty: [
    url('', 'As it is for accounts of the US region.', 'https://events.pagerduty.com/v2/enqueue'),
  ],
  opsgenie: [
    url('', 'For the EU region: https://api.eu.opsgenie.com.', 'https://api.opsgenie.com'),
  ],
  email: [
    host('smtp.example.org'),
    port('587'),
    {
      ...{ name: 'tls', label: 'Encryption', type: 'select', initial: 'required' },
      options: {
        required: 'STARTTLS, or nothing is sent (usual on port 587)',
        implicit: 'TLS from the first byte (usual on port 465)',
        none: 'None: everybody on the way can read it',
      },
    },
    {
      ...{ name: 'user', label: 'User', type: 'text', initial: '' },
      hint: 'Empty: the server is not asked to know us.',
    },
    {
      ...{ name: 'from', label: 'Sender', type: 'text', initial: '' },
      placeholder: 'strayline@example.org',
    },
    {
      ...{ name: 'to', label: 'Recipients', type: 'lines', initial: '' },
      ...{ placeholder: 'security@example.org', hint: 'One mailbox a line, at most 50.' },
    },
  ],
  alertmanager: [
    url('http://alertmanager.example.org:9093', 'Of the server; /api/v2/alerts is added.'),
  ],
  syslog: [
    host('siem.example.org'),
    port('6514'),
    {
      ...{ name: 'transport', label: 'Transport', type: 'select', initial: 'tls' },
      options: { tls: 'TLS (usual on port 6514)', tcp: 'TCP: everybody on the way can read it' },
    },
    {
      ...{ name: 'format', label: 'Message', type: 'select', initial: 'json' },
      options: FORMATS,
    },
  ],
}

export type SecretField = {
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly isRequired: boolean
  /** A text of many lines. */
  readonly isLong: boolean
}

const SECRET_WORDS: { readonly [name: string]: { readonly label: string; readonly hint: string } } =
  {
    url: {
      label: 'Webhook address',
      hint: 'Whoever has it can post there, so it is kept as a secret.',
    },
    routingKey: {
      label: 'Integration key',
      hint: 'Of an Events API v2 integration of the service.',
    },
    apiKey: { label: 'API key', hint: 'Of an API integration of the team.' },
    signingSecret: {
      label: 'Signing secret',
      hint: 'whsec_ and base64. With it the receiver can tell that a message is ours.',
    },
    authorization: {
      label: 'Authorization header',
      hint: 'The whole value, such as Bearer and a token.',
    },
    password: { label: 'Password', hint: 'Of the user above.' },
    ca: {
      label: 'Certificate authority',
      hint: 'PEM text. Trusted for this channel beside those of the system.',
    },
  }

export function secretFields(kind: ChannelKind): readonly SecretField[] {
  const { required, optional } = SECRETS_OF[kind]
  const toField = (name: string, isRequired: boolean): SecretField => ({
    ...{ name, label: name, hint: '', ...SECRET_WORDS[name], isRequired, isLong: name === 'ca' },
  })
  return [
    ...required.map((name) => toField(name, true)),
    ...optional.map((name) => toField(name, false)),
  ]
}

export const KIND_LEADS: { readonly [kind in ChannelKind]: string } = {
  webhook: 'JSON to an address of yours, signed',
  slack: 'A Slack channel, by an incoming webhook',
  teams: 'A channel of Teams, by a workflow',
  pagerduty: 'Events that open and resolve incidents',
  opsgenie: 'Alerts that are opened and closed',
  email: 'Mail through your SMTP server',
  alertmanager: 'Alerts for a Prometheus Alertmanager',
  syslog: 'Lines for a SIEM: JSON, CEF or OCSF',
}

/** What the fields hold, as they are typed. */
export type FieldTexts = { readonly [name: string]: string }

/** settings: null for a new channel. */
export function textsOf(kind: ChannelKind, settings: ChannelSettings | null): FieldTexts {
  const stored: { readonly [name: string]: unknown } = settings ?? {}
  return Object.fromEntries(
    SETTING_FIELDS[kind].map(({ name, initial }) => {
      const value = stored[name]
      if (Array.isArray(value)) return [name, value.join('\n')]
      return [name, value === undefined ? initial : String(value)]
    }),
  )
}

/** What is typed as settings, still to be checked. */
export function settingsFrom(kind: ChannelKind, texts: FieldTexts): { [name: string]: unknown } {
  const entries = SETTING_FIELDS[kind].map(({ name, type }) => {
    const text = (texts[name] ?? '').trim()
    if (type === 'number') return [name, text === '' ? Number.NaN : Number(text)]
    return [name, type === 'lines' ? text.split(/\s+/).filter((line) => line !== '') : text]
  })
  return { kind, ...Object.fromEntries(entries) }
}
