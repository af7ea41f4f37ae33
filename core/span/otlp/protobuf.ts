// OTLP protobuf -> SpanBatch, straight from the bytes: no object a span or attribute, no string but for
// a kept value not seen before in the batch. Fields nobody needs are stepped over by their length.
// Source: opentelemetry-proto v1 trace.proto, common.proto, resource.proto (field numbers below).

import * as batch from '../batch.ts'
import { DEFAULT_DECODE_LIMITS, type DecodeLimits, type DecodeResult } from '../batch.ts'
import {
  beginLink,
  beginSpan,
  clearBuilder,
  clearParent,
  commitLink,
  commitSpan,
  finishBatch,
  loseParent,
  rejectSpan,
} from '../builder.ts'
import { type BatchBuilder, createBatchBuilder } from '../builder-columns.ts'
import { createLexicon, isLexiconFull } from '../lexicon.ts'
import { arePathsFull } from './attribute-paths.ts'
import {
  type AttributeReader,
  beginAttributes,
  createAttributeReader,
  finishAttributes,
  readAttribute,
  readAttributes,
  setSource,
} from './attributes.ts'
import { copyBytes, copyNanos, copyWords } from './copy.ts'
import { catchMalformed, Malformed } from './malformed.ts'
import { readId, readLikeness, readStatus, readWeight } from './span-fields.ts'
import { createValueCache, isValueCacheFull, type ValueCache } from './value-cache.ts'
import {
  createWireReader,
  readFixed,
  readLength,
  readTag,
  readVarint,
  skipField,
  type WireReader,
} from './wire.ts'

const { SpanFlag } = batch

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
const SPAN_NAME = 0x2a
const SPAN_KIND = 0x30
const SPAN_START = 0x39
const SPAN_END = 0x41
const SPAN_ATTRIBUTES = 0x4a
const SPAN_LINKS = 0x6a
const SPAN_STATUS = 0x7a
const SPAN_FLAGS = (16 << 3) | 5
const LINK_TRACE_ID = 0x0a
const LINK_SPAN_ID = 0x12
const KIND_MAX = 5
/** About the least a real span takes; only for the first size of the columns. */
const SPAN_BYTES_HINT = 256
/** Columns of more rows are not kept for the next request. */
const ROWS_KEPT_MAX = 65_536

/** What is kept from request to request. */
type Memory = {
  readonly builder: BatchBuilder
  readonly cache: ValueCache
  readonly attributes: AttributeReader
}

type Decoder = Memory & { readonly wire: WireReader }

/** Decodes one ExportTraceServiceRequest. Never throws on input; linear in the length of the body. */
export type ProtobufDecoder = (body: Uint8Array) => DecodeResult

/**
 * A decoder that remembers values and sequences of attributes: what it has met before costs a fraction.
 * What it gives never depends on what came before.
 */
export function createProtobufDecoder(limits: DecodeLimits): ProtobufDecoder {
  let memory: Memory | null = null
  return (body) => {
    memory ??= createMemory(limits, body.length)
    const result = decodeBody(memory, body)
    if (!result.ok || isFull(memory)) memory = null
    return result
  }
}

/** One request by itself. */
export function decodeOtlpProtobuf(
  body: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): DecodeResult {
  return createProtobufDecoder(limits)(body)
}

function createMemory(limits: DecodeLimits, bodyBytes: number): Memory {
  const spansHint = Math.ceil(bodyBytes / SPAN_BYTES_HINT)
  const builder = createBatchBuilder(limits, createLexicon(), spansHint)
  const cache = createValueCache()
  return { builder, cache, attributes: createAttributeReader(builder, cache) }
}

function isFull({ builder, cache, attributes }: Memory): boolean {
  return (
    builder.capacity > ROWS_KEPT_MAX ||
    isLexiconFull(builder.lexicon) ||
    isValueCacheFull(cache) ||
    arePathsFull(attributes.paths)
  )
}

function decodeBody(memory: Memory, body: Uint8Array): DecodeResult {
  return catchMalformed((): DecodeResult => {
    const wire = createWireReader(body)
    const decoder = { ...memory, wire }
    clearBuilder(memory.builder)
    setSource(memory.attributes, wire)
    while (wire.pos < body.length) {
      const tag = readTag(wire, body.length)
      if (tag !== REQUEST_RESOURCE_SPANS) skipField(wire, body.length, tag)
      else decodeResourceSpans(decoder, readLength(wire, body.length) + wire.pos)
    }
    return { ok: true, ...finishBatch(memory.builder) }
  })
}

/** Twice over its fields: the resource may stand behind the spans. */
function decodeResourceSpans(decoder: Decoder, end: number): void {
  const { wire, attributes } = decoder
  const start = wire.pos
  beginAttributes(attributes, true, 0)
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== RESOURCE_SPANS_RESOURCE) skipField(wire, end, tag)
    else decodeResource(decoder, readLength(wire, end) + wire.pos)
  }
  const resource = finishAttributes(attributes)
  wire.pos = start
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== RESOURCE_SPANS_SCOPE_SPANS) skipField(wire, end, tag)
    else decodeScopeSpans(decoder, readLength(wire, end) + wire.pos, resource)
  }
}

function decodeResource({ wire, attributes }: Decoder, end: number): void {
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag !== RESOURCE_ATTRIBUTES) skipField(wire, end, tag)
    else readAttribute(attributes, readLength(wire, end) + wire.pos)
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
  const { wire, builder, attributes } = decoder
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
  // Spans of one place in a program have kind and name in common.
  let likeness = resource
  let hasAttributes = false
  // Nearly every sender writes the ids first: then one look tells three fields.
  const { bytes, pos } = wire
  if (end - pos > 38 && bytes[pos] === SPAN_TRACE_ID && bytes[pos + 1] === 16) {
    if (bytes[pos + 18] === SPAN_SPAN_ID && bytes[pos + 19] === 8) {
      traceId = pos + 2
      spanId = pos + 20
      wire.pos = pos + 28
      if (bytes[pos + 28] === SPAN_PARENT_SPAN_ID && bytes[pos + 29] === 8) {
        parentId = pos + 30
        wire.pos = pos + 38
      }
    }
  }
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === SPAN_ATTRIBUTES) {
      if (!hasAttributes) beginAttributes(attributes, false, likeness ^ kind)
      hasAttributes = true
      readAttributes(attributes, tag, end)
    } else if (tag === SPAN_TRACE_ID) traceId = readId(wire, end, 16)
    else if (tag === SPAN_SPAN_ID) spanId = readId(wire, end, 8)
    else if (tag === SPAN_PARENT_SPAN_ID) parentId = readId(wire, end, 8)
    else if (tag === SPAN_NAME)
      likeness = readLikeness(wire, readLength(wire, end) + wire.pos, resource)
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
  if (!hasAttributes) beginAttributes(attributes, false, 0)
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
  commitSpan(builder, resource, finishAttributes(attributes))
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
