// Reads a backup's file (archive-format.ts), streaming, and checks every count and checksum on the way.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import {
  End,
  FORMAT_VERSION,
  HEAD_BYTES,
  Header,
  RECORD_BYTES_MAX,
  Sequences,
  TableEnd,
  TableStart,
} from './archive-format.ts'
import { errorCode, StorageError } from './failure.ts'

export type ArchiveReader = {
  readonly header: (header: Header) => Promise<void>
  /** Takes a table's rows; must read them to their end. Returns how many it stored. */
  readonly table: (start: TableStart, rows: AsyncIterable<Uint8Array>) => Promise<number>
  readonly sequences: (sequences: Sequences) => Promise<void>
}

/**
 * Reads an archive from begin to end; whoever stores what it hands out must keep it only when this
 * returns. Errors: StorageError ARCHIVE_UNREADABLE, ARCHIVE_NEWER, ARCHIVE_DAMAGED.
 */
export async function readArchive(file: string, reader: ArchiveReader): Promise<void> {
  const gunzip = createGunzip()
  const input = createReadStream(file)
  input.once('error', (error) => gunzip.destroy(error))
  input.pipe(gunzip)
  try {
    await readRecords(file, gunzip, reader)
  } catch (error) {
    throw explainRead(error, file)
  } finally {
    input.destroy()
    gunzip.destroy()
  }
}

async function readRecords(
  file: string,
  bytes: AsyncIterable<Buffer>,
  reader: ArchiveReader,
): Promise<void> {
  const whole = createHash('sha256')
  const records = splitRecords(bytes, whole)[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await records.next()
    if (done) throw damaged(file)
    return value as ArchiveRecord
  }
  const first = await next()
  if (first.type !== 'H') throw damaged(file)
  await reader.header(readHeader(first, file))
  for (let record = await next(); ; record = await next()) {
    if (record.type === 'T') {
      const rows = tableRows(next)
      const stored = await reader.table(TableStart.parse(parse(record)), rows.chunks)
      const end = rows.end()
      if (!end || stored !== end.rows) throw damaged(file)
    } else if (record.type === 'Q') continue
    else if (record.type === 'S') await reader.sequences(Sequences.parse(parse(record)))
    else if (record.type === 'Z') {
      if (End.parse(parse(record)).sha256 !== record.sha256Before) throw damaged(file)
      // To the end of the stream, where gzip has its own checksum.
      if (!(await records.next()).done) throw damaged(file)
      return
    } else throw damaged(file)
  }
}

type ArchiveRecord = {
  readonly type: string
  readonly payload: Buffer
  /** Of everything before this record; for Z alone. */
  readonly sha256Before: string
}

async function* splitRecords(
  bytes: AsyncIterable<Buffer>,
  whole: Hash,
): AsyncGenerator<ArchiveRecord, void> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= HEAD_BYTES) {
      const type = rest.toString('latin1', at, at + 1)
      const length = rest.readUInt32BE(at + 1)
      if (!/[HTDEQSZ]/.test(type) || length > RECORD_BYTES_MAX) throw new NotOurs()
      const end = at + HEAD_BYTES + length
      if (end > rest.length) break
      const sha256Before = type === 'Z' ? whole.copy().digest('hex') : ''
      whole.update(rest.subarray(at, end))
      yield { type, payload: rest.subarray(at + HEAD_BYTES, end), sha256Before }
      at = end
    }
    rest = rest.subarray(at)
  }
}

/** Thrown where the bytes cannot be records of ours. */
class NotOurs extends Error {}

/** The D records of one table, and its E record once they have been read. */
function tableRows(next: () => Promise<ArchiveRecord>) {
  let end: TableEnd | null = null
  async function* read(): AsyncGenerator<Uint8Array, void> {
    const hash = createHash('sha256')
    for (let record = await next(); ; record = await next()) {
      if (record.type === 'D') {
        hash.update(record.payload)
        yield record.payload
        continue
      }
      const told = TableEnd.parse(parse(record))
      if (record.type === 'E' && told.sha256 === hash.digest('hex')) end = told
      return
    }
  }
  return { chunks: read(), end: () => end }
}

function parse(record: ArchiveRecord): unknown {
  return JSON.parse(record.payload.toString('utf8'))
}

function readHeader(record: ArchiveRecord, file: string): Header {
  const { formatVersion } = z.object({ formatVersion: z.number() }).parse(parse(record))
  if (formatVersion > FORMAT_VERSION) {
    const text = `${file} was made by a newer version of Strayline; restore it with that one.`
    throw new StorageError('ARCHIVE_NEWER', text)
  }
  const header = Header.safeParse(parse(record))
  if (!header.success) throw damaged(file)
  return header.data
}

function damaged(file: string, cause?: unknown): StorageError {
  const text = `${file} is no whole backup of Strayline; nothing of it was restored.`
  return new StorageError('ARCHIVE_DAMAGED', text, cause)
}

function explainRead(error: unknown, file: string): unknown {
  const code = errorCode(error) ?? ''
  if (error instanceof NotOurs || code === 'Z_DATA_ERROR') return damaged(file, error)
  if (code === 'Z_BUF_ERROR' || error instanceof z.ZodError || error instanceof SyntaxError)
    return damaged(file, error)
  if (['ENOENT', 'EACCES', 'EISDIR', 'EPERM'].includes(code)) {
    const text = `${file} cannot be read (${code}).`
    return new StorageError('ARCHIVE_UNREADABLE', text, error)
  }
  return error
}
