// SpanBatch <-> bytes: the payload of a journal record. Columns are copied whole; positions take only as
// many bytes as they need. Numbers stand in this machine's byte order, since a journal never leaves its
// machine; a record of the other order is refused. Layout: header, nanos, ids, kinds, flags, weights,
// positions, links, resource sets, attribute sets, strings.
import type { AttributeSet, SpanBatch } from './batch.ts'
import { createRecordReader, createRecordWriter, type RecordReader } from './record-bytes.ts'

export const RECORD_VERSION = 2
/** The one before it had no sampling weights. */
const UNWEIGHTED_VERSION = 1

const NO_WEIGHTS = new Uint16Array(0)
const ENCODER = new TextEncoder()
/** A byte order mark in a name is part of it. Throws on what is not UTF-8. */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** The record of a batch. Strings must be well-formed, as decoders make them. */
export function encodeBatch(batch: SpanBatch): Uint8Array {
  const { count } = batch
  const writer = createRecordWriter(RECORD_VERSION, 64 * count + 4096)
  writer.count(count)
  writer.column(batch.startUnixNanos)
  writer.column(batch.endUnixNanos)
  writer.column(batch.traceIds)
  writer.column(batch.spanIds)
  writer.column(batch.parentIds)
  writer.column(batch.kinds)
  writer.column(batch.flags)
  const isWeighted = batch.weights.some((weight) => weight !== 0)
  writer.count(isWeighted ? count : 0)
  writer.numbers(isWeighted ? batch.weights : NO_WEIGHTS)
  writer.numbers(batch.resources)
  writer.numbers(batch.attributes)
  writer.numbers(linkCounts(batch))
  writer.count(batch.linkStarts[count] ?? 0)
  writer.column(batch.linkTraceIds)
  writer.column(batch.linkSpanIds)
  for (const sets of [batch.resourceSets, batch.attributeSets]) {
    const { families, lengths, keys, values } = flatSets(sets)
    writer.count(sets.length)
    writer.column(families)
    writer.column(lengths)
    writer.count(keys.length)
    writer.column(keys)
    writer.numbers(values)
  }
  const texts = batch.strings.map((text) => ENCODER.encode(text))
  writer.count(texts.length)
  writer.numbers(Uint32Array.from(texts, (text) => text.length))
  for (const text of texts) writer.column(text)
  return writer.finish()
}

/**
 * The batch of a record. bytes: exactly the record; it is copied, so the caller may reuse them.
 * Throws Error on any damage that lengths and positions show (bit errors are the journal's checksum's).
 */
export function decodeBatch(bytes: Uint8Array): SpanBatch {
  const reader = createRecordReader([RECORD_VERSION, UNWEIGHTED_VERSION], bytes)
  const count = reader.count()
  const startUnixNanos = reader.nanos(count)
  const endUnixNanos = reader.nanos(count)
  const traceIds = reader.bytes(16 * count)
  const spanIds = reader.bytes(8 * count)
  const parentIds = reader.bytes(8 * count)
  const kinds = reader.bytes(count)
  const flags = reader.bytes(count)
  const weights = readWeights(reader, count)
  const resources = reader.numbers(count)
  const attributes = reader.numbers(count)
  const linkStarts = startsOf(reader.numbers(count))
  const links = reader.count()
  if (links !== linkStarts[count]) throw new Error('damaged record: links do not add up')
  const linkTraceIds = reader.bytes(16 * links)
  const linkSpanIds = reader.bytes(8 * links)
  const resourceSets = readSets(reader)
  const attributeSets = readSets(reader)
  const strings = readStrings(reader)
  reader.finish()
  checkBelow(resources, resourceSets.length)
  checkBelow(attributes, attributeSets.length)
  for (const sets of [resourceSets, attributeSets]) checkSets(sets, strings.length)
  return {
    count,
    traceIds,
    spanIds,
    parentIds,
    kinds,
    flags,
    startUnixNanos,
    endUnixNanos,
    weights,
    resources,
    attributes,
    linkStarts,
    linkTraceIds,
    linkSpanIds,
    resourceSets,
    attributeSets,
    strings,
  }
}

function readWeights(reader: RecordReader, count: number): Uint16Array {
  const weights = new Uint16Array(count)
  if (reader.version === UNWEIGHTED_VERSION) return weights
  const stated = reader.numbers(reader.count())
  if (stated.length !== 0 && stated.length !== count)
    throw new Error('damaged record: weights do not add up')
  weights.set(stated)
  return weights
}

function linkCounts({ count, linkStarts }: SpanBatch): Uint32Array {
  const counts = new Uint32Array(count)
  for (let span = 0; span < count; span++) counts[span] = linkStarts[span + 1]! - linkStarts[span]!
  return counts
}

function startsOf(counts: Uint32Array): Uint32Array {
  const starts = new Uint32Array(counts.length + 1)
  for (let at = 0; at < counts.length; at++) starts[at + 1] = starts[at]! + counts[at]!
  return starts
}

type FlatSets = {
  readonly families: Uint8Array
  readonly lengths: Uint8Array
  readonly keys: Uint8Array
  readonly values: Uint32Array
}

function flatSets(sets: readonly AttributeSet[]): FlatSets {
  let pairs = 0
  for (const set of sets) pairs += set.keys.length
  const flat = {
    families: new Uint8Array(sets.length),
    lengths: new Uint8Array(sets.length),
    keys: new Uint8Array(pairs),
    values: new Uint32Array(pairs),
  }
  let end = 0
  for (const [index, set] of sets.entries()) {
    flat.families[index] = set.families
    flat.lengths[index] = set.keys.length
    for (let at = 0; at < set.keys.length; at++) {
      flat.keys[end] = set.keys[at]!
      flat.values[end++] = set.values[at]!
    }
  }
  return flat
}

function readSets(reader: RecordReader): AttributeSet[] {
  const count = reader.count()
  const families = reader.bytes(count)
  const lengths = reader.bytes(count)
  const pairs = reader.count()
  const keys = reader.bytes(pairs)
  const values = reader.numbers(pairs)
  const sets: AttributeSet[] = new Array(count)
  let start = 0
  for (let set = 0; set < count; set++) {
    const end = start + lengths[set]!
    sets[set] = {
      families: families[set]!,
      keys: keys.subarray(start, end),
      values: values.subarray(start, end),
    }
    start = end
  }
  if (start !== pairs) throw new Error('damaged record: attribute sets do not add up')
  return sets
}

function readStrings(reader: RecordReader): string[] {
  const lengths = reader.numbers(reader.count())
  const strings: string[] = new Array(lengths.length)
  for (let at = 0; at < lengths.length; at++) {
    strings[at] = DECODER.decode(reader.view(lengths[at]!))
  }
  return strings
}

function checkSets(sets: readonly AttributeSet[], strings: number): void {
  for (const { keys, values } of sets) {
    checkBelow(values, strings)
    for (let at = 1; at < keys.length; at++) {
      if (keys[at]! <= keys[at - 1]!) throw new Error('damaged record: keys out of order')
    }
  }
}

function checkBelow(positions: Uint32Array, bound: number): void {
  for (let at = 0; at < positions.length; at++) {
    if (positions[at]! >= bound) throw new Error('damaged record: a position out of range')
  }
}
