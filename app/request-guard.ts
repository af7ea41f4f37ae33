// Who may talk to the web process at all: pure judgements on Host, Origin and Sec-Fetch-Site.
// The Host check stops DNS rebinding, the Origin check stops cross-site writes (DESIGN section 7).
import { isLoopbackHost } from '../core/config/parse.ts'

/** `hosts`: values of the Host header, `origins`: values of the Origin header, in lower case. */
export type Allowed = { readonly hosts: ReadonlySet<string>; readonly origins: ReadonlySet<string> }

/** What a listener on host:port answers to. A public URL adds its own host; loopback names always work. */
export function allowedFor(listen: {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
}): Allowed {
  const names = new Set(['127.0.0.1', 'localhost', '[::1]'])
  if (isLoopbackHost(listen.host))
    names.add(listen.host.includes(':') ? `[${listen.host}]` : listen.host)
  const hosts = new Set([...names].map((name) => `${name}:${listen.port}`))
  if (listen.port === 80) for (const name of names) hosts.add(name)
  const origins = new Set([...hosts].map((host) => `http://${host}`))
  if (listen.publicUrl !== null) {
    const url = new URL(listen.publicUrl)
    hosts.add(url.host.toLowerCase())
    origins.add(url.origin.toLowerCase())
  }
  return { hosts, origins }
}

/** Whether the Host header names this product. */
export function isAllowedHost(host: string | null | undefined, allowed: Allowed): boolean {
  return host !== null && host !== undefined && allowed.hosts.has(host.toLowerCase())
}

export type WriteRequest = {
  readonly method: string
  readonly origin: string | null
  readonly fetchSite: string | null
  /** Of a route, with a token and without a cookie: no browser sends that by itself. */
  readonly hasTokenOnly: boolean
}

/**
 * Whether a request may change something: reads always pass, a write must come from our own pages or
 * bring a token. Browsers send Origin on every write, so a missing one is refused. A page elsewhere cannot
 * make a browser add Authorization without asking first, which is never granted.
 */
export function isAllowedWrite(request: WriteRequest, allowed: Allowed): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true
  if (request.hasTokenOnly) return true
  if (request.fetchSite !== null && request.fetchSite !== 'same-origin') return false
  return request.origin !== null && allowed.origins.has(request.origin.toLowerCase())
}
