// OTLP protobuf -> SpanBatch, straight from the bytes: no object a span or attribute, no string but for
// a kept value not seen before in the batch. Fields nobody needs are stepped over by their length.
// Source: opentelemetry-proto v1 trace.proto, common.proto, resource.proto (field numbers below).
import { clearDraft, dropDraftValue, internSet, setDraftValue } from '../attribute-sets.ts'
import { DEFAULT_DECODE_LIMITS, type DecodeLimits, type DecodeResult, SpanFlag } from '../batch.ts'
import {
  beginLink,
  beginSpan,
  clearParent,
  commitLink,
  commitSpan,
  finishBatch,
  loseParent,
  rejectSpan,
  setSpanValue,
} from '../builder.ts'
import { type BatchBuilder, createBatchBuilder } from '../builder-columns.ts'
import { FIRST_PEER_KEY, RESOURCE_KEYS, SPAN_KEYS } from '../keys.ts'
import { weightOfTraceState } from '../sampling.ts'
import { copyBytes, copyNanos, copyWords } from './copy.ts'
import { createKeyTable, familyOfBytes, type KeyTable, matchKey } from './key-table.ts'
import { createKeyValueReader, type KeyValueReader, readKeyValue } from './key-value.ts'
import { catchMalformed, Malformed } from './malformed.ts'
import {
  createValueCache,
  internBytes,
  reductionMode,
  type ValueCache,
  ValueKind,
} from './value-cache.ts'
import {
  createWireReader,
  readFixed,
  readLength,
  readTag,
  readVarint,
  skipField,
  type WireReader,
} from './wire.ts'

// Field number << 3 | wire type. Plain constants: they are compared once a field.
const REQUEST_RESOURCE_SPANS = 0x0a
const RESOURCE_SPANS_RESOURCE = 0x0a
const RESOURCE_SPANS_SCOPE_SPANS = 0x12
const RESOURCE_ATTRIBUTES = 0x0a
const SCOPE_SPANS_SPANS = 0x12
const SPAN_TRACE_ID = 0x0a
const SPAN_SPAN_ID = 0x12
const SPAN_TRACE_STATE = 0x1a
const SPAN_PARENT_SPAN_ID = 0x22
const SPAN_KIND = 0x30
const SPAN_START = 0x39
const SPAN_END = 0x41
const SPAN_ATTRIBUTES = 0x4a
const SPAN_LINKS = 0x6a
const SPAN_STATUS = 0x7a
const SPAN_FLAGS = (16 << 3) | 5
const LINK_TRACE_ID = 0x0a
const LINK_SPAN_ID = 0x12
const STATUS_CODE = 0x18
const STATUS_ERROR = 2
const KIND_MAX = 5
/** About the least a real span takes; only for the first size of the columns. */
const SPAN_BYTES_HINT = 256

const SPAN_TABLE = createKeyTable(SPAN_KEYS.map((key) => key.name))
const SPAN_MODES = Uint8Array.from(SPAN_KEYS, (key) => reductionMode(key.reduction))
const PRESENCE = reductionMode('presence')
const TEXT = reductionMode('text')
const RESOURCE_TABLE = createKeyTable(RESOURCE_KEYS.map((key) => key.name))
const RESOURCE_MODES = Uint8Array.from(RESOURCE_KEYS, (key) => reductionMode(key.reduction))

type Decoder = {
  readonly wire: WireReader
  readonly builder: BatchBuilder
  readonly cache: ValueCache
  readonly pair: KeyValueReader
  /** Null when the user names no attributes of his own. */
  readonly peerTable: KeyTable | null
}

