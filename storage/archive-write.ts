// Writes a backup's file (archive-format.ts): streaming, compressed, beside its name until it is whole.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { finished, pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import {
  FORMAT,
  FORMAT_VERSION,
  HEAD_BYTES,
  type Header,
  type Sequences,
  type TableEnd,
  type TableStart,
} from './archive-format.ts'

/** COPY data is gathered to records of about this size. */
const RECORD_BYTES = 256 * 1024

export type ArchiveWriter = {
  readonly header: (header: Omit<Header, 'format' | 'formatVersion'>) => Promise<void>
  /** Writes a table from its COPY text; returns the number of its rows. */
  readonly table: (start: TableStart, rows: AsyncIterable<Uint8Array>) => Promise<number>
  readonly sequences: (sequences: Sequences) => Promise<void>
}

/** Bytes of the file. */
export type WrittenArchive = { readonly bytes: number }

/**
 * Writes an archive: beside the file first, synced, then renamed, readable by its owner alone. A
 * failure leaves nothing.
 */
export async function writeArchive(
  file: string,
  write: (writer: ArchiveWriter) => Promise<void>,
): Promise<WrittenArchive> {
  const beside = `${file}.part`
  const gzip = createGzip({ level: 6 })
  const output = createWriteStream(beside, { mode: 0o600 })
  const done = pipeline(gzip, output)
  done.catch(() => {}) // met where it is awaited
  try {
    const whole = createHash('sha256')
    const put = async (type: string, payload: Uint8Array) => {
      const record = Buffer.concat([headOf(type, payload.length), payload])
      whole.update(record)
      if (!gzip.write(record)) await Promise.race([drained(gzip), done])
    }
    const putJson = (type: string, value: unknown) => put(type, Buffer.from(JSON.stringify(value)))
    await write({
      header: (header) =>
        putJson('H', { format: FORMAT, formatVersion: FORMAT_VERSION, ...header }),
      table: async (start, rows) => {
        await putJson('T', start)
        const end = await putRows(rows, put)
        await putJson('E', end)
        return end.rows
      },
      sequences: (sequences) => putJson('S', sequences),
    })
    await putJson('Z', { sha256: whole.copy().digest('hex') })
    gzip.end()
    await done
    await syncFile(beside)
    await rename(beside, file)
    return { bytes: output.bytesWritten }
  } catch (error) {
    gzip.destroy()
    await finished(output).catch(() => {}) // it has ended, one way or another
    await rm(beside, { force: true })
    throw error
  }
}

function headOf(type: string, length: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(length, 1)
  return head
}

function drained(gzip: ReturnType<typeof createGzip>): Promise<void> {
  return new Promise((resolve) => gzip.once('drain', resolve))
}

/** COPY text has a line feed at each row's end and nowhere else. */
async function putRows(
  rows: AsyncIterable<Uint8Array>,
  put: (type: string, payload: Uint8Array) => Promise<void>,
): Promise<TableEnd> {
  const hash = createHash('sha256')
  let count = 0
  let gathered: Uint8Array[] = []
  let bytes = 0
  const flush = async () => {
    if (bytes > 0) await put('D', Buffer.concat(gathered))
    gathered = []
    bytes = 0
  }
  for await (const chunk of rows) {
    hash.update(chunk)
    count += countRows(chunk)
    gathered.push(chunk)
    bytes += chunk.length
    if (bytes >= RECORD_BYTES) await flush()
  }
  await flush()
  return { rows: count, sha256: hash.digest('hex') }
}

function countRows(chunk: Uint8Array): number {
  let count = 0
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++
  return count
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
