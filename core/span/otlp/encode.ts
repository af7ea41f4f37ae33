// SpanBatch -> OTLP protobuf, for sending captures on: what decode kept, in the same order. Decoding the result
// gives an equal batch; what decode left out (names, events, other attributes) is gone for good, and of an
// address that decode had to cut for its length the hash at its end goes too, as if it were a fragment.
// Source: opentelemetry-proto v1 trace.proto, common.proto, resource.proto; protobuf.dev, "Encoding".
import { type AttributeSet, Family, type SpanBatch, SpanFlag } from '../batch.ts'
import { familyOfKey } from '../families.ts'
import { RESOURCE_KEYS, SPAN_KEYS } from '../keys.ts'
import { traceStateOfWeight } from '../sampling.ts'
import { joinBytes } from './join-bytes.ts'

/** Bounds of one request. Units: bytes (passed only by a single span that is larger), spans. */
export type RequestLimits = { readonly bytesMax: number; readonly spansMax: number }

/** One ExportTraceServiceRequest. */
export type EncodedRequest = {
  readonly body: Uint8Array
  readonly spans: number
  /** The latest end of its spans. */
  readonly endUnixNano: bigint
}

const UTF8 = new TextEncoder()
const NO_BYTES = new Uint8Array(0)
const ID_BYTES = { trace: 16, span: 8 } as const
const LINK_BYTES = 2 + ID_BYTES.trace + 2 + ID_BYTES.span
/** trace_id, span_id, start and end: what every span has. */
const FIXED_BYTES = 2 + ID_BYTES.trace + 2 + ID_BYTES.span + 9 + 9
const STATUS_ERROR = [0x7a, 2, 0x18, 2]
const FLAGS_BYTES = 6
/** A parent id of one byte: of wrong length, so that it stays lost. */
const LOST_PARENT = [0x22, 1, 0xff]
/** Keys that stand for a family when the attribute that did was not kept; sent without a value. */
const FAMILY_KEYS: readonly (readonly [number, string])[] = [
  [Family.database, 'db.system'],
  [Family.messaging, 'messaging.system'],
  [Family.rpc, 'rpc.system'],
  [Family.http, 'http.method'],
]

/** Encodes a batch as one request. */
export function encodeOtlpProtobuf(batch: SpanBatch): Uint8Array {
  const unlimited = { bytesMax: Number.POSITIVE_INFINITY, spansMax: Number.POSITIVE_INFINITY }
  for (const { body } of encodeRequests(batch, unlimited)) return body
  return NO_BYTES
}

/** Encodes a batch as requests within limits, spans in order. An empty batch gives none. */
export function* encodeRequests(
  batch: SpanBatch,
  limits: RequestLimits,
): Generator<EncodedRequest, void, void> {
  const parts = encodeSets(batch)
  const lengths = Uint32Array.from({ length: batch.count }, (_, span) =>
    spanLength(batch, parts, span),
  )
  for (let from = 0; from < batch.count; ) {
    let to = from
    let bytes = 0
    while (to < batch.count && to - from < limits.spansMax) {
      const starts = to === from || batch.resources[to] !== batch.resources[to - 1]
      const resource = starts ? (parts.resources[batch.resources[to]!]?.length ?? 0) + 24 : 0
      const more = fieldLength(lengths[to]!) + resource
      if (to > from && bytes + more > limits.bytesMax) break
      bytes += more
      to++
    }
    yield { ...encodeRange(batch, parts, lengths, { from, to }), spans: to - from }
    from = to
  }
}

type Range = { readonly from: number; readonly to: number }
/** Encoded attributes by set: of spans as their fields, of resources as the whole message with its tag. */
type Parts = { readonly spans: readonly Uint8Array[]; readonly resources: readonly Uint8Array[] }

function encodeSets(batch: SpanBatch): Parts {
  const { strings } = batch
  return {
    spans: batch.attributeSets.map((set) =>
      joinBytes([...familyFields(set), ...attributeFields(set, SPAN_KEYS, strings, 9)]),
    ),
    resources: batch.resourceSets.map((set) =>
      bytesField(1, joinBytes(attributeFields(set, RESOURCE_KEYS, strings, 1))),
    ),
  }
}

type Names = readonly { readonly name: string }[]

function attributeFields(
  set: AttributeSet,
  keys: Names,
  strings: readonly string[],
  field: number,
): Uint8Array[] {
  return [...set.keys].map((key, at) => {
    const name = bytesField(1, UTF8.encode(keys[key]?.name))
    const text = UTF8.encode(strings[set.values[at]!])
    return bytesField(field, joinBytes([name, bytesField(2, bytesField(1, text))]))
  })
}

/** Families that no kept key of the set stands for. */
function familyFields(set: AttributeSet): Uint8Array[] {
  let known = 0
  for (const key of set.keys) known |= familyOfKey(SPAN_KEYS[key]?.name ?? '')
  const missing = FAMILY_KEYS.filter(([family]) => set.families & family & ~known)
  return missing.map(([, name]) => bytesField(9, bytesField(1, UTF8.encode(name))))
}

function spanLength(batch: SpanBatch, parts: Parts, span: number): number {
  const flags = batch.flags[span]!
  const parent = flags & SpanFlag.parentLost ? LOST_PARENT.length : hasParent(batch, span) ? 10 : 0
  const links = batch.linkStarts[span + 1]! - batch.linkStarts[span]!
  return (
    FIXED_BYTES +
    parent +
    (batch.kinds[span] === 0 ? 0 : 2) +
    (parts.spans[batch.attributes[span]!]?.length ?? 0) +
    links * (2 + LINK_BYTES) +
    (flags & SpanFlag.error ? STATUS_ERROR.length : 0) +
    (traceStateField(batch, span)?.length ?? 0) +
    (flags & (SpanFlag.remoteKnown | SpanFlag.remote) ? FLAGS_BYTES : 0)
  )
}

