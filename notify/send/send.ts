// One try to send one notice to one channel: its words, its transport, the outcome. Bounded in time as a whole; never
// rejects for reasons of the outside world.
import type { Channel } from '../../core/notify/channel.ts'
import type { Notice } from '../../core/notify/notice.ts'
import { type Links, type Rendered, render } from '../../core/notify/payload/render.ts'
import type { Attempt } from './attempt.ts'
import type { Connections } from './connections.ts'
import { describeFailure, describeStop, describeTimeout } from './failure.ts'
import { sendHttp } from './http.ts'
import { SendEnd, type SendResult } from './result.ts'
import { signRequest } from './sign.ts'
import { sendMail } from './smtp.ts'
import { sendSyslog } from './syslog.ts'
import { withoutSecrets } from './without-secrets.ts'

export type SendOptions = {
  readonly connections: Connections
  readonly links: Links
}

/** The sentences of the result hold no secret of the channel. Errors: rejects on a bug alone. */
export async function send(
  channel: Channel,
  notice: Notice,
  { connections, links }: SendOptions,
): Promise<SendResult> {
  const { settings, secrets } = channel
  const rendered = render(settings, secrets, notice, links)
  const attempt: Attempt = {
    connections,
    allowsPrivate: settings.allowsPrivate,
    ca: secrets.ca,
    signal: AbortSignal.any([
      AbortSignal.timeout(connections.timeoutMs),
      connections.closing.signal,
    ]),
    place: '',
    stage: 'name',
  }
  const result = await sendRendered(attempt, channel, { notice, rendered }).catch(
    (error: unknown) => judgeFailure(error, attempt),
  )
  return cleaned(result, channel)
}

type Content = { readonly notice: Notice; readonly rendered: Rendered }

async function sendRendered(
  attempt: Attempt,
  { settings, secrets }: Channel,
  { notice, rendered }: Content,
): Promise<SendResult> {
  if (rendered.via === 'http') {
    const { requests } = rendered
    if (settings.kind !== 'webhook') return await sendHttp(attempt, requests)
    const signing = { id: notice.key, nowMs: Date.now(), secret: secrets.signingSecret }
    return await sendHttp(
      attempt,
      requests.map((request) => signRequest(request, signing)),
    )
  }
  if (rendered.via === 'smtp' && settings.kind === 'email')
    return await sendMail(attempt, { settings, password: secrets.password, email: rendered })
  if (rendered.via === 'syslog' && settings.kind === 'syslog')
    return await sendSyslog(attempt, settings, rendered.lines)
  throw new Error(`a ${settings.kind} channel is not sent via ${rendered.via}`)
}

function judgeFailure(error: unknown, attempt: Attempt): SendResult {
  if (error instanceof SendEnd) return error.result
  const { connections, signal } = attempt
  if (connections.closing.signal.aborted) return describeStop()
  if (signal.aborted) return describeTimeout(attempt, connections.timeoutMs)
  const described = describeFailure(error, attempt)
  if (described === null) throw error
  return described
}

function cleaned(result: SendResult, channel: Channel): SendResult {
  if (result.outcome !== 'sent') return { ...result, why: withoutSecrets(result.why, channel) }
  if (result.remark === null) return result
  return { outcome: 'sent', remark: withoutSecrets(result.remark, channel) }
}
