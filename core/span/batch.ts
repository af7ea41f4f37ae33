// SpanBatch: the one columnar form of spans between decode, journal and fold.
// Decoders fill it once, straight from bytes; nothing else about a span is kept.
// Only attributes named in keys.ts get this far, so that secrets in other attributes,
// query strings and statements never reach the disk.

/** OTLP Span.SpanKind, unchanged. Source: opentelemetry-proto trace.proto. */
export const SpanKind = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind]

/** Bits of `SpanBatch.flags`. */
export const SpanFlag = {
  /** Span status is ERROR (EDGES R11: nothing else is an error). */
  error: 1,
  /** The parent id had a wrong length: there is a parent, and it never arrives (EDGES R1). */
  parentLost: 2,
  /** OTLP span flags 0x100: the sender knows whether the parent is remote ... */
  remoteKnown: 4,
  /** ... and 0x200: it is. */
  remote: 8,
} as const

/** Bits of `AttributeSet.families`: which groups of attributes a span has at all. */
export const Family = {
  /** Any of the db.* keys that EDGES N1 lists. */
  database: 1,
  /** Any messaging.* key, or one of the three aws.* keys of EDGES N2. */
  messaging: 2,
  /** Any rpc.* key. */
  rpc: 4,
  /** Any http.* key, or url.scheme, or http(s) as the scheme of url.full. */
  http: 8,
} as const

/**
 * The kept attributes of one span or resource: `keys` are positions in SPAN_KEYS or RESOURCE_KEYS,
 * strictly ascending; `values` are positions in the batch's string table, one a key.
 * Equal sets of one batch are one object.
 */
export type AttributeSet = {
  readonly families: number
  readonly keys: Uint8Array
  readonly values: Uint32Array
}

/** Shapes: `count` spans, in order of arrival, may repeat. A decoder never emits an invalid trace or span id. */
export type SpanBatch = {
  readonly count: number
  /** 16 bytes a span. */
  readonly traceIds: Uint8Array
  /** 8 bytes a span. */
  readonly spanIds: Uint8Array
  /** 8 bytes a span; all zero = no parent (or, with SpanFlag.parentLost, one that never arrives). */
  readonly parentIds: Uint8Array
  /** SpanKind a span; values above 5 are decoded as unspecified. */
  readonly kinds: Uint8Array
  /** SpanFlag bits a span. */
  readonly flags: Uint8Array
  /** Unix nanoseconds, UTC. */
  readonly startUnixNanos: BigUint64Array
  readonly endUnixNanos: BigUint64Array
  /** Sampling weight a span, as a code: see sampling.ts. */
  readonly weights: Uint16Array
  /** Position in `resourceSets`, one a span. */
  readonly resources: Uint32Array
  /** Position in `attributeSets`, one a span. */
  readonly attributes: Uint32Array
  /** count + 1 entries: the links of span i are linkStarts[i] .. linkStarts[i + 1]. */
  readonly linkStarts: Uint32Array
  /** 16 bytes a link. */
  readonly linkTraceIds: Uint8Array
  /** 8 bytes a link. */
  readonly linkSpanIds: Uint8Array
  readonly resourceSets: readonly AttributeSet[]
  readonly attributeSets: readonly AttributeSet[]
  readonly strings: readonly string[]
}

/** Numbers beside a batch, for OTLP partial success and the counters. */
export type DecodeCounts = {
  /** Spans left out for a trace or span id of wrong length or all zero (EDGES R1). */
  readonly rejected: number
  /** Links over the limit, or with an invalid id, that were left out. */
  readonly linksCut: number
}

/** What a decoder gives: a batch, or why the whole body is unusable (OTLP answers 400). Never throws on input. */
export type DecodeResult =
  | { readonly ok: true; readonly batch: SpanBatch; readonly counts: DecodeCounts }
  | { readonly ok: false; readonly reason: string }

/** Bounds of decoding, and what a user keeps beside the allow-list. Units: bytes of UTF-8, counts. */
export type DecodeLimits = {
  /** Longest kept string; a longer one is cut and gets `…#` and 8 hex digits of its hash, so that two stay two. */
  readonly nameBytesMax: number
  readonly linksPerSpanMax: number
  /** Nesting of AnyValue (arrays, kvlists) before a body counts as undecodable. */
  readonly depthMax: number
  readonly spansMax: number
  /** Further attributes that state the logical peer, the first before the others; at most PEER_KEYS_MAX. */
  readonly peerKeys: readonly string[]
}

export const DEFAULT_DECODE_LIMITS: DecodeLimits = {
  nameBytesMax: 512,
  linksPerSpanMax: 128,
  depthMax: 64,
  spansMax: 1_000_000,
  peerKeys: [],
}
