// The ids of a batch as words, and what the fold reads of one span of it.
import type { SpanBatch } from '../span/batch.ts'
import type { TraceId } from './store.ts'

export type BatchView = {
  readonly batch: SpanBatch
  readonly view: DataView
  /** Unix nanoseconds as two little-endian words each: no bigint is made for what needs a millisecond. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly linkView: DataView
  readonly linkIds: DataView
  readonly parents: DataView
  readonly ids: DataView
}

export function viewBatch(batch: SpanBatch): BatchView {
  return {
    batch,
    view: viewOf(batch.traceIds),
    starts: wordsOf(batch.startUnixNanos),
    ends: wordsOf(batch.endUnixNanos),
    ids: viewOf(batch.spanIds),
    parents: viewOf(batch.parentIds),
    linkView: viewOf(batch.linkTraceIds),
    linkIds: viewOf(batch.linkSpanIds),
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The trace id at a position of the view of the batch's trace ids, or of its links'. */
export function traceIdAt(view: DataView, position: number): TraceId {
  const at = position * 16
  return [
    view.getUint32(at),
    view.getUint32(at + 4),
    view.getUint32(at + 8),
    view.getUint32(at + 12),
  ]
}

/** A span that ends before it starts counts as 0 ms long. Exact: the difference is below 2^53 ns, or capped. */
export function durationMs({ starts, ends }: BatchView, span: number): number {
  const low = ends[2 * span]! - starts[2 * span]!
  const high = ends[2 * span + 1]! - starts[2 * span + 1]!
  return Math.max(0, (high * 2 ** 32 + low) / 1e6)
}

/** Unix ms from one of the columns of times. */
export function unixMs(words: Uint32Array, span: number): number {
  return (words[2 * span + 1]! * 2 ** 32 + words[2 * span]!) / 1e6
}

function wordsOf(nanos: BigUint64Array): Uint32Array {
  return new Uint32Array(nanos.buffer, nanos.byteOffset, nanos.length * 2)
}
