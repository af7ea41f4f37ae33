// Syslog over TCP and TLS, a frame a line by octet counting. Nobody answers in syslog: a line counts as sent when its
// bytes were handed over and the receiver closed the connection in order after we did, or kept it open. What a relay
// does with it afterwards, or loses by dying with it in its buffer, cannot be known (docs/guide/notify.md).
// Source: RFC 6587 section 3.4.1, RFC 5425 section 4.3, RFC 5424.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelSettings } from '../../core/notify/channel.ts'
import { type Attempt, connectPinned } from './attempt.ts'
import { SENT, type SendResult } from './result.ts'

type SyslogSettings = Extract<ChannelSettings, { kind: 'syslog' }>

/** How long a receiver may take to answer the end of the connection, or to refuse what it was sent. */
const LINGER_MS = 500

/** lines: RFC 5424, without framing. Errors: SendEnd; a connection's own, with a code. */
export async function sendSyslog(
  attempt: Attempt,
  { host, port, transport }: SyslogSettings,
  lines: readonly string[],
): Promise<SendResult> {
  const socket = await connectPinned(attempt, { host, port, isTls: transport === 'tls' })
  const end = () => socket.destroy()
  attempt.signal.addEventListener('abort', end, { once: true })
  try {
    await handOver(socket, Buffer.concat(lines.map(frame)))
    return SENT
  } finally {
    attempt.signal.removeEventListener('abort', end)
    socket.destroy()
  }
}

function frame(line: string): Buffer {
  const octets = Buffer.from(line, 'utf8')
  return Buffer.concat([Buffer.from(`${octets.length} `, 'ascii'), octets])
}

function closedEarly(): Error {
  return Object.assign(new Error('closed before all was handed over'), { code: 'ECONNRESET' })
}

/** Rejects when the connection fails before its orderly end. What the receiver says is not read. */
async function handOver(socket: Socket, octets: Buffer): Promise<void> {
  const failed = once(socket, 'close').then(() => {
    if (!socket.writableFinished) throw closedEarly()
  })
  socket.resume()
  const flushed = Promise.withResolvers<void>()
  socket.end(octets, () => flushed.resolve())
  await Promise.race([flushed.promise, failed])
  await Promise.race([sleep(LINGER_MS), failed])
}
