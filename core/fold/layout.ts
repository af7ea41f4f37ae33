// The words of the fold's records: what is kept of a span, a trace and a link, and their flags.
// Everything about a span but its ids, times and status is in its shape.
// Files that use these words once a span take them over as constants of their own, `const { SPAN_NEXT } = layout`:
// the engine folds those into the code, and loads and checks an imported one at each use (docs/decisions/0022).

/** Words of a span. Ids are words as they stand in the batch, see batch-view.ts. */
export const SPAN_WORDS = 10
export const SPAN_ID_HIGH = 0
export const SPAN_ID_LOW = 1
export const SPAN_PARENT_HIGH = 2
export const SPAN_PARENT_LOW = 3
/** Next span of the same trace, -1 at the end. */
export const SPAN_NEXT = 4
export const SPAN_SHAPE = 5
/** Arrival, unix ms modulo 2^32: ages are differences, so the wrap does no harm. */
export const SPAN_ARRIVAL = 6
/** Float: arrival minus start, ms. */
export const SPAN_LAG = 7
/** Float: ms. */
export const SPAN_DURATION = 8
/** RowFlag bits. */
export const SPAN_FLAGS = 9

/** Bits of a span's flags; the first four are SpanFlag's. */
export const RowFlag = {
  /** Waited for the hold time: its virtual or entry call counts now, and its class. */
  held: 16,
  /** Its times were too far from arrival; arrival stands in (DESIGN section 2, Bucket time). */
  clockSkewed: 32,
  /** Its parent was not there when last looked for. */
  waiting: 64,
  /** Store.linksOfSpan knows its links. */
  linking: 128,
} as const
/** Above them: the span's class, as of the last evaluation; and above that its instance, see instances.ts. */
export const CLASS_SHIFT = 8
export const CLASS_BITS = 0xf << CLASS_SHIFT
export const INSTANCE_SHIFT = 12

/** Words of a trace. */
export const TRACE_WORDS = 16
export const TRACE_ID = 0
export const TRACE_FIRST_SPAN = 4
export const TRACE_SPANS = 5
/** Unix ms modulo 2^32, like the two other times. */
export const TRACE_TOUCHED = 6
/** Timing wheel: see wheel.ts. */
export const TRACE_DUE = 7
export const TRACE_WHEEL_NEXT = 8
export const TRACE_WHEEL_PREVIOUS = 9
/** List of all traces with spans, oldest first. */
export const TRACE_OLDER = 10
export const TRACE_YOUNGER = 11
/** First link to this trace, -1: none; and how many there are. */
export const TRACE_LINKS_IN = 12
/** Place among the traces of the batch that is being taken in: see insert.ts. */
export const TRACE_PLACE = 13
/** Arrival of the oldest span that is not held; meaningful with TraceFlag.waiting. */
export const TRACE_UNHELD = 14
/** TraceFlag bits; above them, from bit 16 on, the number of links to this trace. */
export const TRACE_FLAGS = 15
export const LINKS_IN_SHIFT = 16

/** Bits of a trace's flags. */
export const TraceFlag = {
  /** Results were emitted; a change must take them back first. */
  emitted: 1,
  /** Changed since it was last evaluated. */
  dirty: 2,
  /** May complete an edge never seen before: evaluated without waiting for quiet. */
  urgent: 4,
  /** Shown as an example: its spans are sent again when it changes. */
  exemplar: 8,
  /** In the timing wheel. */
  scheduled: 16,
  /** Some of its spans are not held. */
  waiting: 32,
  /** Some of its spans link to others. */
  linking: 64,
  /** What waits for the hold rests on single spans: see hold.ts. */
  plain: 128,
} as const

/** Words of a link. */
export const LINK_WORDS = 8
export const LINK_SPAN = 0
export const LINK_TRACE = 1
export const LINK_TARGET_TRACE = 2
export const LINK_TARGET_HIGH = 3
export const LINK_TARGET_LOW = 4
/** Next link of the same span, and to the same target; -1 at the end. */
export const LINK_NEXT_OUT = 5
export const LINK_NEXT_IN = 6
