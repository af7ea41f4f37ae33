// Records of whole words in one typed array, with a free list threaded through the free ones: the memory
// of the fold. A record is read and written where it lies, so that one costs one or two cache lines.
// Grows by a quarter up to a bound and never shrinks: at no size is much more than that unused.

export type Records = {
  readonly wordsPerRow: number
  words: Int32Array
  /** The same memory, for words that hold a float. */
  floats: Float32Array
  /** Rows handed out and not given back. */
  size: number
  /** First row never handed out. */
  fresh: number
  /** Last row given back, -1: none; its first word is the one given back before. */
  free: number
  capacity: number
  readonly capacityMax: number
}

export function createRecords(wordsPerRow: number, capacityMax: number): Records {
  const capacity = Math.min(64, capacityMax)
  const words = new Int32Array(wordsPerRow * capacity)
  const floats = new Float32Array(words.buffer)
  return { wordsPerRow, words, floats, size: 0, fresh: 0, free: -1, capacity, capacityMax }
}

/** Room for so many more rows, without growing; false when the bound does not allow it. */
export function reserveRows(records: Records, count: number): boolean {
  const { capacity, capacityMax } = records
  const needed = records.size + count
  if (needed > capacityMax) return false
  if (needed <= capacity) return true
  records.capacity = Math.min(capacityMax, Math.max(needed, Math.ceil(capacity * 1.25)))
  const words = new Int32Array(records.capacity * records.wordsPerRow)
  words.set(records.words)
  records.words = words
  records.floats = new Float32Array(words.buffer)
  return true
}

/** A row whose words hold whatever they held before. There must be room: see reserveRows. */
export function takeRow(records: Records): number {
  records.size++
  const row = records.free
  if (row < 0) return records.fresh++
  records.free = records.words[row * records.wordsPerRow]!
  return row
}

export function releaseRow(records: Records, row: number): void {
  records.words[row * records.wordsPerRow] = records.free
  records.free = row
  records.size--
}

/** What a snapshot keeps: `floats` is another view of the same memory, and what was never used is nothing. */
export type SavedRecords = Omit<Records, 'floats'>

export function saveRecords({ floats, ...records }: Records): SavedRecords {
  return { ...records, words: records.words.slice(0, records.fresh * records.wordsPerRow) }
}

export function loadRecords(saved: SavedRecords): Records {
  const words = new Int32Array(saved.capacity * saved.wordsPerRow)
  words.set(saved.words)
  return { ...saved, words, floats: new Float32Array(words.buffer) }
}

/**
 * Open addressing from a hash to rows, by linear probing; rows of equal hash stay side by side, so one
 * index serves exact look-ups and "all rows with this key". Two words an entry: the hash, the row + 1.
 */
export type RowIndex = {
  entries: Int32Array
  /** Words in use, less one: a power of two, at most the length. */
  mask: number
  count: number
}

const ENTRIES_MIN = 32

export function createRowIndex(): RowIndex {
  return { entries: new Int32Array(2 * ENTRIES_MIN), mask: 2 * ENTRIES_MIN - 1, count: 0 }
}

/** Empties the index and makes room for so many rows: for one that is filled again and again. */
export function resetIndex(index: RowIndex, rows: number): void {
  let words = 2 * ENTRIES_MIN
  while (words < 4 * rows) words *= 2
  if (words > index.entries.length) index.entries = new Int32Array(words)
  else index.entries.fill(0, 0, words)
  index.mask = words - 1
  index.count = 0
}

export function addToIndex(index: RowIndex, hash: number, row: number): void {
  if ((index.count + 1) * 3 > index.mask) growIndex(index)
  place(index.entries, index.mask, hash, row + 1)
  index.count++
}

/** Backward-shift deletion: no tombstones, so probes stay short for ever. */
export function removeFromIndex(index: RowIndex, hash: number, row: number): void {
  const { entries, mask } = index
  let hole = (2 * hash) & mask
  while (entries[hole + 1] !== row + 1) {
    if (entries[hole + 1] === 0) return
    hole = (hole + 2) & mask
  }
  for (let next = (hole + 2) & mask; entries[next + 1] !== 0; next = (next + 2) & mask) {
    const home = (2 * entries[next]!) & mask
    if (((next - home) & mask) < ((next - hole) & mask)) continue
    entries[hole] = entries[next]!
    entries[hole + 1] = entries[next + 1]!
    hole = next
  }
  entries[hole + 1] = 0
  index.count--
}

/** Two words a row, for a snapshot. */
export function saveIndex({ entries, mask, count }: RowIndex): Int32Array {
  const saved = new Int32Array(2 * count)
  let end = 0
  for (let at = 0; at <= mask; at += 2) {
    if (entries[at + 1] === 0) continue
    saved[end++] = entries[at]!
    saved[end++] = entries[at + 1]! - 1
  }
  return saved
}

export function loadIndex(saved: Int32Array): RowIndex {
  const index = createRowIndex()
  for (let at = 0; at < saved.length; at += 2) addToIndex(index, saved[at]!, saved[at + 1]!)
  return index
}

function growIndex(index: RowIndex): void {
  const old = index.entries
  const words = 2 * (index.mask + 1)
  const entries = new Int32Array(words)
  for (let at = 0; at <= index.mask; at += 2)
    if (old[at + 1] !== 0) place(entries, words - 1, old[at]!, old[at + 1]!)
  index.entries = entries
  index.mask = words - 1
}

function place(entries: Int32Array, mask: number, hash: number, stored: number): void {
  let at = (2 * hash) & mask
  while (entries[at + 1] !== 0) at = (at + 2) & mask
  entries[at] = hash
  entries[at + 1] = stored
}
