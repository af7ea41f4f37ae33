// Rows in typed arrays with a free list: the memory of the fold. A store is a plain value (it goes
// into a snapshot as it is) that grows by doubling up to a bound and never shrinks.

type Column = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array

export type Rows<Columns extends Record<string, Column>> = {
  readonly columns: Columns
  /** Rows handed out and not given back. */
  size: number
  /** First row never handed out. */
  fresh: number
  /** Rows given back, as a stack. */
  free: Int32Array
  freeCount: number
  capacity: number
  readonly capacityMax: number
}

export function createRows<Columns extends Record<string, Column>>(
  columns: Columns,
  capacityMax: number,
): Rows<Columns> {
  const capacity = Object.values(columns)[0]!.length
  return {
    columns,
    size: 0,
    fresh: 0,
    free: new Int32Array(16),
    freeCount: 0,
    capacity,
    capacityMax: Math.max(capacity, capacityMax),
  }
}

/** A row whose columns hold whatever they held before; -1 when the bound is reached. */
export function takeRow(rows: Rows<Record<string, Column>>): number {
  if (rows.freeCount > 0) {
    rows.size++
    return rows.free[--rows.freeCount]!
  }
  if (rows.fresh >= rows.capacity && !growRows(rows)) return -1
  rows.size++
  return rows.fresh++
}

export function releaseRow(rows: Rows<Record<string, Column>>, row: number): void {
  if (rows.freeCount === rows.free.length) rows.free = grown(rows.free, rows.freeCount * 2)
  rows.free[rows.freeCount++] = row
  rows.size--
}

function growRows(rows: Rows<Record<string, Column>>): boolean {
  if (rows.capacity >= rows.capacityMax) return false
  rows.capacity = Math.min(rows.capacity * 2, rows.capacityMax)
  for (const name of Object.keys(rows.columns))
    rows.columns[name] = grown(rows.columns[name]!, rows.capacity)
  return true
}

function grown<A extends Column>(array: A, length: number): A {
  const larger = new (array.constructor as new (length: number) => A)(length)
  larger.set(array)
  return larger
}

/**
 * Open addressing from a hash to rows, by linear probing; equal hashes stay side by side, so one
 * table serves exact look-ups and "all rows with this hash". entries: row + 1, 0 = empty.
 */
export type HashIndex = { entries: Int32Array; count: number }

export function createHashIndex(): HashIndex {
  return { entries: new Int32Array(1024), count: 0 }
}

/** Mixes two 32-bit words into a well-spread one. */
export function mixHash(a: number, b: number): number {
  let hash = Math.imul(a ^ (b >>> 15), 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** hashOf: the hash of a row already in the index (needed when it grows). */
export function addToIndex(
  index: HashIndex,
  row: number,
  hash: number,
  hashOf: (row: number) => number,
): void {
  if ((index.count + 1) * 3 > index.entries.length * 2) growIndex(index, hashOf)
  place(index.entries, row, hash)
  index.count++
}

/** Backward-shift deletion: no tombstones, so probes stay short for ever. */
export function removeFromIndex(
  index: HashIndex,
  row: number,
  hash: number,
  hashOf: (row: number) => number,
): void {
  const mask = index.entries.length - 1
  let hole = hash & mask
  while (index.entries[hole] !== row + 1) {
    if (index.entries[hole] === 0) return
    hole = (hole + 1) & mask
  }
  for (let next = (hole + 1) & mask; index.entries[next] !== 0; next = (next + 1) & mask) {
    const home = hashOf(index.entries[next]! - 1) & mask
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      index.entries[hole] = index.entries[next]!
      hole = next
    }
  }
  index.entries[hole] = 0
  index.count--
}

function growIndex(index: HashIndex, hashOf: (row: number) => number): void {
  const old = index.entries
  index.entries = new Int32Array(old.length * 2)
  for (const entry of old) if (entry !== 0) place(index.entries, entry - 1, hashOf(entry - 1))
}

function place(entries: Int32Array, row: number, hash: number): void {
  const mask = entries.length - 1
  let at = hash & mask
  while (entries[at] !== 0) at = (at + 1) & mask
  entries[at] = row + 1
}
