// How a capture file is packed, told by its first bytes, and whether they can be a capture's at all.
import { isTar } from './tar.ts'

export type Packing = 'gzip' | 'zstd' | 'tar' | 'none'

/** bytes: the file, or its beginning of at least 512 bytes. */
export function packingOf(bytes: Uint8Array): Packing {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  if (isZstd(bytes)) return 'zstd'
  return isTar(bytes) ? 'tar' : 'none'
}

/** A frame, or a skippable one before it. Source: RFC 8878, sections 3.1.1 and 3.1.2. */
function isZstd(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x28) return bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd
  const isSkippable = bytes.length > 4 && (bytes[0]! & 0xf0) === 0x50
  return isSkippable && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18
}

/**
 * Whether a file with this beginning can be a capture: packed, OTLP protobuf, or with a line that begins
 * as JSON does. A quick no for pictures and books; a yes promises nothing.
 */
export function mayBeCapture(head: Uint8Array): boolean {
  if (packingOf(head) !== 'none' || head[0] === OTLP_FIRST_TAG) return true
  for (let from = hasByteOrderMark(head) ? 3 : 0; from < head.length; from++) {
    while (BLANKS.has(head[from] ?? -1)) from++
    if (head[from] === 0x7b || head[from] === 0x5b) return true
    from = head.indexOf(NEWLINE, from)
    if (from < 0) return false
  }
  return false
}

/** Field 1 of an ExportTraceServiceRequest, length-delimited; a line break too, which is fine. */
const OTLP_FIRST_TAG = 0x0a
const NEWLINE = 0x0a
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, NEWLINE])

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}
