// One request of spans, whatever it came in over: known already? decode, journal, answer.
// The answer stands for bytes on disk; nothing is answered before.
import { createHash } from 'node:crypto'
import type { DecodeLimits, DecodeResult } from '../../core/span/batch.ts'
import { decodeZipkinJson } from '../../core/span/import/zipkin.ts'
import { decodeOtlpJson } from '../../core/span/otlp/json.ts'
import type { Encoding } from '../../core/span/otlp/messages.ts'
import type { ProtobufDecoder } from '../../core/span/otlp/protobuf.ts'
import { encodeBatch } from '../../core/span/record.ts'
import {
  appendRequest,
  findFirstAnswer,
  type Journal,
  JournalUnavailable,
} from '../journal/journal.ts'
import { noteReceipt, type Transport } from '../own-telemetry.ts'
import type { BodyBudget, BodyLimits } from './limits.ts'

/** `zipkin`: Zipkin v2 JSON. */
export type BodyFormat = Encoding | 'zipkin'

export type TraceAnswer =
  | { readonly kind: 'accepted'; readonly rejected: number }
  | { readonly kind: 'undecodable'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs: number }

export type ReceiveCounters = {
  /** Spans left out at decode, reported as partial success. Retries are not counted again. */
  rejectedSpans: number
  /** Links left out at decode. */
  cutLinks: number
  /** Answers by `protocol code`. */
  readonly requests: Map<string, number>
  /** How often each limit bit, by its name. */
  readonly limits: Map<string, number>
}

/** Everything the receivers share. */
export type Intake = {
  readonly journal: Journal
  readonly token: string | null
  readonly decodeLimits: DecodeLimits
  /** Within the same limits; remembers from request to request. */
  readonly decodeProtobuf: ProtobufDecoder
  readonly bodyLimits: BodyLimits
  readonly budget: BodyBudget
  readonly counters: ReceiveCounters
}

const RETRY_AFTER_MS = 5000

/**
 * Accepts one request of spans. Never throws on input.
 * sent: the body as it came, which a retry repeats; bytes: the same, not compressed. Errors: rejects only on bugs.
 */
export async function acceptTraces(
  intake: Intake,
  { sent, bytes }: { readonly sent: Uint8Array; readonly bytes: Uint8Array },
  { format, transport }: { readonly format: BodyFormat; readonly transport: Transport },
): Promise<TraceAnswer> {
  const startMs = Date.now()
  const digest = digestOf(sent, intake.token)
  try {
    const first = findFirstAnswer(intake.journal, digest)
    if (first) return { kind: 'accepted', rejected: (await first).rejected }
    const decoded = decode(intake, bytes, format)
    if (!decoded.ok) return { kind: 'undecodable', reason: decoded.reason }
    const { batch, counts } = decoded
    intake.counters.cutLinks += counts.linksCut
    const { rejected } = counts
    // Nothing to keep, nothing to remember: the same answer follows from the same body.
    if (batch.count > 0)
      await appendRequest(intake.journal, { digest, rejected, payload: encodeBatch(batch) })
    intake.counters.rejectedSpans += rejected
    noteReceipt(batch, { transport, format, startMs })
    return { kind: 'accepted', rejected }
  } catch (error) {
    if (!(error instanceof JournalUnavailable)) throw error
    countUp(intake.counters.limits, LIMIT_OF_CODE[error.code])
    return { kind: 'unavailable', reason: REASON_OF_CODE[error.code], retryAfterMs: RETRY_AFTER_MS }
  }
}

/** The message of a partial success. Source: OTLP specification, partial_success.error_message. */
export function describeRejected(rejected: number): string {
  const spans = rejected === 1 ? '1 span was' : `${rejected} spans were`
  return rejected === 0 ? '' : `${spans} rejected: trace id or span id of wrong length or all zero`
}

export function countUp(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const LIMIT_OF_CODE = {
  JOURNAL_FULL: 'journal_bytes',
  JOURNAL_DISK: 'disk',
  JOURNAL_CLOSED: 'stopping',
} as const

const REASON_OF_CODE = {
  JOURNAL_FULL: 'the journal is full; try again later',
  JOURNAL_DISK: 'the journal cannot be written; try again later',
  JOURNAL_CLOSED: 'the collector is stopping; try again later',
} as const

function decode(intake: Intake, body: Uint8Array, format: BodyFormat): DecodeResult {
  switch (format) {
    case 'protobuf':
      return intake.decodeProtobuf(body)
    case 'json':
      return decodeOtlpJson(body, intake.decodeLimits)
    case 'zipkin':
      return decodeZipkinJson(body, intake.decodeLimits)
  }
}

/**
 * One token stands for one environment today, so that body and token name the request. The body as it came: a
 * tenth of the bytes to hash, and one who packs his retry anew is still caught by the ids of his spans.
 */
function digestOf(body: Uint8Array, token: string | null): Uint8Array {
  const hash = createHash('sha256').update(body)
  return hash
    .update('\0')
    .update(token ?? '')
    .digest()
}
