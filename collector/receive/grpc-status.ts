// A failure in the words of gRPC: google.rpc.Status in grpc-status-details-bin, with RetryInfo when a retry
// makes sense; without it exporters take RESOURCE_EXHAUSTED as final. Source: OTLP specification.
import { Metadata, type StatusObject, type status } from '@grpc/grpc-js'
import { encodeStatus } from '../../core/span/otlp/messages.ts'

/** retryAfterMs: when the sender should come back; left out, it should not. */
export function describeFailure(
  code: status,
  message: string,
  retryAfterMs?: number,
): StatusObject {
  const metadata = new Metadata()
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs }
  const details = encodeStatus({ code, message, ...retry }, 'protobuf')
  metadata.set('grpc-status-details-bin', Buffer.from(details))
  return { code, details: message, metadata }
}
