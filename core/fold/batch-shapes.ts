// From the spans of a batch to their shapes, without making a text of what was met before. A cache and
// nothing else: it can be thrown away at any time, and gives what shape.ts would give.
import type { AttributeSet, SpanBatch } from '../span/batch.ts'
import * as sampling from '../span/sampling.ts'
import {
  addPair,
  clearPairs,
  createPairTable,
  findPair,
  type HashKeys,
  type PairTable,
} from './hash.ts'
import { addToIndex, createRowIndex, type RowIndex, resetIndex } from './records.ts'
import { internSpanShape, isOfService, type ShapeTable } from './shape.ts'
import { weightedShape } from './weights.ts'

const { WEIGHT_ONE } = sampling

export type ShapeCache = {
  readonly strings: Map<string, number>
  /** Sets of attributes, by hash; in `words` each has its length, then its families, keys and strings. */
  readonly sets: RowIndex
  words: Int32Array
  wordCount: number
  /** Shape by resource set, and attribute set * 8 + kind. */
  readonly shapes: PairTable
  /** What spansShapes gave last. */
  ofBatch: Int32Array
}

const STRINGS_MAX = 500_000
const WORDS_MAX = 8_000_000

export function createShapeCache(): ShapeCache {
  return {
    strings: new Map(),
    sets: createRowIndex(),
    words: new Int32Array(4096),
    wordCount: 0,
    shapes: createPairTable(),
    ofBatch: new Int32Array(0),
  }
}

/** The shape of each span of the batch, as a position in `table.shapes`; valid until the next call. */
export function internShapes(
  cache: ShapeCache,
  keys: HashKeys,
  table: ShapeTable,
  batch: SpanBatch,
): Int32Array {
  if (cache.strings.size > STRINGS_MAX || cache.wordCount > WORDS_MAX) clearCache(cache)
  if (cache.ofBatch.length < batch.count) cache.ofBatch = new Int32Array(batch.count)
  const { ofBatch, shapes } = cache
  const strings = new Int32Array(batch.strings.length).fill(-1)
  const resources = batch.resourceSets.map((set) =>
    internSet({ cache, keys, batch, strings }, set, isOfService),
  )
  const attributes = batch.attributeSets.map((set) =>
    internSet({ cache, keys, batch, strings }, set, null),
  )
  for (let span = 0; span < batch.count; span++) {
    const resource = resources[batch.resources[span]!]!
    const rest = attributes[batch.attributes[span]!]! * 8 + batch.kinds[span]!
    let shape = findPair(shapes, keys, resource, rest)
    if (shape < 0) {
      const { overflows } = table
      shape = internSpanShape(table, batch, span)
      // What did not fit is asked for again: it counts each time.
      if (table.overflows === overflows) addPair(shapes, keys, resource, rest, shape)
    }
    const weight = batch.weights[span]!
    ofBatch[span] = weight > WEIGHT_ONE ? weightedShape(table, shape, weight) : shape
  }
  return ofBatch
}

type Interning = {
  readonly cache: ShapeCache
  readonly keys: HashKeys
  readonly batch: SpanBatch
  /** Number of each of the batch's strings, -1: not asked for yet. */
  readonly strings: Int32Array
}

/** Number of a set of attributes, equal for equal sets of all batches. isKept null: every key counts. */
function internSet(
  { cache, keys, batch, strings }: Interning,
  set: AttributeSet,
  isKept: ((key: number) => boolean) | null,
): number {
  const start = cache.wordCount
  const needed = start + 2 + 2 * set.keys.length
  if (needed > cache.words.length) growWords(cache, needed)
  const { words } = cache
  let end = start + 2
  let hash = set.families
  for (let i = 0; i < set.keys.length; i++) {
    const key = set.keys[i]!
    if (isKept !== null && !isKept(key)) continue
    const position = set.values[i]!
    let value = strings[position]!
    if (value < 0) {
      value = internString(cache, batch.strings[position]!)
      strings[position] = value
    }
    words[end++] = key
    words[end++] = value
    hash = Math.imul(hash ^ (value << 7) ^ key, keys[0]!)
    hash ^= hash >>> 15
  }
  words[start] = end
  words[start + 1] = set.families
  hash = Math.imul(hash, keys[1]!)
  return findOrKeep(cache, hash ^ (hash >>> 16), start, end)
}

/** The set that lies at the end of `words` stays there when it is new. */
function findOrKeep(cache: ShapeCache, hash: number, start: number, end: number): number {
  const { words } = cache
  const { entries, mask } = cache.sets
  let slot = (2 * hash) & mask
  for (let stored = entries[slot + 1]!; stored !== 0; stored = entries[slot + 1]!) {
    if (entries[slot] === hash && isSame(words, stored - 1, start, end)) return (stored - 1) >> 1
    slot = (slot + 2) & mask
  }
  addToIndex(cache.sets, hash, start)
  cache.wordCount = end
  return start >> 1
}

function isSame(words: Int32Array, known: number, start: number, end: number): boolean {
  const length = end - start
  if (words[known]! - known !== length) return false
  for (let at = 1; at < length; at++) if (words[known + at] !== words[start + at]) return false
  return true
}

function internString(cache: ShapeCache, text: string): number {
  const known = cache.strings.get(text)
  if (known !== undefined) return known
  cache.strings.set(text, cache.strings.size)
  return cache.strings.size - 1
}

function growWords(cache: ShapeCache, needed: number): void {
  const words = new Int32Array(Math.max(needed, cache.words.length * 2))
  words.set(cache.words)
  cache.words = words
}

function clearCache(cache: ShapeCache): void {
  cache.strings.clear()
  cache.wordCount = 0
  resetIndex(cache.sets, 0)
  clearPairs(cache.shapes)
}
