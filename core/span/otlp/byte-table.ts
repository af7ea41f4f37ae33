// A hash table from stretches of bytes to numbers. It keeps its own copy of what it knows, so that it
// outlives the bodies it learned from. Open addressing; probing is bounded, and a stretch that finds no
// room is simply not remembered, so that no chosen input makes it quadratic. Reads by words where it can.
import type { WireReader } from './wire.ts'

const PROBES_MAX = 16
/** A longer stretch is rarely met again. */
const STRETCH_BYTES_MAX = 1024
/** Then nothing more is remembered. */
const BYTES_MAX = 4_000_000
/** Numbers an entry, and where they stand. */
const ENTRY = 8
const HASH = 0
const MODE = 1
const FROM = 2
const LENGTH = 3
const VALUE = 4

export type ByteTable = {
  bytes: Uint8Array
  /** Covers exactly `bytes`. */
  view: DataView
  bytesEnd: number
  count: number
  entries: Int32Array
  /** Entry + 1, 0 = free. Length is a power of two. */
  slots: Int32Array
  /** Number of the entry found last. */
  value: number
  /** Where the stretch not found last would go. */
  hash: number
  free: number
}

/** Where a stretch is looked at: the bytes of a body. */
export type ByteSource = Pick<WireReader, 'bytes' | 'view'>

export function createByteTable(): ByteTable {
  const bytes = new Uint8Array(1024)
  return {
    bytes,
    view: new DataView(bytes.buffer),
    bytesEnd: 0,
    count: 0,
    entries: new Int32Array(64 * ENTRY),
    slots: new Int32Array(256),
    value: 0,
    hash: 0,
    free: -1,
  }
}

export function isByteTableFull(table: ByteTable): boolean {
  return table.bytesEnd > BYTES_MAX
}

/**
 * Whether a stretch equal to from .. to of the source, of the same mode, is known; `value` then is its
 * number. Positional because it runs once a kept attribute.
 */
export function findBytes(
  table: ByteTable,
  source: ByteSource,
  mode: number,
  from: number,
  to: number,
): boolean {
  const hash = hashBytes(source, mode, from, to)
  const { slots, entries } = table
  const mask = slots.length - 1
  table.free = -1
  for (let probe = 0; probe < PROBES_MAX; probe++) {
    const slot = (hash + probe) & mask
    const at = (slots[slot]! - 1) * ENTRY
    if (at < 0) {
      table.free = slot
      break
    }
    if (
      entries[at + HASH] === hash &&
      entries[at + MODE] === mode &&
      entries[at + LENGTH] === to - from &&
      isSame(table, entries[at + FROM]!, source, from, to - from)
    ) {
      table.value = entries[at + VALUE]!
      return true
    }
  }
  table.hash = hash
  return false
}

/** Remembers the stretch that findBytes did not find last; not when there is no room for it. */
export function addBytes(
  table: ByteTable,
  { bytes }: ByteSource,
  { mode, from, to }: { readonly mode: number; readonly from: number; readonly to: number },
  value: number,
): void {
  const length = to - from
  if (table.free < 0 || length > STRETCH_BYTES_MAX || isByteTableFull(table)) return
  const at = table.count * ENTRY
  if (at === table.entries.length) {
    const entries = new Int32Array(table.entries.length * 2)
    entries.set(table.entries)
    table.entries = entries
  }
  if (table.bytesEnd + length > table.bytes.length) growBytes(table)
  for (let byte = 0; byte < length; byte++) table.bytes[table.bytesEnd + byte] = bytes[from + byte]!
  table.entries[at + HASH] = table.hash
  table.entries[at + MODE] = mode
  table.entries[at + FROM] = table.bytesEnd
  table.entries[at + LENGTH] = length
  table.entries[at + VALUE] = value
  table.bytesEnd += length
  table.count++
  table.slots[table.free] = table.count
  if (table.count * 2 > table.slots.length) growSlots(table)
}

/** The last word may overlap the one before. */
function hashBytes({ bytes, view }: ByteSource, mode: number, from: number, to: number): number {
  let hash = Math.imul(mode ^ (to - from), 0x9e3779b1)
  const last = to - 4
  if (last >= from) {
    for (let at = from; at < last; at += 4) {
      hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x9e3779b1)
  } else for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x85ebca6b)
  return hash ^ (hash >>> 15)
}

function isSame(
  { bytes, view }: ByteTable,
  known: number,
  source: ByteSource,
  from: number,
  length: number,
): boolean {
  const last = length - 4
  if (last < 0) {
    for (let at = 0; at < length; at++)
      if (bytes[known + at] !== source.bytes[from + at]) return false
    return true
  }
  for (let at = 0; at < last; at += 4) {
    if (view.getInt32(known + at, true) !== source.view.getInt32(from + at, true)) return false
  }
  return view.getInt32(known + last, true) === source.view.getInt32(from + last, true)
}

function growBytes(table: ByteTable): void {
  const bytes = new Uint8Array(table.bytes.length * 2)
  bytes.set(table.bytes)
  table.bytes = bytes
  table.view = new DataView(bytes.buffer)
}

function growSlots(table: ByteTable): void {
  const slots = new Int32Array(table.slots.length * 4)
  const mask = slots.length - 1
  for (let entry = 0; entry < table.count; entry++) {
    const hash = table.entries[entry * ENTRY + HASH]!
    let probe = 0
    while (probe < PROBES_MAX && slots[(hash + probe) & mask] !== 0) probe++
    if (probe < PROBES_MAX) slots[(hash + probe) & mask] = entry + 1
  }
  table.slots = slots
}
