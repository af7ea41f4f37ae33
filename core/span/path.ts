// Paths of urls without what is private or endless in them: no query, no fragment, no matrix
// parameters, and segments that look like ids, hashes, tokens or e-mails folded to {}.
// A path is an operation of last resort (EDGES N3, DESIGN "200 operations an edge").

const SEGMENTS_MAX = 8
const SEGMENT_CHARS_MAX = 64
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

const NUMBERS = /^[+-]?\d[\d.,:_-]*$/
const UUID = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i
const HEX = /^(0x)?[0-9a-f]{8,}$/i
const TOKEN = /^[A-Za-z0-9_+/=.~%$!-]{20,}$/
const DIGIT = /\d/
const EMAIL = /[^@]@[^@]/

/**
 * The template of a path: `/users/42/orders?token=s` gives `/users/{}/orders`. At most 8 segments, the rest
 * is `/…`. A whole url is reduced to its path first. An empty path stays empty. Never throws.
 */
export function templatePath(path: string): string {
  const plain = pathOf(path)
  if (plain === '') return ''
  const out: string[] = []
  // Bounded work: a segment beyond the limit is never looked at.
  let at = 0
  while (at < plain.length) {
    if (plain.charCodeAt(at) === 47) {
      at++
      continue
    }
    if (out.length === SEGMENTS_MAX) return `${lead(plain)}${out.join('/')}/…`
    const slash = plain.indexOf('/', at)
    const end = slash < 0 ? plain.length : slash
    const segment = templateSegment(plain.slice(at, end))
    if (segment !== '') out.push(segment)
    at = end
  }
  const tail = out.length > 0 && plain.endsWith('/') ? '/' : ''
  return `${lead(plain)}${out.join('/')}${tail}`
}

function lead(path: string): string {
  return path.startsWith('/') ? '/' : ''
}

/** Scheme, authority, query and fragment cut away. */
function pathOf(text: string): string {
  const end = text.search(/[?#]/)
  const plain = (end < 0 ? text : text.slice(0, end)).replaceAll('\\', '/').trim()
  const scheme = SCHEME.exec(plain)
  if (!scheme) return plain
  const slash = plain.indexOf('/', scheme[0].length)
  return slash < 0 ? '/' : plain.slice(slash)
}

function templateSegment(text: string): string {
  const matrix = text.indexOf(';')
  const segment = matrix < 0 ? text : text.slice(0, matrix)
  return isVariable(segment) ? '{}' : segment
}

function isVariable(segment: string): boolean {
  if (segment.length > SEGMENT_CHARS_MAX) return true
  if (NUMBERS.test(segment) || UUID.test(segment) || HEX.test(segment)) return true
  if (TOKEN.test(segment) && DIGIT.test(segment)) return true
  return EMAIL.test(segment.replace(/%40/gi, '@'))
}
