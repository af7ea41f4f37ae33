// From an evaluation to sums: which calls count now, under which node, edge, operation and time, and
// which trace serves as their example. A trace's results are taken back exactly as they were given.
import type { ExemplarSpan } from '../graph/edge.ts'
import { addCandidate, dropCandidate, rankExample } from '../graph/examples.ts'
import type { NodeKey } from '../graph/node.ts'
import { SpanKind } from '../span/batch.ts'
import { WEIGHT_UNIT, weightUnits } from '../span/sampling.ts'
import { type Accumulator, addCall, type CountedCall, noteNode } from './accumulator.ts'
import { type Call, type CallEnd, NO_OPERATION, SPAN_CLASSES } from './calls.ts'
import type { Evaluation } from './evaluate.ts'
import { type GraphMemory, internEdge, internNode, internOperation } from './graph-memory.ts'
import type { FoldOptions } from './options.ts'
import { RowFlag, type Store, TraceFlag } from './rows.ts'
import type { Shape, ShapeTable } from './shape.ts'

const EXEMPLAR_SPANS_MAX = 200
const HOUR_MS = 3_600_000

/** What a trace has contributed: enough to take it back when a late span changes it. */
export type Results = {
  readonly calls: readonly CountedCall[]
  /** Held spans by class, in the order of SPAN_CLASSES. */
  readonly classes: readonly number[]
  /** Nodes of unattributed server calls, one a call. */
  readonly unattributed: readonly number[]
}

export type EmitContext = {
  readonly options: FoldOptions
  readonly store: Store
  readonly table: ShapeTable
  readonly memory: GraphMemory
  readonly pending: Accumulator
  /** Spans by final class, in the order of SPAN_CLASSES. */
  readonly classTotals: number[]
  readonly nowMs: number
}

/**
 * The results of an evaluation. counts: whether what hangs on a span counts (it is held, or newly
 * held); withProved: whether calls that hang on no span count too.
 */
export function resultsOf(
  context: EmitContext,
  evaluation: Evaluation,
  counts: (position: number) => boolean,
  withProved: boolean,
): Results {
  const classes = SPAN_CLASSES.map(() => 0)
  evaluation.classes.forEach((spanClass, position) => {
    if (counts(position)) classes[SPAN_CLASSES.indexOf(spanClass)]!++
  })
  return {
    calls: evaluation.calls
      .filter((call) => (call.gate < 0 ? withProved : counts(call.gate)))
      .map((call) => countedCall(context, evaluation, call)),
    classes,
    unattributed: evaluation.unattributed
      .filter(counts)
      .map((position) => endNode(context, evaluation.view.services[position]!, -1)),
  }
}

/** sign: +1 gives, -1 takes back. */
export function addResults(context: EmitContext, results: Results, sign: 1 | -1): void {
  results.classes.forEach((spans, i) => {
    context.classTotals[i]! += sign * spans
  })
  for (const node of results.unattributed)
    noteNode(context.pending, node, context.nowMs).unattributedCalls += sign
  for (const call of results.calls) {
    addCall(context.pending, call, sign)
    if (sign < 0) continue
    const edge = context.memory.edges[call.edge]!
    noteNode(context.pending, edge.source, call.timeMs)
    noteNode(context.pending, edge.target, call.timeMs)
  }
}

/** Keeps the trace as an example where one of its calls has had none in this hour (or as options say). */
export function keepExemplar(
  context: EmitContext,
  evaluation: Evaluation,
  results: Results,
  trace: number,
): void {
  if (context.options.examples === 'lowestHash') {
    noteCandidate(context, results, trace)
    return
  }
  const flags = context.store.traces.columns.flags
  const hour = Math.floor(context.nowMs / HOUR_MS)
  const shown = results.calls.filter((call) => {
    const { operations } = context.memory.edges[call.edge]!
    if ((operations.get(call.operation) ?? -1) >= hour) return false
    operations.set(call.operation, hour)
    return true
  })
  if (shown.length > 0) flags[trace]! |= TraceFlag.exemplar
  if ((flags[trace]! & TraceFlag.exemplar) === 0) return
  const traceId = traceIdText(context.store, trace)
  for (const { edge, operation } of shown)
    context.pending.edges.get(edge)!.exemplars.push({ traceId, operation })
  const spans = exemplarSpans(context, evaluation)
  const startMs = spans.reduce((first, span) => Math.min(first, span.startMs), context.nowMs)
  context.pending.exemplars.set(traceId, { traceId, startMs, spans })
}

