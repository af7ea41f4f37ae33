// From an evaluation to sums: which calls count now, under which node, edge, operation and time, and
// which trace serves as their example. A trace's results are taken back exactly as they were given.
import { dropCandidate } from '../graph/examples.ts'
import { histogramBucket } from '../graph/histogram.ts'
import * as sampling from '../span/sampling.ts'
import { weightUnits } from '../span/sampling.ts'
import { type Accumulator, addCounted, listOf } from './accumulator.ts'
import { bigEndian, hexOf } from './batch-view.ts'
import * as callWords from './call-words.ts'
import { endOf, SPAN_CLASSES } from './calls.ts'
import type { Draft } from './draft.ts'
import * as draftWords from './draft-words.ts'
import { Encryption } from './encryption.ts'
import { arrivalOf, keepExemplar, type Showing } from './exemplars.ts'
import { type GraphMemory, internEdge, internNode, internOperation } from './graph-memory.ts'
import { addPair, findPair, type HashKeys } from './hash.ts'
import * as instances from './instances.ts'
import * as layout from './layout.ts'
import { noteNode } from './node-sums.ts'
import type { FoldOptions } from './options.ts'
import type { ShapeTable } from './shape.ts'
import * as shapeWords from './shape-words.ts'
import * as sumWords from './sum-words.ts'
import { candidateKey } from './sum-words.ts'

const { WEIGHT_UNIT } = sampling
const {
  CALL_CLIENT,
  CALL_ERROR,
  CALL_GATE,
  CALL_HOME,
  CALL_OPERATION,
  CALL_PROTOCOL,
  CALL_RULE,
  CALL_SERVER,
  CALL_SOURCE,
  CALL_TARGET,
  CALL_WORDS,
} = callWords
const { Mark } = draftWords
const { DIGESTS } = instances
const {
  INSTANCE_SHIFT,
  RowFlag,
  SPAN_DURATION,
  SPAN_FLAGS,
  SPAN_LAG,
  SPAN_WORDS,
  TRACE_ID,
  TRACE_WORDS,
} = layout
const { NO_TEXT, SHAPE_ENCRYPTION, SHAPE_HOST, SHAPE_PORT, SHAPE_WEIGHT } = shapeWords
const {
  COUNTED_CALLER,
  COUNTED_CLIENT,
  COUNTED_EDGE,
  COUNTED_ENCRYPTION,
  COUNTED_ERROR,
  COUNTED_HOST,
  COUNTED_NUMBERS,
  COUNTED_OPERATION,
  COUNTED_PORT,
  COUNTED_PROTOCOL,
  COUNTED_RULE,
  COUNTED_SERVER,
  COUNTED_TIME,
  COUNTED_TRACE,
  COUNTED_UNSEEN,
} = sumWords

const HOUR_MS = 3_600_000

/** Of the low half of a trace's id, which those that count as one share: 1 to DIGESTS. */
function traceDigest(words: Int32Array, trace: number): number {
  const low = trace * TRACE_WORDS + TRACE_ID + 2
  let hash = Math.imul(bigEndian(words[low]!), 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15) ^ bigEndian(words[low + 1]!), 0x85ebca6b)
  return 1 + (((hash ^ (hash >>> 13)) >>> 0) % DIGESTS)
}

/** What a trace has contributed: enough to take it back when a late span changes it. */
export type Results = {
  /** COUNTED_NUMBERS a call. */
  readonly counted: Float64Array
  /** Held spans by class, in the order of SPAN_CLASSES. */
  readonly classes: Int32Array
  /** Nodes of unattributed server calls, one a call. */
  readonly unattributed: readonly number[]
}

/**
 * Which of an evaluation's results count: those of spans that are held, or of those that reached the hold
 * time just now, because the rest was counted before. Calls that wait for no span go with the former.
 */
export type Selection = typeof Mark.held | typeof Mark.newlyHeld

/** What a fold has of this; see fold.ts. */
export type EmitContext = {
  readonly options: FoldOptions
  readonly keys: HashKeys
  readonly draft: Draft
  readonly table: ShapeTable
  readonly memory: GraphMemory
  readonly pending: Accumulator
  readonly tallies: { readonly classTotals: number[] }
  /** Room for one call. */
  readonly counted: Float64Array
  readonly nowMs: number
}

