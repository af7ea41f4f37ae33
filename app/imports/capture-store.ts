// The folder of captures on their way in: `<dataDir>/imports`, a file an upload, readable by its owner only,
// there for as long as the import runs. What a crash left is swept at the next start.
import { mkdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import path from 'node:path'

export type StoredCapture = {
  readonly path: string
  /** Appends. Errors: rejects when the disk is full or cannot be written. */
  readonly append: (bytes: Uint8Array) => Promise<void>
  /** After the last append: what follows only reads it. */
  readonly close: () => Promise<void>
  /** Deletes it; may be called at any time and again. */
  readonly remove: () => Promise<void>
}

/** Deletes every capture. Called when the web process starts and when it ends. */
export function sweepCaptures(dataDir: string): void {
  rmSync(folderOf(dataDir), { recursive: true, force: true })
}

/** A new, empty file. id: ours, a part of a path. */
export async function createCapture(dataDir: string, id: string): Promise<StoredCapture> {
  mkdirSync(folderOf(dataDir), { recursive: true, mode: 0o700 })
  const file = path.join(folderOf(dataDir), id)
  let handle: FileHandle | null = await open(file, 'wx', 0o600)
  const close = async () => {
    const closing = handle
    handle = null
    await closing?.close()
  }
  return {
    path: file,
    append: async (bytes) => {
      if (handle === null) throw new Error('the capture is closed')
      await handle.appendFile(bytes)
    },
    close,
    remove: async () => {
      await close()
      await rm(file, { force: true })
    },
  }
}

function folderOf(dataDir: string): string {
  return path.join(path.resolve(dataDir), 'imports')
}
