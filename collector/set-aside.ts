// Records and results that cannot be taken in. A record on which the fold failed twice (each failure ends the
// process) is left out from then on; a result that the database refused twice on its data is kept beside the
// journal. Both are counted and named in the log: without this, one bad record would be a crash loop.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { serialize } from 'node:v8'

const STRIKES_MAX = 2
const FILES_MAX = 100

export type SetAside = {
  readonly folder: string
  readonly journalId: string
  /** Failures of the fold by the start offset of the record. */
  readonly strikes: Map<number, number>
  /** Results written by this process. */
  written: number
}

/** Strikes of another journal mean other records; a damaged note is renamed, and costs two more deaths at most. */
export function openSetAside(folder: string, journalId: string): SetAside {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'strikes.json')
  const noted = existsSync(path) ? readStrikes(path) : null
  const strikes = new Map(noted?.journalId === journalId ? noted.strikes : [])
  return { folder, journalId, strikes, written: 0 }
}

type Strikes = {
  readonly journalId: string
  readonly strikes: readonly (readonly [number, number])[]
}

function readStrikes(path: string): Strikes | null {
  const strikes = parseStrikes(readFileSync(path, 'utf8'))
  if (strikes === null) renameSync(path, `${path}.damaged`)
  return strikes
}

function parseStrikes(text: string): Strikes | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return isStrikes(parsed) ? parsed : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isStrikes(value: unknown): value is Strikes {
  if (typeof value !== 'object' || value === null) return false
  if (!('journalId' in value) || !('strikes' in value) || !Array.isArray(value.strikes))
    return false
  const isPair = (entry: unknown) => Array.isArray(entry) && entry.every(Number.isSafeInteger)
  return typeof value.journalId === 'string' && value.strikes.every(isPair)
}

export function isSetAside(setAside: SetAside, startOffset: number): boolean {
  return (setAside.strikes.get(startOffset) ?? 0) >= STRIKES_MAX
}

/** How many records are left out. */
export function countSetAside(setAside: SetAside): number {
  let count = 0
  for (const strikes of setAside.strikes.values()) if (strikes >= STRIKES_MAX) count++
  return count
}

/** Notes that the fold failed on a record, durably: the process ends after this. */
export function strikeRecord(setAside: SetAside, startOffset: number): number {
  const strikes = (setAside.strikes.get(startOffset) ?? 0) + 1
  setAside.strikes.set(startOffset, strikes)
  const noted: Strikes = { journalId: setAside.journalId, strikes: [...setAside.strikes] }
  const text = JSON.stringify(noted)
  writeDurably(join(setAside.folder, 'strikes.json'), Buffer.from(text))
  return strikes
}

/** Keeps a refused result for a person to look at; bounded, so that refusals cannot fill the disk. */
export function keepRefused(setAside: SetAside, name: string, refused: unknown): void {
  setAside.written++
  if (setAside.written > FILES_MAX) return
  writeDurably(join(setAside.folder, `${name}.refused`), serialize(refused))
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(`${path}.tmp`, 'w')
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.tmp`, path)
}
