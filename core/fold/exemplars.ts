// Example traces: which trace shows an edge's operation where none did in this hour (or as options say), and its
// spans as they are kept.
import type { ExemplarSpan } from '../graph/edge.ts'
import { addCandidate, rankExample } from '../graph/examples.ts'
import * as batch from '../span/batch.ts'
import { listOf } from './accumulator.ts'
import { hexOf } from './batch-view.ts'
import type { EmitContext } from './emit.ts'
import * as layout from './layout.ts'
import { viewWithoutProxies } from './proxies.ts'
import * as shapeWords from './shape-words.ts'
import { candidateKey } from './sum-words.ts'

const { SpanFlag, SpanKind } = batch
const {
  SPAN_ARRIVAL,
  SPAN_DURATION,
  SPAN_ID_HIGH,
  SPAN_LAG,
  SPAN_PARENT_HIGH,
  SPAN_WORDS,
  TRACE_FLAGS,
  TRACE_ID,
  TRACE_WORDS,
  TraceFlag,
} = layout
const { SHAPE_KIND, SHAPE_OPERATION, UNNAMED_OPERATION } = shapeWords

const EXEMPLAR_SPANS_MAX = 200

/** Arrivals are kept modulo 2^32 ms; every age is far below that. */
export function arrivalOf({ nowMs, draft }: EmitContext, span: number): number {
  const ageMs = (nowMs - draft.store.spans.words[span + SPAN_ARRIVAL]!) >>> 0
  return nowMs - ageMs
}

/** What an example shows; operation: its position in the graph memory. */
export type Showing = {
  readonly edge: number
  readonly operation: number
  readonly isPlain: boolean
}

/** An example shows what had none in this hour (or as options say), and is sent again when it changes. */
export function keepExemplar(context: EmitContext, shown: readonly Showing[]): void {
  const { draft, pending, memory } = context
  const traces = draft.store.traces.words
  const trace = draft.members[0]! * TRACE_WORDS
  const isShown = (traces[trace + TRACE_FLAGS]! & TraceFlag.exemplar) !== 0
  if (shown.length === 0 && !isShown) return
  const traceId = hexOf(traces, trace + TRACE_ID, 4)
  const operationOf = (operation: number) => draft.table.texts[memory.operationTexts[operation]!]!
  if (context.options.examples === 'lowestHash') {
    const rank = rankExample(traceId)
    for (const { operation, isPlain } of shown) {
      const example = { traceId, operation: operationOf(operation), isPlain, rank }
      addCandidate(listOf(pending.candidates, candidateKey(operation, isPlain)), example)
    }
    return
  }
  traces[trace + TRACE_FLAGS]! |= TraceFlag.exemplar
  for (const { edge, operation, isPlain } of shown)
    listOf(pending.examples, edge).push({ traceId, operation: operationOf(operation), isPlain })
  if (draft.isPartial) viewWithoutProxies(draft, [draft.members[0]!])
  const spans = exemplarSpans(context)
  const startMs = spans.reduce((first, span) => Math.min(first, span.startMs), context.nowMs)
  pending.exemplars.set(traceId, { traceId, startMs, spans })
}

function exemplarSpans(context: EmitContext): ExemplarSpan[] {
  const { draft } = context
  const { words, floats } = draft.store.spans
  return Array.from({ length: Math.min(draft.count, EXEMPLAR_SPANS_MAX) }, (_, i) => {
    const span = draft.rows[i]! * SPAN_WORDS
    const shape = draft.shapes[i]!
    const operation = draft.table.words[shape + SHAPE_OPERATION]! || UNNAMED_OPERATION
    return {
      spanId: hexOf(words, span + SPAN_ID_HIGH, 2),
      parentId: hexOf(words, span + SPAN_PARENT_HIGH, 2),
      kind: draft.table.words[shape + SHAPE_KIND]! || SpanKind.internal,
      service: draft.table.serviceNames[draft.services[i]!] ?? '',
      operation: draft.table.texts[operation]!,
      startMs: arrivalOf(context, span) - floats[span + SPAN_LAG]!,
      durationMs: floats[span + SPAN_DURATION]!,
      isError: (draft.flags[i]! & SpanFlag.error) !== 0,
    }
  })
}
