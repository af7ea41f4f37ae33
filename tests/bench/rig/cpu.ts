// Processor time by thread of a process, and of the database's processes, from /proc (Linux): what a stage costs
// is then known whatever else the machine does.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Seconds of processor time so far. */
export type CpuTimes = {
  readonly byThread: readonly ThreadTime[]
  /** All processes of the embedded Postgres. */
  readonly databaseSeconds: number
}

export type ThreadTime = {
  readonly id: number
  readonly name: string
  readonly userSeconds: number
  readonly systemSeconds: number
}

/** Clock ticks a second in /proc. Source: proc(5); 100 on every Linux of today. */
const TICKS = 100

export function readCpu(pid: number, dataDir: string): CpuTimes {
  return { byThread: readThreads(pid), databaseSeconds: readDatabaseSeconds(dataDir) }
}

function readThreads(pid: number): ThreadTime[] {
  const folder = `/proc/${pid}/task`
  return readdirSync(folder).map((id) => ({ id: Number(id), ...readStat(path.join(folder, id)) }))
}

function readStat(folder: string) {
  const stat = readFileSync(path.join(folder, 'stat'), 'utf8')
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // utime and stime are the 14th and 15th field, the third follows the name.
  const seconds = (field: number) => Number(fields[field - 3]) / TICKS
  return { name, userSeconds: seconds(14), systemSeconds: seconds(15), parent: Number(fields[1]) }
}

/** Those of the server's processes that are gone by now are in its own time for children. */
function readDatabaseSeconds(dataDir: string): number {
  const lines = readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')
  const postmaster = Number(lines[0])
  let seconds = 0
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const { parent, userSeconds, systemSeconds } = readStat(`/proc/${entry}`)
      if (parent === postmaster || Number(entry) === postmaster)
        seconds += userSeconds + systemSeconds
    } catch {
      // A process that ended since it was listed.
    }
  }
  return seconds
}
