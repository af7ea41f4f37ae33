// Failures of connections in sentences that say what to do. Decided by the error's code, never by its text, and
// no text of an error is shown: it may hold what must not be seen.
import type { PeerCertificate } from 'node:tls'
import { plainText } from './plain-text.ts'
import { pause, refuse, retryLater, type SendResult } from './result.ts'

/** What a sentence needs to know of the try. */
export type FailedAt = {
  readonly place: string
  readonly stage: 'name' | 'connection' | 'tls' | 'answer'
}

export function errorCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // The mailer puts its own code over that of the socket.
  if ('originalCode' in error && typeof error.originalCode === 'string') return error.originalCode
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** null: no failure of the outside world, so a bug. */
export function describeFailure(error: unknown, at: FailedAt): SendResult | null {
  const code = errorCodeOf(error)
  if (code === undefined) return null
  const { place } = at
  const certificate = describeCertificate(code, error, place)
  if (certificate !== null) return pause(certificate)
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_HTTP_INVALID_HEADER_VALUE')
    return refuse(
      'A secret of the channel holds a character that no header may hold: enter it anew.',
    )
  if (code.startsWith('HPE_'))
    return pause(`${place} does not answer in HTTP: check the port, and whether it is https.`)
  if (/^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/.test(code))
    return pause(`${place} does not speak TLS 1.2 or newer on this port: check the port.`)
  const known = SENTENCES[code]
  if (known !== undefined) return pause(known(place))
  if (at.stage === 'tls') return pause(`No TLS connection to ${place} (${named(code)}).`)
  return pause(`Sending to ${place} failed (${named(code)}).`)
}

/** The try ran out of its time. */
export function describeTimeout({ place, stage }: FailedAt, timeoutMs: number): SendResult {
  const within = `within ${timeoutMs / 1000} s`
  const sentences = {
    name: `DNS said nothing about ${place} ${within}.`,
    connection: `No connection to ${place} ${within}: is it up, and does a firewall let us through?`,
    tls: `${place} did not finish the TLS handshake ${within}.`,
    answer: `${place} did not answer ${within}.`,
  }
  return pause(sentences[stage])
}

/** The process stopped meanwhile. */
export function describeStop(): SendResult {
  return retryLater('Strayline was stopping; it is tried again after the start.')
}

type Sentence = (place: string) => string

const closed: Sentence = (place) => `${place} closed the connection without an answer.`
const unreachable: Sentence = (place) => `There is no way to ${place} from here: check the network.`

const SENTENCES: { readonly [code: string]: Sentence } = {
  ECONNREFUSED: (place) => `${place} refused the connection: is it running, and is the port right?`,
  ECONNRESET: closed,
  EPIPE: closed,
  ECONNABORTED: closed,
  // The mailer's words for a server that hung up.
  ECONNECTION: closed,
  ETIMEDOUT: (place) => `No connection to ${place}: is it up, and does a firewall let us through?`,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  ENOTFOUND: (place) => `DNS knows no address of ${place}: check the name.`,
  ENODATA: (place) => `DNS knows no address of ${place}: check the name.`,
  EAI_AGAIN: (place) => `DNS did not answer for ${place}.`,
  ERR_TLS_HANDSHAKE_TIMEOUT: (place) => `${place} did not finish the TLS handshake.`,
}

const ADD_CA = 'add its CA to the channel'

/** Source: OpenSSL's X509_V_ERR_* as Node names them. */
const UNTRUSTED: { readonly [code: string]: string } = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `it is self-signed; add it to the channel as its CA`,
  SELF_SIGNED_CERT_IN_CHAIN: `its CA is not known here; ${ADD_CA}`,
  UNABLE_TO_GET_ISSUER_CERT: `its CA is not known here; ${ADD_CA}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its CA is not known here; ${ADD_CA}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its CA is not known here or a certificate between is missing; ${ADD_CA}`,
  CERT_UNTRUSTED: `its CA is not trusted; ${ADD_CA}`,
  INVALID_CA: 'its CA may not sign certificates',
  CERT_REJECTED: 'it is rejected',
  CERT_REVOKED: 'it was revoked',
  CERT_SIGNATURE_FAILURE: `the CA known here by that name did not sign it; ${ADD_CA}`,
  INVALID_PURPOSE: 'it is not for servers',
  PATH_LENGTH_EXCEEDED: 'its chain is too long',
  CERT_CHAIN_TOO_LONG: 'its chain is too long',
}

function describeCertificate(code: string, error: unknown, place: string): string | null {
  const its = `The certificate of ${place}`
  if (code === 'CERT_HAS_EXPIRED') return `${its} has expired: renew it there.`
  if (code === 'CERT_NOT_YET_VALID') return `${its} is not valid yet: check the clocks.`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `${its} is for another name${namesIn(error)}: check the channel's address.`
  const why = UNTRUSTED[code]
  return why === undefined ? null : `${its} is not trusted: ${why}.`
}

const NAMES_CHARACTERS_MAX = 120

function namesIn(error: unknown): string {
  const { cert } = error as { readonly cert?: Partial<PeerCertificate> }
  const names = plainText(cert?.subjectaltname ?? '', NAMES_CHARACTERS_MAX)
  return names === '' ? '' : ` (${names})`
}

/** Codes are of Node, OpenSSL or the mailer; anything else is not shown. */
function named(code: string): string {
  return /^[A-Z0-9_]{1,80}$/.test(code) ? code : 'an unknown failure'
}
