// Opening a journal: find its segments, cut a torn tail, learn the digests of the late window again, and see
// to it that new records come after everything the database has committed, whatever the disk lost.
import { randomUUID } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { createArrivalClock, type ReadClocks, readMachineClocks } from './clock.ts'
import { readDigests } from './digest-file.ts'
import { createDigestIndex, type DigestIndex, recallAnswer } from './digests.ts'
import { createSegment, type Journal, type KeptSegment } from './journal.ts'
import { HEADER_BYTES } from './record.ts'
import { listSegments, type PlacedRecord, readRecords, type Segment } from './segments.ts'
import { type OpenFile, syncFolder } from './write.ts'

export type JournalOptions = {
  readonly folder: string
  readonly bytesMax: number
  readonly lateWindowMs: number
  /** Of the database, if it has one: offsets of this journal go on past it. */
  readonly committed: { readonly journalId: string; readonly offset: bigint } | null
  readonly onDurable: (durableOffset: number) => void
  readonly openFile?: OpenFile
  readonly readClocks?: ReadClocks
}

const SEGMENT_BYTES_MAX = 64 * 1024 ** 2
const DIGESTS_MAX = 200_000

/** Opens the journal of a folder, or begins one. Errors: the disk's own; damage is cut and counted, not thrown. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, bytesMax, committed } = options
  const { openFile = open, readClocks = readMachineClocks } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { segments, setAside } = await findSegments(folder)
  const id = segments[0]?.journalId ?? randomUUID()
  const tail = await recover(folder, segments, options.lateWindowMs, readClocks().wallMs)
  const committedOffset = committed?.journalId === id ? Number(committed.offset) : 0
  // A drain is committed one byte past its record (restore.ts): that byte is not missing.
  const isDrainMark = committedOffset === tail.endOffset + 1
  const startOffset = isDrainMark ? tail.endOffset : Math.max(tail.endOffset, committedOffset)
  const kept: KeptSegment[] = segments.map(({ startOffset, path, bytes }) => ({
    startOffset,
    path,
    bytes,
  }))
  const last = kept.at(-1)
  if (last) last.bytes = tail.endOffset - last.startOffset
  let file = last && (await openFile(last.path, 'r+'))
  if (file && tail.cutBytes > 0) {
    await file.truncate(HEADER_BYTES + last!.bytes)
    await file.datasync()
  }
  if (!file || startOffset > tail.endOffset) {
    await file?.close()
    const created = await createSegment({ folder, id, openFile }, startOffset)
    kept.push(created.segment)
    file = created.file
  }
  const clock = createArrivalClock(tail.lastArrivalMs, readClocks())
  return {
    id,
    folder,
    bytesMax,
    segmentBytesMax: Math.min(SEGMENT_BYTES_MAX, Math.ceil(bytesMax / 8)),
    openFile,
    readClocks,
    clock,
    digests: tail.digests,
    counters: { appended: 0, ticks: 0, syncs: 0, repeated: 0, full: 0, diskErrors: 0 },
    opened: {
      cutBytes: tail.cutBytes,
      gapBytes: startOffset - tail.endOffset,
      setAside: setAside + (tail.haveDigests ? 0 : 1),
    },
    segments: kept,
    file,
    durableOffset: startOffset,
    hasDirtyTail: false,
    queue: [],
    queuedBytes: 0,
    flushing: null,
    isClosed: false,
    lastBatchMs: segments.length > 0 ? clock.arrivalMs : 0,
    lastRecordMs: 0,
    onDurable: options.onDurable,
  }
}

/** Segments of the newest journal in the folder; what is unreadable or of another journal is set aside. */
async function findSegments(folder: string): Promise<{ segments: Segment[]; setAside: number }> {
  const listed = listSegments(folder)
  const journalId = listed.segments.at(-1)?.journalId
  const foreign = listed.segments.filter((segment) => segment.journalId !== journalId)
  const paths = [...listed.unreadable, ...foreign.map((segment) => segment.path)]
  for (const path of paths) await rename(path, `${path}.set-aside`)
  if (paths.length > 0) await syncFolder(folder)
  const segments = listed.segments.filter((segment) => segment.journalId === journalId)
  return { segments, setAside: paths.length }
}

type Recovered = {
  /** End of the last good record. */
  readonly endOffset: number
  readonly cutBytes: number
  readonly lastArrivalMs: number
  readonly digests: DigestIndex
  /** False: the digests of deleted segments are damaged, and their retries are not known. */
  readonly haveDigests: boolean
}

async function recover(
  folder: string,
  segments: readonly Segment[],
  lateWindowMs: number,
  nowMs: number,
): Promise<Recovered> {
  const digests = createDigestIndex({ windowMs: lateWindowMs, entriesMax: DIGESTS_MAX })
  const haveDigests = await readDigests(folder, digests)
  let lastArrivalMs = 0
  let endOffset = 0
  let cutBytes = 0
  for (const [index, segment] of segments.entries()) {
    // Older segments matter for their digests only; the last two always, for the tail and the last arrival.
    const isOld = nowMs - segment.writtenMs > lateWindowMs
    if (isOld && index < segments.length - 2) continue
    const fileEnd = segment.startOffset + segment.bytes
    endOffset = scanSegment(segment, ({ record }) => {
      lastArrivalMs = Math.max(lastArrivalMs, record.arrivalMs)
      if (record.type !== 'batch') return
      recallAnswer(digests, record.digest, record)
    })
    cutBytes = fileEnd - endOffset
  }
  return { endOffset, cutBytes, lastArrivalMs, digests, haveDigests }
}

/** Visits the good records from the start; the offset where they end. */
function scanSegment(segment: Segment, visit: (placed: PlacedRecord) => void): number {
  const limitOffset = segment.startOffset + segment.bytes
  const file = openSync(segment.path, 'r')
  try {
    let fromOffset = segment.startOffset
    while (fromOffset < limitOffset) {
      const read = readRecords(file, segment, { fromOffset, limitOffset })
      for (const placed of read.records) visit(placed)
      fromOffset = read.endOffset
      if (read.isDamaged) break
    }
    return fromOffset
  } finally {
    closeSync(file)
  }
}
