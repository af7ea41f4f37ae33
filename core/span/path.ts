// Paths of urls without what is private or endless in them: no query, no fragment, no matrix
// parameters, and segments that look like ids, hashes, tokens or e-mails folded to {}.
// On bytes of UTF-8, because the protobuf decoder meets a new path in nearly every span.

const SEGMENTS_MAX = 8
const SEGMENT_BYTES_MAX = 64
const HEX_BYTES_MIN = 8
const UUID_BYTES_MIN = 32
/** So many digits in a row number something: order-1042; sha256 and oauth2 do not. */
const NUMBER_DIGITS_MIN = 4
const TOKEN_BYTES_MIN = 20
/** The most writeTemplate writes. */
export const TEMPLATE_BYTES_MAX = SEGMENTS_MAX * (SEGMENT_BYTES_MAX + 1) + 8

const SLASH = 0x2f
const BACKSLASH = 0x5c
const COLON = 0x3a
const SEMICOLON = 0x3b
const AT = 0x40

/** What a byte of a segment may be part of; a segment is judged by the union over its bytes. */
const Class = {
  digit: 1,
  hexLetter: 2,
  /** `-` of uuids and dates. */
  hyphen: 4,
  /** Other punctuation within numbers, dates and addresses that tokens have as well ... */
  numberMark: 8,
  /** ... and that they do not have. */
  colonOrComma: 16,
  /** Any other byte of base64, base64url or percent encoding. */
  token: 32,
  percent: 64,
  at: 128,
  other: 256,
} as const
const CLASSES = Uint16Array.from({ length: 256 }, (_, byte) => classOf(String.fromCharCode(byte)))
const UTF8 = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { ignoreBOM: true }) }

/**
 * The template of a path: `/users/42/orders?token=s` gives `/users/{}/orders`. At most 8 segments, the
 * rest is `/…`. A whole url is reduced to its path first. An empty path stays empty. Never throws.
 */
export function templatePath(path: string): string {
  const bytes = UTF8.encoder.encode(path)
  const target = new Uint8Array(TEMPLATE_BYTES_MAX)
  const end = writeTemplate(bytes, 0, bytes.length, target, 0)
  return UTF8.decoder.decode(target.subarray(0, end))
}

/** Position where the authority of `scheme://authority` ends, or -1 when the bytes are no url. */
export function authorityEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && isSchemeByte(bytes[at]!, at === from)) at++
  if (at === from || at + 3 > to) return -1
  if (bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) return -1
  at += 3
  while (at < to && !isDelimiter(bytes[at]!)) at++
  return at
}

/**
 * Writes the template of the path (or url) at from .. to into target[at] and gives its end. target: room
 * for TEMPLATE_BYTES_MAX. Looks at no byte twice and at none behind the limits but to find a segment's end.
 */
export function writeTemplate(
  bytes: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): number {
  const authority = authorityEnd(bytes, from, to)
  let pos = authority < 0 ? from : authority
  let out = at
  if (authority >= 0 || (pos < to && isSlash(bytes[pos]!))) target[out++] = SLASH
  let segments = 0
  while (pos < to) {
    const byte = bytes[pos]!
    if (isSlash(byte)) {
      pos++
      continue
    }
    if (isDelimiter(byte)) break
    if (segments === SEGMENTS_MAX) return writeRest(target, out)
    const start = pos
    pos = segmentEnd(bytes, pos, to)
    const before = out
    if (segments > 0) target[out++] = SLASH
    const written = writeSegment(bytes, start, pos, target, out)
    if (written === out) out = before
    else {
      out = written
      segments++
    }
  }
  if (segments > 0 && isSlash(bytes[pos - 1]!)) target[out++] = SLASH
  return out
}

/** Writes a segment or what stands for it; nothing when it is only matrix parameters. */
function writeSegment(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  let classes = 0
  let digits = 0
  let isNumbered = false
  let pos = start
  for (; pos < end && bytes[pos] !== SEMICOLON; pos++) {
    const kind = CLASSES[bytes[pos]!]!
    classes |= kind
    digits = kind === Class.digit ? digits + 1 : 0
    if (digits === NUMBER_DIGITS_MIN) isNumbered = true
  }
  const length = pos - start
  if (length === 0) return at
  if (isNumbered || isVariable(bytes, start, length, classes)) {
    target[at] = 0x7b
    target[at + 1] = 0x7d
    return at + 2
  }
  for (let index = 0; index < length; index++) target[at + index] = bytes[start + index]!
  return at + length
}

function isVariable(bytes: Uint8Array, start: number, length: number, classes: number): boolean {
  if (length > SEGMENT_BYTES_MAX) return true
  const { digit, hexLetter, hyphen, numberMark, colonOrComma, token, percent, at } = Class
  const has = (allowed: number): boolean => (classes & ~allowed) === 0
  if (classes & digit) {
    if (has(digit | numberMark | colonOrComma | hyphen)) return true
    const tokenBytes = digit | hexLetter | hyphen | numberMark | token | percent
    if (length >= TOKEN_BYTES_MIN && has(tokenBytes)) return true
  }
  if (length >= HEX_BYTES_MIN && has(digit | hexLetter)) return true
  if (length >= UUID_BYTES_MIN && has(digit | hexLetter | hyphen)) return true
  if (classes & at && bytes[start] !== AT) return true
  return (classes & percent) !== 0 && hasEncodedAt(bytes, start, length)
}

/** `%40`, an encoded @, behind the first byte. */
function hasEncodedAt(bytes: Uint8Array, start: number, length: number): boolean {
  for (let at = start + 1; at + 2 < start + length; at++) {
    if (bytes[at] === 0x25 && bytes[at + 1] === 0x34 && bytes[at + 2] === 0x30) return true
  }
  return false
}

function writeRest(target: Uint8Array, at: number): number {
  // `/…`
  target[at] = SLASH
  target[at + 1] = 0xe2
  target[at + 2] = 0x80
  target[at + 3] = 0xa6
  return at + 4
}

function segmentEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && !isDelimiter(bytes[at]!)) at++
  return at
}

function isSlash(byte: number): boolean {
  return byte === SLASH || byte === BACKSLASH
}

/** Ends a segment or an authority: / \ ? # */
function isDelimiter(byte: number): boolean {
  return byte === SLASH || byte === 0x3f || byte === 0x23 || byte === BACKSLASH
}

function isSchemeByte(byte: number, isFirst: boolean): boolean {
  const letter = byte | 0x20
  if (letter >= 0x61 && letter <= 0x7a) return true
  if (isFirst) return false
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e
}

function classOf(char: string): number {
  if (/[0-9]/.test(char)) return Class.digit
  if (/[a-f]/i.test(char)) return Class.hexLetter
  if (char === '-') return Class.hyphen
  if (/[._+]/.test(char)) return Class.numberMark
  if (/[,:]/.test(char)) return Class.colonOrComma
  if (char === '%') return Class.percent
  if (/[a-z=~$!]/i.test(char)) return Class.token
  return char === '@' ? Class.at : Class.other
}
