// OTLP/JSON -> SpanBatch. Lenient where senders differ: ids in any case, 64-bit numbers as strings or
// numbers, enums as numbers or names, lowerCamelCase or snake_case. What it keeps equals what the
// protobuf decoder keeps of the same request.
// Source: OTLP specification, "JSON Protobuf Encoding".
import { clearDraft, dropDraftValue, internSet, setDraftValue } from '../attribute-sets.ts'
import { DEFAULT_DECODE_LIMITS, type DecodeLimits, type DecodeResult, SpanFlag } from '../batch.ts'
import {
  beginLink,
  beginSpan,
  clearParent,
  commitLink,
  commitSpan,
  finishBatch,
  internRawValue,
  internSpanSet,
  internUrlPath,
  loseParent,
  noteUrlPath,
  rejectSpan,
} from '../builder.ts'
import { type BatchBuilder, createBatchBuilder } from '../builder-columns.ts'
import { familyOfKey } from '../families.ts'
import { FIRST_PEER_KEY, RESOURCE_KEYS, SPAN_KEYS } from '../keys.ts'
import { weightOfTraceState } from '../sampling.ts'
import { field, isObject, type JsonObject, listOf } from './json-field.ts'
import { writeId } from './json-id.ts'
import { checkDepth, plainNumber, valueText } from './json-value.ts'
import { catchMalformed, Malformed } from './malformed.ts'

const SPAN_KEY_POSITIONS = new Map(SPAN_KEYS.map((key, position) => [key.name, position]))
const SPAN_FAMILIES = SPAN_KEYS.map((key) => familyOfKey(key.name))
const RESOURCE_KEY_POSITIONS = new Map(RESOURCE_KEYS.map((key, position) => [key.name, position]))
const SPAN_KINDS = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
]
const STATUS_ERROR = 2
/** Engines have a longest string. */
const JSON_BYTES_MAX = 2 ** 28
const UINT64 = /^\d{1,20}$/
const POSITION = /at position (\d+)/

/** Decodes one ExportTraceServiceRequest in JSON. Never throws on input. body: UTF-8. */
export function decodeOtlpJson(
  body: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): DecodeResult {
  return catchMalformed((): DecodeResult => {
    const request = parseJson(body)
    return decodeRequest(request, limits)
  })
}

/** The same from an already parsed value. Never throws on input. */
export function decodeOtlpValue(
  request: unknown,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): DecodeResult {
  return catchMalformed((): DecodeResult => decodeRequest(request, limits))
}

/**
 * JSON.parse of UTF-8. Throws Malformed, whose message names the place and, unlike the engine's, never
 * quotes the text.
 */
export function parseJson(body: Uint8Array): unknown {
  if (body.length > JSON_BYTES_MAX) throw new Malformed('a JSON text of more than 256 MiB')
  const text = new TextDecoder().decode(body)
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const position = POSITION.exec(error.message)?.[1]
    throw new Malformed(`not valid JSON${position ? `, at character ${position}` : ''}`)
  }
}

function decodeRequest(request: unknown, limits: DecodeLimits): DecodeResult {
  if (!isObject(request)) throw new Malformed('the request is not a JSON object')
  const builder = createBatchBuilder(limits)
  for (const resourceSpans of listOf(request, 'resourceSpans', 'resource_spans')) {
    const resource = decodeResource(builder, field(resourceSpans, 'resource', 'resource'))
    for (const scopeSpans of listOf(resourceSpans, 'scopeSpans', 'scope_spans')) {
      for (const span of listOf(scopeSpans, 'spans', 'spans')) {
        if (builder.count + builder.rejected >= limits.spansMax) {
          throw new Malformed(`more than ${limits.spansMax} spans in one request (spansMax)`)
        }
        decodeSpan(builder, span, resource)
      }
    }
  }
  return { ok: true, ...finishBatch(builder) }
}

function decodeResource(builder: BatchBuilder, resource: unknown): number {
  const draft = builder.resourceDraft
  clearDraft(draft)
  if (resource !== undefined && resource !== null) {
    if (!isObject(resource)) throw new Malformed('resource is not a JSON object')
    for (const attribute of listOf(resource, 'attributes', 'attributes')) {
      const value = field(attribute, 'value', 'value')
      checkDepth(value, builder.limits.depthMax)
      const key = RESOURCE_KEY_POSITIONS.get(keyOf(attribute))
      if (key === undefined) continue
      const text = valueText(value)
      if (text === null) dropDraftValue(draft, key)
      else setDraftValue(draft, key, internRawValue(builder, text, RESOURCE_KEYS[key]!.reduction))
    }
  }
  return internSet(builder.lexicon.resourceSets, draft)
}

