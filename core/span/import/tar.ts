// A small reader of tar archives in memory: ustar, GNU long names and pax headers; regular files only.
// An archive is data of strangers: every length is checked, nothing is written anywhere.
// Source: POSIX.1-2001 pax interchange format; GNU tar manual, "Basic Tar Format".

export type TarEntry =
  | { readonly ok: true; readonly name: string; readonly bytes: Uint8Array }
  /** name: '' when the damage lies between two files. */
  | { readonly ok: false; readonly name: string; readonly reason: string }

const BLOCK_BYTES = 512
const ENTRIES_MAX = 1_000_000
const NAME_BYTES_MAX = 64 * 1024
/** First bytes of the files in which macOS keeps attributes; they hold nothing of ours. */
const APPLE_DOUBLE = [0x00, 0x05, 0x16, 0x07]
const SPARSE = 'S'

type Header = { readonly name: string; readonly type: string; readonly size: number }

/** Whether the bytes begin with the header of an archive, told by its checksum. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK_BYTES && isHeader(bytes.subarray(0, BLOCK_BYTES))
}

/** The regular files in order. After damage there is nothing more: the next header is unknown. */
export function* readTar(bytes: Uint8Array): Generator<TarEntry, void, void> {
  let longName = ''
  let longSize: number | null = null
  let entries = 0
  for (let at = 0; at + BLOCK_BYTES <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK_BYTES)
    if (isZero(block)) return
    if (!isHeader(block)) {
      yield { ok: false, name: '', reason: `the archive is damaged at byte ${at}` }
      return
    }
    const header = headerOf(block)
    const name = longName || header.name
    const size = longSize ?? header.size
    const from = at + BLOCK_BYTES
    if (from + size > bytes.length) {
      yield { ok: false, name, reason: 'the archive ends in the middle of it' }
      return
    }
    if (++entries > ENTRIES_MAX) {
      yield { ok: false, name, reason: `the archive holds more than ${ENTRIES_MAX} entries` }
      return
    }
    const content = bytes.subarray(from, from + size)
    at = from + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES
    if (header.type === 'L') longName = textOf(content)
    else if (header.type === 'x') {
      const fields = paxFields(content)
      longName = fields.get('path') ?? longName
      longSize = sizeOf(fields.get('size'))
    } else {
      longName = ''
      longSize = null
      if (header.type === SPARSE) yield { ok: false, name, reason: 'it is a sparse file' }
      else if (isFile(header.type) && !isAppleDouble(content)) {
        yield { ok: true, name, bytes: content }
      }
    }
  }
}

function headerOf(block: Uint8Array): Header {
  const isUstar = textOf(block.subarray(257, 262)) === 'ustar'
  const prefix = isUstar && block[262] === 0 ? textOf(block.subarray(345, 500)) : ''
  const name = textOf(block.subarray(0, 100))
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[156]!),
    size: numberOf(block.subarray(124, 136)),
  }
}

/** The sum of all bytes with the checksum itself as spaces. Source: POSIX ustar, chksum. */
function isHeader(block: Uint8Array): boolean {
  let sum = 0
  for (let at = 0; at < BLOCK_BYTES; at++) sum += at >= 148 && at < 156 ? 32 : block[at]!
  return sum === numberOf(block.subarray(148, 156))
}

/** Octal text, or base 256 where the first bit is set (GNU). NaN when it is neither. */
function numberOf(field: Uint8Array): number {
  if (field[0]! & 0x80) {
    let value = 0
    for (const byte of field.subarray(1)) value = value * 256 + byte
    return value
  }
  const digits = textOf(field).trim()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN
}

/** Records `LENGTH KEY=VALUE\n`; what is malformed ends the reading. */
function paxFields(content: Uint8Array): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at)
    const length = Number(textOf(content.subarray(at, space)))
    const isWhole = Number.isInteger(length) && at + length <= content.length
    if (space < 0 || !isWhole || length <= space - at) break
    const record = textOf(content.subarray(space + 1, at + length - 1))
    const equals = record.indexOf('=')
    if (equals > 0) fields.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return fields
}

function sizeOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** UTF-8 up to the first zero byte. */
function textOf(field: Uint8Array): string {
  const bounded = field.subarray(0, NAME_BYTES_MAX)
  const end = bounded.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bounded : bounded.subarray(0, end))
}

function isFile(type: string): boolean {
  return type === '0' || type === '\0' || type === '7'
}

function isAppleDouble(content: Uint8Array): boolean {
  return APPLE_DOUBLE.every((byte, at) => content[at] === byte)
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0)
}
