// KeyValue and AnyValue, read in place: where the key lies, and kind and place of the value.
// Source: opentelemetry-proto v1 common.proto.
import { Malformed } from './malformed.ts'
import * as valueKind from './value-kind.ts'
import { readFixed, readLength, readTag, readVarint, skipField, type WireReader } from './wire.ts'

const { ONE_INT, UNUSUAL, ValueKind } = valueKind

// Field number << 3 | wire type: of KeyValue, of AnyValue, of ArrayValue and KeyValueList.
const KEY = 0x0a
const VALUE = 0x12
const STRING = 0x0a
const BOOL = 0x10
const INT = 0x18
const DOUBLE = 0x21
const ARRAY = 0x2a
const KVLIST = 0x32
const BYTES = 0x3a
const VALUES = 0x0a

/** The pair that readKeyValue read last. Positions in the body; `kind` is a ValueKind. */
export type KeyValueReader = {
  readonly wire: WireReader
  readonly depthMax: number
  keyStart: number
  keyEnd: number
  kind: number
  valueStart: number
  valueEnd: number
}

export function createKeyValueReader(wire: WireReader, depthMax: number): KeyValueReader {
  return { wire, depthMax, keyStart: 0, keyEnd: 0, kind: 0, valueStart: 0, valueEnd: 0 }
}

/** Reads the KeyValue that ends at `end`. Of repeated fields the last one holds, as protobuf says. */
export function readKeyValue(pair: KeyValueReader, end: number): void {
  if (!readUsual(pair, end)) readAny(pair, end)
}

/** The form nearly every pair has: key, then a usual value. False, with nothing read, when it is not that. */
function readUsual(pair: KeyValueReader, end: number): boolean {
  const { wire } = pair
  const { bytes } = wire
  const start = wire.pos
  if (end - start < 6 || bytes[start] !== KEY) return false
  const keyLength = bytes[start + 1]!
  const keyEnd = start + 2 + keyLength
  if (keyLength >= 0x80 || keyEnd + 4 > end) return false
  const value = usualValue(bytes, keyEnd, end)
  if (value === UNUSUAL) return false
  if (value === ONE_INT) found(pair, ValueKind.int, keyEnd + 3, end)
  else found(pair, ValueKind.string, value, end)
  pair.keyStart = start + 2
  pair.keyEnd = keyEnd
  wire.pos = end
  return true
}

/**
 * Looks at the field `value` of a pair, from its tag at `at` to the end of the pair, four bytes or more:
 * where the text begins when it is a string and nothing else, ONE_INT when it is an int of one to ten bytes
 * and nothing else.
 */
export function usualValue(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== VALUE) return UNUSUAL
  const any = contentStart(bytes, at + 1, end)
  if (any < 0) return UNUSUAL
  if (bytes[any] === STRING) {
    const text = contentStart(bytes, any + 1, end)
    return text < 0 ? UNUSUAL : text
  }
  return bytes[any] === INT && any === at + 2 && isOneVarint(bytes, any + 1, end)
    ? ONE_INT
    : UNUSUAL
}

/** Behind the length at `at` of one or two bytes, when what is as long as that ends at `end`; else -1. */
function contentStart(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  const low = bytes[at]!
  if (low < 0x80) return at + 1 + low === end ? at + 1 : -1
  if (at + 1 >= end || bytes[at + 1]! >= 0x80) return -1
  return at + 2 + ((low & 0x7f) | (bytes[at + 1]! << 7)) === end ? at + 2 : -1
}

/** Whether the pair read last is a key of up to 127 bytes and then one field `value`, from `start` to `end`. */
export function isKeyThenValue(
  { wire, keyStart, keyEnd }: KeyValueReader,
  start: number,
  end: number,
): boolean {
  const { bytes } = wire
  if (keyStart !== start + 2 || end - keyEnd < 4 || bytes[keyEnd] !== VALUE) return false
  return contentStart(bytes, keyEnd + 1, end) >= 0
}

function isOneVarint(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from
  while (at < end && bytes[at]! >= 0x80) at++
  return at === end - 1 && end - from <= 10
}

function readAny(pair: KeyValueReader, end: number): void {
  const { wire } = pair
  pair.keyStart = 0
  pair.keyEnd = 0
  pair.kind = ValueKind.none
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === KEY) {
      const length = readLength(wire, end)
      pair.keyStart = wire.pos
      pair.keyEnd = wire.pos + length
      wire.pos = pair.keyEnd
    } else if (tag === VALUE) readAnyValue(pair, readLength(wire, end) + wire.pos)
    else skipField(wire, end, tag)
  }
}

function readAnyValue(pair: KeyValueReader, end: number): void {
  const { wire } = pair
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    switch (tag) {
      case STRING: {
        const length = readLength(wire, end)
        found(pair, ValueKind.string, wire.pos, wire.pos + length)
        wire.pos = pair.valueEnd
        break
      }
      case BOOL:
      case INT: {
        const start = wire.pos
        readVarint(wire, end)
        found(pair, tag === BOOL ? ValueKind.bool : ValueKind.int, start, wire.pos)
        break
      }
      case DOUBLE: {
        const start = readFixed(wire, end, 8)
        found(pair, ValueKind.double, start, wire.pos)
        break
      }
      case ARRAY:
      case KVLIST: {
        const to = readLength(wire, end) + wire.pos
        checkNesting(wire, to, tag === KVLIST, pair.depthMax)
        found(pair, ValueKind.other, wire.pos, wire.pos)
        break
      }
      case BYTES:
        skipField(wire, end, tag)
        found(pair, ValueKind.other, wire.pos, wire.pos)
        break
      default:
        skipField(wire, end, tag)
    }
  }
}

function found(pair: KeyValueReader, kind: number, start: number, end: number): void {
  pair.kind = kind
  pair.valueStart = start
  pair.valueEnd = end
}

/** Walks an ArrayValue or KeyValueList only to bound its nesting; each byte is passed once. */
function checkNesting(wire: WireReader, end: number, isKvlist: boolean, depthMax: number): void {
  if (depthMax <= 0) throw new Malformed('attribute values nest too deeply (depthMax)')
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== VALUES) skipField(wire, end, tag)
    else {
      const to = readLength(wire, end) + wire.pos
      if (isKvlist) checkPair(wire, to, depthMax)
      else checkValue(wire, to, depthMax)
    }
  }
}

function checkPair(wire: WireReader, end: number, depthMax: number): void {
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === VALUE) checkValue(wire, readLength(wire, end) + wire.pos, depthMax)
    else skipField(wire, end, tag)
  }
}

function checkValue(wire: WireReader, end: number, depthMax: number): void {
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== ARRAY && tag !== KVLIST) skipField(wire, end, tag)
    else {
      const to = readLength(wire, end) + wire.pos
      checkNesting(wire, to, tag === KVLIST, depthMax - 1)
    }
  }
}
