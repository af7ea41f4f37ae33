// The bytes of a record (record.ts): counts, whole columns, and columns of numbers in the fewest bytes.
// Reading copies into fresh memory, so that alignment is never an issue, and checks every length first.

/** Read back as 1 on a machine of the same byte order. */
const BYTE_ORDER = new Uint16Array([1])
const HEADER_BYTES = 3

export type RecordWriter = {
  readonly count: (count: number) => void
  /** As it is; its length must follow from a count before it. */
  readonly column: (column: Uint8Array | BigUint64Array) => void
  /** Numbers, in 1, 2 or 4 bytes each. */
  readonly numbers: (column: Uint16Array | Uint32Array) => void
  readonly finish: () => Uint8Array
}

export type RecordReader = {
  readonly version: number
  readonly count: () => number
  readonly bytes: (length: number) => Uint8Array
  readonly nanos: (length: number) => BigUint64Array
  readonly numbers: (length: number) => Uint32Array
  /** The next bytes in place, valid as long as the record's memory is. */
  readonly view: (length: number) => Uint8Array
  /** Throws unless everything was read. */
  readonly finish: () => void
}

/** bytesHint: about the size, only saves copying. */
export function createRecordWriter(version: number, bytesHint: number): RecordWriter {
  let record = new Uint8Array(bytesHint + HEADER_BYTES)
  let length = 0
  const write = (bytes: Uint8Array): void => {
    if (length + bytes.length > record.length) {
      const longer = new Uint8Array((length + bytes.length) * 2)
      longer.set(record)
      record = longer
    }
    record.set(bytes, length)
    length += bytes.length
  }
  const writeColumn = (column: NumberColumn | BigUint64Array): void =>
    write(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  write(Uint8Array.of(version))
  writeColumn(BYTE_ORDER)
  return {
    count: (count) => writeColumn(Uint32Array.of(count)),
    column: writeColumn,
    numbers: (column) => {
      const packed = packNumbers(column)
      write(Uint8Array.of(packed.BYTES_PER_ELEMENT))
      writeColumn(packed)
    },
    finish: () => record.slice(0, length),
  }
}

/**
 * versions: those that can be read, newest first. Throws Error when version or byte order are not the
 * expected ones, or a length runs past the end. */
export function createRecordReader(versions: readonly number[], record: Uint8Array): RecordReader {
  let at = 0
  const view = (length: number): Uint8Array => {
    if (length > record.length - at) throw new Error('damaged record: cut off')
    at += length
    return record.subarray(at - length, at)
  }
  const copy = (length: number): Uint8Array => view(length).slice()
  const version = view(1)[0]!
  if (!versions.includes(version))
    throw new Error(`a record of version ${version}, expected ${versions[0]}`)
  if (new Uint16Array(copy(2).buffer)[0] !== 1) {
    throw new Error('a record written on a machine of another byte order')
  }
  return {
    version,
    count: () => new Uint32Array(copy(4).buffer)[0] ?? 0,
    bytes: copy,
    nanos: (length) => new BigUint64Array(copy(8 * length).buffer),
    numbers: (length) => {
      const width = view(1)[0]!
      const packed = copy(width * length)
      if (width === 4) return new Uint32Array(packed.buffer)
      if (width === 1) return new Uint32Array(packed)
      if (width === 2) return new Uint32Array(new Uint16Array(packed.buffer))
      throw new Error(`damaged record: numbers of ${width} bytes`)
    },
    view,
    finish: () => {
      if (at !== record.length) throw new Error('damaged record: bytes left over')
    },
  }
}

type NumberColumn = Uint8Array | Uint16Array | Uint32Array

function packNumbers(column: Uint16Array | Uint32Array): NumberColumn {
  let max = 0
  for (let at = 0; at < column.length; at++) if (column[at]! > max) max = column[at]!
  if (max < 0x100) return new Uint8Array(column)
  return max < 0x10000 ? new Uint16Array(column) : column
}