function decodeSpan(builder: BatchBuilder, span: JsonObject, resource: number): void {
  beginSpan(builder)
  const row = builder.count
  const hasIds =
    writeId(field(span, 'traceId', 'trace_id'), builder.traceIds, 16 * row, 16) &&
    writeId(field(span, 'spanId', 'span_id'), builder.spanIds, 8 * row, 8)
  builder.kinds[row] = enumValue(field(span, 'kind', 'kind'), SPAN_KINDS)
  builder.flags[row] = flagsOf(span)
  const parent = field(span, 'parentSpanId', 'parent_span_id')
  if (!writeId(parent, builder.parentIds, 8 * row, 8)) {
    if (parent === undefined || parent === null || parent === '') {
      clearParent(builder)
    } else loseParent(builder)
  }
  builder.startUnixNanos[row] = nanos(field(span, 'startTimeUnixNano', 'start_time_unix_nano'))
  builder.endUnixNanos[row] = nanos(field(span, 'endTimeUnixNano', 'end_time_unix_nano'))
  builder.weights[row] = weightOf(field(span, 'traceState', 'trace_state'))
  for (const attribute of listOf(span, 'attributes', 'attributes'))
    decodeAttribute(builder, attribute)
  for (const link of listOf(span, 'links', 'links')) decodeLink(builder, link)
  if (hasIds) commitSpan(builder, resource, internSpanSet(builder))
  else rejectSpan(builder)
}

function decodeAttribute(builder: BatchBuilder, attribute: JsonObject): void {
  const name = keyOf(attribute)
  const value = field(attribute, 'value', 'value')
  checkDepth(value, builder.limits.depthMax)
  const key = SPAN_KEY_POSITIONS.get(name)
  builder.spanDraft.families |= key === undefined ? familyOfKey(name) : SPAN_FAMILIES[key]!
  const peer = builder.limits.peerKeys.indexOf(name)
  if (peer >= 0) decodePeer(builder, FIRST_PEER_KEY + peer, value)
  if (key === undefined) return
  const { reduction } = SPAN_KEYS[key]!
  const text = reduction === 'presence' ? '' : valueText(value)
  if (text === null) {
    dropDraftValue(builder.spanDraft, key)
    return
  }
  const position = internRawValue(builder, text, reduction)
  const path = reduction === 'origin' ? internUrlPath(builder, text) : 0
  setDraftValue(builder.spanDraft, key, position)
  noteUrlPath(builder, key, path)
}

/** An attribute that a user takes for the peer, whatever else it means. */
function decodePeer(builder: BatchBuilder, key: number, value: unknown): void {
  const text = valueText(value)
  if (text === null) dropDraftValue(builder.spanDraft, key)
  else setDraftValue(builder.spanDraft, key, internRawValue(builder, text, 'text'))
}

function decodeLink(builder: BatchBuilder, link: JsonObject): void {
  if (!beginLink(builder)) return
  const at = builder.linkCount
  if (
    writeId(field(link, 'traceId', 'trace_id'), builder.linkTraceIds, 16 * at, 16) &&
    writeId(field(link, 'spanId', 'span_id'), builder.linkSpanIds, 8 * at, 8)
  )
    commitLink(builder)
  else builder.rowLinksCut++
}

function flagsOf(span: JsonObject): number {
  let flags = 0
  const status = field(span, 'status', 'status')
  if (isObject(status)) {
    const code = field(status, 'code', 'code')
    if (code === STATUS_ERROR || code === 'STATUS_CODE_ERROR' || code === '2')
      flags = SpanFlag.error
  }
  const bits = plainNumber(field(span, 'flags', 'flags'))
  if (bits & 0x100) flags |= SpanFlag.remoteKnown
  if (bits & 0x200) flags |= SpanFlag.remote
  return flags
}

function weightOf(traceState: unknown): number {
  if (typeof traceState !== 'string' || traceState === '') return 0
  const bytes = new TextEncoder().encode(traceState)
  return weightOfTraceState(bytes, 0, bytes.length)
}

function enumValue(value: unknown, names: readonly string[]): number {
  if (typeof value === 'string') {
    const position = names.indexOf(value)
    if (position >= 0) return position
  }
  const number = plainNumber(value)
  return Number.isInteger(number) && number > 0 && number < names.length ? number : 0
}

/** Unix nanoseconds; what is no unsigned 64-bit number counts as 0. */
function nanos(value: unknown): bigint {
  if (typeof value === 'string') return UINT64.test(value) ? BigInt.asUintN(64, BigInt(value)) : 0n
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return 0n
  return BigInt.asUintN(64, BigInt(Math.trunc(value)))
}

function keyOf(attribute: JsonObject): string {
  const key = field(attribute, 'key', 'key')
  return typeof key === 'string' ? key : ''
}
