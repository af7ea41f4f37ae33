// Jaeger JSON -> SpanBatch: a trace of the UI's download or of the query API ({traceID, spans,
// processes}), or one span with its process inside (a document of Jaeger's storage).
// Source: jaegertracing/jaeger internal/uimodel; OpenTelemetry specification, "OpenTelemetry to Jaeger
// Transformation" (status, kind); model.Span.ParentSpanID (which reference is the parent).
import type { DecodeLimits, DecodeResult } from '../batch.ts'
import { decodeOtlpValue } from '../otlp/json.ts'
import { isObject, type JsonObject } from '../otlp/json-field.ts'
import {
  hexId,
  hexParentId,
  kindNumber,
  micros,
  objectsIn,
  otlpResource,
  otlpSpan,
  UNUSABLE_ID,
} from './otlp-value.ts'

type Tags = readonly (readonly [string, unknown])[]

/** What exporters write where a resource has no service.name. */
const NO_SERVICE_NAME = 'OTLPResourceNoServiceName'

export function isJaegerTrace(value: JsonObject): boolean {
  return 'spans' in value && ('traceID' in value || 'processes' in value)
}

export function isJaegerSpan(value: JsonObject): boolean {
  return 'spanID' in value && 'traceID' in value
}

/** Decodes one trace. A span that is no object counts as rejected. Never throws on input. */
export function decodeJaegerTrace(trace: JsonObject, limits: DecodeLimits): DecodeResult {
  if (!Array.isArray(trace.spans)) return { ok: false, reason: 'spans is not an array' }
  const processes = isObject(trace.processes) ? trace.processes : {}
  const spansOf = new Map<unknown, JsonObject[]>()
  for (const item of trace.spans as readonly unknown[]) {
    const span = isObject(item) ? item : {}
    const id = typeof span.processID === 'string' ? span.processID : ''
    const process = Object.hasOwn(processes, id) ? processes[id] : span.process
    const spans = spansOf.get(process)
    const value = spanOf(span, trace.traceID)
    if (spans) spans.push(value)
    else spansOf.set(process, [value])
  }
  const resourceSpans = [...spansOf].map(([process, spans]) =>
    otlpResource(resourceOf(process), spans),
  )
  return decodeOtlpValue({ resourceSpans }, limits)
}

/** Decodes one span that carries its own process. Never throws on input. */
export function decodeJaegerSpan(span: JsonObject, limits: DecodeLimits): DecodeResult {
  return decodeJaegerTrace({ spans: [span] }, limits)
}

function resourceOf(process: unknown): Tags {
  if (!isObject(process)) return []
  const tags = tagsOf(process.tags).filter(([key]) => key !== 'service.name')
  const { serviceName } = process
  return serviceName === NO_SERVICE_NAME ? tags : [...tags, ['service.name', serviceName]]
}

function spanOf(span: JsonObject, traceIdOfTrace: unknown): JsonObject {
  const tags = tagsOf(span.tags)
  const traceId = hexId(span.traceID ?? traceIdOfTrace, 32)
  const { parentId, links } = referencesOf(span, traceId)
  return otlpSpan({
    traceId,
    spanId: hexId(span.spanID, 16),
    parentId,
    kind: kindNumber(lastOf(tags, 'span.kind')),
    isError: isError(tags),
    startMicros: micros(span.startTime),
    durationMicros: micros(span.duration),
    attributes: tags,
    links,
  })
}

/**
 * The parent is the first CHILD_OF reference within the trace, else the first FOLLOWS_FROM within it,
 * else the field of older files; every other reference is a link.
 */
function referencesOf(
  span: JsonObject,
  traceId: string,
): { parentId: string; links: { traceId: string; spanId: string }[] } {
  const references = objectsIn(span.references).map((reference) => ({
    isChildOf: reference.refType === 'CHILD_OF' || reference.refType === 'child-of',
    traceId: reference.traceID === undefined ? traceId : hexId(reference.traceID, 32),
    spanId: hexId(reference.spanID, 16),
  }))
  const local = references.filter((reference) => reference.traceId === traceId)
  const parent = local.find((reference) => reference.isChildOf) ?? local[0]
  return {
    parentId: parent?.spanId ?? hexParentId(span.parentSpanID),
    links: references
      .filter((reference) => reference !== parent && reference.spanId !== UNUSABLE_ID)
      .map(({ traceId: linkTraceId, spanId }) => ({ traceId: linkTraceId, spanId })),
  }
}

/** The error tag is the older sign and wins; without it the status that exporters write counts. */
function isError(tags: Tags): boolean {
  const error = lastOf(tags, 'error')
  if (error === true || (typeof error === 'string' && error.toLowerCase() === 'true')) return true
  return lastOf(tags, 'otel.status_code') === 'ERROR'
}

/** Tags are typed ({key, type, value}); a binary value has no text. */
function tagsOf(list: unknown): Tags {
  return objectsIn(list).map((tag) => [
    typeof tag.key === 'string' ? tag.key : '',
    tag.type === 'binary' ? undefined : tag.value,
  ])
}

function lastOf(tags: Tags, key: string): unknown {
  return tags.findLast(([name]) => name === key)?.[1]
}
