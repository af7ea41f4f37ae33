// What the sends of one process share: kept-alive HTTP sockets, TLS contexts of channels with a CA of their own, and
// the look-ups of names that are under way. A kept socket is used again only for the name, the addresses and
// the CA it was opened for, so that what was judged is what is used.
import { createHash, X509Certificate } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent, type RequestOptions } from 'node:https'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { Resolve } from './address.ts'

/** pin: which addresses and CA; part of the name under which sockets are kept. */
export type PinOptions = { readonly pin: string }

export type Connections = {
  readonly resolve: Resolve
  readonly timeoutMs: number
  readonly http: HttpAgent
  readonly https: HttpsAgent
  /** Aborted when the process stops. */
  readonly closing: AbortController
  readonly trusts: Map<string, Trust>
}

/** context: null is Node's own trust. id: tells trusts apart. */
export type Trust = { readonly id: string; readonly context: SecureContext | null }

const TIMEOUT_MS = 10_000
/** Longer than a send may take; a socket that idles for so long is closed. */
const IDLE_MS = 15_000
const TRUSTS_MAX = 50

/**
 * One a process. timeoutMs: of a whole send: name, connection, TLS, request and answer. resolve: another way to look
 * up names than the system's.
 */
export function openConnections(
  options: { readonly resolve?: Resolve; readonly timeoutMs?: number } = {},
): Connections {
  const kept = { keepAlive: true, maxFreeSockets: 1, timeout: IDLE_MS }
  return {
    resolve: shareLookups(options.resolve ?? resolveBySystem),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    http: new PinnedHttpAgent(kept),
    https: new PinnedHttpsAgent(kept),
    closing: new AbortController(),
    trusts: new Map(),
  }
}

/** Sends that are under way end at once, to be tried again; later ones do, too. */
export function closeConnections({ closing, http, https }: Connections): void {
  closing.abort()
  http.destroy()
  https.destroy()
}

/**
 * Whom a channel's TLS trusts: Node's own authorities (NODE_EXTRA_CA_CERTS and --use-system-ca count) and the channel's.
 * ca: PEM; null when it is none.
 */
export function trustOf({ trusts }: Connections, ca: string | undefined): Trust | null {
  if (ca === undefined || ca.trim() === '') return { id: '', context: null }
  const id = createHash('sha256').update(ca).digest('base64')
  const known = trusts.get(id)
  if (known) return known
  const certificates = readCertificates(ca)
  if (certificates === null) return null
  const context = createSecureContext({ ca: [...getCACertificates('default'), ...certificates] })
  const [oldest] = trusts.keys()
  if (oldest !== undefined && trusts.size >= TRUSTS_MAX) trusts.delete(oldest)
  const trust = { id, context }
  trusts.set(id, trust)
  return trust
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** OpenSSL itself passes over what it cannot read. */
function readCertificates(pem: string): readonly string[] | null {
  const blocks = pem.match(PEM_BLOCK) ?? []
  try {
    return blocks.length === 0 ? null : blocks.map((block) => new X509Certificate(block).toString())
  } catch {
    // The base64 or the structure in it is damaged.
    return null
  }
}

class PinnedHttpAgent extends HttpAgent {
  override getName(options?: ClientRequestArgs & Partial<PinOptions>): string {
    return `${super.getName(options)}:${options?.pin}`
  }
}

class PinnedHttpsAgent extends HttpsAgent {
  override getName(options?: RequestOptions & Partial<PinOptions>): string {
    return `${super.getName(options)}:${options?.pin}`
  }
}

async function resolveBySystem(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true })
  return found.map(({ address }) => address)
}

/** A name whose server hangs holds one thread, however often it is asked for meanwhile. */
function shareLookups(resolve: Resolve): Resolve {
  const underWay = new Map<string, Promise<readonly string[]>>()
  return (name) => {
    const known = underWay.get(name)
    if (known) return known
    const asked = resolve(name).finally(() => underWay.delete(name))
    underWay.set(name, asked)
    return asked
  }
}
