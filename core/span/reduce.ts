// What is left of a kept value before it is stored anywhere: credentials, paths, queries and
// statements end here. One function for both decoders.
import type { Reduction } from './keys.ts'
import { templatePath } from './path.ts'
import { boundText } from './text.ts'

const URL = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)/i
const HOST = /^[^\p{Cc}\p{Z}<>"\\^`{|}[\]@:]+$/u
const BRACKETED = /^\[([0-9a-f:.]+)(?:%[\w.~%-]*)?\]$/
/** The part of an authority before its last @. */
const USER_INFORMATION = /:\/\/[^/\\\s]*@/gu
/** The same when the password has a slash, a blank or an @ of its own; a port is no password. */
const ODD_USER_INFORMATION = /:\/\/[^/\\\s:@]*:(?!\d{1,5}(?:[/\\]|$))[^@]*@/gu
/** A query in a text that is no url: a route may have a `?` of its own. */
const QUERY = /\?[\w.~%[\]-]+=.*$/su
const PORT = /^\d{1,5}$/

/** The value as it is kept; see Reduction. Never throws. bytesMax: bytes of UTF-8. */
export function reduceValue(text: string, reduction: Reduction, bytesMax: number): string {
  switch (reduction) {
    case 'presence':
      return ''
    case 'origin':
      return boundText(originOf(text), bytesMax)
    case 'path':
      return boundText(templatePath(text), bytesMax)
    case 'address':
      return boundText(withoutCredentials(text, true), bytesMax)
    case 'text':
      return boundText(withoutCredentials(text, false), bytesMax)
  }
}

/** `scheme://host[:port]` in lower case, or '' when the text is no url with a host. */
export function originOf(text: string): string {
  const match = URL.exec(text)
  if (!match) return ''
  const authority = (match[2] ?? '').slice((match[2] ?? '').lastIndexOf('@') + 1).toLowerCase()
  const colon = authority.startsWith('[')
    ? authority.indexOf(':', authority.indexOf(']'))
    : authority.indexOf(':')
  const rawHost = colon < 0 ? authority : authority.slice(0, colon)
  const port = colon < 0 ? '' : authority.slice(colon + 1)
  const bracketed = BRACKETED.exec(rawHost)
  const host = bracketed ? `[${bracketed[1]}]` : HOST.test(rawHost) ? rawHost : ''
  if (host === '' || (port !== '' && !PORT.test(port))) return ''
  return `${(match[1] ?? '').toLowerCase()}://${host}${port === '' ? '' : `:${port}`}`
}

/** The templated path of a url, '/' when it has none, or '' when the text is no url with a host. */
export function pathOfUrl(text: string, bytesMax: number): string {
  return originOf(text) === '' ? '' : boundText(templatePath(text), bytesMax)
}

/**
 * Text that is or may be an address: user information goes, and with it query, parameters and fragment.
 * Plain text is touched only from `://` or a query's first `?name=` on. Socket paths (`/run/x`,
 * `@abstract`) stay as they are.
 */
function withoutCredentials(text: string, isAddress: boolean): string {
  const scheme = text.indexOf('://')
  if (scheme >= 0) {
    const query = text.slice(scheme).search(/[?#;]/)
    const plain = query < 0 ? text : text.slice(0, scheme + query)
    return withoutOddUser(plain.replace(USER_INFORMATION, '://'))
  }
  if (!isAddress) return text.replace(QUERY, '')
  if (text.startsWith('/') || text.startsWith('@')) return text
  const end = text.search(/[/?#]/)
  const host = end < 0 ? text : text.slice(0, end)
  const path = end < 0 || text[end] !== '/' ? '' : text.slice(end).replace(/[?#].*$/su, '')
  return host.slice(host.lastIndexOf('@') + 1) + path
}

/** Up to the last @ only: there each candidate ends, so that no chosen text makes this quadratic. */
function withoutOddUser(text: string): string {
  const end = text.lastIndexOf('@') + 1
  if (end === 0) return text
  return text.slice(0, end).replace(ODD_USER_INFORMATION, '://') + text.slice(end)
}
