// A batch as words: ids in words, times as halves of 64 bits; and what the fold reads of a span.
import type { SpanBatch } from '../span/batch.ts'

export type BatchView = {
  readonly batch: SpanBatch
  /** Four words a span, and a link. */
  readonly traceIds: Int32Array
  readonly linkTraceIds: Int32Array
  /** Two words a span, and a link. */
  readonly ids: Int32Array
  readonly parents: Int32Array
  readonly linkIds: Int32Array
  /** Unix nanoseconds as two little-endian words each: no bigint is made for what needs a millisecond. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

export function viewBatch(batch: SpanBatch): BatchView {
  return {
    batch,
    traceIds: wordsOf(batch.traceIds),
    linkTraceIds: wordsOf(batch.linkTraceIds),
    ids: wordsOf(batch.spanIds),
    parents: wordsOf(batch.parentIds),
    linkIds: wordsOf(batch.linkSpanIds),
    starts: halvesOf(batch.startUnixNanos),
    ends: halvesOf(batch.endUnixNanos),
  }
}

/** In this machine's order: ids are compared and hashed, and turned round where their order shows (bigEndian). */
function wordsOf(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}

const IS_LITTLE = new Uint8Array(Int32Array.of(1).buffer)[0] === 1

/** The number that a word of an id is, as it is written. */
export function bigEndian(word: number): number {
  if (!IS_LITTLE) return word >>> 0
  const swapped = (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
  return swapped >>> 0
}

/** Words of ids in hex, so that the order of texts is that of ids. */
export function hexOf(words: Int32Array, from: number, count: number): string {
  let text = ''
  for (let at = from; at < from + count; at++)
    text += bigEndian(words[at]!).toString(16).padStart(8, '0')
  return text
}

/** A span that ends before it starts counts as 0 ms long. Exact: the difference is below 2^53 ns, or capped. */
export function durationMs({ starts, ends }: BatchView, span: number): number {
  const low = ends[2 * span]! - starts[2 * span]!
  const high = ends[2 * span + 1]! - starts[2 * span + 1]!
  return Math.max(0, (high * 2 ** 32 + low) / 1e6)
}

/** Unix ms from one of the columns of times. */
export function unixMs(halves: Uint32Array, span: number): number {
  return (halves[2 * span + 1]! * 2 ** 32 + halves[2 * span]!) / 1e6
}

function halvesOf(nanos: BigUint64Array): Uint32Array {
  return new Uint32Array(nanos.buffer, nanos.byteOffset, nanos.length * 2)
}

/** Whether the span is of the trace of the one before. */
export function isSameTrace(traceIds: Int32Array, span: number): boolean {
  const at = 4 * span
  return (
    traceIds[at + 3] === traceIds[at - 1] &&
    traceIds[at + 2] === traceIds[at - 2] &&
    traceIds[at + 1] === traceIds[at - 3] &&
    traceIds[at] === traceIds[at - 4]
  )
}