/** Decodes one ExportTraceServiceRequest. Never throws on input; linear in the length of the body. */
export function decodeOtlpProtobuf(
  body: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): DecodeResult {
  return catchMalformed((): DecodeResult => {
    const wire = createWireReader(body)
    const builder = createBatchBuilder(limits, Math.ceil(body.length / SPAN_BYTES_HINT))
    const decoder: Decoder = {
      wire,
      builder,
      cache: createValueCache(body, builder),
      pair: createKeyValueReader(wire, limits.depthMax),
      peerTable: limits.peerKeys.length === 0 ? null : createKeyTable(limits.peerKeys),
    }
    while (wire.pos < body.length) {
      const tag = readTag(wire, body.length)
      if (tag !== REQUEST_RESOURCE_SPANS) skipField(wire, body.length, tag)
      else decodeResourceSpans(decoder, readLength(wire, body.length) + wire.pos)
    }
    return { ok: true, ...finishBatch(builder) }
  })
}

/** Twice over its fields: the resource may stand behind the spans. */
function decodeResourceSpans(decoder: Decoder, end: number): void {
  const { wire, builder } = decoder
  const start = wire.pos
  clearDraft(builder.resourceDraft)
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== RESOURCE_SPANS_RESOURCE) skipField(wire, end, tag)
    else decodeResource(decoder, readLength(wire, end) + wire.pos)
  }
  const resource = internSet(builder.resourceSets, builder.resourceDraft)
  wire.pos = start
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== RESOURCE_SPANS_SCOPE_SPANS) skipField(wire, end, tag)
    else decodeScopeSpans(decoder, readLength(wire, end) + wire.pos, resource)
  }
}

function decodeResource(decoder: Decoder, end: number): void {
  const { wire, builder, pair } = decoder
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== RESOURCE_ATTRIBUTES) {
      skipField(wire, end, tag)
      continue
    }
    readKeyValue(pair, readLength(wire, end) + wire.pos)
    const key = matchKey(RESOURCE_TABLE, wire, pair.keyStart, pair.keyEnd)
    if (key < 0) continue
    if (pair.kind === ValueKind.none || pair.kind === ValueKind.other) {
      dropDraftValue(builder.resourceDraft, key)
      continue
    }
    const mode = RESOURCE_MODES[key]! + pair.kind
    const value = internBytes(decoder.cache, mode, pair.valueStart, pair.valueEnd)
    setDraftValue(builder.resourceDraft, key, value)
  }
}

function decodeScopeSpans(decoder: Decoder, end: number, resource: number): void {
  const { wire, builder } = decoder
  const { spansMax } = builder.limits
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== SCOPE_SPANS_SPANS) {
      skipField(wire, end, tag)
      continue
    }
    if (builder.count + builder.rejected >= spansMax) {
      throw new Malformed(`more than ${spansMax} spans in one request (spansMax)`)
    }
    decodeSpan(decoder, readLength(wire, end) + wire.pos, resource)
  }
}

function decodeSpan(decoder: Decoder, end: number, resource: number): void {
  const { wire, builder } = decoder
  beginSpan(builder)
  const row = builder.count
  let traceId = -1
  let spanId = -1
  // 0 = none, -1 = of wrong length.
  let parentId = 0
  let kind = 0
  let start = 0
  let finish = 0
  let isError = false
  let flags = 0
  let weight = 0
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === SPAN_ATTRIBUTES) decodeAttribute(decoder, readLength(wire, end) + wire.pos)
    else if (tag === SPAN_TRACE_ID) traceId = readId(wire, end, 16)
    else if (tag === SPAN_SPAN_ID) spanId = readId(wire, end, 8)
    else if (tag === SPAN_PARENT_SPAN_ID) parentId = readId(wire, end, 8)
    else if (tag === SPAN_KIND) kind = readVarint(wire, end)
    else if (tag === SPAN_START) start = readFixed(wire, end, 8)
    else if (tag === SPAN_END) finish = readFixed(wire, end, 8)
    else if (tag === SPAN_STATUS) {
      isError = readStatus(wire, readLength(wire, end) + wire.pos, isError)
    } else if (tag === SPAN_FLAGS) flags = wire.view.getUint32(readFixed(wire, end, 4), true)
    else if (tag === SPAN_LINKS) decodeLink(decoder, readLength(wire, end) + wire.pos)
    else if (tag === SPAN_TRACE_STATE) weight = readWeight(wire, readLength(wire, end) + wire.pos)
    else skipField(wire, end, tag)
  }
  if (traceId <= 0 || spanId <= 0) {
    rejectSpan(builder)
    return
  }
  copyWords(wire.view, traceId, builder.traceWords, 4 * row, 4)
  copyWords(wire.view, spanId, builder.spanWords, 2 * row, 2)
  builder.kinds[row] = kind <= KIND_MAX ? kind : 0
  builder.flags[row] =
    (isError ? SpanFlag.error : 0) |
    (flags & 0x100 ? SpanFlag.remoteKnown : 0) |
    (flags & 0x200 ? SpanFlag.remote : 0)
  if (parentId > 0) copyWords(wire.view, parentId, builder.parentWords, 2 * row, 2)
  else if (parentId < 0) loseParent(builder)
  else clearParent(builder)
  copyNanos(wire.view, start, builder.startWords, row)
  copyNanos(wire.view, finish, builder.endWords, row)
  builder.weights[row] = weight
  commitSpan(builder, resource)
}

