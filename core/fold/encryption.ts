// Whether a span says that its call is encrypted in transit: by the scheme of what is called, or by a TLS
// version. What says nothing is unknown, never plain; and one word for TLS outweighs a plain scheme, which
// some instrumentations state of the request inside the connection.
import type { Attributes } from './names.ts'

/** Of a call, as its client half states it, else its server half: the edge leaves the caller. */
export const Encryption = { unknown: 0, tls: 1, plain: 2 } as const
export type Encryption = (typeof Encryption)[keyof typeof Encryption]

const TLS_SCHEMES = new Set(['https', 'wss', 'grpcs', 'amqps', 'mqtts', 'rediss'])
const PLAIN_SCHEMES = new Set(['http', 'ws'])

export function encryptionOf(get: Attributes): Encryption {
  if (get('tls.protocol.version') !== '') return Encryption.tls
  const schemes = [
    get('url.scheme').trim().toLowerCase(),
    get('http.scheme').trim().toLowerCase(),
    schemeOf(get('url.full')),
    schemeOf(get('http.url')),
  ]
  if (schemes.some((scheme) => TLS_SCHEMES.has(scheme))) return Encryption.tls
  return schemes.some((scheme) => PLAIN_SCHEMES.has(scheme)) ? Encryption.plain : Encryption.unknown
}

/** Of an origin as it was kept at decode: in lower case. */
function schemeOf(origin: string): string {
  const end = origin.indexOf('://')
  return end < 0 ? '' : origin.slice(0, end)
}
