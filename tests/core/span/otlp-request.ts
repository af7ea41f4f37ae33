// Trace requests for the decoder tests: written once as OTLP/JSON values, encoded as JSON or, through
// protobufjs and the message definitions below, as protobuf.
import protobuf from 'protobufjs'

export type Attribute = { readonly key: string; readonly value?: unknown }
export type SpanValue = {
  readonly traceId?: string
  readonly spanId?: string
  readonly traceState?: string
  readonly parentSpanId?: string
  readonly name?: string
  readonly kind?: number
  readonly startTimeUnixNano?: string
  readonly endTimeUnixNano?: string
  readonly attributes?: readonly Attribute[]
  readonly events?: readonly unknown[]
  readonly links?: readonly { readonly traceId?: string; readonly spanId?: string }[]
  readonly status?: { readonly code?: number; readonly message?: string }
  readonly flags?: number
}
export type ResourceSpansValue = {
  readonly resource?: { readonly attributes: readonly Attribute[] }
  readonly scopeSpans: readonly { readonly spans: readonly SpanValue[] }[]
}
export type RequestValue = { readonly resourceSpans: readonly ResourceSpansValue[] }

const DEFINITIONS = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message Scope { string name = 1; string version = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
  string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10; repeated Event events = 11;
  uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14;
  Status status = 15; fixed32 flags = 16;
}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value {
  string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
} }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message Response { PartialSuccess partial_success = 1; }
message PartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
message RpcStatus { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string type_url = 1; bytes value = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
`
const ROOT = protobuf.parse(DEFINITIONS).root

export function messageType(name: string): protobuf.Type {
  return ROOT.lookupType(name)
}

export function toJson(request: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(request))
}

export function toProtobuf(request: RequestValue): Uint8Array {
  const type = messageType('Request')
  return type.encode(type.fromObject(asMessage(request) as { [name: string]: unknown })).finish()
}

export function oneSpan(span: SpanValue, resource: readonly Attribute[] = []): RequestValue {
  const spans = [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), ...span }]
  return { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] }
}

export function text(key: string, stringValue: string): Attribute {
  return { key, value: { stringValue } }
}

const ID_FIELDS = new Set(['traceId', 'spanId', 'parentSpanId'])
const NUMBER_FIELDS = new Set(['startTimeUnixNano', 'endTimeUnixNano', 'intValue'])

/** The same value with ids as bytes and 64-bit numbers as halves, as protobufjs wants them. */
function asMessage(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asMessage)
  if (typeof value !== 'object' || value === null) return value
  const fields: { [name: string]: unknown } = {}
  for (const [name, item] of Object.entries(value)) {
    if (ID_FIELDS.has(name)) fields[name] = Uint8Array.from(Buffer.from(String(item), 'hex'))
    else if (NUMBER_FIELDS.has(name)) fields[name] = halves(BigInt(String(item)))
    else if (name === 'bytesValue')
      fields[name] = Uint8Array.from(Buffer.from(String(item), 'base64'))
    else fields[name] = asMessage(item)
  }
  return fields
}

function halves(value: bigint): { low: number; high: number; unsigned: boolean } {
  const bits = BigInt.asUintN(64, value)
  return {
    low: Number(bits & 0xffffffffn) | 0,
    high: Number(bits >> 32n) | 0,
    unsigned: false,
  }
}