/** Counts what the desk holds, and keeps the trace as an example where it is needed. */
export function emitResults(context: EmitContext, selection: Selection): void {
  const { draft, counted, pending, memory } = context
  const keys = draft.store.hashKeys
  const hour = Math.floor(context.nowMs / HOUR_MS)
  const isHourly = context.options.examples === 'hourly'
  const shown: Showing[] = []
  addClasses(context, selection)
  if (draft.calls.count > 0)
    counted[COUNTED_TRACE] = traceDigest(draft.store.traces.words, draft.members[0]!)
  for (let call = 0; call < draft.calls.count; call++) {
    if (!isCounted(draft, call * CALL_WORDS, selection)) continue
    resolveCall(context, call * CALL_WORDS, counted, 0)
    addCounted(pending, keys, counted, 0, 1)
    const operation = counted[COUNTED_OPERATION]!
    const isPlain = counted[COUNTED_ENCRYPTION] === Encryption.plain
    const isKnown = memory.exemplarHours[operation]! >= hour
    if (isHourly && isKnown && (!isPlain || memory.plainHours[operation]! >= hour)) continue
    memory.exemplarHours[operation] = hour
    if (isPlain) memory.plainHours[operation] = hour
    shown.push({ edge: counted[COUNTED_EDGE]!, operation, isPlain })
  }
  keepExemplar(context, shown)
}

function addClasses(context: EmitContext, selection: Selection): void {
  const { draft, pending } = context
  const { classTotals } = context.tallies
  const { count, marks, classes } = draft
  for (let i = 0; i < count; i++) if (marks[i]! & selection) classTotals[classes[i]!]!++
  for (const i of draft.unattributed)
    if (marks[i]! & selection) {
      const node = endNode(context, draft.services[i]!, -1)
      noteNode(pending, node, context.nowMs).unattributedCalls++
    }
}

function isCounted({ calls, marks }: Draft, call: number, selection: Selection): boolean {
  const gate = calls.words[call + CALL_GATE]!
  return gate < 0 ? selection === Mark.held : (marks[gate]! & selection) !== 0
}

/** The results of the whole desk, to be taken back later. */
export function captureResults(context: EmitContext): Results {
  const { draft } = context
  const counted = new Float64Array(draft.calls.count * COUNTED_NUMBERS)
  let end = 0
  for (let call = 0; call < draft.calls.count; call++) {
    if (!isCounted(draft, call * CALL_WORDS, Mark.held)) continue
    resolveCall(context, call * CALL_WORDS, counted, end)
    end += COUNTED_NUMBERS
  }
  const classes = new Int32Array(SPAN_CLASSES.length)
  for (let i = 0; i < draft.count; i++)
    if (draft.marks[i]! & Mark.held) classes[draft.classes[i]!]!++
  const unattributed = draft.unattributed
    .filter((i) => draft.marks[i]! & Mark.held)
    .map((i) => endNode(context, draft.services[i]!, -1))
  return { counted: counted.slice(0, end), classes, unattributed }
}

/** owner: the trace that gave them; it is an example of nothing until it is evaluated again. */
export function takeBackResults(context: EmitContext, results: Results, owner: number): void {
  const { pending, draft } = context
  const { classTotals } = context.tallies
  results.classes.forEach((spans, i) => {
    classTotals[i]! -= spans
  })
  for (const node of results.unattributed)
    noteNode(pending, node, context.nowMs).unattributedCalls--
  for (let at = 0; at < results.counted.length; at += COUNTED_NUMBERS)
    addCounted(pending, draft.store.hashKeys, results.counted, at, -1)
  if (context.options.examples !== 'lowestHash') return
  const traceId = hexOf(draft.store.traces.words, owner * TRACE_WORDS + TRACE_ID, 4)
  for (let at = 0; at < results.counted.length; at += COUNTED_NUMBERS)
    dropCandidate(listOf(pending.candidates, showingOf(results.counted, at)), traceId)
}

function showingOf(counted: Float64Array, at: number): number {
  const isPlain = counted[at + COUNTED_ENCRYPTION] === Encryption.plain
  return candidateKey(counted[at + COUNTED_OPERATION]!, isPlain)
}

