// Zipkin v2 JSON -> SpanBatch: spans whose fragments are merged (zipkin-merge.ts), in the words of OTLP.
// Source: openzipkin/zipkin-api zipkin2-api.yaml; OpenTelemetry specification, "OpenTelemetry to Zipkin
// Transformation"; EDGES R1, N2, N3.
import { DEFAULT_DECODE_LIMITS, type DecodeLimits, type DecodeResult } from '../batch.ts'
import { RESOURCE_KEYS } from '../keys.ts'
import { decodeOtlpValue, parseJson } from '../otlp/json.ts'
import { isObject, type JsonObject } from '../otlp/json-field.ts'
import { catchMalformed, Malformed } from '../otlp/malformed.ts'
import { otlpResource, otlpSpan, UNUSABLE_ID } from './otlp-value.ts'
import {
  addZipkinFragment,
  mergeZipkinFragments,
  type ZipkinFragments,
  type ZipkinSpan,
} from './zipkin-merge.ts'

const SPANS_PER_REQUEST = 10_000
const SERVER = 2
/** Exporters of OpenTelemetry copy the resource into the tags of every span. */
const RESOURCE_TAGS: ReadonlySet<string> = new Set(
  RESOURCE_KEYS.map((key) => key.name).filter((name) => name !== 'service.name'),
)
/** What exporters of OpenTelemetry repeat as remote service name where no peer.service is known. */
const REPEATED_AS_PEER = [
  ...['server.address', 'net.peer.name', 'network.peer.address', 'net.peer.ip'],
  ...['net.sock.peer.name', 'net.sock.peer.addr', 'db.namespace', 'db.name'],
]

export function isZipkinSpan(value: JsonObject): boolean {
  return 'traceId' in value && 'id' in value
}

/** Zipkin's first format has annotations where the second has a kind. */
export function isZipkinVersion1(value: JsonObject): boolean {
  return isZipkinSpan(value) && 'binaryAnnotations' in value
}

/** All spans of the fragments, some thousand at a time. Never throws on input. */
export function* decodeZipkinFragments(
  fragments: ZipkinFragments,
  limits: DecodeLimits,
): Generator<DecodeResult, void, void> {
  let spans: ZipkinSpan[] = []
  for (const span of mergeZipkinFragments(fragments)) {
    spans.push(span)
    if (spans.length < Math.min(SPANS_PER_REQUEST, limits.spansMax)) continue
    yield decodeSpans(spans, limits)
    spans = []
  }
  if (spans.length > 0) yield decodeSpans(spans, limits)
}

/**
 * Decodes the body that senders post to /api/v2/spans: an array of spans. Fragments of one span are merged
 * within the body only (docs/decisions/0008). Never throws on input. body: UTF-8.
 */
export function decodeZipkinJson(
  body: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): DecodeResult {
  return catchMalformed((): DecodeResult => {
    const items = parseJson(body)
    if (!Array.isArray(items)) throw new Malformed('the body is not a JSON array of spans')
    const fragments: ZipkinFragments = new Map()
    for (const [index, item] of items.entries()) {
      if (!isObject(item)) throw new Malformed(`span ${index + 1} is not a JSON object`)
      if (isZipkinVersion1(item)) throw new Malformed('Zipkin v1 JSON is not read, only v2')
      addZipkinFragment(fragments, item)
    }
    return decodeSpans([...mergeZipkinFragments(fragments)], limits)
  })
}

function decodeSpans(spans: readonly ZipkinSpan[], limits: DecodeLimits): DecodeResult {
  const resources = new Map<string, { tags: [string, string][]; spans: JsonObject[] }>()
  for (const span of spans) {
    const tags = resourceOf(span)
    const key = JSON.stringify(tags)
    const resource = resources.get(key) ?? { tags, spans: [] }
    resources.set(key, resource)
    resource.spans.push(otlpSpanOf(span))
  }
  const resourceSpans = [...resources.values()].map((resource) =>
    otlpResource(resource.tags, resource.spans),
  )
  return decodeOtlpValue({ resourceSpans }, limits)
}

function resourceOf({ service, tags }: ZipkinSpan): [string, string][] {
  const kept = [...tags].filter(([key]) => RESOURCE_TAGS.has(key)).sort()
  return service === '' ? kept : [...kept, ['service.name', service]]
}

function otlpSpanOf(span: ZipkinSpan): JsonObject {
  const { parentId, tags } = span
  // A shared span continues the caller's half of the same id: without a parent of its own it is still
  // no root, and when that half never comes it is an orphan (EDGES R4, R10).
  const isOrphanAlone = span.isShared && parentId === ''
  return otlpSpan({
    ...span,
    parentId: isOrphanAlone ? UNUSABLE_ID : parentId,
    isError: tags.has('error') || tags.get('otel.status_code') === 'ERROR',
    attributes: [...tags, ...peerOf(span)],
    links: [],
  })
}

/** What the remote endpoint and Zipkin's own tags say, in semantic conventions. */
function peerOf({ kind, peer, tags }: ZipkinSpan): [string, string][] {
  const attributes: [string, string][] = []
  const add = (key: string, value: string, isKnown: boolean): void => {
    if (value !== '' && !isKnown) attributes.push([key, value])
  }
  const isRepeated = REPEATED_AS_PEER.some((key) => tags.get(key) === peer.service)
  add('peer.service', peer.service, tags.has('peer.service') || isRepeated)
  if (kind !== SERVER) {
    add('network.peer.address', peer.address, tags.has('network.peer.address'))
    add('net.peer.port', peer.port, tags.has('server.port') || tags.has('net.peer.port'))
  }
  add('url.path', tags.get('http.path') ?? '', tags.has('url.path') || tags.has('http.target'))
  return attributes
}
