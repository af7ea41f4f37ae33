// Interning of whole attribute sets while spans are decoded: equal sets become one position.
// A draft collects one span's kept attributes (last of a repeated key wins); the table finds it by
// the hash of its keys and string positions, with open addressing. Probing is bounded, and what does
// not find room goes to a Map, so that no chosen input makes it quadratic.

const PROBES_MAX = 16

/** The kept attributes of the span or resource at hand: one slot a key of the allow-list. */
export type SetDraft = {
  families: number
  /** Bit k % 32 of word k / 32: key k has a value. */
  readonly present: Int32Array
  /** Position in the string table, by key; meaningful where present. */
  readonly values: Uint32Array
}

/** All distinct sets, flat: set i owns keys and values at starts[i] .. starts[i + 1]. */
export type SetTable = {
  count: number
  starts: Uint32Array
  keys: Uint8Array
  values: Uint32Array
  families: Uint8Array
  hashes: Int32Array
  /** Open addressing: position of a set + 1, 0 = free. Length is a power of two. */
  slots: Int32Array
  readonly overflow: Map<string, number>
}

export function createSetDraft(keyCount: number): SetDraft {
  return {
    families: 0,
    present: new Int32Array((keyCount + 31) >> 5),
    values: new Uint32Array(keyCount),
  }
}

export function createSetTable(): SetTable {
  return {
    count: 0,
    starts: new Uint32Array(65),
    keys: new Uint8Array(1024),
    values: new Uint32Array(1024),
    families: new Uint8Array(64),
    hashes: new Int32Array(64),
    slots: new Int32Array(256),
    overflow: new Map(),
  }
}

export function clearDraft(draft: SetDraft): void {
  draft.families = 0
  // Two or three words: a loop beats the call of fill.
  for (let word = 0; word < draft.present.length; word++) draft.present[word] = 0
}

export function setDraftValue(draft: SetDraft, key: number, value: number): void {
  draft.present[key >> 5]! |= 1 << (key & 31)
  draft.values[key] = value
}

/** A repeated key whose last value counts as absent. */
export function dropDraftValue(draft: SetDraft, key: number): void {
  draft.present[key >> 5]! &= ~(1 << (key & 31))
}

export function hasDraftValue(draft: SetDraft, key: number): boolean {
  return ((draft.present[key >> 5]! >>> (key & 31)) & 1) === 1
}

/** Position of the set equal to the draft, added when it is new. */
export function internSet(table: SetTable, draft: SetDraft): number {
  // The draft is written behind the last set first: a new set is then already in its place.
  const start = table.starts[table.count]!
  if (start + draft.values.length > table.keys.length) growPools(table)
  const { keys, values } = table
  let end = start
  let hash = draft.families
  for (let word = 0; word < draft.present.length; word++) {
    let bits = draft.present[word]!
    while (bits !== 0) {
      const low = 31 - Math.clz32(bits & -bits)
      const key = (word << 5) + low
      const value = draft.values[key]!
      keys[end] = key
      values[end++] = value
      hash = Math.imul(hash ^ key ^ (value << 7), 0x9e3779b1)
      hash ^= hash >>> 15
      bits &= bits - 1
    }
  }
  return findOrAdd(table, draft.families, hash, end)
}

/** The candidate lies in the pools from starts[count] to end. */
function findOrAdd(table: SetTable, families: number, hash: number, end: number): number {
  const mask = table.slots.length - 1
  let free = -1
  for (let probe = 0; probe < PROBES_MAX; probe++) {
    const slot = (hash + probe) & mask
    const set = table.slots[slot]! - 1
    if (set < 0) {
      free = slot
      break
    }
    if (table.hashes[set] === hash && isSameSet(table, set, families, end)) return set
  }
  if (table.overflow.size > 0) {
    const known = table.overflow.get(setText(table, table.count, families, end))
    if (known !== undefined) return known
  }
  const set = table.count
  if (set + 1 === table.families.length) growColumns(table)
  table.starts[set + 1] = end
  table.families[set] = families
  table.hashes[set] = hash
  table.count++
  if (free >= 0) table.slots[free] = set + 1
  else table.overflow.set(setText(table, set, families, end), set)
  if (table.count * 2 > table.slots.length) growSlots(table)
  return set
}

function isSameSet(table: SetTable, set: number, families: number, end: number): boolean {
  const candidate = table.starts[table.count]!
  const from = table.starts[set]!
  const length = end - candidate
  if (table.starts[set + 1]! - from !== length || table.families[set] !== families) return false
  const { keys, values } = table
  for (let at = 0; at < length; at++) {
    if (values[from + at] !== values[candidate + at]) return false
    if (keys[from + at] !== keys[candidate + at]) return false
  }
  return true
}

function setText(table: SetTable, set: number, families: number, end: number): string {
  const from = table.starts[set]!
  return `${families}|${table.keys.subarray(from, end)}|${table.values.subarray(from, end)}`
}

function growSlots(table: SetTable): void {
  const slots = new Int32Array(table.slots.length * 4)
  const mask = slots.length - 1
  for (let set = 0; set < table.count; set++) {
    const hash = table.hashes[set]!
    let probe = 0
    while (probe < PROBES_MAX && slots[(hash + probe) & mask] !== 0) probe++
    if (probe < PROBES_MAX) slots[(hash + probe) & mask] = set + 1
    else table.overflow.set(setText(table, set, table.families[set]!, table.starts[set + 1]!), set)
  }
  table.slots = slots
}

function growPools(table: SetTable): void {
  const keys = new Uint8Array(table.keys.length * 2)
  keys.set(table.keys)
  table.keys = keys
  const values = new Uint32Array(keys.length)
  values.set(table.values)
  table.values = values
}

function growColumns(table: SetTable): void {
  const capacity = table.families.length * 2
  const families = new Uint8Array(capacity)
  families.set(table.families)
  table.families = families
  const hashes = new Int32Array(capacity)
  hashes.set(table.hashes)
  table.hashes = hashes
  const starts = new Uint32Array(capacity + 1)
  starts.set(table.starts)
  table.starts = starts
}
