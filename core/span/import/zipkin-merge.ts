// The fragments of one Zipkin span -> one span (EDGES, decided on R1: same ids and service, kind only in
// one). Where fragments disagree the choice depends on their content, never on their order.
// Source: openzipkin/zipkin zipkin2.internal.Trace (merging, shared spans).
import { isObject, type JsonObject } from '../otlp/json-field.ts'
import { hexId, hexParentId, kindNumber, micros, UNUSABLE_ID } from './otlp-value.ts'

/** One span, all its fragments merged. */
export type ZipkinSpan = {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string
  /** OTLP's number; 0 when no fragment has a kind. */
  readonly kind: number
  readonly isShared: boolean
  readonly startMicros: bigint
  readonly durationMicros: bigint
  /** localEndpoint.serviceName, '' when unknown. */
  readonly service: string
  /** remoteEndpoint. */
  readonly peer: { readonly service: string; readonly address: string; readonly port: string }
  readonly tags: ReadonlyMap<string, string>
}

/** Fragments by identity of their span: trace id, span id, service; what has no usable id stays alone. */
export type ZipkinFragments = Map<string, ZipkinSpan[]>

export function addZipkinFragment(fragments: ZipkinFragments, value: JsonObject): void {
  const fragment = fragmentOf(value)
  const { traceId, spanId, service } = fragment
  const isUnusable = traceId === UNUSABLE_ID || spanId === UNUSABLE_ID
  const key = isUnusable ? `${fragments.size}` : `${traceId}${spanId}${service}`
  const known = fragments.get(key)
  if (known) known.push(fragment)
  else fragments.set(key, [fragment])
}

/** The whole spans, grouped as they came. */
export function* mergeZipkinFragments(fragments: ZipkinFragments): Generator<ZipkinSpan> {
  for (const group of fragments.values()) {
    if (group.length === 1) {
      yield group[0]!
      continue
    }
    for (const part of byKind(group)) yield mergeAll(part)
  }
}

/** A service that calls itself shares one id between two kinds: two spans. What has no kind joins one. */
function byKind(group: readonly ZipkinSpan[]): ZipkinSpan[][] {
  const kinds = [...new Set(group.map(({ kind }) => kind))].filter((kind) => kind !== 0).sort()
  if (kinds.length < 2) return [[...group]]
  const homeOf = (fragment: ZipkinSpan): number => {
    if (fragment.kind !== 0) return fragment.kind
    const isServerSide = (kind: number): boolean => kind === 2 || kind === 5
    return kinds.find((kind) => isServerSide(kind) === fragment.isShared) ?? kinds[0]!
  }
  return kinds.map((kind) => group.filter((fragment) => homeOf(fragment) === kind))
}

/** One map for all tags: a sender may split one span into as many fragments as fit in a body. */
function mergeAll(part: readonly ZipkinSpan[]): ZipkinSpan {
  const tags = new Map<string, string>()
  for (const fragment of part)
    for (const [key, value] of fragment.tags) tags.set(key, chooseText(tags.get(key), value))
  return { ...part.reduce(mergeTwo), tags }
}

/** All but the tags. */
function mergeTwo(a: ZipkinSpan, b: ZipkinSpan): ZipkinSpan {
  return {
    ...a,
    parentId: chooseText(a.parentId, b.parentId),
    kind: a.kind || b.kind,
    isShared: a.isShared || b.isShared,
    startMicros: earlier(a.startMicros, b.startMicros),
    durationMicros: longer(a.durationMicros, b.durationMicros),
    peer: {
      service: chooseText(a.peer.service, b.peer.service),
      address: chooseText(a.peer.address, b.peer.address),
      port: chooseText(a.peer.port, b.peer.port),
    },
  }
}

/** The one that says something; of two different ones that which sorts first. */
function chooseText(a: string | undefined, b: string): string {
  if (!a) return b
  return b === '' || a < b ? a : b
}

/** 0 is an unknown time. */
function earlier(a: bigint, b: bigint): bigint {
  if (a === 0n) return b
  return b === 0n || a < b ? a : b
}

function longer(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}

function fragmentOf(value: JsonObject): ZipkinSpan {
  const local = isObject(value.localEndpoint) ? value.localEndpoint : {}
  const remote = isObject(value.remoteEndpoint) ? value.remoteEndpoint : {}
  return {
    traceId: hexId(value.traceId, 32),
    spanId: hexId(value.id, 16),
    parentId: hexParentId(value.parentId),
    kind: kindNumber(value.kind),
    isShared: value.shared === true,
    startMicros: micros(value.timestamp),
    durationMicros: micros(value.duration),
    service: textOf(local.serviceName),
    peer: {
      service: textOf(remote.serviceName),
      address: textOf(remote.ipv4) || textOf(remote.ipv6),
      port: remote.port === 0 ? '' : textOf(remote.port),
    },
    tags: tagsOf(value.tags),
  }
}

function tagsOf(value: unknown): ReadonlyMap<string, string> {
  const tags = isObject(value) ? Object.entries(value) : []
  return new Map(tags.map(([key, text]) => [key, textOf(text)]))
}

/** Text of a string, number or boolean; '' for anything else. */
function textOf(value: unknown): string {
  const hasText =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return hasText ? String(value) : ''
}
