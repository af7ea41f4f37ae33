// Segment files of the journal: names, listing, and the scan that finds where the good records end.
// A segment is named by its start offset, so that the order of names is the order of records.
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import {
  decodeHeader,
  decodeRecord,
  HEADER_BYTES,
  type JournalRecord,
  type SegmentHeader,
} from './record.ts'

export type Segment = SegmentHeader & {
  readonly path: string
  /** Record bytes in the file now, good or not. */
  readonly bytes: number
  /** When the file was last written, unix ms. */
  readonly writtenMs: number
}

/** Bytes read at a time; one record may be longer. */
const CHUNK_BYTES = 4 * 1024 ** 2

export function segmentName(startOffset: number): string {
  return `${startOffset.toString(16).padStart(16, '0')}.segment`
}

/** Segments of a folder in order of offset; files without a good header are named apart. */
export function listSegments(folder: string): { segments: Segment[]; unreadable: string[] } {
  const segments: Segment[] = []
  const unreadable: string[] = []
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{16}\.segment$/.test(name))
  for (const name of names.sort()) {
    const path = join(folder, name)
    const segment = readSegment(path)
    if (segment) segments.push(segment)
    else unreadable.push(path)
  }
  return { segments, unreadable }
}

function readSegment(path: string): Segment | null {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(HEADER_BYTES)
    const header = readSync(file, bytes, 0, HEADER_BYTES, 0) === HEADER_BYTES && decodeHeader(bytes)
    if (!header) return null
    const stat = fstatSync(file)
    return { ...header, path, bytes: stat.size - HEADER_BYTES, writtenMs: stat.mtimeMs }
  } finally {
    closeSync(file)
  }
}

export type PlacedRecord = {
  readonly record: JournalRecord
  readonly startOffset: number
  /** The position after this record. */
  readonly endOffset: number
}

export type ReadRange = {
  readonly records: PlacedRecord[]
  /** Where the next read begins. */
  readonly endOffset: number
  /** The record at endOffset is damaged. */
  readonly isDamaged: boolean
}

/**
 * Reads whole records of one open segment from an offset on, at least one if there is one, and about
 * CHUNK_BYTES. limitOffset: nothing at or past it is looked at (what is there may not be durable yet).
 */
export function readRecords(
  file: number,
  segment: { readonly startOffset: number },
  range: { readonly fromOffset: number; readonly limitOffset: number },
): ReadRange {
  const bytesLeft = range.limitOffset - range.fromOffset
  let wanted = Math.min(CHUNK_BYTES, bytesLeft)
  for (;;) {
    const bytes = readAt(file, HEADER_BYTES + range.fromOffset - segment.startOffset, wanted)
    const records: PlacedRecord[] = []
    let at = 0
    for (;;) {
      const read = decodeRecord(bytes, at)
      if (read.kind === 'record') {
        const startOffset = range.fromOffset + at
        at += read.bytes
        records.push({ record: read.record, startOffset, endOffset: range.fromOffset + at })
        continue
      }
      const endOffset = range.fromOffset + at
      if (read.kind === 'damaged') return { records, endOffset, isDamaged: true }
      if (records.length > 0 || bytesLeft === 0) return { records, endOffset, isDamaged: false }
      // A record longer than what was read: read it whole, unless the file ends before it does.
      if (read.bytesNeeded > bytesLeft || bytes.length < wanted)
        return { records, endOffset, isDamaged: true }
      wanted = read.bytesNeeded
      break
    }
  }
}

function readAt(file: number, position: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const read = readSync(file, bytes, filled, length - filled, position + filled)
    if (read === 0) break
    filled += read
  }
  return bytes.subarray(0, filled)
}
