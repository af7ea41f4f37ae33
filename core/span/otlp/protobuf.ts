// OTLP protobuf -> SpanBatch.
import { DEFAULT_DECODE_LIMITS, type DecodeLimits, type DecodeResult } from '../batch.ts'

/** Decodes one ExportTraceServiceRequest. Never throws on input. */
export function decodeOtlpProtobuf(
  _body: Uint8Array,
  _limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): DecodeResult {
  return { ok: false, reason: 'protobuf is not decoded yet' }
}