/** Writes a call of the desk to `into`, from `at` on: its ends and operation found in the graph memory. */
function resolveCall(context: EmitContext, call: number, into: Float64Array, at: number): void {
  const { draft, memory } = context
  const calls = draft.calls.words
  const shapes = draft.table.words
  const floats = draft.store.spans.floats
  const client = calls[call + CALL_CLIENT]!
  const server = calls[call + CALL_SERVER]!
  const home = calls[call + CALL_HOME]!
  const source = endNode(context, calls[call + CALL_SOURCE]!, home)
  const target = endNode(context, calls[call + CALL_TARGET]!, home)
  const edge = internEdge(memory, context, source, target)
  const clientShape = client < 0 ? -1 : draft.shapes[client]!
  const serverShape = server < 0 ? -1 : draft.shapes[server]!
  // A pair is there only when both halves were kept: the one that is kept more rarely decides.
  const weight = Math.max(
    client < 0 ? 0 : shapes[clientShape + SHAPE_WEIGHT]!,
    server < 0 ? 0 : shapes[serverShape + SHAPE_WEIGHT]!,
  )
  // Where TLS ends at a proxy the halves differ: the edge leaves the caller, so the caller's word counts.
  const encryption = client < 0 ? 0 : shapes[clientShape + SHAPE_ENCRYPTION]!
  const clientSpan = client < 0 ? -1 : draft.rows[client]! * SPAN_WORDS
  const serverSpan = server < 0 ? -1 : draft.rows[server]! * SPAN_WORDS
  into[at + COUNTED_EDGE] = edge
  into[at + COUNTED_OPERATION] = internOperation(
    memory,
    context,
    edge,
    calls[call + CALL_OPERATION]!,
  )
  into[at + COUNTED_TIME] = callTimeMs(context, serverSpan >= 0 ? serverSpan : clientSpan)
  into[at + COUNTED_CLIENT] = client < 0 ? -1 : histogramBucket(floats[clientSpan + SPAN_DURATION]!)
  into[at + COUNTED_SERVER] = server < 0 ? -1 : histogramBucket(floats[serverSpan + SPAN_DURATION]!)
  into[at + COUNTED_RULE] = calls[call + CALL_RULE]!
  into[at + COUNTED_PROTOCOL] = calls[call + CALL_PROTOCOL]!
  into[at + COUNTED_ERROR] = calls[call + CALL_ERROR]!
  into[at + COUNTED_HOST] = client < 0 ? NO_TEXT : shapes[clientShape + SHAPE_HOST]!
  into[at + COUNTED_PORT] = client < 0 ? 0 : shapes[clientShape + SHAPE_PORT]!
  into[at + COUNTED_UNSEEN] = weight === 0 ? 0 : weightUnits(weight) - WEIGHT_UNIT
  into[at + COUNTED_ENCRYPTION] =
    encryption !== 0 || server < 0 ? encryption : shapes[serverShape + SHAPE_ENCRYPTION]!
  into[at + COUNTED_CALLER] =
    client < 0 ? 0 : draft.store.spans.words[clientSpan + SPAN_FLAGS]! >>> INSTANCE_SHIFT
}

/** Position in the graph memory of one end of a call. home: the service whose environment a stated end belongs to. */
function endNode(context: EmitContext, end: number, home: number): number {
  const { memory, draft } = context
  if (end >= 0) return serviceNode(context, end)
  const environment = draft.table.serviceEnvironments[home]!
  const known = findPair(memory.endNodes, context.keys, end, environment)
  if (known >= 0) return known
  const stated = draft.table.ends[endOf(end)]!
  const key = { ...stated, namespace: '', environment: context.table.services[home]!.environment }
  const node = internNode(memory, context.options, key)
  addPair(memory.endNodes, context.keys, end, environment, node)
  return node
}

/** Position in the graph memory of a service of the shape table. */
export function serviceNode(
  { memory, options, table }: Pick<EmitContext, 'memory' | 'options' | 'table'>,
  service: number,
): number {
  const known = memory.serviceNodes[service]
  if (known !== undefined) return known
  const node = internNode(memory, options, { kind: 'service', ...table.services[service]! })
  memory.serviceNodes[service] = node
  return node
}

/** Unix ms of a span's end, or of its arrival when its clock is too far off. */
function callTimeMs(context: EmitContext, span: number): number {
  const { words, floats } = context.draft.store.spans
  const arrivalMs = arrivalOf(context, span)
  if (words[span + SPAN_FLAGS]! & RowFlag.clockSkewed) return arrivalMs
  return arrivalMs - floats[span + SPAN_LAG]! + floats[span + SPAN_DURATION]!
}
