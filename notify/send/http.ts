// HTTP(S) requests to a channel: no redirect is followed, no proxy of the environment is used, no answer is read beyond a
// bound, and certificates are always verified. Why node:https: docs/decisions/0027.

import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { HttpRequest } from '../../core/notify/payload/render.ts'
import type { PinnedHost } from './address.ts'
import { judgeAnswer } from './answer.ts'
import { type Attempt, connectionOptions, pin, tlsOptions, trust } from './attempt.ts'
import { errorCodeOf } from './failure.ts'
import { refuse, SENT, SendEnd, type SendResult } from './result.ts'

const BODY_BYTES_MAX = 16 * 1024

/** One after the other; the first that is not sent decides. Errors: SendEnd; a connection's own, with a code. */
export async function sendHttp(
  attempt: Attempt,
  requests: readonly HttpRequest[],
): Promise<SendResult> {
  for (const request of requests) {
    const result = await sendRequest(attempt, request)
    if (result.outcome !== 'sent') return result
  }
  return SENT
}

async function sendRequest(attempt: Attempt, request: HttpRequest): Promise<SendResult> {
  const url = checkUrl(request.url)
  const host = await pin(attempt, url.hostname)
  const response = await askAgainWhenStale(attempt, { request, url, host })
  const { statusCode: status = 0, headers } = response
  if (status >= 200 && status < 300) {
    drain(response)
    return SENT
  }
  const body = await readStart(response)
  const answer = { status, retryAfter: headers['retry-after'], body }
  return judgeAnswer(answer, attempt.place, Date.now())
}

function checkUrl(text: string): URL {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new SendEnd(refuse("The channel's address is not a URL that begins with https or http."))
  if (url.username !== '' || url.password !== '')
    throw new SendEnd(
      refuse(
        "The channel's address holds a user or password, which would be seen with it: take them " +
          'out, and enter an authorization secret instead.',
      ),
    )
  return url
}

type Asked = {
  readonly request: HttpRequest
  readonly url: URL
  readonly host: PinnedHost
}

/**
 * A kept socket that the receiver closed just now says nothing about the receiver: once more, on another. At worst
 * the message comes twice, with one key.
 */
async function askAgainWhenStale(attempt: Attempt, asked: Asked): Promise<IncomingMessage> {
  const first = startRequest(attempt, asked)
  try {
    return await first.answered
  } catch (error) {
    const isStale = first.request.reusedSocket && !attempt.signal.aborted
    if (!isStale || !/^(ECONNRESET|EPIPE)$/.test(errorCodeOf(error) ?? '')) throw error
    return await startRequest(attempt, asked).answered
  }
}

type Started = {
  readonly request: ClientRequest
  readonly answered: Promise<IncomingMessage>
}

function startRequest(attempt: Attempt, { request: content, url, host }: Asked): Started {
  const { connections, signal } = attempt
  const isTls = url.protocol === 'https:'
  const body = Buffer.from(content.body, 'utf8')
  const pinned = `${host.addresses.toSorted().join(' ')} ${isTls ? trust(attempt).id : ''}`
  const options = {
    ...connectionOptions(host),
    method: content.method,
    headers: { ...content.headers, 'content-length': body.length },
    maxHeaderSize: BODY_BYTES_MAX,
    signal,
    pin: pinned,
  }
  const request = isTls
    ? requestHttps(url, { ...options, ...tlsOptions(attempt, host), agent: connections.https })
    : requestHttp(url, { ...options, agent: connections.http })
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request.on('error', reject)
  request.once('response', resolve)
  // Without a listener Node drops the connection and says nothing, not even when the request is aborted.
  request.once('upgrade', (_response, socket) => {
    socket.destroy()
    reject(Object.assign(new Error('answered 101'), { code: 'HPE_UPGRADE' }))
  })
  request.once('socket', (socket) => {
    if (!socket.connecting) {
      attempt.stage = 'answer'
      return
    }
    socket.once('connect', () => {
      attempt.stage = isTls ? 'tls' : 'answer'
    })
    if (!isTls) return
    socket.once('secureConnect', () => {
      attempt.stage = 'answer'
    })
  })
  request.end(body)
  return { request, answered: promise }
}

/** Lets the socket be used again when the rest is short; in any case it ends with the attempt's time. */
function drain(response: IncomingMessage): void {
  let bytes = 0
  response.on('error', () => {})
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) response.destroy()
  })
}

/** What comes until the end, the bound, or the end of the attempt's time. Never rejects. */
function readStart(response: IncomingMessage): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let bytes = 0
  const finish = () => resolve(Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX).toString('utf8'))
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) response.destroy()
  })
  response.on('error', finish)
  response.once('close', finish)
  return promise
}
