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
/** `password=`, as in the parameters of a connection. */
const SECRET_PAIR = /\b(?:pass(?:word|wd)?|pwd|secret|token|api[_-]?key|access[_-]?key)\s*=/i
const VERB = /^[A-Za-z_][\w.$-]{0,47}$/
const VERB_END = /[\s(;,:]+/
const VERB_TEXT_CHARS_MAX = 200
/** `BATCH SELECT`: the second word is the verb. */
const SEVERAL = /^(batch|bulk|multi|pipeline)$/i
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
    case 'verb':
      return verbOf(text)
    case 'table':
      return boundText(withoutCredentials(tableOf(text), false), bytesMax)
  }
}

/** The first word when it is a short identifier; with the next one where it only says how many. */
function verbOf(text: string): string {
  const [first = '', second = ''] = text.slice(0, VERB_TEXT_CHARS_MAX).trim().split(VERB_END, 2)
  if (!VERB.test(first)) return ''
  return SEVERAL.test(first) && VERB.test(second) ? `${first} ${second}` : first
}

/** Without quotes and brackets around its parts, up to what no name has. */
function tableOf(text: string): string {
  const name = text.trim().replace(/["`[\]]/g, '')
  const end = name.search(/[\s'=(),;?<>]/)
  return end < 0 ? name : name.slice(0, end)
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
  const rest = withoutUser(text, isAddress)
  if (!rest.includes('=')) return rest
  const secret = rest.search(SECRET_PAIR)
  if (secret < 0) return rest
  let end = secret
  while (end > 0 && ';&, '.includes(rest[end - 1]!)) end--
  return rest.slice(0, end)
}

function withoutUser(text: string, isAddress: boolean): string {
  const scheme = text.indexOf('://')
  if (scheme >= 0) {
    const query = text.slice(scheme).search(/[?#;]/)
    const plain = query < 0 ? text : text.slice(0, scheme + query)
    return withoutOddUser(plain.replace(USER_INFORMATION, '://'))
  }
  if (!isAddress) return withoutBareUser(text.replace(QUERY, ''))
  if (text.startsWith('/') || text.startsWith('@')) return text
  const end = text.search(/[/?#]/)
  const host = end < 0 ? text : text.slice(0, end)
  const path = end < 0 || text[end] !== '/' ? '' : text.slice(end).replace(/[?#].*$/su, '')
  return host.slice(host.lastIndexOf('@') + 1) + path
}

/** `user:password@host` without a scheme, in any word; a lone `name@host` has no password. Linear. */
function withoutBareUser(text: string): string {
  if (!text.includes('@')) return text
  return text
    .split(/(\s+)/)
    .map((word) => {
      const at = word.lastIndexOf('@')
      const colon = word.slice(0, Math.max(at, 0)).indexOf(':')
      if (colon < 1) return word
      const before = word.slice(0, colon)
      const start = Math.max(
        ...["'", '"', '(', ',', ';', '='].map((sign) => before.lastIndexOf(sign)),
      )
      return word.slice(0, start + 1) + word.slice(at + 1)
    })
    .join('')
}

/** Up to the last @ only: there each candidate ends, so that no chosen text makes this quadratic. */
function withoutOddUser(text: string): string {
  const end = text.lastIndexOf('@') + 1
  if (end === 0) return text
  return text.slice(0, end).replace(ODD_USER_INFORMATION, '://') + text.slice(end)
}
