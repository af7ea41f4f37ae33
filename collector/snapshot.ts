// Snapshots of the fold beside the journal, so that a restart folds only the tail again. Two are kept: if the
// newest is damaged, the one before still reaches back to records that are kept too.
// File: magic, version, crc32c of the rest; the rest is a Snapshot (snapshot-bytes.ts; version 1: v8.serialize).
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { deserialize } from 'node:v8'
import type { FoldOptions } from '../core/fold/options.ts'
import { crc32c } from './journal/crc32c.ts'
import { deserializePieces, serializePieces } from './snapshot-bytes.ts'

export type Snapshot = {
  readonly journalId: string
  /** End of the last record in the state. */
  readonly offset: number
  /** Arrival time of that record, unix ms. */
  readonly nowMs: number
  readonly foldVersion: number
  /** The options the state was made under: it is never folded further under others. */
  readonly foldOptions: FoldOptions
  /** saveFold's value. */
  readonly state: unknown
}

const MAGIC = 0x534c5453 // 'STLS'
const FILE_VERSION = 2
/** Written by releases before: still read. */
const FILE_VERSION_OF_ONE_PIECE = 1
const HEADER_BYTES = 12
const KEPT = 2

/** Writes a snapshot whole or not at all, and drops all but the newest two. Bytes written. */
export function writeSnapshot(folder: string, snapshot: Snapshot): number {
  mkdirSync(folder, { recursive: true })
  const pieces = serializePieces(snapshot)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt8(FILE_VERSION, 4)
  header.writeUInt32LE(
    pieces.reduce((crc, piece) => crc32c(piece, crc), 0),
    8,
  )
  const path = join(folder, nextName(folder, snapshot.offset))
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w')
  try {
    for (const piece of [header, ...pieces])
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  for (const name of listNames(folder).slice(KEPT)) rmSync(join(folder, name))
  syncFolder(folder)
  return pieces.reduce((bytes, piece) => bytes + piece.length, HEADER_BYTES)
}

/**
 * The newest undamaged snapshot of this journal that is not past an offset. Damaged ones are counted and
 * renamed: as one of the two kept, a damaged one would push out the good one that is still needed.
 */
export function readNewestSnapshot(
  folder: string,
  notPast: { readonly journalId: string; readonly offset: number },
): { readonly snapshot: Snapshot | null; readonly damaged: number } {
  let damaged = 0
  for (const name of listNames(folder)) {
    const snapshot = readSnapshot(join(folder, name))
    if (!snapshot) {
      damaged++
      renameSync(join(folder, name), join(folder, `${name}.damaged`))
    } else if (snapshot.journalId === notPast.journalId && snapshot.offset <= notPast.offset)
      return { snapshot, damaged }
  }
  return { snapshot: null, damaged }
}

/** Offset of the older kept snapshot: records before it are needed no more. null while there are not two. */
export function olderSnapshotOffset(folder: string): number | null {
  const older = listNames(folder)[KEPT - 1]
  return older === undefined ? null : offsetOf(older)
}

/** Drops all snapshots: a fold that starts anew must never meet an older state again. */
export function dropSnapshots(folder: string): void {
  for (const name of listNames(folder)) rmSync(join(folder, name))
}

/** Null when the file is not a whole snapshot of a known version. */
function readSnapshot(path: string): Snapshot | null {
  const bytes = readFileSync(path)
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return null
  const body = bytes.subarray(HEADER_BYTES)
  const version = bytes.readUInt8(4)
  if (version !== FILE_VERSION && version !== FILE_VERSION_OF_ONE_PIECE) return null
  if (bytes.readUInt32LE(8) !== crc32c(body)) return null
  // Our own bytes: the crc vouches for them.
  return (version === FILE_VERSION ? deserializePieces(body) : deserialize(body)) as Snapshot
}

/** Newest first. Names: offset and a running number in hex, so that their order is the order of time. */
function listNames(folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  const names = readdirSync(folder).filter((name) =>
    /^[0-9a-f]{16}-[0-9a-f]{4}\.snapshot$/.test(name),
  )
  return names.sort().reverse()
}

function nextName(folder: string, offset: number): string {
  const start = offset.toString(16).padStart(16, '0')
  const newest = listNames(folder).find((name) => name.startsWith(start))
  const number = newest ? Number.parseInt(newest.slice(17, 21), 16) + 1 : 0
  return `${start}-${number.toString(16).padStart(4, '0')}.snapshot`
}

function offsetOf(name: string): number {
  return Number.parseInt(name.slice(0, 16), 16)
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
