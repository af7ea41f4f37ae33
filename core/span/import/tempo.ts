// The JSON of Grafana Tempo and of older OpenTelemetry versions -> OTLP/JSON: `batches` for
// resourceSpans, `instrumentationLibrarySpans` for scopeSpans. The base64 ids are the decoder's matter.
import { field, isObject, type JsonObject } from '../otlp/json-field.ts'

export function isOtlpRequest(value: JsonObject): boolean {
  return 'resourceSpans' in value || 'resource_spans' in value || 'batches' in value
}

/** The request by today's names. Nothing is checked here: the decoder does. */
export function renameOlderFields(value: JsonObject): JsonObject {
  const parts = [field(value, 'resourceSpans', 'resource_spans'), value.batches].filter(
    (part) => part !== undefined && part !== null,
  )
  const lists = parts.filter((part) => Array.isArray(part))
  if (lists.length < parts.length)
    return { resourceSpans: parts.find((part) => !Array.isArray(part)) }
  return {
    resourceSpans: lists.flat().map((entry) => (isObject(entry) ? withScopes(entry) : entry)),
  }
}

function withScopes(entry: JsonObject): JsonObject {
  const older = field(entry, 'instrumentationLibrarySpans', 'instrumentation_library_spans')
  if (!Array.isArray(older)) return entry
  const scopeSpans = field(entry, 'scopeSpans', 'scope_spans')
  return { ...entry, scopeSpans: [...(Array.isArray(scopeSpans) ? scopeSpans : []), ...older] }
}
