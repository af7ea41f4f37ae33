// The allow-list by bytes: which kept attribute a key is, without making a string of it.
import { FAMILY_PREFIXES, familyOfKey } from '../families.ts'

const SLOTS = 512

/** `slots` is open addressing over the names: position + 1, 0 = free. */
export type KeyTable = {
  readonly slots: Uint8Array
  readonly bytes: Uint8Array
  /** names.length + 1 entries: name i is bytes starts[i] .. starts[i + 1]. */
  readonly starts: Uint16Array
  /** Family bits by name. */
  readonly families: Uint8Array
}

const PREFIXES = FAMILY_PREFIXES.map(({ prefix, family }) => ({
  bytes: new TextEncoder().encode(prefix),
  family,
}))

/** names: at most 255, ASCII. */
export function createKeyTable(names: readonly string[]): KeyTable {
  const encoded = names.map((name) => new TextEncoder().encode(name))
  const starts = new Uint16Array(names.length + 1)
  for (const [name, key] of encoded.entries()) starts[name + 1] = starts[name]! + key.length
  const bytes = new Uint8Array(starts[names.length]!)
  const slots = new Uint8Array(SLOTS)
  for (const [name, key] of encoded.entries()) {
    bytes.set(key, starts[name])
    let slot = slotOf(key, 0, key.length)
    while (slots[slot] !== 0) slot = (slot + 1) % SLOTS
    slots[slot] = name + 1
  }
  return { slots, bytes, starts, families: Uint8Array.from(names, familyOfKey) }
}

/** Position of the name that equals these bytes, or -1. */
export function matchKey(table: KeyTable, bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return -1
  let slot = slotOf(bytes, start, end)
  for (;;) {
    const name = table.slots[slot]! - 1
    if (name < 0) return -1
    const from = table.starts[name]!
    if (table.starts[name + 1]! - from === end - start) {
      // Backwards: names differ at their ends.
      let at = end - start - 1
      while (at >= 0 && table.bytes[from + at] === bytes[start + at]) at--
      if (at < 0) return name
    }
    slot = (slot + 1) % SLOTS
  }
}

/** Family bits of a key that is not in the table. */
export function familyOfBytes(bytes: Uint8Array, start: number, end: number): number {
  for (let index = 0; index < PREFIXES.length; index++) {
    const prefix = PREFIXES[index]!
    if (prefix.bytes[0] !== bytes[start] || prefix.bytes.length > end - start) continue
    let at = prefix.bytes.length - 1
    while (at > 0 && prefix.bytes[at] === bytes[start + at]) at--
    if (at === 0) return prefix.family
  }
  return 0
}

/** Length and three bytes tell the names apart well enough; start < end. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  const middle = bytes[start + (length >> 1)]!
  const hash =
    bytes[end - 1]! * 61 + middle * 17 + bytes[end - 1 - (length >> 2)]! * 5 + length * 131
  return hash % SLOTS
}
