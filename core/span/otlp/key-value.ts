// KeyValue and AnyValue, read in place: where the key lies, and kind and place of the value.
// Source: opentelemetry-proto v1 common.proto.
import { Malformed } from './malformed.ts'
import { ValueKind } from './value-cache.ts'
import { readFixed, readLength, readTag, readVarint, skipField, type WireReader } from './wire.ts'

/** Field number << 3 | wire type, by message. */
const KeyValue = { key: 0x0a, value: 0x12 }
const AnyValue = {
  string: 0x0a,
  bool: 0x10,
  int: 0x18,
  double: 0x21,
  array: 0x2a,
  kvlist: 0x32,
  bytes: 0x3a,
}
const List = { values: 0x0a }

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
  const { wire } = pair
  pair.keyStart = 0
  pair.keyEnd = 0
  pair.kind = ValueKind.none
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === KeyValue.key) {
      const length = readLength(wire, end)
      pair.keyStart = wire.pos
      pair.keyEnd = wire.pos + length
      wire.pos = pair.keyEnd
    } else if (tag === KeyValue.value) readAnyValue(pair, readLength(wire, end) + wire.pos)
    else skipField(wire, end, tag)
  }
}

function readAnyValue(pair: KeyValueReader, end: number): void {
  const { wire } = pair
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    switch (tag) {
      case AnyValue.string: {
        const length = readLength(wire, end)
        found(pair, ValueKind.string, wire.pos, wire.pos + length)
        wire.pos = pair.valueEnd
        break
      }
      case AnyValue.bool:
      case AnyValue.int: {
        const start = wire.pos
        readVarint(wire, end)
        found(pair, tag === AnyValue.bool ? ValueKind.bool : ValueKind.int, start, wire.pos)
        break
      }
      case AnyValue.double: {
        const start = readFixed(wire, end, 8)
        found(pair, ValueKind.double, start, wire.pos)
        break
      }
      case AnyValue.array:
      case AnyValue.kvlist: {
        const to = readLength(wire, end) + wire.pos
        checkNesting(wire, to, tag === AnyValue.kvlist, pair.depthMax)
        found(pair, ValueKind.other, wire.pos, wire.pos)
        break
      }
      case AnyValue.bytes:
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
    if (tag !== List.values) skipField(wire, end, tag)
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
    if (tag === KeyValue.value) checkValue(wire, readLength(wire, end) + wire.pos, depthMax)
    else skipField(wire, end, tag)
  }
}

function checkValue(wire: WireReader, end: number, depthMax: number): void {
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== AnyValue.array && tag !== AnyValue.kvlist) skipField(wire, end, tag)
    else {
      const to = readLength(wire, end) + wire.pos
      checkNesting(wire, to, tag === AnyValue.kvlist, depthMax - 1)
    }
  }
}
