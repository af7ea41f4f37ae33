// E-mail over SMTP. The socket is ours, opened through the guard; nodemailer speaks the protocol over it. Without
// TLS nothing is said, unless the channel says so.
// Source: RFC 5321 (replies), RFC 3207 (STARTTLS), RFC 8314 (implicit TLS).
import { createTransport } from 'nodemailer'
import type { ChannelSettings } from '../../core/notify/channel.ts'
import type { Rendered } from '../../core/notify/payload/render.ts'
import { type Attempt, connectPinned, tlsOptions } from './attempt.ts'
import { plainText } from './plain-text.ts'
import { pause, refuse, retryLater, SENT, type SendResult } from './result.ts'

type EmailSettings = Extract<ChannelSettings, { kind: 'email' }>
type Email = Extract<Rendered, { via: 'smtp' }>

export type Mail = {
  readonly settings: EmailSettings
  readonly password: string | undefined
  readonly email: Email
}

const REPLY_CHARACTERS_MAX = 200
/** How long the server may take to close its side after us; nobody waits for it. */
const CLOSE_MS = 1_000

/** Errors: SendEnd; a connection's own, with a code. */
export async function sendMail(attempt: Attempt, mail: Mail): Promise<SendResult> {
  const { settings, email } = mail
  const { host, port } = settings
  const isTls = settings.tls === 'implicit'
  const connection = await connectPinned(attempt, { host, port, isTls })
  const transport = openTransport(attempt, mail, connection)
  const { from, subject, text, html, messageId } = email
  try {
    const info = await transport.sendMail({
      ...{ from, to: [...email.to], subject, text, html, messageId },
      headers: { 'auto-submitted': 'auto-generated' },
      signal: attempt.signal,
    })
    const refusals = info.rejectedErrors ?? []
    return refusals.length === 0 ? SENT : { outcome: 'sent', remark: remarkOn(refusals) }
  } catch (error) {
    const judged = attempt.signal.aborted ? null : judgeReply(error, attempt.place)
    if (judged === null) throw error
    return judged
  }
}

function openTransport(
  attempt: Attempt,
  { settings, password }: Mail,
  connection: Awaited<ReturnType<typeof connectPinned>>,
) {
  const { user, tls } = settings
  const isTls = tls === 'implicit'
  const login = user === '' ? {} : { auth: { user, pass: password ?? '' }, forceAuth: true }
  return createTransport({
    connection,
    host: attempt.place,
    secure: isTls,
    secured: isTls,
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'none',
    tls: tlsOptions(attempt, { name: attempt.place, addresses: [] }),
    ...login,
    // The attempt's own time is the shorter one.
    connectionTimeout: 2 * attempt.connections.timeoutMs,
    greetingTimeout: 2 * attempt.connections.timeoutMs,
    socketTimeout: 2 * attempt.connections.timeoutMs,
    socketCloseTimeout: CLOSE_MS,
    maxResponseSize: 16 * 1024,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

type Refusal = {
  readonly recipient?: string | undefined
  readonly response?: string | undefined
}

function remarkOn(refusals: readonly Refusal[]): string {
  const told = refusals.map(({ recipient, response }) => `${recipient} (${quoted(response)})`)
  const shown = told.slice(0, 3).join(', ')
  const more = told.length > 3 ? ` and ${told.length - 3} more` : ''
  return `The server took it, but not for ${shown}${more}: check these addresses.`
}

/** null: it was no reply of the server. */
function judgeReply(error: unknown, place: string): SendResult | null {
  const { code, responseCode, response, command } = error as {
    readonly code?: unknown
    readonly responseCode?: unknown
    readonly response?: unknown
    readonly command?: unknown
  }
  if (code === 'ETLS' && command === 'STARTTLS' && typeof responseCode === 'number') {
    const cure = 'set the channel to implicit TLS (465), or to none where that is acceptable.'
    return refuse(`${place} offers no STARTTLS: ${cure}`)
  }
  if (code === 'ENOAUTH')
    return refuse(`${place} takes no sign-in: leave out the user of the channel.`)
  if (code === 'EPROTOCOL' && typeof responseCode !== 'number')
    return pause(`${place} does not answer in SMTP: check the port.`)
  if (code === 'EENVELOPE' && typeof responseCode !== 'number')
    return refuse('The e-mail has no usable sender or recipient: check those of the channel.')
  if (typeof responseCode !== 'number') return null
  const said = `${place} answered ${quoted(response)}`
  if (code === 'EAUTH')
    return responseCode >= 500
      ? refuse(`${said}: it does not accept user and password; enter them anew.`)
      : pause(`${said} to the sign-in.`)
  if (responseCode === 421 || responseCode === 503) return pause(`${said}.`)
  if (responseCode >= 500) return refuse(`${said}: check sender and recipients of the channel.`)
  if (responseCode >= 400) return retryLater(`${said}: it asks to try again later.`)
  return pause(`${place} does not answer in SMTP: check the port.`)
}

function quoted(response: unknown): string {
  return `"${plainText(typeof response === 'string' ? response : '', REPLY_CHARACTERS_MAX)}"`
}
