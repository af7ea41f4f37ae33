// Writing bytes so that they stay: whole buffers at a position, folders synced after a change of names.
import { type FileHandle, open } from 'node:fs/promises'

/** Opens a file for the journal; a test hands in one that runs out of space. */
export type OpenFile = (path: string, flags: string) => Promise<FileHandle>

/** Writes all buffers one after another from `position` on; the bytes written. A short write is continued. */
export async function writeAll(
  file: FileHandle,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<number> {
  let left = [...buffers]
  let written = 0
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, position + written)
    written += bytesWritten
    left = skipBytes(left, bytesWritten)
  }
  return written
}

/** Makes new, renamed and deleted names of a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function skipBytes(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes
  const left: Uint8Array[] = []
  for (const buffer of buffers) {
    if (skip < buffer.length) left.push(buffer.subarray(skip))
    skip = Math.max(0, skip - buffer.length)
  }
  return left
}
