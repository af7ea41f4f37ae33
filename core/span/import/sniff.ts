// The content of a capture file -> its requests in order. Forms: a JSON value (value.ts says which), a
// value a line, or an OTLP protobuf request. A broken piece is named with its place; the rest counts.
import { DEFAULT_DECODE_LIMITS, type DecodeLimits } from '../batch.ts'
import { parseJson } from '../otlp/json.ts'
import { Malformed } from '../otlp/malformed.ts'
import { decodeOtlpProtobuf } from '../otlp/protobuf.ts'
import { asRequest, type CaptureRequest, isKnownForm, type Reading, requestsOf } from './value.ts'
import { decodeZipkinFragments } from './zipkin.ts'

const NEWLINE = 10
const UNKNOWN_FORM = 'no known capture: neither JSON nor OTLP protobuf'

/**
 * Reads the content of a capture file, already decompressed. Yields its requests in order, decoded one
 * at a time, so that a large file of lines never becomes objects as a whole; Zipkin spans come last,
 * because the fragments of one span may lie anywhere in the file. Never throws on input.
 */
export function* readCapture(
  bytes: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): Generator<CaptureRequest, void, void> {
  const reading: Reading = { limits, zipkin: new Map() }
  yield* contentOf(bytes, reading)
  for (const result of decodeZipkinFragments(reading.zipkin, limits)) {
    yield asRequest(result, 'file')
  }
}

function* contentOf(bytes: Uint8Array, reading: Reading): Generator<CaptureRequest, void, void> {
  const start = contentStart(bytes)
  if (start === bytes.length) return
  if (!isBracket(bytes[start])) {
    const request = fromProtobuf(bytes, reading.limits)
    if (!request.ok && hasGoodLine(bytes)) yield* linesOf(bytes, reading)
    else yield request
    return
  }
  const lineEnd = endOfLine(bytes, start)
  const head = parseText(bytes.subarray(start, lineEnd))
  if (head.ok && contentStart(bytes, lineEnd) === bytes.length) {
    yield* requestsOf(head.value, 'file', reading)
  } else if (head.ok) yield* linesOf(bytes, reading)
  else yield* wholeOf(bytes.subarray(start), bytes, reading)
}

/** A value over several lines; else protobuf that looks like text; else lines, the first one broken. */
function* wholeOf(
  content: Uint8Array,
  bytes: Uint8Array,
  reading: Reading,
): Generator<CaptureRequest, void, void> {
  const whole = parseText(content)
  if (whole.ok) {
    yield* requestsOf(whole.value, 'file', reading)
    return
  }
  const protobuf = bytes[0] === NEWLINE ? decodeOtlpProtobuf(bytes, reading.limits) : null
  if (protobuf?.ok) yield asRequest(protobuf, 'file')
  else if (hasGoodLine(bytes)) yield* linesOf(bytes, reading)
  else yield { ok: false, place: 'file', reason: whole.reason }
}

function* linesOf(bytes: Uint8Array, reading: Reading): Generator<CaptureRequest, void, void> {
  let line = 0
  for (let from = 0; from < bytes.length; ) {
    const to = endOfLine(bytes, from)
    line++
    const content = bytes.subarray(contentStart(bytes.subarray(0, to), from), to)
    from = to + 1
    if (content.length === 0) continue
    const parsed = parseText(content)
    if (parsed.ok) yield* requestsOf(parsed.value, `line ${line}`, reading)
    else yield { ok: false, place: `line ${line}`, reason: parsed.reason }
  }
}

function fromProtobuf(bytes: Uint8Array, limits: DecodeLimits): CaptureRequest {
  const result = decodeOtlpProtobuf(bytes, limits)
  if (result.ok) return { ...result, advance: 'none' }
  return { ok: false, place: 'file', reason: `${UNKNOWN_FORM} (${result.reason})` }
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

/** Whether some line is a value of a known form: then the file is one of lines. */
function hasGoodLine(bytes: Uint8Array): boolean {
  for (let from = 0; from < bytes.length; ) {
    const to = endOfLine(bytes, from)
    const start = contentStart(bytes.subarray(0, to), from)
    if (start < to && isBracket(bytes[start])) {
      const parsed = parseText(bytes.subarray(start, to))
      if (parsed.ok && isKnownForm(parsed.value)) return true
    }
    from = to + 1
  }
  return false
}

/** `{` or `[` */
function isBracket(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b
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
