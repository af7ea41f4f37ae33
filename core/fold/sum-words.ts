// The words of the sums, and of a call on its way to them.
import * as histogram from '../graph/histogram.ts'

const { HISTOGRAM_BUCKETS } = histogram

/** Words of an edge's sums. */
export const EDGE_WORDS = 16
export const EDGE_ID = 0
export const EDGE_CALLS = 1
export const EDGE_ERRORS = 2
export const EDGE_PROTOCOL = 3
/** First of its buckets, -1: none. */
export const EDGE_BUCKETS = 4
/** By position in TRUST_RULES. */
export const EDGE_TRUST = 5
/** By Encryption; the first, of calls of which nothing is known, is counted for evenness and not read. */
export const EDGE_ENCRYPTION = 12

export const MINUTE_MS = 60_000

/** Words of a bucket's sums. */
export const BUCKET_WORDS = 6 + 2 * HISTOGRAM_BUCKETS
export const BUCKET_OPERATION = 0
/** Unix minutes, of MINUTE_MS. */
export const BUCKET_MINUTE = 1
export const BUCKET_CALLS = 2
export const BUCKET_ERRORS = 3
/** Next of the same edge, -1 at the end. */
export const BUCKET_NEXT = 4
/** BucketBit bits. */
export const BUCKET_BITS = 5
export const BUCKET_CLIENT = 6
export const BUCKET_SERVER = 6 + HISTOGRAM_BUCKETS

export const BucketBit = { client: 1, server: 2 } as const

/** Numbers of a call ready to be summed: nothing in it refers to the trace any more. */
export const COUNTED_NUMBERS = 14
export const COUNTED_EDGE = 0
/** Position in GraphMemory.operationTexts. */
export const COUNTED_OPERATION = 1
/** Unix ms: when it counts. */
export const COUNTED_TIME = 2
/** Latency buckets, -1: not measured on that side. */
export const COUNTED_CLIENT = 3
export const COUNTED_SERVER = 4
/** Positions in TRUST_RULES and PROTOCOLS. */
export const COUNTED_RULE = 5
export const COUNTED_PROTOCOL = 6
export const COUNTED_ERROR = 7
/** As the client half states them: text or NO_TEXT, port or 0. */
export const COUNTED_HOST = 8
export const COUNTED_PORT = 9
/** What its sampling weight is above 1, in 1/WEIGHT_UNIT: calls like it that nobody recorded. */
export const COUNTED_UNSEEN = 10
/** Encryption, of encryption.ts: its client half's, else its server half's. */
export const COUNTED_ENCRYPTION = 11
/** Instance of the client half (instances.ts), or 0. */
export const COUNTED_CALLER = 12
/** Digest of the trace that shows the call (traceDigest); not of one that is taken back. */
export const COUNTED_TRACE = 13

/** Examples of calls in the clear are kept beside the others, which may be a thousand times as many. */
export function candidateKey(operation: number, isPlain: boolean): number {
  return 2 * operation + (isPlain ? 1 : 0)
}
