// Loaded into a collector before it starts: while the file named by FAULT_FILE exists, the disk is full for the
// journal. Writes fail after a part of them, as a full disk's do.
import { existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const flag = String(process.env.FAULT_FILE)
const handle = await open(import.meta.filename, 'r')
type Write = (buffers: readonly Uint8Array[], position: number) => Promise<unknown>
const methods = Object.getPrototypeOf(handle) as { writev: Write }
await handle.close()
const { writev } = methods

methods.writev = async function (this: FileHandle, buffers, position) {
  if (!existsSync(flag)) return writev.call(this, buffers, position)
  await writev.call(this, [buffers[0]!.subarray(0, 1)], position)
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}
