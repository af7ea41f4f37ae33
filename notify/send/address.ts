// The guard against requests that a channel's address would have us make to machines that only we can reach. A name
// is resolved once, all its addresses are judged, and the connection goes to those very addresses: what DNS says
// a moment later no longer matters. Numbers are judged after parsing, so that no spelling hides one.
// Source: RFC 6890 (special addresses), RFC 6052 (NAT64), OWASP "Server Side Request Forgery Prevention".
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Of every address of a name, v4 and v6. Errors: with a code (ENOTFOUND, EAI_AGAIN), as node:dns says it. */
export type Resolve = (name: string) => Promise<readonly string[]>

/** private: of this machine or network, for which a channel can be allowed. never: no channel's place. */
export type AddressClass = 'public' | 'private' | 'never'

/** A host as it is connected to. */
export type PinnedHost = {
  /** Canonical, without brackets: for TLS, the Host header and sentences. */
  readonly name: string
  /** Canonical; at least one. */
  readonly addresses: readonly string[]
}

export type Pinning =
  | ({ readonly ok: true } & PinnedHost)
  | { readonly ok: false; readonly why: string }

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  ...['loopback', 'private', 'linkLocal', 'carrierGradeNat'],
  ...['uniqueLocal', 'deprecatedSiteLocal'],
])

/**
 * Where clouds hand out credentials to the machines in them: AWS, GCP, Azure and most others; Alibaba; Oracle;
 * Azure's platform address (public by number); AWS and GCP over IPv6.
 */
const METADATA: ReadonlySet<string> = new Set([
  ...['169.254.169.254', '169.254.170.2', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
  ...['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'],
])

const NAT64 = ipaddr.IPv6.parse('64:ff9b::')
/** The one block of which global unicast addresses are given out (RFC 4291). */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::')

/** address: an IPv4 or IPv6 address in any spelling; anything else is 'never'. */
export function classifyAddress(address: string): AddressClass {
  if (!ipaddr.isValid(address)) return 'never'
  const parsed = embeddedIpv4(ipaddr.parse(address))
  if (METADATA.has(withoutZone(parsed.toString()))) return 'never'
  const range = parsed.range()
  if (PRIVATE_RANGES.has(range)) return 'private'
  if (range !== 'unicast') return 'never'
  return isIpv4(parsed) || parsed.match(GLOBAL_UNICAST, 3) ? 'public' : 'never'
}

/** host: as a URL or a person states it. Errors: what `resolve` rejects with; all else comes back as a sentence. */
export async function pinHost(
  host: string,
  { resolve, allowsPrivate }: { readonly resolve: Resolve; readonly allowsPrivate: boolean },
): Promise<Pinning> {
  const name = canonicalHost(host)
  if (name === null) return { ok: false, why: 'The host of the channel is not a host name.' }
  const stated = isIP(name) === 0 ? await resolve(name) : [name]
  const addresses = stated.map((address) =>
    ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address,
  )
  for (const address of addresses) {
    const why = findFault(name, address, allowsPrivate)
    if (why !== null) return { ok: false, why }
  }
  if (addresses.length === 0) return { ok: false, why: `DNS knows no address of ${name}.` }
  return { ok: true, name, addresses }
}

/** For the `lookup` option of a connection: it goes where the guard looked, and asks nobody. */
export function lookupPinned({ addresses }: PinnedHost): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_name, options, callback) => {
    const [first] = all
    if (options.all || !first) callback(null, all)
    else callback(null, first.address, first.family)
  }
}

function findFault(name: string, address: string, allowsPrivate: boolean): string | null {
  const judged = classifyAddress(address)
  if (judged === 'public' || (judged === 'private' && allowsPrivate)) return null
  const what = name === address ? name : `${name} resolves to ${address}, which`
  if (judged === 'never') return `${what} is not an address that a channel may have.`
  const cure = 'If it is meant to be there, allow private addresses for this channel.'
  return `${what} is not a public address. ${cure}`
}

/**
 * Lower case and ASCII; numbers in decimal, octal or hex become dotted (127.0.0.1), as the system's resolver would
 * read them. null: not a host.
 */
function canonicalHost(host: string): string | null {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  if (isIP(bare) !== 0) return ipaddr.parse(bare).toString()
  if (/[\s/\\@?#:[\]%]/.test(bare)) return null
  const name = URL.parse(`http://${bare}/`)?.hostname.replace(/\.$/, '')
  return name === undefined || name === '' ? null : name
}

type Parsed = ReturnType<typeof ipaddr.parse>

/** Mapped addresses and those of NAT64 lead to the IPv4 address in them. */
function embeddedIpv4(parsed: Parsed): Parsed {
  if (isIpv4(parsed)) return parsed
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address()
  return parsed.match(NAT64, 96) ? ipaddr.fromByteArray(parsed.toByteArray().slice(12)) : parsed
}

function isIpv4(parsed: Parsed): parsed is ipaddr.IPv4 {
  return parsed.kind() === 'ipv4'
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}