type Writer = { readonly bytes: Uint8Array; readonly view: DataView; at: number }

/** Runs of spans with one resource become one ResourceSpans with one ScopeSpans. */
function encodeRange(
  batch: SpanBatch,
  parts: Parts,
  lengths: Uint32Array,
  { from, to }: Range,
): { body: Uint8Array; endUnixNano: bigint } {
  const runs: (Range & { readonly scopeLength: number; readonly resource: Uint8Array })[] = []
  for (let start = from; start < to; ) {
    let end = start
    let scopeLength = 0
    while (end < to && batch.resources[end] === batch.resources[start])
      scopeLength += fieldLength(lengths[end++]!)
    const resource = parts.resources[batch.resources[start]!] ?? NO_BYTES
    runs.push({ from: start, to: end, scopeLength, resource })
    start = end
  }
  const runLength = (run: (typeof runs)[number]) =>
    run.resource.length + fieldLength(run.scopeLength)
  const total = runs.reduce((sum, run) => sum + fieldLength(runLength(run)), 0)
  const bytes = new Uint8Array(total)
  const writer: Writer = { bytes, view: new DataView(bytes.buffer), at: 0 }
  let endUnixNano = 0n
  for (const run of runs) {
    writeHead(writer, 1, runLength(run))
    writeBytes(writer, run.resource)
    writeHead(writer, 2, run.scopeLength)
    for (let span = run.from; span < run.to; span++) {
      writeHead(writer, 2, lengths[span]!)
      writeSpan(writer, batch, parts, span)
      const end = batch.endUnixNanos[span]!
      if (end > endUnixNano) endUnixNano = end
    }
  }
  return { body: bytes, endUnixNano }
}

function writeSpan(writer: Writer, batch: SpanBatch, parts: Parts, span: number): void {
  const flags = batch.flags[span]!
  writeId(writer, 1, batch.traceIds, span, ID_BYTES.trace)
  writeId(writer, 2, batch.spanIds, span, ID_BYTES.span)
  const traceState = traceStateField(batch, span)
  if (traceState) writeBytes(writer, traceState)
  if (flags & SpanFlag.parentLost) writeBytes(writer, LOST_PARENT)
  else if (hasParent(batch, span)) writeId(writer, 4, batch.parentIds, span, ID_BYTES.span)
  const kind = batch.kinds[span]!
  if (kind !== 0) writeBytes(writer, [0x30, kind])
  writeNanos(writer, 0x39, batch.startUnixNanos[span]!)
  writeNanos(writer, 0x41, batch.endUnixNanos[span]!)
  writeBytes(writer, parts.spans[batch.attributes[span]!] ?? NO_BYTES)
  for (let link = batch.linkStarts[span]!; link < batch.linkStarts[span + 1]!; link++) {
    writeHead(writer, 13, LINK_BYTES)
    writeId(writer, 1, batch.linkTraceIds, link, ID_BYTES.trace)
    writeId(writer, 2, batch.linkSpanIds, link, ID_BYTES.span)
  }
  if (flags & SpanFlag.error) writeBytes(writer, STATUS_ERROR)
  const known = (flags & SpanFlag.remoteKnown ? 1 : 0) | (flags & SpanFlag.remote ? 2 : 0)
  if (known !== 0) writeBytes(writer, [0x85, 0x01, 0, known, 0, 0])
}

/** Null when no sampling weight is known. */
function traceStateField({ weights }: SpanBatch, span: number): Uint8Array | null {
  const weight = weights[span]!
  return weight === 0 ? null : bytesField(3, UTF8.encode(traceStateOfWeight(weight)))
}

function hasParent({ parentIds }: SpanBatch, span: number): boolean {
  for (let at = 8 * span; at < 8 * span + 8; at++) if (parentIds[at] !== 0) return true
  return false
}

function writeId(writer: Writer, field: number, ids: Uint8Array, at: number, size: number): void {
  writeHead(writer, field, size)
  writeBytes(writer, ids.subarray(at * size, (at + 1) * size))
}

function writeNanos(writer: Writer, tag: number, nanos: bigint): void {
  writer.bytes[writer.at] = tag
  writer.view.setBigUint64(writer.at + 1, nanos, true)
  writer.at += 9
}

function writeBytes(writer: Writer, bytes: ArrayLike<number>): void {
  writer.bytes.set(bytes, writer.at)
  writer.at += bytes.length
}

/** Tag and length of a field of bytes. field: below 16. */
function writeHead(writer: Writer, field: number, length: number): void {
  writer.bytes[writer.at++] = (field << 3) | 2
  let rest = length
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80))
    writer.bytes[writer.at++] = (rest % 0x80) | 0x80
  writer.bytes[writer.at++] = rest
}

/** Bytes of a field of so many bytes, with its head. field: below 16. */
function fieldLength(length: number): number {
  let head = 2
  for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) head++
  return head + length
}

function bytesField(field: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(fieldLength(content.length))
  const writer = { bytes, view: new DataView(bytes.buffer), at: 0 }
  writeHead(writer, field, content.length)
  writeBytes(writer, content)
  return bytes
}
