// The protobuf wire format, read in place. Every read is bounded by the end of the message it belongs
// to and throws Malformed instead of leaving it; the position only grows, so all work is linear.
// Source: protobuf.dev, "Encoding". Groups (wire types 3 and 4) are not part of proto3: malformed.
import { Malformed } from './malformed.ts'

/** `view` covers exactly `bytes`. Invariant: every `end` handed to a function is <= bytes.length. */
export type WireReader = {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Position of the next byte. */
  pos: number
  /** Upper 32 bits of the last varint that readVarint read, unsigned. */
  high: number
}

export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

const VARINT_BYTES_MAX = 10
const FIELD_NUMBER_MAX = 2 ** 29 - 1

export function createWireReader(bytes: Uint8Array): WireReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes, view, pos: 0, high: 0 }
}

/** The next field's number << 3 | wire type, unsigned. */
export function readTag(reader: WireReader, end: number): number {
  const pos = reader.pos
  if (pos < end) {
    const byte = reader.bytes[pos]!
    if (byte < 0x80 && byte > 7) {
      reader.pos = pos + 1
      return byte
    }
  }
  const tag = readVarint(reader, end)
  if (reader.high !== 0 || tag >>> 3 === 0 || tag >>> 3 > FIELD_NUMBER_MAX) {
    throw new Malformed(`an impossible field number at byte ${pos}`)
  }
  return tag
}

/** A length, and the promise that so many bytes follow before `end`. */
export function readLength(reader: WireReader, end: number): number {
  const pos = reader.pos
  let length = 0
  if (pos < end && reader.bytes[pos]! < 0x80) {
    length = reader.bytes[pos]!
    reader.pos = pos + 1
  } else {
    length = readVarint(reader, end)
    if (reader.high !== 0) throw pastEnd(pos)
  }
  if (length > end - reader.pos) throw pastEnd(pos)
  return length
}

/** Low 32 bits of a varint, unsigned; the upper ones are in `high`. */
export function readVarint(reader: WireReader, end: number): number {
  const { bytes } = reader
  const start = reader.pos
  let low = 0
  let high = 0
  for (let index = 0; index < VARINT_BYTES_MAX; index++) {
    if (reader.pos >= end) throw new Malformed(`a varint at byte ${start} is cut off`)
    const byte = bytes[reader.pos++]!
    const bits = byte & 0x7f
    if (index < 4) low |= bits << (7 * index)
    else if (index === 4) {
      low |= bits << 28
      high = bits >>> 4
    } else high |= bits << (7 * index - 32)
    if (byte < 0x80) {
      reader.high = high >>> 0
      return low >>> 0
    }
  }
  throw new Malformed(`a varint at byte ${start} is longer than ${VARINT_BYTES_MAX} bytes`)
}

/** Steps over so many bytes and gives the position where they began. */
export function readFixed(reader: WireReader, end: number, size: number): number {
  const pos = reader.pos
  if (size > end - pos) throw new Malformed(`a number at byte ${pos} is cut off`)
  reader.pos = pos + size
  return pos
}

/** Steps over the value of a field nobody asked for. */
export function skipField(reader: WireReader, end: number, tag: number): void {
  switch (tag & 7) {
    case WireType.varint:
      readVarint(reader, end)
      return
    case WireType.fixed64:
      readFixed(reader, end, 8)
      return
    case WireType.bytes:
      // Not `pos +=`: reading the length moves pos as well.
      reader.pos = readLength(reader, end) + reader.pos
      return
    case WireType.fixed32:
      readFixed(reader, end, 4)
      return
    default:
      throw new Malformed(`a field of unknown wire type ${tag & 7} at byte ${reader.pos}`)
  }
}

function pastEnd(pos: number): Malformed {
  return new Malformed(`a length at byte ${pos} runs past the end of its message`)
}
