// The pieces from which the readers of other forms build an OTLP/JSON request, so that every form ends
// in the one decoder: same reductions, same bounds, same rejections.
import { isObject, type JsonObject } from '../otlp/json-field.ts'

/** Of no valid length: the decoder rejects such a span, and a parent of this id never arrives. */
export const UNUSABLE_ID = '?'

const HEX = /^[0-9a-f]+$/i
const DIGITS = /^\d{1,19}$/
const KINDS: ReadonlyMap<string, number> = new Map([
  ['internal', 1],
  ['server', 2],
  ['client', 3],
  ['producer', 4],
  ['consumer', 5],
])
const STATUS_ERROR = 2
/** Where exporters of OpenTelemetry put the tracestate of a span. */
const TRACE_STATE_TAG = 'w3c.tracestate'

/** One span of another form, in the words of OTLP. Ids are hex, padded. Times: unix microseconds. */
export type ForeignSpan = {
  readonly traceId: string
  readonly spanId: string
  /** '' = none. */
  readonly parentId: string
  readonly kind: number
  readonly isError: boolean
  readonly startMicros: bigint
  readonly durationMicros: bigint
  /** [key, value]; of a repeated key the last counts. A value without text drops the key. */
  readonly attributes: readonly (readonly [string, unknown])[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** The span as OTLP/JSON. */
export function otlpSpan(span: ForeignSpan): JsonObject {
  const { traceId, spanId, parentId, kind, isError, startMicros, durationMicros, links } = span
  return {
    traceId,
    spanId,
    traceState: span.attributes.findLast(([key]) => key === TRACE_STATE_TAG)?.[1],
    parentSpanId: parentId,
    kind,
    status: isError ? { code: STATUS_ERROR } : {},
    startTimeUnixNano: String(startMicros * 1000n),
    endTimeUnixNano: String((startMicros + durationMicros) * 1000n),
    attributes: otlpAttributes(span.attributes),
    links,
  }
}

/** One entry of resourceSpans. */
export function otlpResource(
  attributes: readonly (readonly [string, unknown])[],
  spans: readonly JsonObject[],
): JsonObject {
  return { resource: { attributes: otlpAttributes(attributes) }, scopeSpans: [{ spans }] }
}

/** Strings, numbers and booleans as text; anything else is a key without a value. */
function otlpAttributes(pairs: readonly (readonly [string, unknown])[]): JsonObject[] {
  return pairs.map(([key, value]) => {
    const hasText =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return hasText ? { key, value: { stringValue: String(value) } } : { key }
  })
}

/** A hex id in lower case, padded with zeros to so many digits; UNUSABLE_ID when it is none. */
export function hexId(id: unknown, digits: 16 | 32): string {
  if (typeof id !== 'string' || id.length > digits || !HEX.test(id)) return UNUSABLE_ID
  return id.toLowerCase().padStart(digits, '0')
}

/** hexId, '' when absent. */
export function hexParentId(id: unknown): string {
  return id === undefined || id === null || id === '' ? '' : hexId(id, 16)
}

/** A whole number of microseconds, written as number or as text; anything else counts as 0. */
export function micros(value: unknown): bigint {
  if (typeof value === 'string') return DIGITS.test(value) ? BigInt(value) : 0n
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return 0n
  return BigInt(Math.trunc(value))
}

/** OTLP's number of a kind by its name in any case; 0 = unspecified. */
export function kindNumber(name: unknown): number {
  return (typeof name === 'string' && KINDS.get(name.toLowerCase())) || 0
}

/** A field that ought to be a list of objects; what is not is left out. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
