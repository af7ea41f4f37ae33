// A snapshot's value as bytes, without a second copy of its long arrays: V8's own serialization, from which arrays
// past a length are left out and written after it as they lie in memory, each beginning at a multiple of 8.
// Trusted input: the file's crc vouches for what is read.
import { DefaultDeserializer, DefaultSerializer } from 'node:v8'

const ALIGNMENT = 8
/** Shorter ones are not worth a write of their own. */
const LONG_BYTES = 64 * 1024
const HEAD_LENGTH_BYTES = 8

const LONG_KINDS = [Int32Array, Uint32Array, Float32Array, Float64Array, Uint8Array] as const
const Inline = 0

/** The whole as pieces to be written one after another. */
export function serializePieces(value: unknown): readonly Uint8Array[] {
  const serializer = new PieceSerializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  const head = serializer.releaseBuffer()
  const headLength = Buffer.alloc(HEAD_LENGTH_BYTES)
  headLength.writeUInt32LE(head.length)
  const aligned = serializer.arrays.flatMap((array) => [array, paddingAfter(array.length)])
  return [headLength, head, paddingAfter(head.length), ...aligned]
}

/** The counterpart of serializePieces. */
export function deserializePieces(bytes: Buffer): unknown {
  const headEnd = HEAD_LENGTH_BYTES + bytes.readUInt32LE(0)
  const deserializer = new PieceDeserializer(bytes.subarray(HEAD_LENGTH_BYTES, headEnd), {
    bytes,
    at: headEnd + paddingAfter(headEnd).length,
  })
  deserializer.readHeader()
  return deserializer.readValue()
}

function paddingAfter(length: number): Uint8Array {
  return new Uint8Array((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT)
}

class PieceSerializer extends DefaultSerializer {
  readonly arrays: Uint8Array[] = []

  /** Called by V8 for each array: a kind, then what the kind needs. */
  _writeHostObject(array: NodeJS.TypedArray): void {
    const kind = LONG_KINDS.findIndex((long) => Object.getPrototypeOf(array) === long.prototype)
    const isLong = kind >= 0 && array.byteLength >= LONG_BYTES
    this.writeUint32(isLong ? kind + 1 : Inline)
    if (!isLong) {
      writeInline(this, array)
      return
    }
    this.writeUint32(array.byteLength)
    this.arrays.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  }
}

type Rest = { readonly bytes: Buffer; at: number }

class PieceDeserializer extends DefaultDeserializer {
  readonly #rest: Rest

  constructor(head: Buffer, rest: Rest) {
    super(head)
    this.#rest = rest
  }

  _readHostObject(): NodeJS.ArrayBufferView {
    const kind = this.readUint32()
    if (kind === Inline) return readInline(this)
    const length = this.readUint32()
    const { bytes, at } = this.#rest
    const start = bytes.byteOffset + at
    this.#rest.at += length + paddingAfter(length).length
    // A copy of its own, so that the file's bytes can go.
    return new LONG_KINDS[kind - 1]!(bytes.buffer.slice(start, start + length) as ArrayBuffer)
  }
}

/** Node's own way with an array, which its types leave out. */
type HostObjects = {
  readonly _writeHostObject: (this: DefaultSerializer, array: NodeJS.TypedArray) => void
  readonly _readHostObject: (this: DefaultDeserializer) => NodeJS.ArrayBufferView
}

function writeInline(serializer: DefaultSerializer, array: NodeJS.TypedArray): void {
  const own = DefaultSerializer.prototype as unknown as HostObjects
  own._writeHostObject.call(serializer, array)
}

function readInline(deserializer: DefaultDeserializer): NodeJS.ArrayBufferView {
  const own = DefaultDeserializer.prototype as unknown as HostObjects
  return own._readHostObject.call(deserializer)
}
