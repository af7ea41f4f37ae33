// One parsed JSON value of a capture -> its requests, whatever the form: OTLP, Tempo, Jaeger, Zipkin v2,
// a case of the conformance suite, or an array of these. The form is told by the fields, nothing else.
import type { DecodeCounts, DecodeLimits, DecodeResult, SpanBatch } from '../batch.ts'
import { decodeOtlpValue } from '../otlp/json.ts'
import { isObject, type JsonObject } from '../otlp/json-field.ts'
import { decodeJaegerSpan, decodeJaegerTrace, isJaegerSpan, isJaegerTrace } from './jaeger.ts'
import { isOtlpRequest, renameOlderFields } from './tempo.ts'
import { isZipkinSpan, isZipkinVersion1 } from './zipkin.ts'
import { addZipkinFragment, type ZipkinFragments } from './zipkin-merge.ts'

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

/** What a reading carries along. zipkin: fragments of the whole file, decoded at its end. */
export type Reading = { readonly limits: DecodeLimits; readonly zipkin: ZipkinFragments }

/** Arrays of arrays and wrappers in wrappers, before a value counts as unknown. */
const NESTING_MAX = 4
const UNKNOWN = 'a JSON value of no known form (OTLP, Tempo, Jaeger, Zipkin v2)'

/** Yields the requests of a value in order; Zipkin spans are only put aside. Never throws on input. */
export function* requestsOf(
  value: unknown,
  place: string,
  reading: Reading,
  nesting = 0,
): Generator<CaptureRequest, void, void> {
  const { limits } = reading
  if (nesting > NESTING_MAX) yield { ok: false, place, reason: 'it nests too deeply' }
  else if (Array.isArray(value)) yield* itemsOf(value, place, reading, nesting)
  else if (!isObject(value)) yield { ok: false, place, reason: UNKNOWN }
  else if (isObject(value.otlp)) yield* stepsOf(value, place, reading)
  else if (isOtlpRequest(value)) yield asRequest(decodeRenamed(value, limits), place)
  else if (isJaegerTrace(value)) yield asRequest(decodeJaegerTrace(value, limits), place)
  else if (isJaegerSpan(value)) yield asRequest(decodeJaegerSpan(value, limits), place)
  else if (isZipkinVersion1(value)) {
    yield { ok: false, place, reason: 'Zipkin v1 JSON is not read, only v2' }
  } else if (isZipkinSpan(value)) addZipkinFragment(reading.zipkin, value)
  else {
    const inner = contentOf(value)
    if (inner === undefined) yield { ok: false, place, reason: UNKNOWN }
    else yield* requestsOf(inner, place, reading, nesting + 1)
  }
}

/** Whether requestsOf would find something in it. */
export function isKnownForm(value: unknown, nesting = 0): boolean {
  if (nesting > NESTING_MAX) return false
  if (Array.isArray(value)) return value.some((item) => isKnownForm(item, nesting + 1))
  if (!isObject(value)) return false
  const isKnown = [isOtlpRequest, isJaegerTrace, isJaegerSpan, isZipkinSpan].some((is) => is(value))
  return isKnown || isObject(value.otlp) || contentOf(value) !== undefined
}

/** What the query interfaces of Jaeger (data, result) and Tempo (trace) wrap around a trace. */
function contentOf(value: JsonObject): unknown {
  if (Array.isArray(value.data)) return value.data
  for (const name of ['result', 'trace']) {
    if (isObject(value[name])) return value[name]
  }
  return undefined
}

function* itemsOf(
  items: readonly unknown[],
  place: string,
  reading: Reading,
  nesting: number,
): Generator<CaptureRequest, void, void> {
  const word = wordFor(items.find((item) => isKnownForm(item)))
  // An answer without traces is an answer.
  if (items.length === 0) yield* requestsOf({ resourceSpans: [] }, place, reading)
  for (const [index, item] of items.entries()) {
    yield* requestsOf(item, placeIn(place, `${word} ${index + 1}`), reading, nesting + 1)
  }
}

function wordFor(item: unknown): string {
  if (Array.isArray(item)) return 'trace'
  if (!isObject(item)) return 'request'
  if (isJaegerTrace(item)) return 'trace'
  return isZipkinSpan(item) || isJaegerSpan(item) ? 'span' : 'request'
}

/** A case of the conformance suite: {otlp, then: [{advance, otlp}]}. */
function* stepsOf(
  value: JsonObject,
  place: string,
  { limits }: Reading,
): Generator<CaptureRequest, void, void> {
  yield asRequest(decodeOtlpValue(value.otlp, limits), placeIn(place, 'otlp'))
  const rest = Array.isArray(value.then) ? value.then : []
  for (const [index, step] of rest.entries()) {
    const otlp = isObject(step) ? step.otlp : undefined
    const advance = isObject(step) && step.advance === 'hold' ? 'hold' : 'none'
    yield asRequest(decodeOtlpValue(otlp, limits), placeIn(place, `then ${index + 1}`), advance)
  }
}

function decodeRenamed(value: JsonObject, limits: DecodeLimits): DecodeResult {
  return decodeOtlpValue(renameOlderFields(value), limits)
}

export function asRequest(
  result: DecodeResult,
  place: string,
  advance: Advance = 'none',
): CaptureRequest {
  return result.ok ? { ...result, advance } : { ok: false, place, reason: result.reason }
}

function placeIn(outer: string, inner: string): string {
  return outer === 'file' ? inner : `${outer}, ${inner}`
}
