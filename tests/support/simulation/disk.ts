// A disk that a crash can tear: what was written since a file's last sync is kept, cut or garbled at random
// when the machine dies, and at a chosen operation it dies by itself. Durability is simulated, so no real
// fdatasync is paid for.
import { type FileHandle, open, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import type { OpenFile } from '../../../collector/journal/write.ts'
import type { Random } from '../random.ts'

export type SimulatedDisk = {
  readonly openFile: OpenFile
  /** Operations from now on until the machine dies in one; Infinity: not by itself. */
  dieAfter: number
  isDead: boolean
  /** Bytes by path that a crash cannot take. */
  readonly syncedBytes: Map<string, number>
  readonly handles: Set<FileHandle>
  readonly random: Random
}

export function createDisk(random: Random): SimulatedDisk {
  const disk: SimulatedDisk = {
    openFile: (path, flags) => openOn(disk, path, flags),
    dieAfter: Number.POSITIVE_INFINITY,
    isDead: false,
    syncedBytes: new Map(),
    handles: new Set(),
    random,
  }
  return disk
}

/** The machine dies: what was not synced is torn, handles are gone. Then the disk can be used again. */
export async function crashDisk(disk: SimulatedDisk): Promise<void> {
  disk.isDead = true
  for (const handle of disk.handles) await handle.close().catch(() => {})
  disk.handles.clear()
  for (const [path, synced] of disk.syncedBytes) await tear(disk, path, synced)
  disk.syncedBytes.clear()
  disk.isDead = false
  disk.dieAfter = Number.POSITIVE_INFINITY
}

async function tear(disk: SimulatedDisk, path: string, synced: number): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size <= synced) return
  const kept = synced + Math.floor(disk.random() * (size - synced + 1))
  await truncate(path, kept)
  if (kept === synced || disk.random() < 0.5) return
  const bytes = await readFile(path)
  const at = synced + Math.floor(disk.random() * (kept - synced))
  bytes[at] = bytes[at]! ^ (1 << Math.floor(disk.random() * 8))
  await writeFile(path, bytes)
}

async function openOn(disk: SimulatedDisk, path: string, flags: string): Promise<FileHandle> {
  step(disk)
  const handle = await open(path, flags)
  disk.handles.add(handle)
  const { size } = await handle.stat()
  disk.syncedBytes.set(path, size)
  return new Proxy(handle, {
    get: (_, key) => {
      if (key === 'then') return undefined // awaited, it is asked whether it is a promise
      if (key === 'writev') return (...args: Parameters<FileHandle['writev']>) => writeTorn(args)
      if (key === 'datasync') return sync
      if (key === 'truncate') return cut
      if (key === 'close') return close
      throw new Error(`the journal uses ${String(key)} of a file: teach it to the simulated disk`)
    },
  })

  async function writeTorn(args: Parameters<FileHandle['writev']>) {
    const isLast = disk.dieAfter <= 1
    try {
      step(disk)
    } catch (error) {
      // The dying write leaves a part of itself.
      if (isLast) await handle.writev(...args).catch(() => {})
      throw error
    }
    return handle.writev(...args)
  }
  async function sync() {
    step(disk)
    disk.syncedBytes.set(path, (await handle.stat()).size)
  }
  async function cut(bytes: number) {
    step(disk)
    await handle.truncate(bytes)
    disk.syncedBytes.set(path, Math.min(bytes, disk.syncedBytes.get(path) ?? bytes))
  }
  async function close() {
    disk.handles.delete(handle)
    await handle.close()
  }
}

/** Counts an operation. Errors: throws EIO from the one on in which the machine dies. */
function step(disk: SimulatedDisk): void {
  if (disk.isDead || --disk.dieAfter <= 0) {
    disk.isDead = true
    throw Object.assign(new Error('simulated: the machine died'), { code: 'EIO' })
  }
}
