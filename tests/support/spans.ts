// Spans as tests speak of them, and batches made of them through the real JSON decoder.
import fc from 'fast-check'
import type { SpanBatch } from '../../core/span/batch.ts'
import { decodeOtlpJson } from '../../core/span/otlp/json.ts'

const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
type Kind = keyof typeof KINDS

export type TestSpan = {
  /** 32 hex digits, or a number that becomes them. */
  readonly trace: string | number
  readonly id: number
  /** 0: none. */
  readonly parent: number
  /** '': nameless. */
  readonly service: string
  readonly kind: Kind
  readonly isError: boolean
  readonly attributes: Readonly<Record<string, string>>
  readonly traceState?: string
  readonly links: readonly { readonly trace: string | number; readonly id: number }[]
  /** Resource attributes beside the service's name. */
  readonly resource?: Readonly<Record<string, string>>
}

export function span(
  given: Partial<TestSpan> & Pick<TestSpan, 'id' | 'service' | 'kind'>,
): TestSpan {
  return { trace: 'a'.repeat(32), parent: 0, isError: false, attributes: {}, links: [], ...given }
}

/** One OTLP/JSON request, decoded. */
export function batchOf(spans: readonly TestSpan[]): SpanBatch {
  const decoded = decodeOtlpJson(new TextEncoder().encode(JSON.stringify(requestOf(spans))))
  if (!decoded.ok) throw new Error(`a test's own request must decode: ${decoded.reason}`)
  return decoded.batch
}

/** The OTLP/JSON request itself: one resource a span. */
export function requestOf(spans: readonly TestSpan[]): unknown {
  return {
    resourceSpans: spans.map((one) => ({
      resource: {
        attributes: attributes({
          ...(one.service ? { 'service.name': one.service } : {}),
          ...one.resource,
        }),
      },
      scopeSpans: [
        {
          spans: [
            {
              traceId: traceId(one.trace),
              spanId: spanId(one.id),
              parentSpanId: one.parent ? spanId(one.parent) : '',
              kind: KINDS[one.kind],
              startTimeUnixNano: '1760000000000000000',
              endTimeUnixNano: '1760000000005000000',
              status: { code: one.isError ? 2 : 0 },
              traceState: one.traceState ?? '',
              attributes: attributes(one.attributes),
              links: one.links.map((link) => ({
                traceId: traceId(link.trace),
                spanId: spanId(link.id),
              })),
            },
          ],
        },
      ],
    })),
  }
}

function traceId(trace: string | number): string {
  return typeof trace === 'string' ? trace : trace.toString(16).padStart(32, 'f')
}

function spanId(id: number): string {
  return id.toString(16).padStart(16, '0')
}

function attributes(values: Readonly<Record<string, string>>): unknown[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}

const ATTRIBUTE_SETS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'http.request.method': 'GET', 'server.address': 'x.example' },
  { 'db.system.name': 'postgresql', 'db.namespace': 'orders' },
  { 'messaging.system': 'kafka', 'messaging.destination.name': 'jobs' },
  { 'peer.service': 'b' },
]

/** Small, dense worlds: few traces, ids and services, so that every rule's oddities occur. */
export function arbitrarySpans(): fc.Arbitrary<TestSpan[]> {
  const trace = fc.constantFrom(1, 2, `${'0'.repeat(16)}${'f'.repeat(15)}1`)
  const one = fc.record({
    trace,
    id: fc.integer({ min: 1, max: 8 }),
    parent: fc.integer({ min: 0, max: 8 }),
    service: fc.constantFrom('a', 'b', 'c', ''),
    kind: fc.constantFrom<Kind>('internal', 'server', 'client', 'producer', 'consumer'),
    isError: fc.boolean(),
    attributes: fc.constantFrom(...ATTRIBUTE_SETS),
    links: fc.array(fc.record({ trace, id: fc.integer({ min: 1, max: 8 }) }), { maxLength: 2 }),
  })
  return fc.array(one, { minLength: 1, maxLength: 24 })
}
