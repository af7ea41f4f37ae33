// One try to send: what it may use, how far it has come (so that a timeout can say what was waited for), and the
// way to a host through the guard, which all transports take.
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { lookupPinned, type PinnedHost, pinHost } from './address.ts'
import { type Connections, type Trust, trustOf } from './connections.ts'
import { refuse, SendEnd } from './result.ts'

export type Stage = 'name' | 'connection' | 'tls' | 'answer'

export type Attempt = {
  readonly connections: Connections
  readonly allowsPrivate: boolean
  /** PEM; undefined: none of the channel's own. */
  readonly ca: string | undefined
  /** Aborted when its time is over or the process stops. */
  readonly signal: AbortSignal
  /** Host of the receiver, for sentences; '' before it is known. */
  place: string
  stage: Stage
}

/** Before the next address of a name is tried, too. */
const NEXT_ADDRESS_MS = 1_000

/** Errors: SendEnd when the guard refuses; a failed look-up's own error; rejects when the attempt is aborted. */
export async function pin(attempt: Attempt, host: string): Promise<PinnedHost> {
  const { connections, allowsPrivate, signal } = attempt
  attempt.place = host
  attempt.stage = 'name'
  const { resolve } = connections
  const pinned = await untilAborted(pinHost(host, { resolve, allowsPrivate }), signal)
  if (!pinned.ok) throw new SendEnd(refuse(pinned.why))
  attempt.place = pinned.name
  attempt.stage = 'connection'
  return pinned
}

/** What every connection to a pinned host is made with. */
export function connectionOptions(host: PinnedHost) {
  return {
    lookup: lookupPinned(host),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  }
}

/** Errors: SendEnd when the channel's CA is no certificate. */
export function trust({ connections, ca }: Attempt): Trust {
  const trusted = trustOf(connections, ca)
  if (trusted !== null) return trusted
  const why = "The channel's CA is not a certificate in PEM form (-----BEGIN CERTIFICATE-----)."
  throw new SendEnd(refuse(`${why} Enter it anew.`))
}

/** The part of TLS options that says who must be at the other end. */
export function tlsOptions(attempt: Attempt, { name }: PinnedHost) {
  const { context } = trust(attempt)
  const servername = isIP(name) === 0 ? { servername: name } : {}
  return { host: name, ...servername, ...(context === null ? {} : { secureContext: context }) }
}

/**
 * A connected socket, with TLS when asked for. From then on it is the caller's to end when the attempt is aborted:
 * by then there may be another TLS over it, and a socket that is destroyed from below crashes Node 24.
 * Errors: those of pin and trust; the socket's own, with a code.
 */
export async function connectPinned(
  attempt: Attempt,
  target: { readonly host: string; readonly port: number; readonly isTls: boolean },
): Promise<Socket> {
  const { port, isTls } = target
  const host = await pin(attempt, target.host)
  const { signal } = attempt
  const way = { ...connectionOptions(host), port }
  const socket = isTls
    ? connectTls({ ...way, ...tlsOptions(attempt, host) })
    : connectTcp({ ...way, host: host.name })
  const abort = () => socket.destroy(new DOMException('aborted', 'AbortError'))
  signal.addEventListener('abort', abort, { once: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // For good: an error between two users of the socket, or after the last, must not end the process.
  socket.on('error', reject)
  socket.once('connect', () => {
    attempt.stage = isTls ? 'tls' : 'answer'
  })
  socket.once(isTls ? 'secureConnect' : 'connect', () => {
    attempt.stage = 'answer'
    resolve()
  })
  try {
    await promise
    return socket
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
