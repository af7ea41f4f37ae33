// The bytes of the journal: segment header and records. Everything on disk has a version byte and a crc.
// Segment: header (40 bytes), then records. Record: u32 length and u32 crc32c of what follows, then
// u8 version, u8 type, f64 arrival ms, and for a batch 32 bytes digest, u32 rejected spans, the SpanBatch;
// for a removed environment its name in UTF-8.
// All numbers little-endian. An offset counts record bytes over all segments of a journal, headers left out.
import { crc32c } from './crc32c.ts'

export const HEADER_BYTES = 40
export const RECORD_PREFIX_BYTES = 8
const TICK_BYTES = 10
const BATCH_FIXED_BYTES = 46
const NO_NAME = Buffer.alloc(0)
/** Nothing longer is ever written; a longer length is damage. */
export const RECORD_BYTES_MAX = 1024 ** 3
const MAGIC = 0x4a4c5453 // 'STLJ'
const SEGMENT_VERSION = 1
const RECORD_VERSION = 1
const RecordType = { batch: 1, tick: 2, removal: 3 } as const

export type SegmentHeader = {
  /** UUID of the journal, with hyphens. */
  readonly journalId: string
  /** Offset of the segment's first record. */
  readonly startOffset: number
}

export type BatchRecord = {
  readonly type: 'batch'
  readonly arrivalMs: number
  /** SHA-256 of the request: body, token, environment. */
  readonly digest: Uint8Array
  /** Spans that were rejected at decode: the answer a retry gets again. */
  readonly rejected: number
  /** encodeBatch of the SpanBatch. */
  readonly payload: Uint8Array
}
export type TickRecord = { readonly type: 'tick'; readonly arrivalMs: number }
/** From here on the environment is forgotten: it was removed from the database. */
export type RemovalRecord = {
  readonly type: 'removal'
  readonly arrivalMs: number
  readonly environment: string
}
export type JournalRecord = BatchRecord | TickRecord | RemovalRecord

/** What stands at a place: a record and its length, nothing whole yet, or damage. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly record: JournalRecord; readonly bytes: number }
  | { readonly kind: 'short'; readonly bytesNeeded: number }
  | { readonly kind: 'damaged' }

export function encodeHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt8(SEGMENT_VERSION, 4)
  bytes.write(header.journalId.replaceAll('-', ''), 8, 'hex')
  bytes.writeBigUInt64LE(BigInt(header.startOffset), 24)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 32)), 32)
  return bytes
}

/** The header, or null when these bytes are not a whole header of a known version. */
export function decodeHeader(bytes: Uint8Array): SegmentHeader | null {
  if (bytes.length < HEADER_BYTES) return null
  const buffer = asBuffer(bytes)
  if (buffer.readUInt32LE(0) !== MAGIC || buffer.readUInt8(4) !== SEGMENT_VERSION) return null
  if (buffer.readUInt32LE(32) !== crc32c(buffer.subarray(0, 32))) return null
  const hex = buffer.toString('hex', 8, 24)
  const journalId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { journalId, startOffset: Number(buffer.readBigUInt64LE(24)) }
}

export function encodeRecord(record: JournalRecord): Uint8Array {
  const name = record.type === 'removal' ? Buffer.from(record.environment) : NO_NAME
  const batchBytes = record.type === 'batch' ? BATCH_FIXED_BYTES + record.payload.length : 0
  const bodyBytes = batchBytes || TICK_BYTES + name.length
  const bytes = Buffer.allocUnsafe(RECORD_PREFIX_BYTES + bodyBytes)
  bytes.writeUInt32LE(bodyBytes, 0)
  bytes.writeUInt8(RECORD_VERSION, 8)
  bytes.writeUInt8(RecordType[record.type], 9)
  bytes.writeDoubleLE(record.arrivalMs, 10)
  if (record.type === 'batch') {
    bytes.set(record.digest, 18)
    bytes.writeUInt32LE(record.rejected, 50)
    bytes.set(record.payload, 54)
  }
  bytes.set(name, bytes.length - name.length)
  bytes.writeUInt32LE(crc32c(bytes.subarray(RECORD_PREFIX_BYTES)), 4)
  return bytes
}

/** Reads the record that starts at `at`. The payload is a view into `bytes`. Never throws on input. */
export function decodeRecord(bytes: Uint8Array, at: number): ReadRecord {
  const available = bytes.length - at
  if (available < RECORD_PREFIX_BYTES) return { kind: 'short', bytesNeeded: RECORD_PREFIX_BYTES }
  const buffer = asBuffer(bytes)
  const bodyBytes = buffer.readUInt32LE(at)
  if (bodyBytes < TICK_BYTES || bodyBytes > RECORD_BYTES_MAX) return { kind: 'damaged' }
  const end = at + RECORD_PREFIX_BYTES + bodyBytes
  if (end > bytes.length) return { kind: 'short', bytesNeeded: end - at }
  const body = buffer.subarray(at + RECORD_PREFIX_BYTES, end)
  if (buffer.readUInt32LE(at + 4) !== crc32c(body)) return { kind: 'damaged' }
  if (body.readUInt8(0) !== RECORD_VERSION) return { kind: 'damaged' }
  const record = decodeBody(body)
  return record ? { kind: 'record', record, bytes: end - at } : { kind: 'damaged' }
}

function decodeBody(body: Buffer): JournalRecord | null {
  const type = body.readUInt8(1)
  const arrivalMs = body.readDoubleLE(2)
  if (type === RecordType.tick) return { type: 'tick', arrivalMs }
  if (type === RecordType.removal)
    return { type: 'removal', arrivalMs, environment: body.toString('utf8', TICK_BYTES) }
  if (type !== RecordType.batch || body.length < BATCH_FIXED_BYTES) return null
  return {
    type: 'batch',
    arrivalMs,
    digest: body.subarray(10, 42),
    rejected: body.readUInt32LE(42),
    // Not a Buffer: its slice() is a view, where every other Uint8Array's is a copy.
    payload: new Uint8Array(
      body.buffer,
      body.byteOffset + BATCH_FIXED_BYTES,
      body.length - BATCH_FIXED_BYTES,
    ),
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
