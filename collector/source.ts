// Where the pipeline's records come from: `records after position`, nothing more. The file journal is the
// default; past one collector a Kafka consumer can stand here, its partition offset in place of ours.
import { closeSync, fstatSync, openSync } from 'node:fs'
import { HEADER_BYTES } from './journal/record.ts'
import { listSegments, type PlacedRecord, readRecords, type Segment } from './journal/segments.ts'

export type RecordSource = {
  /**
   * Whole, durable records in order, starting at an offset; none when nothing came within waitMs.
   * Errors: throws what reading threw, and on damage that only a restart can cut off.
   */
  readonly recordsAfter: (offset: number, waitMs: number) => Promise<SourceRecords>
  readonly close: () => void
}

export type SourceRecords = {
  readonly records: readonly PlacedRecord[]
  /** The position after these records, or after bytes that the disk lost. */
  readonly nextOffset: number
  /** Bytes that were skipped, because the disk lost them. */
  readonly gapBytes: number
}

/** The source over segment files, and the handle by which the writer tells it what has become durable. */
export type FileSource = RecordSource & {
  readonly setDurableOffset: (durableOffset: number) => void
  readonly durableOffset: () => number
  /** Ends a wait early. */
  readonly wake: () => void
}

type Reading = {
  readonly folder: string
  durableOffset: number
  segments: Segment[]
  open: { readonly segment: Segment; readonly file: number } | null
  wake: () => void
}

/** Reads the segments of a journal folder. Nothing past the durable offset is looked at. */
export function openFileSource(folder: string, durableOffset: number): FileSource {
  const reading: Reading = { folder, durableOffset, segments: [], open: null, wake: () => {} }
  return {
    recordsAfter: async (offset, waitMs) => {
      if (offset >= reading.durableOffset) await waitForRecords(reading, waitMs)
      if (offset >= reading.durableOffset) return { records: [], nextOffset: offset, gapBytes: 0 }
      return readAfter(reading, offset)
    },
    setDurableOffset: (next) => {
      reading.durableOffset = next
      reading.wake()
    },
    durableOffset: () => reading.durableOffset,
    wake: () => reading.wake(),
    close: () => closeSegment(reading),
  }
}

function waitForRecords(reading: Reading, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => reading.wake(), Math.max(0, waitMs))
    reading.wake = () => {
      clearTimeout(timer)
      reading.wake = () => {}
      resolve()
    }
  })
}

function readAfter(reading: Reading, offset: number): SourceRecords {
  const { segment, endOffset, isNewest } = findSegment(reading, offset)
  // Before the first segment, or between two: lost.
  if (offset < segment.startOffset)
    return { records: [], nextOffset: segment.startOffset, gapBytes: segment.startOffset - offset }
  const file = openSegment(reading, segment)
  const read = readRecords(file, segment, { fromOffset: offset, limitOffset: endOffset })
  if (read.records.length > 0 || !read.isDamaged)
    return { records: read.records, nextOffset: read.endOffset, gapBytes: 0 }
  // The segment being written cannot be skipped: the next start cuts it here.
  if (isNewest) throw new Error(`journal damaged at offset ${read.endOffset}`)
  return { records: [], nextOffset: endOffset, gapBytes: endOffset - offset }
}

type Found = {
  readonly segment: Segment
  /** Where its records end, or what is durable of them. */
  readonly endOffset: number
  readonly isNewest: boolean
}

/** The segment that holds an offset, or the first one after it. */
function findSegment(reading: Reading, offset: number): Found {
  const known = findListed(reading, offset)
  if (known) return known
  reading.segments = listSegments(reading.folder).segments
  const found = findListed(reading, offset)
  if (!found) throw new Error(`no journal segment holds offset ${offset}`)
  return found
}

function findListed(reading: Reading, offset: number): Found | undefined {
  const { segments, durableOffset } = reading
  const after = segments.findIndex((segment) => segment.startOffset > offset)
  const index = after === 0 ? 0 : (after < 0 ? segments.length : after) - 1
  const segment = segments[index]
  const next = segments[index + 1]
  if (!segment) return undefined
  if (next)
    return { segment, endOffset: Math.min(next.startOffset, durableOffset), isNewest: false }
  // The newest segment of a list that may be old: it reaches as far as its file does now.
  const fileEnd = segment.startOffset + fstatSync(openSegment(reading, segment)).size - HEADER_BYTES
  return offset < fileEnd
    ? { segment, endOffset: Math.min(fileEnd, durableOffset), isNewest: true }
    : undefined
}

function openSegment(reading: Reading, segment: Segment): number {
  if (reading.open?.segment.path === segment.path) return reading.open.file
  closeSegment(reading)
  const file = openSync(segment.path, 'r')
  reading.open = { segment, file }
  return file
}

function closeSegment(reading: Reading): void {
  if (reading.open) closeSync(reading.open.file)
  reading.open = null
}