function decodeAttribute(decoder: Decoder, end: number): void {
  const { wire, builder, pair } = decoder
  readKeyValue(pair, end)
  const key = matchKey(SPAN_TABLE, wire, pair.keyStart, pair.keyEnd)
  const draft = builder.spanDraft
  if (decoder.peerTable) decodePeer(decoder, decoder.peerTable)
  if (key < 0) {
    draft.families |= familyOfBytes(wire.bytes, pair.keyStart, pair.keyEnd)
    return
  }
  draft.families |= SPAN_TABLE.families[key]!
  const mode = SPAN_MODES[key]!
  if (mode === PRESENCE) setDraftValue(draft, key, 0)
  else if (pair.kind === ValueKind.none || pair.kind === ValueKind.other) dropDraftValue(draft, key)
  else {
    const value = internBytes(decoder.cache, mode + pair.kind, pair.valueStart, pair.valueEnd)
    setSpanValue(builder, key, value, decoder.cache.path)
  }
}

/** An attribute that a user takes for the peer, whatever else it means. */
function decodePeer({ wire, builder, cache, pair }: Decoder, table: KeyTable): void {
  const peer = matchKey(table, wire, pair.keyStart, pair.keyEnd)
  if (peer < 0) return
  const key = FIRST_PEER_KEY + peer
  if (pair.kind === ValueKind.none || pair.kind === ValueKind.other)
    dropDraftValue(builder.spanDraft, key)
  else {
    const value = internBytes(cache, TEXT + pair.kind, pair.valueStart, pair.valueEnd)
    setDraftValue(builder.spanDraft, key, value)
  }
}

function decodeLink(decoder: Decoder, end: number): void {
  const { wire, builder } = decoder
  let traceId = -1
  let spanId = -1
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === LINK_TRACE_ID) traceId = readId(wire, end, 16)
    else if (tag === LINK_SPAN_ID) spanId = readId(wire, end, 8)
    else skipField(wire, end, tag)
  }
  if (!beginLink(builder)) return
  if (traceId <= 0 || spanId <= 0) {
    builder.rowLinksCut++
    return
  }
  const link = builder.linkCount
  copyBytes(wire.bytes, traceId, builder.linkTraceIds, 16 * link, 16)
  copyBytes(wire.bytes, spanId, builder.linkSpanIds, 8 * link, 8)
  commitLink(builder)
}

/** Whether the merged status is ERROR: a second Status without a code leaves the first one's. */
function readStatus(wire: WireReader, end: number, before: boolean): boolean {
  let isError = before
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === STATUS_CODE) isError = readVarint(wire, end) === STATUS_ERROR
    else skipField(wire, end, tag)
  }
  return isError
}

function readWeight(wire: WireReader, end: number): number {
  const start = wire.pos
  wire.pos = end
  return weightOfTraceState(wire.bytes, start, end)
}

/** Position of an id (never 0: a tag and a length stand before it); 0 = empty, -1 = of wrong length. */
function readId(wire: WireReader, end: number, length: number): number {
  const found = readLength(wire, end)
  const start = wire.pos
  wire.pos = start + found
  return found === length ? start : found === 0 ? 0 : -1
}
