// A lock between processes of one machine: a file that holds its owner's pid. The file of a dead
// owner is taken over, so that kill -9 never leaves a lock behind.
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, StorageError } from './failure.ts'

const WAIT_MS = 50
const WAIT_MS_MAX = 90_000
const EMPTY_MS_MAX = 5_000

/** Runs `work` while no other process (nor another call in this one) holds the lock file. */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await acquire(file)
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function acquire(file: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < WAIT_MS_MAX; waitedMs += WAIT_MS) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 })
      return
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
    if (!(await removeStale(file))) await sleep(WAIT_MS)
  }
  const text = `Another process holds the lock file ${file}; remove it if none does.`
  throw new StorageError('LOCK_HELD', text)
}

/** Renames before removing, so that of several waiters only one takes the stale file away. */
async function removeStale(file: string): Promise<boolean> {
  const isStale = await isAbandoned(file)
  if (isStale === null) return true // gone meanwhile
  if (!isStale) return false
  const aside = `${file}.${process.pid}`
  try {
    await rename(file, aside)
    await rm(aside, { force: true })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error // another waiter was first
  }
  return true
}

/** Null when there is no file. An empty one is being written, or was when its owner was killed. */
async function isAbandoned(file: string): Promise<boolean | null> {
  try {
    const [text, { mtimeMs }] = [await readFile(file, 'utf8'), await stat(file)]
    const pid = Number(text)
    if (Number.isInteger(pid) && pid > 0) return !isAlive(pid)
    return Date.now() - mtimeMs > EMPTY_MS_MAX
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
