// The allow-list by bytes: which kept attribute a key is, without making a string of it.

import { FAMILY_PREFIXES, familyOfKey } from '../families.ts'
import type { WireReader } from './wire.ts'

/** A power of two. */
const SLOTS = 512
const NAME_BYTES_MIN = 4

/** `slots` is open addressing over the names: position + 1, 0 = free. */
export type KeyTable = {
  readonly slots: Uint8Array
  readonly bytes: Uint8Array
  readonly view: DataView
  /** names.length + 1 entries: name i is bytes starts[i] .. starts[i + 1]. */
  readonly starts: Uint16Array
  /** Family bits by name. */
  readonly families: Uint8Array
}

const PREFIXES = FAMILY_PREFIXES.map(({ prefix, family }) => ({
  bytes: new TextEncoder().encode(prefix),
  family,
}))
/** By first byte: no two prefixes begin alike. */
const PREFIX_OF_BYTE = Array.from({ length: 256 }, (_, byte) =>
  PREFIXES.find(({ bytes }) => bytes[0] === byte),
)

/** names: at most 255, ASCII, of 4 characters or more. */
export function createKeyTable(names: readonly string[]): KeyTable {
  const encoded = names.map((name) => new TextEncoder().encode(name))
  const starts = new Uint16Array(names.length + 1)
  for (const [name, key] of encoded.entries()) starts[name + 1] = starts[name]! + key.length
  const bytes = new Uint8Array(starts[names.length]!)
  const slots = new Uint8Array(SLOTS)
  for (const [name, key] of encoded.entries()) {
    bytes.set(key, starts[name])
    let slot = slotOf(key, 0, key.length)
    while (slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1)
    slots[slot] = name + 1
  }
  return {
    slots,
    bytes,
    view: new DataView(bytes.buffer),
    starts,
    families: Uint8Array.from(names, familyOfKey),
  }
}

/** Position of the name that equals these bytes, or -1. */
export function matchKey(table: KeyTable, wire: WireReader, start: number, end: number): number {
  const length = end - start
  if (length < NAME_BYTES_MIN) return -1
  const { slots, starts } = table
  let slot = slotOf(wire.bytes, start, end)
  for (;;) {
    const name = slots[slot]! - 1
    if (name < 0) return -1
    const from = starts[name]!
    if (starts[name + 1]! - from === length && isName(table, from, wire.view, start, length)) {
      return name
    }
    slot = (slot + 1) & (SLOTS - 1)
  }
}

/** By words, backwards (names differ at their ends); the first word may overlap the second. */
function isName(
  table: KeyTable,
  from: number,
  view: DataView,
  start: number,
  length: number,
): boolean {
  for (let at = length - 4; at > 0; at -= 4) {
    if (table.view.getInt32(from + at, true) !== view.getInt32(start + at, true)) return false
  }
  return table.view.getInt32(from, true) === view.getInt32(start, true)
}

/** Family bits of a key that is not in the table. */
export function familyOfBytes(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0
  const prefix = PREFIX_OF_BYTE[bytes[start]!]
  if (prefix === undefined) return 0
  const { length } = prefix.bytes
  if (length > end - start) return 0
  for (let at = 1; at < length; at++) if (prefix.bytes[at] !== bytes[start + at]) return 0
  return prefix.family
}

/** Length and three bytes tell the names apart well enough; start < end. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  const middle = bytes[start + (length >> 1)]!
  const hash =
    bytes[end - 1]! * 61 + middle * 17 + bytes[end - 1 - (length >> 2)]! * 5 + length * 131
  return hash & (SLOTS - 1)
}
