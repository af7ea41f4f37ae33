// A notice in the words of one channel: what is to be sent, ready to send. Pure: the same notice gives the same
// message on each try. Signing, connecting and deciding what an answer means are notify/send's.
import type { ChannelSecrets, ChannelSettings } from '../channel.ts'
import type { Notice } from '../notice.ts'
import { renderAlertmanager } from './alertmanager.ts'
import { renderEmail } from './email.ts'
import { renderOpsgenie } from './opsgenie.ts'
import { renderPagerDuty } from './pagerduty.ts'
import { renderSlack } from './slack.ts'
import { renderSyslog } from './syslog.ts'
import { renderTeams } from './teams.ts'
import { renderWebhook } from './webhook.ts'

/** Where a message leads; absolute http(s) addresses. productVersion: of Strayline, as receivers log it. */
export type Links = {
  readonly alertUrl: (alertId: string) => string
  readonly mapUrl?: string
  readonly routesUrl: string
  readonly productVersion: string
}

/** headers: without those that sign or are the same for all (user-agent). body: may hold a secret (PagerDuty's key). */
export type HttpRequest = {
  readonly method: 'POST' | 'PUT'
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

export type Rendered =
  /**
   * In this order; the first that fails ends it; each may be repeated without harm. Empty: nothing is left to say
   * there, for all that a digest tells of opened and closed meanwhile.
   */
  | { readonly via: 'http'; readonly requests: readonly HttpRequest[] }
  | {
      readonly via: 'smtp'
      readonly from: string
      readonly to: readonly string[]
      /** One line of Unicode, not encoded yet. */
      readonly subject: string
      readonly text: string
      readonly html: string
      /** With its angle brackets; the same for every try. */
      readonly messageId: string
    }
  /** RFC 5424 messages without framing; none holds a line break. */
  | { readonly via: 'syslog'; readonly lines: readonly string[] }

/** What a channel's file works with. */
export type Job<Kind extends ChannelSettings['kind']> = {
  readonly settings: Extract<ChannelSettings, { kind: Kind }>
  readonly secrets: ChannelSecrets
  readonly notice: Notice
  readonly links: Links
}

/** Never throws, whatever the notice holds; the limits of the service are kept. secrets: as SECRETS_OF names them. */
export function render(
  settings: ChannelSettings,
  secrets: ChannelSecrets,
  notice: Notice,
  links: Links,
): Rendered {
  const rest = { secrets, notice, links }
  switch (settings.kind) {
    case 'webhook':
      return renderWebhook({ settings, ...rest })
    case 'slack':
      return renderSlack({ settings, ...rest })
    case 'teams':
      return renderTeams({ settings, ...rest })
    case 'pagerduty':
      return renderPagerDuty({ settings, ...rest })
    case 'opsgenie':
      return renderOpsgenie({ settings, ...rest })
    case 'email':
      return renderEmail({ settings, ...rest })
    case 'alertmanager':
      return renderAlertmanager({ settings, ...rest })
    case 'syslog':
      return renderSyslog({ settings, ...rest })
  }
}

/** A POST of JSON. */
export function jsonPost(
  url: string,
  body: unknown,
  headers: HttpRequest['headers'] = {},
): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}
