// Hash tables of whole numbers in typed arrays: no object an entry, no string a key. Hashes are keyed by a
// seed that no sender knows, so that ids cannot be chosen to collide; results never depend on it.
// Tables are plain values, so they go into a snapshot as they are.

/** Three odd multipliers and an offset, drawn from a seed. */
export type HashKeys = Int32Array

/** seed: any whole number of 32 bits; equal seeds give equal keys. */
export function createHashKeys(seed: number): HashKeys {
  const keys = new Int32Array(4)
  let state = seed | 0
  for (let i = 0; i < keys.length; i++) {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    keys[i] = (mixed ^ (mixed >>> 15)) | (i < 3 ? 1 : 0)
  }
  return keys
}

/** Spreads two words over 32 bits; its low bits serve as a position. */
export function hashPair(keys: HashKeys, first: number, second: number): number {
  let hash = Math.imul(first ^ keys[3]!, keys[0]!)
  hash = Math.imul(hash ^ (hash >>> 16) ^ second, keys[1]!)
  hash = Math.imul(hash ^ (hash >>> 15), keys[2]!)
  return hash ^ (hash >>> 16)
}

/** From pairs of whole numbers to a number >= 0; entries of four words: the pair, the value + 1, unused. */
export type PairTable = { entries: Int32Array; count: number }

const ENTRY_WORDS = 4
const ENTRIES_MIN = 64

export function createPairTable(): PairTable {
  return { entries: new Int32Array(ENTRIES_MIN * ENTRY_WORDS), count: 0 }
}

/** The value of a pair, or -1. */
export function findPair(table: PairTable, keys: HashKeys, first: number, second: number): number {
  const { entries } = table
  const mask = entries.length - 1
  let at = (hashPair(keys, first, second) * ENTRY_WORDS) & mask
  for (let value = entries[at + 2]!; value !== 0; value = entries[at + 2]!) {
    if (entries[at] === first && entries[at + 1] === second) return value - 1
    at = (at + ENTRY_WORDS) & mask
  }
  return -1
}

/** The pair must not be in the table. */
export function addPair(
  table: PairTable,
  keys: HashKeys,
  first: number,
  second: number,
  value: number,
): void {
  if ((table.count + 1) * ENTRY_WORDS * 3 > table.entries.length * 2) growPairs(table, keys)
  placePair(table.entries, keys, first, second, value + 1)
  table.count++
}

/** Keeps its room unless that is far more than was used. */
export function clearPairs(table: PairTable): void {
  if (table.count === 0) return
  const isRoomy = table.entries.length > 16 * ENTRY_WORDS * Math.max(table.count, ENTRIES_MIN)
  if (isRoomy) table.entries = new Int32Array(table.entries.length / 4)
  else table.entries.fill(0)
  table.count = 0
}

/** Drops the pairs whose value is not to be kept. */
export function keepPairs(
  table: PairTable,
  keys: HashKeys,
  isKept: (value: number) => boolean,
): void {
  const old = table.entries
  table.entries = new Int32Array(old.length)
  table.count = 0
  for (let at = 0; at < old.length; at += ENTRY_WORDS) {
    const stored = old[at + 2]!
    if (stored !== 0 && isKept(stored - 1)) addPair(table, keys, old[at]!, old[at + 1]!, stored - 1)
  }
}

/** Three words a pair, for a snapshot. */
export function savePairs(table: PairTable): Int32Array {
  const saved = new Int32Array(3 * table.count)
  let end = 0
  for (let at = 0; at < table.entries.length; at += ENTRY_WORDS) {
    if (table.entries[at + 2] === 0) continue
    saved.set(table.entries.subarray(at, at + 3), end)
    end += 3
  }
  return saved
}

export function loadPairs(saved: Int32Array, keys: HashKeys): PairTable {
  const table = createPairTable()
  for (let at = 0; at < saved.length; at += 3)
    addPair(table, keys, saved[at]!, saved[at + 1]!, saved[at + 2]! - 1)
  return table
}

function growPairs(table: PairTable, keys: HashKeys): void {
  const old = table.entries
  table.entries = new Int32Array(old.length * 2)
  for (let at = 0; at < old.length; at += ENTRY_WORDS)
    if (old[at + 2] !== 0) placePair(table.entries, keys, old[at]!, old[at + 1]!, old[at + 2]!)
}

function placePair(
  entries: Int32Array,
  keys: HashKeys,
  first: number,
  second: number,
  stored: number,
): void {
  const mask = entries.length - 1
  let at = (hashPair(keys, first, second) * ENTRY_WORDS) & mask
  while (entries[at + 2] !== 0) at = (at + ENTRY_WORDS) & mask
  entries[at] = first
  entries[at + 1] = second
  entries[at + 2] = stored
}
