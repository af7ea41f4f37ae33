// The columns of the fold's memory: what is kept of a span, a trace and a link, and their flags.
// Everything about a span but its ids, times and status is in its shape.
import { createHashIndex, createRows, type HashIndex, type Rows } from './columns.ts'

/** Bits of the spans' `flags`; the first four are SpanFlag's. */
export const RowFlag = {
  /** Waited for the hold time: its virtual or entry call counts now, and its class. */
  held: 16,
  /** Its times were too far from arrival; arrival stands in (DESIGN section 2, Bucket time). */
  clockSkewed: 32,
  /** Its parent was not there when last looked for. */
  waiting: 64,
  /** Came with the batch that is being taken in. */
  fresh: 128,
} as const

/** Bits of the traces' `flags`. */
export const TraceFlag = {
  /** Results were emitted; a change must take them back first. */
  emitted: 1,
  /** Changed since it was last evaluated. */
  dirty: 2,
  /** May complete an edge never seen before: evaluated without waiting for quiet. */
  urgent: 4,
  /** Shown as an example: its spans are sent again when it changes. */
  exemplar: 8,
} as const

type SpanColumns = {
  idHi: Uint32Array
  idLo: Uint32Array
  parentHi: Uint32Array
  parentLo: Uint32Array
  shape: Uint32Array
  trace: Int32Array
  /** Next span row of the same trace, -1 at the end. */
  next: Int32Array
  /** Arrival, unix ms modulo 2^32: ages are differences, so the wrap does no harm. */
  arrival: Uint32Array
  /** Arrival minus start, ms. */
  lag: Float32Array
  durationMs: Float32Array
  flags: Uint8Array
}

type TraceColumns = {
  id0: Uint32Array
  id1: Uint32Array
  id2: Uint32Array
  id3: Uint32Array
  firstSpan: Int32Array
  spanCount: Int32Array
  /** Unix ms modulo 2^32. */
  touched: Uint32Array
  /** Timing wheel: see wheel.ts. */
  dueMs: Float64Array
  wheelSlot: Int32Array
  wheelPrevious: Int32Array
  wheelNext: Int32Array
  /** List of all traces with spans, oldest first. */
  older: Int32Array
  younger: Int32Array
  linksOut: Int32Array
  linksIn: Int32Array
  linksInCount: Int32Array
  flags: Uint8Array
}

type LinkColumns = {
  span: Int32Array
  targetTrace: Int32Array
  targetHi: Uint32Array
  targetLo: Uint32Array
  nextOut: Int32Array
  nextIn: Int32Array
}

export type Store = {
  readonly spans: Rows<SpanColumns>
  readonly spanIndex: HashIndex
  readonly traces: Rows<TraceColumns>
  readonly traceIndex: HashIndex
  readonly links: Rows<LinkColumns>
  /** Trace ids of 64 bits join no others: see FoldOptions.isTraceIdStrict. */
  readonly isTraceIdStrict: boolean
  oldest: number
  youngest: number
}

export function createStore(spansMax: number, isTraceIdStrict: boolean): Store {
  const n = Math.min(1024, spansMax)
  return {
    spans: createRows<SpanColumns>(
      {
        idHi: new Uint32Array(n),
        idLo: new Uint32Array(n),
        parentHi: new Uint32Array(n),
        parentLo: new Uint32Array(n),
        shape: new Uint32Array(n),
        trace: new Int32Array(n),
        next: new Int32Array(n),
        arrival: new Uint32Array(n),
        lag: new Float32Array(n),
        durationMs: new Float32Array(n),
        flags: new Uint8Array(n),
      },
      spansMax,
    ),
    spanIndex: createHashIndex(),
    traces: createRows<TraceColumns>(traceColumns(n), 2 * spansMax),
    traceIndex: createHashIndex(),
    links: createRows<LinkColumns>(
      {
        span: new Int32Array(n),
        targetTrace: new Int32Array(n),
        targetHi: new Uint32Array(n),
        targetLo: new Uint32Array(n),
        nextOut: new Int32Array(n),
        nextIn: new Int32Array(n),
      },
      spansMax,
    ),
    isTraceIdStrict,
    oldest: -1,
    youngest: -1,
  }
}

function traceColumns(n: number): TraceColumns {
  return {
    id0: new Uint32Array(n),
    id1: new Uint32Array(n),
    id2: new Uint32Array(n),
    id3: new Uint32Array(n),
    firstSpan: new Int32Array(n),
    spanCount: new Int32Array(n),
    touched: new Uint32Array(n),
    dueMs: new Float64Array(n),
    wheelSlot: new Int32Array(n),
    wheelPrevious: new Int32Array(n),
    wheelNext: new Int32Array(n),
    older: new Int32Array(n),
    younger: new Int32Array(n),
    linksOut: new Int32Array(n),
    linksIn: new Int32Array(n),
    linksInCount: new Int32Array(n),
    flags: new Uint8Array(n),
  }
}
