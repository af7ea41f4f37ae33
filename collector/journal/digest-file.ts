// The digests of requests whose segments are deleted: written before they go, read when a journal is opened.
// File: u32 magic, u8 version, 3 bytes of nothing, u32 crc32c of the entries; an entry is f64 arrival ms,
// u32 rejected spans, 32 bytes digest. All numbers little-endian.
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from './crc32c.ts'
import { type DigestIndex, listDurable, recallAnswer } from './digests.ts'
import { type OpenFile, syncFolder, writeAll } from './write.ts'

const MAGIC = 0x444c5453 // 'STLD'
const VERSION = 1
const HEADER_BYTES = 12
const ENTRY_BYTES = 44
const FILE_NAME = 'digests'

/** Writes what the index knows for sure, whole or not at all. nowMs: arrival time. Errors: the disk's own. */
export async function writeDigests(
  place: { readonly folder: string; readonly openFile: OpenFile },
  index: DigestIndex,
  nowMs: number,
): Promise<void> {
  const entries = [...listDurable(index, nowMs)]
  const body = Buffer.alloc(entries.length * ENTRY_BYTES)
  for (const [at, { arrivalMs, rejected, digest }] of entries.entries()) {
    body.writeDoubleLE(arrivalMs, at * ENTRY_BYTES)
    body.writeUInt32LE(rejected, at * ENTRY_BYTES + 8)
    body.set(digest, at * ENTRY_BYTES + 12)
  }
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt8(VERSION, 4)
  header.writeUInt32LE(crc32c(body), 8)
  const path = join(place.folder, FILE_NAME)
  const file = await place.openFile(`${path}.tmp`, 'w')
  try {
    await writeAll(file, [header, body], 0)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.tmp`, path)
  await syncFolder(place.folder)
}

/** Adds what an earlier process wrote. False when there is a file that cannot be read; none is fine. */
export async function readDigests(folder: string, index: DigestIndex): Promise<boolean> {
  const bytes = await readFile(join(folder, FILE_NAME)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return null
  })
  if (bytes === null) return true
  const body = bytes.subarray(HEADER_BYTES)
  if (bytes.length < HEADER_BYTES || body.length % ENTRY_BYTES > 0) return false
  if (bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt8(4) !== VERSION) return false
  if (bytes.readUInt32LE(8) !== crc32c(body)) return false
  for (let at = 0; at < body.length; at += ENTRY_BYTES) {
    const told = { arrivalMs: body.readDoubleLE(at), rejected: body.readUInt32LE(at + 8) }
    recallAnswer(index, body.subarray(at + 12, at + ENTRY_BYTES), told)
  }
  return true
}
