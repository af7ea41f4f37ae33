// A capture file of any known form -> its requests in order. Forms: one OTLP/JSON request, a request a
// line (or several pretty-printed ones in an array), an OTLP protobuf request, and the case files of the
// conformance suite ({otlp, then}). A broken piece is named with its place; the rest counts.
import {
  DEFAULT_DECODE_LIMITS,
  type DecodeCounts,
  type DecodeLimits,
  type DecodeResult,
  type SpanBatch,
} from '../batch.ts'
import { decodeOtlpValue, parseJson } from '../otlp/json.ts'
import { isObject } from '../otlp/json-field.ts'
import { Malformed } from '../otlp/malformed.ts'
import { decodeOtlpProtobuf } from '../otlp/protobuf.ts'

/** `hold`: the clock passes the hold time before this request. */
export type Advance = 'none' | 'hold'

export type CaptureRequest =
  | {
      readonly ok: true
      readonly batch: SpanBatch
      readonly counts: DecodeCounts
      readonly advance: Advance
    }
  | {
      readonly ok: false
      /** Where in the file, for people: `line 7`, `request 3`, `file`. */
      readonly place: string
      readonly reason: string
    }

const NEWLINE = 10
const UNKNOWN_FORM =
  'no known capture: neither OTLP/JSON, nor one request a line, nor OTLP protobuf'

/**
 * Reads the content of a capture file, already decompressed. Yields its requests in order, decoded one
 * at a time, so that a large file of lines never becomes objects as a whole. Never throws on input.
 */
export function* readCapture(
  bytes: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): Generator<CaptureRequest, void, void> {
  const start = contentStart(bytes)
  if (start === bytes.length) return
  const first = bytes[start]
  if (first !== 0x7b && first !== 0x5b) {
    yield fromProtobuf(bytes, limits)
    return
  }
  const lineEnd = endOfLine(bytes, start)
  const head = parseText(bytes.subarray(start, lineEnd))
  if (head.ok && contentStart(bytes, lineEnd) === bytes.length) {
    yield* requestsOf(head.value, 'file', limits)
  } else if (head.ok) yield* linesOf(bytes, limits)
  else yield* wholeOf(bytes.subarray(start), bytes, limits)
}

/** A value over several lines; else lines of which the first is broken; else protobuf that looks like text. */
function* wholeOf(
  content: Uint8Array,
  bytes: Uint8Array,
  limits: DecodeLimits,
): Generator<CaptureRequest, void, void> {
  const whole = parseText(content)
  if (whole.ok) {
    yield* requestsOf(whole.value, 'file', limits)
    return
  }
  const protobuf = bytes[0] === NEWLINE ? decodeOtlpProtobuf(bytes, limits) : null
  if (protobuf?.ok) yield { ...protobuf, advance: 'none' }
  else if (hasGoodLine(bytes)) yield* linesOf(bytes, limits)
  else yield { ok: false, place: 'file', reason: whole.reason }
}

function* linesOf(bytes: Uint8Array, limits: DecodeLimits): Generator<CaptureRequest, void, void> {
  let line = 0
  for (let from = 0; from < bytes.length; ) {
    const to = endOfLine(bytes, from)
    line++
    const content = bytes.subarray(contentStart(bytes.subarray(0, to), from), to)
    from = to + 1
    if (content.length === 0) continue
    const parsed = parseText(content)
    if (parsed.ok) yield* requestsOf(parsed.value, `line ${line}`, limits)
    else yield { ok: false, place: `line ${line}`, reason: parsed.reason }
  }
}

function* requestsOf(
  value: unknown,
  place: string,
  limits: DecodeLimits,
): Generator<CaptureRequest, void, void> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* requestsOf(item, placeIn(place, `request ${index + 1}`), limits)
    }
    return
  }
  if (isObject(value) && isObject(value.otlp)) {
    yield asRequest(decodeOtlpValue(value.otlp, limits), placeIn(place, 'otlp'), 'none')
    const rest = Array.isArray(value.then) ? value.then : []
    for (const [index, step] of rest.entries()) {
      const otlp = isObject(step) ? step.otlp : undefined
      const advance = isObject(step) && step.advance === 'hold' ? 'hold' : 'none'
      const stepPlace = placeIn(place, `then ${index + 1}`)
      yield asRequest(decodeOtlpValue(otlp, limits), stepPlace, advance)
    }
    return
  }
  if (isObject(value) && !('resourceSpans' in value) && !('resource_spans' in value)) {
    yield { ok: false, place, reason: 'a JSON object without resourceSpans' }
    return
  }
  yield asRequest(decodeOtlpValue(value, limits), place, 'none')
}

function fromProtobuf(bytes: Uint8Array, limits: DecodeLimits): CaptureRequest {
  const result = decodeOtlpProtobuf(bytes, limits)
  if (result.ok) return { ...result, advance: 'none' }
  return { ok: false, place: 'file', reason: `${UNKNOWN_FORM} (${result.reason})` }
}

function asRequest(result: DecodeResult, place: string, advance: Advance): CaptureRequest {
  return result.ok ? { ...result, advance } : { ok: false, place, reason: result.reason }
}

function placeIn(outer: string, inner: string): string {
  return outer === 'file' ? inner : `${outer}, ${inner}`
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

function parseText(bytes: Uint8Array): Parsed {
  try {
    return { ok: true, value: parseJson(bytes) }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: error.message }
    throw error
  }
}

function hasGoodLine(bytes: Uint8Array): boolean {
  for (let from = 0; from < bytes.length; ) {
    const to = endOfLine(bytes, from)
    const start = contentStart(bytes.subarray(0, to), from)
    if (bytes[start] === 0x7b && start < to && parseText(bytes.subarray(start, to)).ok) return true
    from = to + 1
  }
  return false
}

function endOfLine(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(NEWLINE, from)
  return end < 0 ? bytes.length : end
}

/** Position of the first byte from `from` on that is neither white space nor a byte order mark. */
function contentStart(bytes: Uint8Array, from = 0): number {
  let at = from
  if (at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return at
    at++
  }
  return at
}