function noteCandidate(context: EmitContext, results: Results, trace: number): void {
  const traceId = traceIdText(context.store, trace)
  const rank = rankExample(traceId)
  for (const { edge, operation } of results.calls)
    addCandidate(context.pending.edges.get(edge)!.candidates, { traceId, operation, rank })
}

/** The trace's results were taken back: it is an example of nothing until it is evaluated again. */
export function dropCandidates(context: EmitContext, results: Results, trace: number): void {
  if (context.options.examples !== 'lowestHash') return
  const traceId = traceIdText(context.store, trace)
  for (const { edge } of results.calls)
    dropCandidate(context.pending.edges.get(edge)!.candidates, traceId)
}

function countedCall(context: EmitContext, evaluation: Evaluation, call: Call): CountedCall {
  const { rows } = evaluation.view
  const s = context.store.spans.columns
  const timed = rows[call.server >= 0 ? call.server : call.client]!
  const source = endNode(context, call.source, call.home)
  const target = endNode(context, call.target, call.home)
  const edge = internEdge(context.memory, context.options, source, target)
  const known = context.memory.edges[edge]!
  const caller = evaluation.view.shapes[call.client]
  return {
    edge,
    host: caller?.host ?? '',
    port: caller?.port ?? 0,
    rule: call.rule,
    protocol: call.protocol,
    isError: call.isError,
    operation: internOperation(context.memory, context.options, known, call.operation),
    timeMs: callTimeMs(context, timed),
    clientMs: call.client >= 0 ? s.durationMs[rows[call.client]!]! : -1,
    serverMs: call.server >= 0 ? s.durationMs[rows[call.server]!]! : -1,
    unseen: weightUnits(rarest(caller, evaluation.view.shapes[call.server])) - WEIGHT_UNIT,
  }
}

/** A pair is there only when both halves were kept: the one that is kept more rarely decides. */
function rarest(client: Shape | undefined, server: Shape | undefined): number {
  return Math.max(client?.weight ?? 0, server?.weight ?? 0)
}

/** Position in the graph memory. home: the service whose environment a stated end belongs to. */
function endNode(context: EmitContext, end: CallEnd, home: number): number {
  if (typeof end === 'number') {
    const known = context.memory.serviceNodes[end]
    if (known !== undefined) return known
  }
  const node = internEnd(context, end, home)
  if (typeof end === 'number') context.memory.serviceNodes[end] = node
  return node
}

function internEnd(context: EmitContext, end: CallEnd, home: number): number {
  const { services } = context.table
  const key: NodeKey =
    typeof end === 'number'
      ? { kind: 'service', ...services[end]! }
      : { ...end, namespace: '', environment: services[home]!.environment }
  return internNode(context.memory, context.options, key)
}

/** Unix ms of a span's end, or of its arrival when its clock is too far off. */
function callTimeMs(context: EmitContext, row: number): number {
  const s = context.store.spans.columns
  const arrivalMs = arrivalOf(context, row)
  if (s.flags[row]! & RowFlag.clockSkewed) return arrivalMs
  return arrivalMs - s.lag[row]! + s.durationMs[row]!
}

/** Arrivals are kept modulo 2^32 ms; every age is far below that. */
function arrivalOf(context: EmitContext, row: number): number {
  const ageMs = ((context.nowMs >>> 0) - context.store.spans.columns.arrival[row]!) >>> 0
  return context.nowMs - ageMs
}

function exemplarSpans(context: EmitContext, evaluation: Evaluation): ExemplarSpan[] {
  const { view } = evaluation
  const s = context.store.spans.columns
  return view.rows.slice(0, EXEMPLAR_SPANS_MAX).map((row, i) => ({
    spanId: hex(s.idHi[row]!) + hex(s.idLo[row]!),
    parentId: hex(s.parentHi[row]!) + hex(s.parentLo[row]!),
    kind: view.shapes[i]!.kind || SpanKind.internal,
    service: context.table.services[view.services[i]!]?.name ?? '',
    operation: view.shapes[i]!.operation || NO_OPERATION,
    startMs: arrivalOf(context, row) - s.lag[row]!,
    durationMs: s.durationMs[row]!,
    isError: view.isError[i]!,
  }))
}

function traceIdText(store: Store, trace: number): string {
  const t = store.traces.columns
  return [t.id0, t.id1, t.id2, t.id3].map((column) => hex(column[trace]!)).join('')
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}
