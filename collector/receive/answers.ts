// HTTP answers of the OTLP specification as values: status, headers, body in the request's own format.
// When the format is not known (wrong content-type), JSON, which a person can read. Senders of Zipkin get
// what Zipkin itself answers: 202 without a body, or a sentence of plain text.
import { type Encoding, encodeStatus, encodeTraceResponse } from '../../core/span/otlp/messages.ts'
import { type BodyFormat, describeRejected } from './accept.ts'

export type HttpAnswer = {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
}

/** The google.rpc.Code values in use. Source: googleapis google/rpc/code.proto. */
export const StatusCode = {
  invalidArgument: 3,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const

type Refusal = {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly retryAfterMs?: number
}

/** 200, full or partial success; Zipkin's 202 knows no partial one. */
export function acceptedAnswer(format: BodyFormat | null, rejected: number): HttpAnswer {
  if (format === 'zipkin') return { status: 202, headers: {}, body: new Uint8Array() }
  const message = describeRejected(rejected)
  return formatted(200, format, encodeTraceResponse({ rejected, message }, format ?? 'json'))
}

/** A refusal, for OTLP in the form of google.rpc.Status. Without retryAfterMs no retry will change it. */
export function refusedAnswer(format: BodyFormat | null, refusal: Refusal): HttpAnswer {
  if (format === 'zipkin') return textAnswer(refusal.status, `${refusal.message}\n`)
  return formatted(refusal.status, format, encodeStatus(refusal, format ?? 'json'))
}

/** 503 with Retry-After in whole seconds. */
export function unavailableAnswer(
  format: BodyFormat | null,
  refusal: { readonly reason: string; readonly retryAfterMs: number },
): HttpAnswer {
  const { reason: message, retryAfterMs } = refusal
  const code = StatusCode.unavailable
  const answer = refusedAnswer(format, { status: 503, code, message, retryAfterMs })
  const retryAfter = String(Math.ceil(retryAfterMs / 1000))
  return { ...answer, headers: { ...answer.headers, 'retry-after': retryAfter } }
}

export function textAnswer(
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): HttpAnswer {
  return { status, headers: { 'content-type': contentType }, body: Buffer.from(text) }
}

function formatted(status: number, format: Encoding | null, body: Uint8Array): HttpAnswer {
  const contentType = format === 'protobuf' ? 'application/x-protobuf' : 'application/json'
  return { status, headers: { 'content-type': contentType }, body }
}
