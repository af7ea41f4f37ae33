// The journal: what a sender was told is accepted is on disk here first. Append-only segments with group
// fsync: while one fdatasync runs, appends gather, and the next one answers them all. Invariants: an append
// resolves only after its bytes are durable; records are in order of arrival time; a failed append leaves no
// trace; offsets only grow, also past damage that was cut off.
import type { FileHandle } from 'node:fs/promises'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArrivalClock, type ReadClocks, readArrivalMs } from './clock.ts'
import { writeDigests } from './digest-file.ts'
import { type Answer, type DigestIndex, findAnswer, rememberAnswer } from './digests.ts'
import { encodeHeader, encodeRecord, HEADER_BYTES } from './record.ts'
import { segmentName } from './segments.ts'
import { type OpenFile, syncFolder, writeAll } from './write.ts'

/** The journal cannot take the record now; the sender should come back. Nothing of it was kept. */
export class JournalUnavailable extends Error {
  readonly code: 'JOURNAL_FULL' | 'JOURNAL_DISK' | 'JOURNAL_CLOSED'
  readonly retryable = true
  constructor(code: JournalUnavailable['code'], options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

type Waiting = {
  readonly bytes: Uint8Array
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export type KeptSegment = { readonly startOffset: number; readonly path: string; bytes: number }

export type JournalCounters = {
  /** Batch records appended and synced. */
  appended: number
  /** Ticks appended and synced. */
  ticks: number
  /** fdatasync calls: below appended + ticks when appends came in groups. */
  syncs: number
  /** Requests answered from the digest index. */
  repeated: number
  /** Appends refused because the journal was at its size limit. */
  full: number
  /** Groups that failed on disk and were taken back. */
  diskErrors: number
}

export type Journal = {
  readonly id: string
  readonly folder: string
  readonly bytesMax: number
  readonly segmentBytesMax: number
  readonly openFile: OpenFile
  readonly readClocks: ReadClocks
  readonly clock: ArrivalClock
  readonly digests: DigestIndex
  readonly counters: JournalCounters
  /** What opening found: see open.ts. */
  readonly opened: {
    readonly cutBytes: number
    readonly gapBytes: number
    readonly setAside: number
  }
  /** In order of offset; the last one is written to. Never empty. */
  readonly segments: KeptSegment[]
  file: FileHandle
  /** Everything before this offset is on disk for good. */
  durableOffset: number
  /** Bytes past durableOffset may be in the file and must go before the next write. */
  hasDirtyTail: boolean
  queue: Waiting[]
  queuedBytes: number
  flushing: Promise<void> | null
  isClosed: boolean
  /** When the newest batch was appended, arrival time; ticks go on for a while after it. */
  lastBatchMs: number
  lastRecordMs: number
  /** Called after each fdatasync. */
  onDurable: (durableOffset: number) => void
}

export type Request = {
  /** SHA-256 over body, token and environment. */
  readonly digest: Uint8Array
  readonly rejected: number
  readonly payload: Uint8Array
}

/** The first answer to a request that the journal already holds, or is writing. */
export function findFirstAnswer(journal: Journal, digest: Uint8Array): Promise<Answer> | undefined {
  const answer = findAnswer(journal.digests, digest, arrivalNow(journal))
  if (answer) journal.counters.repeated++
  return answer
}

/**
 * Appends one request, once however often it comes within the late window. Resolves when it is durable.
 * Errors: rejects with JournalUnavailable.
 */
export function appendRequest(journal: Journal, request: Request): Promise<Answer> {
  const first = findFirstAnswer(journal, request.digest)
  if (first) return first
  const bytesAfter = journalBytes(journal) + journal.queuedBytes + request.payload.length
  if (bytesAfter > journal.bytesMax) {
    journal.counters.full++
    return Promise.reject(new JournalUnavailable('JOURNAL_FULL'))
  }
  const arrivalMs = arrivalNow(journal)
  journal.lastBatchMs = arrivalMs
  const { digest, rejected } = request
  const answer = enqueue(journal, encodeRecord({ type: 'batch', arrivalMs, ...request })).then(
    () => {
      journal.counters.appended++
      return { rejected }
    },
  )
  rememberAnswer(journal.digests, digest, { arrivalMs, rejected, answer })
  return answer
}

/** Appends the bare time. Ticks are let past the size limit: without them nothing would ever be freed. */
export async function appendTick(journal: Journal): Promise<void> {
  await enqueue(journal, encodeRecord({ type: 'tick', arrivalMs: arrivalNow(journal) }))
  journal.counters.ticks++
}

/** Appends that an environment was removed. Errors: rejects with JournalUnavailable. */
export async function appendRemoval(journal: Journal, environment: string): Promise<void> {
  const arrivalMs = arrivalNow(journal)
  await enqueue(journal, encodeRecord({ type: 'removal', arrivalMs, environment }))
}

/** Bytes on disk, headers included. */
export function journalBytes(journal: Journal): number {
  let bytes = 0
  for (const segment of journal.segments) bytes += HEADER_BYTES + segment.bytes
  return bytes
}

/**
 * Deletes the segments that lie wholly before the offset, never the one being written; how many. The
 * digests in them are kept first, so that a retry is known still. Errors: the disk's own; nothing is gone then.
 */
export async function trimJournal(journal: Journal, beforeOffset: number): Promise<number> {
  const hasDone = () => (journal.segments[1]?.startOffset ?? Infinity) <= beforeOffset
  if (!hasDone()) return 0
  await writeDigests(journal, journal.digests, arrivalNow(journal))
  let deleted = 0
  for (; hasDone(); deleted++) await rm(journal.segments.shift()!.path, { force: true })
  return deleted
}

/** Waits for what is queued, then closes the file. Later appends reject. */
export async function closeJournal(journal: Journal): Promise<void> {
  journal.isClosed = true
  await journal.flushing
  await journal.file.close()
}

/** Arrival time now: unix ms, never decreasing. */
export function arrivalNow(journal: Journal): number {
  return readArrivalMs(journal.clock, journal.readClocks())
}

function enqueue(journal: Journal, bytes: Uint8Array): Promise<void> {
  if (journal.isClosed) return Promise.reject(new JournalUnavailable('JOURNAL_CLOSED'))
  journal.lastRecordMs = journal.clock.arrivalMs
  return new Promise((resolve, reject) => {
    journal.queue.push({ bytes, resolve, reject })
    journal.queuedBytes += bytes.length
    journal.flushing ??= flush(journal)
  })
}

async function flush(journal: Journal): Promise<void> {
  // One turn of the event loop, so that requests that were decoded together share the first fdatasync too.
  await new Promise(setImmediate)
  while (journal.queue.length > 0) {
    const group = journal.queue
    journal.queue = []
    try {
      await writeGroup(journal, group)
      for (const waiting of group) waiting.resolve()
      journal.onDurable(journal.durableOffset)
    } catch (cause) {
      // Expected here: ENOSPC, EDQUOT, EFBIG, EIO. The senders keep their data and come back.
      journal.counters.diskErrors++
      await dropDirtyTail(journal).catch(() => {})
      const error = new JournalUnavailable('JOURNAL_DISK', { cause })
      for (const waiting of group) waiting.reject(error)
    }
    for (const waiting of group) journal.queuedBytes -= waiting.bytes.length
  }
  journal.flushing = null
}

async function writeGroup(journal: Journal, group: readonly Waiting[]): Promise<void> {
  await dropDirtyTail(journal)
  const segment = await currentSegment(journal)
  const buffers = group.map((waiting) => waiting.bytes)
  journal.hasDirtyTail = true
  const bytes = await writeAll(journal.file, buffers, HEADER_BYTES + segment.bytes)
  await journal.file.datasync()
  journal.counters.syncs++
  journal.hasDirtyTail = false
  segment.bytes += bytes
  journal.durableOffset += bytes
}

/** Takes back what a failed write may have left. Errors: the disk's own; the tail then stays marked. */
async function dropDirtyTail(journal: Journal): Promise<void> {
  if (!journal.hasDirtyTail) return
  await journal.file.truncate(HEADER_BYTES + journal.segments.at(-1)!.bytes)
  await journal.file.datasync()
  journal.hasDirtyTail = false
}

async function currentSegment(journal: Journal): Promise<KeptSegment> {
  const current = journal.segments.at(-1)!
  if (current.bytes < journal.segmentBytesMax) return current
  const next = await createSegment(journal, journal.durableOffset)
  await journal.file.close()
  journal.file = next.file
  journal.segments.push(next.segment)
  return next.segment
}

/** Makes an empty segment, durable in its folder. */
export async function createSegment(
  place: { readonly folder: string; readonly id: string; readonly openFile: OpenFile },
  startOffset: number,
): Promise<{ segment: KeptSegment; file: FileHandle }> {
  const path = join(place.folder, segmentName(startOffset))
  const file = await place.openFile(path, 'w+')
  try {
    await writeAll(file, [encodeHeader({ journalId: place.id, startOffset })], 0)
    await file.datasync()
    await syncFolder(place.folder)
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
  return { segment: { startOffset, path, bytes: 0 }, file }
}
