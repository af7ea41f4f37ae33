// Values of kept attributes by their bytes: a value seen before in the batch costs a hash and a compare,
// and only a new one becomes a JavaScript string. Probing is bounded; a value that finds no room is
// simply made into a string again, so that no chosen input makes this quadratic.
import { type BatchBuilder, internUrlPath, internValue } from '../builder.ts'
import type { Reduction } from '../keys.ts'
import { createWireReader, readVarint, type WireReader } from './wire.ts'

/** Kind of an AnyValue; `other` has no text of its own (arrays, kvlists, bytes). */
export const ValueKind = { none: 0, string: 1, bool: 2, int: 3, double: 4, other: 5 } as const

const REDUCTIONS: readonly Reduction[] = ['text', 'presence', 'origin', 'address', 'path']
const PROBES_MAX = 16
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Entries point into the body, which must stay as it is while the cache is used. */
export type ValueCache = {
  readonly reader: WireReader
  count: number
  hashes: Int32Array
  /** Value kind and reduction. */
  modes: Uint8Array
  from: Uint32Array
  lengths: Uint32Array
  /** Positions in the string table: the value, and the path where the reduction is `origin`. */
  values: Uint32Array
  paths: Uint32Array
  /** Open addressing: entry + 1, 0 = free. Length is a power of two. */
  slots: Int32Array
  /** Result of the last internBytes, beside the value it gives. */
  path: number
}

export function createValueCache(bytes: Uint8Array): ValueCache {
  return {
    reader: createWireReader(bytes),
    count: 0,
    hashes: new Int32Array(256),
    modes: new Uint8Array(256),
    from: new Uint32Array(256),
    lengths: new Uint32Array(256),
    values: new Uint32Array(256),
    paths: new Uint32Array(256),
    slots: new Int32Array(1024),
    path: 0,
  }
}

/** Number of a reduction for internBytes. */
export function reductionNumber(reduction: Reduction): number {
  return REDUCTIONS.indexOf(reduction)
}

/**
 * Position in the builder's string table of the value whose bytes lie at from .. to, reduced; `path` of
 * the cache has the position of its url path. Positional because it runs once a kept attribute.
 */
export function internBytes(
  cache: ValueCache,
  builder: BatchBuilder,
  mode: number,
  from: number,
  to: number,
): number {
  const hash = hashBytes(cache.reader, mode, from, to)
  const { slots } = cache
  const mask = slots.length - 1
  let free = -1
  for (let probe = 0; probe < PROBES_MAX; probe++) {
    const slot = (hash + probe) & mask
    const entry = slots[slot]! - 1
    if (entry < 0) {
      free = slot
      break
    }
    if (cache.hashes[entry] === hash && isSameValue(cache, entry, mode, from, to)) {
      cache.path = cache.paths[entry]!
      return cache.values[entry]!
    }
  }
  const reduction = REDUCTIONS[mode >> 3]!
  const text = textOf(cache.reader, mode & 7, from, to)
  const value = internValue(builder, text, reduction)
  cache.path = reduction === 'origin' ? internUrlPath(builder, text) : 0
  if (free >= 0) {
    if (cache.count === cache.hashes.length) growEntries(cache)
    const entry = cache.count++
    cache.hashes[entry] = hash
    cache.modes[entry] = mode
    cache.from[entry] = from
    cache.lengths[entry] = to - from
    cache.values[entry] = value
    cache.paths[entry] = cache.path
    slots[free] = entry + 1
    if (cache.count * 2 > slots.length) growSlots(cache)
  }
  return value
}

/** How a value is looked up: its kind and its reduction. */
export function valueMode(kind: number, reduction: number): number {
  return (reduction << 3) | kind
}

function textOf(reader: WireReader, kind: number, from: number, to: number): string {
  if (kind === ValueKind.string) return UTF8.decode(reader.bytes.subarray(from, to))
  if (kind === ValueKind.double) return String(reader.view.getFloat64(from, true))
  reader.pos = from
  const low = readVarint(reader, to)
  if (kind === ValueKind.bool) return String(low !== 0 || reader.high !== 0)
  return String(BigInt.asIntN(64, (BigInt(reader.high) << 32n) | BigInt(low)))
}

function hashBytes({ bytes, view }: WireReader, mode: number, from: number, to: number): number {
  let hash = Math.imul(mode ^ (to - from), 0x9e3779b1)
  let at = from
  for (const last = to - 4; at <= last; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

function isSameValue(
  cache: ValueCache,
  entry: number,
  mode: number,
  from: number,
  to: number,
): boolean {
  const length = to - from
  if (cache.lengths[entry] !== length || cache.modes[entry] !== mode) return false
  const { bytes, view } = cache.reader
  const known = cache.from[entry]!
  let at = 0
  for (; at <= length - 4; at += 4) {
    if (view.getInt32(known + at, true) !== view.getInt32(from + at, true)) return false
  }
  for (; at < length; at++) if (bytes[known + at] !== bytes[from + at]) return false
  return true
}

function growSlots(cache: ValueCache): void {
  const slots = new Int32Array(cache.slots.length * 4)
  const mask = slots.length - 1
  for (let entry = 0; entry < cache.count; entry++) {
    const hash = cache.hashes[entry]!
    let probe = 0
    while (probe < PROBES_MAX && slots[(hash + probe) & mask] !== 0) probe++
    if (probe < PROBES_MAX) slots[(hash + probe) & mask] = entry + 1
  }
  cache.slots = slots
}

function growEntries(cache: ValueCache): void {
  const capacity = cache.hashes.length * 2
  const hashes = new Int32Array(capacity)
  hashes.set(cache.hashes)
  cache.hashes = hashes
  const modes = new Uint8Array(capacity)
  modes.set(cache.modes)
  cache.modes = modes
  cache.from = grown(cache.from, capacity)
  cache.lengths = grown(cache.lengths, capacity)
  cache.values = grown(cache.values, capacity)
  cache.paths = grown(cache.paths, capacity)
}

function grown(column: Uint32Array, capacity: number): Uint32Array {
  const longer = new Uint32Array(capacity)
  longer.set(column)
  return longer
}
