// What senders of OTLP/JSON do differently and still mean the same.
import { expect, test } from 'vitest'
import { decodeOtlpJson } from '../../../core/span/otlp/json.ts'
import { toJson } from './otlp-request.ts'
import { accepted, resourceAttributes, spanAttributes } from './read-batch.ts'

const camel = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '0123456789abcdef0123456789abcdef',
              spanId: '0123456789abcdef',
              parentSpanId: 'fedcba9876543210',
              kind: 2,
              startTimeUnixNano: '1760000000000000000',
              endTimeUnixNano: '1760000000000000000',
              attributes: [{ key: 'server.port', value: { intValue: '8080' } }],
              status: { code: 2 },
            },
          ],
        },
      ],
    },
  ],
}

test('ids in upper case, enums by name, numbers and snake_case give the same batch', () => {
  const snake = {
    resource_spans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { string_value: 'shop' } }] },
        scope_spans: [
          {
            spans: [
              {
                trace_id: '0123456789ABCDEF0123456789ABCDEF',
                span_id: '0123456789ABCDEF',
                parent_span_id: 'FEDCBA9876543210',
                kind: 'SPAN_KIND_SERVER',
                start_time_unix_nano: 1760000000000000000,
                end_time_unix_nano: 1760000000000000000,
                attributes: [{ key: 'server.port', value: { int_value: 8080 } }],
                status: { code: 'STATUS_CODE_ERROR' },
              },
            ],
          },
        ],
      },
    ],
  }
  expect(decodeOtlpJson(toJson(snake))).toEqual(decodeOtlpJson(toJson(camel)))
})

test('ids in padded base64, as the plain JSON mapping of protobuf writes them, are read', () => {
  const text = JSON.stringify(camel)
    .replace('0123456789abcdef0123456789abcdef', 'ASNFZ4mrze8BI0VniavN7w==')
    .replace('"0123456789abcdef"', '"ASNFZ4mrze8="')
    .replace('fedcba9876543210', '/ty6mHZUMhA=')
  expect(decodeOtlpJson(new TextEncoder().encode(text))).toEqual(decodeOtlpJson(toJson(camel)))
})

test('an id with letters that are no hex digits is rejected, as a parent it never arrives', () => {
  const text = JSON.stringify(camel)
  const bad = text.replace('"0123456789abcdef"', '"012345678gabcdef"')
  expect(accepted(decodeOtlpJson(new TextEncoder().encode(bad))).counts.rejected).toBe(1)
  const lost = text.replace('fedcba9876543210', 'fedcba987654321z')
  expect(accepted(decodeOtlpJson(new TextEncoder().encode(lost))).batch.flags[0]).toBe(3)
})

test('absent and null lists are empty', () => {
  for (const request of [{}, { resourceSpans: null }, { resourceSpans: [{ scopeSpans: [{}] }] }]) {
    expect(accepted(decodeOtlpJson(toJson(request))).batch.count).toBe(0)
  }
})

test('what is no trace request is refused with a reason that quotes nothing of it', () => {
  for (const body of [
    '',
    '{"resourceSpans": s3cret}',
    '[]',
    'null',
    '"s3cret"',
    '{"resourceSpans":7}',
  ]) {
    const result = decodeOtlpJson(new TextEncoder().encode(body))
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).not.toContain('s3cret')
  }
  const nested = { resourceSpans: [{ scopeSpans: [{ spans: ['x'] }] }] }
  expect(decodeOtlpJson(toJson(nested))).toEqual({
    ok: false,
    reason: 'spans holds something that is not an object',
  })
})

test('names that every JavaScript object has are ordinary attribute keys', () => {
  const body = JSON.stringify(camel).replaceAll('server.port', '__proto__')
  const { batch } = accepted(decodeOtlpJson(new TextEncoder().encode(body)))
  expect(spanAttributes(batch)).toEqual({})
  expect(resourceAttributes(batch)).toEqual({ 'service.name': 'shop' })
})

test('a kind, flags or status that is an object or a deep array counts as absent, whatever methods it names', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
  const odd = ['{"toString":1,"valueOf":1}', '{"__proto__":null}', '[[2]]', nested(20_000), 'true']
  for (const value of odd) {
    const ids = '"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef"'
    const fields = `"kind":${value},"flags":${value},"status":{"code":${value}},"startTimeUnixNano":${value}`
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{${ids},${fields}}]}]}]}`
    const { batch } = accepted(decodeOtlpJson(new TextEncoder().encode(body)))
    expect([batch.count, batch.kinds[0], batch.flags[0]]).toEqual([1, 0, 0])
  }
})
