// The mutable columns of a batch under construction: typed arrays that double. What may be done with them
// is in builder.ts.
import { createSetDraft, type SetDraft } from './attribute-sets.ts'
import type { DecodeLimits } from './batch.ts'
import { RESOURCE_KEYS, SPAN_KEYS } from './keys.ts'
import { createLexicon, type Lexicon } from './lexicon.ts'

/** Mutable while a batch is built; decoders write the columns of row `count` directly. */
export type BatchBuilder = {
  readonly limits: DecodeLimits
  count: number
  capacity: number
  traceIds: Uint8Array
  spanIds: Uint8Array
  parentIds: Uint8Array
  /** The three columns above as 32-bit words, on the same memory: 4, 2 and 2 a row. */
  traceWords: Int32Array
  spanWords: Int32Array
  parentWords: Int32Array
  kinds: Uint8Array
  flags: Uint8Array
  startUnixNanos: BigUint64Array
  endUnixNanos: BigUint64Array
  /** The two columns above as 32-bit halves in this machine's order, on the same memory. */
  startWords: Uint32Array
  endWords: Uint32Array
  weights: Uint16Array
  resources: Uint32Array
  attributes: Uint32Array
  linkStarts: Uint32Array
  /** Links of the committed rows and, behind them, of the row at hand. */
  linkCount: number
  linkTraceIds: Uint8Array
  linkSpanIds: Uint8Array
  /** Links of the row at hand that were left out. */
  rowLinksCut: number
  rejected: number
  linksCut: number
  readonly lexicon: Lexicon
  readonly spanDraft: SetDraft
  /** Positions of the templated paths of url.full and http.url of the row at hand; 0 = none. */
  urlFullPath: number
  httpUrlPath: number
  readonly resourceDraft: SetDraft
}

/** spansHint: about how many spans will come; only saves copying. */
export function createBatchBuilder(
  limits: DecodeLimits,
  lexicon: Lexicon = createLexicon(),
  spansHint = 64,
): BatchBuilder {
  const capacity = Math.min(Math.max(spansHint, 16), 65_536)
  const traceIds = new Uint8Array(16 * capacity)
  const spanIds = new Uint8Array(8 * capacity)
  const parentIds = new Uint8Array(8 * capacity)
  const startUnixNanos = new BigUint64Array(capacity)
  const endUnixNanos = new BigUint64Array(capacity)
  return {
    limits,
    count: 0,
    capacity,
    traceIds,
    spanIds,
    parentIds,
    traceWords: new Int32Array(traceIds.buffer),
    spanWords: new Int32Array(spanIds.buffer),
    parentWords: new Int32Array(parentIds.buffer),
    kinds: new Uint8Array(capacity),
    flags: new Uint8Array(capacity),
    startUnixNanos,
    endUnixNanos,
    startWords: new Uint32Array(startUnixNanos.buffer),
    endWords: new Uint32Array(endUnixNanos.buffer),
    weights: new Uint16Array(capacity),
    resources: new Uint32Array(capacity),
    attributes: new Uint32Array(capacity),
    linkStarts: new Uint32Array(capacity + 1),
    linkCount: 0,
    linkTraceIds: new Uint8Array(0),
    linkSpanIds: new Uint8Array(0),
    rowLinksCut: 0,
    rejected: 0,
    linksCut: 0,
    lexicon,
    spanDraft: createSetDraft(SPAN_KEYS.length),
    urlFullPath: 0,
    httpUrlPath: 0,
    resourceDraft: createSetDraft(RESOURCE_KEYS.length),
  }
}

/** Doubles the columns of rows. */
export function growColumns(builder: BatchBuilder): void {
  const capacity = builder.capacity * 2
  builder.traceIds = grownBytes(builder.traceIds, 16 * capacity)
  builder.spanIds = grownBytes(builder.spanIds, 8 * capacity)
  builder.parentIds = grownBytes(builder.parentIds, 8 * capacity)
  builder.traceWords = new Int32Array(builder.traceIds.buffer)
  builder.spanWords = new Int32Array(builder.spanIds.buffer)
  builder.parentWords = new Int32Array(builder.parentIds.buffer)
  builder.kinds = grownBytes(builder.kinds, capacity)
  builder.flags = grownBytes(builder.flags, capacity)
  builder.startUnixNanos = grownNanos(builder.startUnixNanos, capacity)
  builder.endUnixNanos = grownNanos(builder.endUnixNanos, capacity)
  builder.startWords = new Uint32Array(builder.startUnixNanos.buffer)
  builder.endWords = new Uint32Array(builder.endUnixNanos.buffer)
  builder.weights = grownWeights(builder.weights, capacity)
  builder.resources = grownNumbers(builder.resources, capacity)
  builder.attributes = grownNumbers(builder.attributes, capacity)
  builder.linkStarts = grownNumbers(builder.linkStarts, capacity + 1)
  builder.capacity = capacity
}

/** A longer copy. */
export function grownBytes(column: Uint8Array, length: number): Uint8Array {
  const grown = new Uint8Array(length)
  grown.set(column)
  return grown
}

function grownNumbers(column: Uint32Array, length: number): Uint32Array {
  const grown = new Uint32Array(length)
  grown.set(column)
  return grown
}

function grownWeights(column: Uint16Array, length: number): Uint16Array {
  const grown = new Uint16Array(length)
  grown.set(column)
  return grown
}

function grownNanos(column: BigUint64Array, length: number): BigUint64Array {
  const grown = new BigUint64Array(length)
  grown.set(column)
  return grown
}
