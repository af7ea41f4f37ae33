// Random trace requests that one may say in JSON and in protobuf alike.
import fc from 'fast-check'
import { RESOURCE_KEYS, SPAN_KEYS } from '../../../core/span/keys.ts'
import type { Attribute, RequestValue, SpanValue } from './otlp-request.ts'

const UNKEPT = [
  'http.user_agent',
  'messaging.kafka.offset',
  'rpc.grpc.status_code',
  'thread.id',
  'x',
  '',
]

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'))

/** Mostly right; at times empty, zero or of another length. */
const id = (bytes: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: hex(bytes) },
    { weight: 2, arbitrary: fc.constant('1'.padStart(2 * bytes, '0')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '0'.repeat(2 * bytes), 'abcd', 'ab'.repeat(bytes + 1)),
    },
  )

const url = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(
    'https://u:p@Shop.Example:8443/a/1?token=s',
    'http://[2001:DB8::1]:80/x;y=1/',
    'HTTPS://h',
    'no url',
    'ftp://h:99999x/',
    '//h/x',
    '/orders/42/items/8f14e45fceea167a5a36dedd4bea2543?x=1#y',
    'a/b/c/d/e/f/g/h/i/j',
  ),
)
const string = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '',
    'GET',
    'shop',
    '10.0.0.1',
    'a\u0000b\u009fc',
    'x'.repeat(2000),
    '€'.repeat(300),
  ),
  url,
)
const scalar = fc.oneof(
  { weight: 6, arbitrary: string.map((stringValue): unknown => ({ stringValue })) },
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((int) => ({ intValue: String(int) })),
  fc.integer({ min: 0, max: 65535 }).map((int) => ({ intValue: String(int) })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc.constantFrom({ bytesValue: 'AAE=' }, {}),
)
const value = fc.oneof(
  { weight: 8, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
  fc.constant({ kvlistValue: { values: [{ key: 'k', value: { arrayValue: { values: [] } } }] } }),
)

function attributes(keys: readonly string[]): fc.Arbitrary<Attribute[]> {
  const key = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...keys) },
    fc.constantFrom(...UNKEPT),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
  )
  return fc.array(fc.record({ key, value }), { maxLength: 8 })
}

const traceState = fc.oneof(
  fc.constantFrom(
    '',
    'ot=th:c',
    'vendor=x, ot=rv:0123456789abcd;th:fd70a4,a=b',
    'ot=th:',
    'xot=th:8',
  ),
  fc
    .bigInt({ min: 0n, max: 2n ** 56n - 1n })
    .map((t) => `ot=th:${t.toString(16).padStart(14, '0')}`),
)
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const span: fc.Arbitrary<SpanValue> = fc.record(
  {
    traceId: id(16),
    spanId: id(8),
    traceState,
    parentSpanId: id(8),
    name: string,
    kind: fc.integer({ min: 0, max: 7 }),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes: attributes(SPAN_KEYS.map((key) => key.name)),
    events: fc.array(fc.record({ name: string, attributes: attributes(UNKEPT) }), { maxLength: 1 }),
    links: fc.array(fc.record({ traceId: id(16), spanId: id(8) }), { maxLength: 4 }),
    status: fc.record(
      { code: fc.integer({ min: 0, max: 3 }), message: string },
      { requiredKeys: [] },
    ),
    flags: fc.integer({ min: 0, max: 0x3ff }),
  },
  { requiredKeys: ['traceId', 'spanId'] },
)

/** Requests of up to a few dozen spans; some with bad ids, odd urls, long and dirty names. */
export const arbitraryRequest: fc.Arbitrary<RequestValue> = fc.record({
  resourceSpans: fc.array(
    fc.record(
      {
        resource: fc.record({ attributes: attributes(RESOURCE_KEYS.map((key) => key.name)) }),
        scopeSpans: fc.array(fc.record({ spans: fc.array(span, { maxLength: 6 }) }), {
          maxLength: 2,
        }),
      },
      { requiredKeys: ['scopeSpans'] },
    ),
    { maxLength: 3 },
  ),
})
