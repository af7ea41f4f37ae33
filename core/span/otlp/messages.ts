// What a collector answers: ExportTraceServiceResponse and google.rpc.Status, in protobuf and JSON.
// Source: opentelemetry-proto trace_service.proto; google/rpc status.proto, error_details.proto;
// OTLP specification, "Partial Success", "Failures".
import { joinBytes } from './join-bytes.ts'

export type Encoding = 'protobuf' | 'json'

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
const UTF8 = new TextEncoder()
const NANOS_PER_MS = 1_000_000

/**
 * ExportTraceServiceResponse. rejected: spans left out; message: why, for people. Without both the
 * response is empty, which says that everything was accepted.
 */
export function encodeTraceResponse(
  { rejected, message }: { readonly rejected: number; readonly message: string },
  encoding: Encoding,
): Uint8Array {
  const isPartial = rejected > 0 || message !== ''
  if (encoding === 'json') {
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage: message }
    return UTF8.encode(JSON.stringify(isPartial ? { partialSuccess } : {}))
  }
  if (!isPartial) return new Uint8Array(0)
  return bytesField(1, joinBytes([numberField(1, rejected), textField(2, message)]))
}

/**
 * google.rpc.Status. code: a google.rpc.Code; retryAfterMs: when the sender may try again, told by a
 * RetryInfo detail.
 */
export function encodeStatus(
  status: { readonly code: number; readonly message: string; readonly retryAfterMs?: number },
  encoding: Encoding,
): Uint8Array {
  const { code, message, retryAfterMs } = status
  if (encoding === 'json') {
    const details =
      retryAfterMs === undefined
        ? {}
        : { details: [{ '@type': RETRY_INFO, retryDelay: `${retryAfterMs / 1000}s` }] }
    return UTF8.encode(JSON.stringify({ code, message, ...details }))
  }
  const parts = [numberField(1, code), textField(2, message)]
  if (retryAfterMs !== undefined) {
    const seconds = Math.trunc(retryAfterMs / 1000)
    const nanos = Math.round((retryAfterMs - seconds * 1000) * NANOS_PER_MS)
    const duration = joinBytes([numberField(1, seconds), numberField(2, nanos)])
    const any = joinBytes([textField(1, RETRY_INFO), bytesField(2, bytesField(1, duration))])
    parts.push(bytesField(3, any))
  }
  return joinBytes(parts)
}

/** A varint field; zero is left out, as proto3 does. value: a whole number >= 0, below 2^53. */
function numberField(field: number, value: number): Uint8Array {
  return value === 0
    ? new Uint8Array(0)
    : Uint8Array.from([...varint(field << 3), ...varint(value)])
}

function textField(field: number, text: string): Uint8Array {
  return text === '' ? new Uint8Array(0) : bytesField(field, UTF8.encode(text.toWellFormed()))
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return joinBytes([Uint8Array.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}
