// The sampling weight: which tracestates state one, exactly which, and that nothing else of them is kept.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeOtlpJson } from '../../../core/span/otlp/json.ts'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { decodeBatch, encodeBatch } from '../../../core/span/record.ts'
import {
  traceStateOfWeight,
  WEIGHT_UNIT,
  weightOfTraceState,
  weightUnits,
} from '../../../core/span/sampling.ts'
import { readAll } from './captured-spans.ts'
import { oneSpan, toJson, toProtobuf } from './otlp-request.ts'
import { accepted } from './read-batch.ts'

function codeOf(traceState: string): number {
  const bytes = new TextEncoder().encode(traceState)
  return weightOfTraceState(bytes, 0, bytes.length)
}

/** Calls that one span of this tracestate stands for; null when it states nothing. */
function weightOf(traceState: string): number | null {
  const code = codeOf(traceState)
  return code === 0 ? null : weightUnits(code) / WEIGHT_UNIT
}

// Source: OpenTelemetry specification, TraceState: Probability Sampling, examples of thresholds.
test.each([
  ['ot=th:0', 1],
  ['ot=th:8', 2],
  ['ot=th:c', 4],
  ['ot=th:fd70a3d70a3d71', 100],
  ['ot=th:ffc', 1024],
  ['ot=rv:0123456789abcd;th:8', 2],
  ['ot=th:8;rv:0123456789abcd', 2],
  ['vendor=a, ot=th:c ,other=b', 4],
  ['vendor=a,\tot=th:c', 4],
])('%s stands for %d', (traceState, weight) => {
  expect(weightOf(traceState)).toBe(weight)
})

test('a third and other fractions are within a four-thousandth', () => {
  for (const share of [0.9, 2 / 3, 1 / 3, 0.123, 0.001]) {
    const threshold = Math.round((1 - share) * 2 ** 48)
      .toString(16)
      .padStart(12, '0')
    const weight = weightOf(`ot=th:${threshold}`)!
    expect(Math.abs(weight * share - 1)).toBeLessThan(1 / 4000)
  }
})

test.each([
  '',
  'th:8',
  'ot=',
  'ot=th:',
  'ot=th:G',
  'ot=th:C',
  'ot=th:0123456789abcde',
  'ot=rv:8',
  'ot=xth:8',
  'xot=th:8',
  'ot=rv:1,th:8',
  'vendor=ot=th:8',
  'vendor=ot=th:8,',
])('"%s" states no weight', (traceState) => {
  expect(weightOf(traceState)).toBe(null)
})

test('a weight beyond a million counts as 2^20', () => {
  expect(weightOf('ot=th:ffffffffffffff')).toBe(2 ** 20)
  expect(weightOf('ot=th:fffffff')).toBe(2 ** 20)
})

test('codes compare as weights do, and a code survives being written as a tracestate', () => {
  const threshold = fc.bigInt({ min: 0n, max: 2n ** 56n - 1n })
  const text = (value: bigint) => `ot=th:${value.toString(16).padStart(14, '0')}`
  fc.assert(
    fc.property(threshold, threshold, (a, b) => {
      const [smaller, larger] =
        a < b ? [codeOf(text(a)), codeOf(text(b))] : [codeOf(text(b)), codeOf(text(a))]
      expect(smaller).toBeLessThanOrEqual(larger)
      expect(weightUnits(smaller)).toBeLessThanOrEqual(weightUnits(larger))
      expect(Number.isSafeInteger(weightUnits(larger))).toBe(true)
      expect(codeOf(traceStateOfWeight(larger))).toBe(larger)
    }),
  )
})

test('both decoders read it, the journal keeps it, and nothing else of a tracestate is kept', () => {
  const request = oneSpan({ traceState: 'vendor=secret-session,ot=rv:00000000000001;th:8' })
  const batches = [
    accepted(decodeOtlpProtobuf(toProtobuf(request))).batch,
    accepted(decodeOtlpJson(toJson(request))).batch,
  ]
  for (const batch of batches) {
    expect([...batch.weights].map((code) => weightUnits(code) / WEIGHT_UNIT)).toEqual([2])
    const record = encodeBatch(batch)
    expect([...decodeBatch(record).weights]).toEqual([...batch.weights])
    expect(Buffer.from(record).includes('secret')).toBe(false)
  }
})

test('a record of the version before, without weights, is still read', () => {
  const { batch } = accepted(decodeOtlpProtobuf(toProtobuf(oneSpan({ kind: 2 }))))
  const record = encodeBatch(batch)
  // Version 1 had neither the number of weights (4 bytes) nor their width (1 byte) after the flags.
  const at = 3 + 4 + batch.count * (8 + 8 + 16 + 8 + 8 + 1 + 1)
  const older = Uint8Array.of(1, ...record.subarray(1, at), ...record.subarray(at + 5))
  expect(decodeBatch(older)).toEqual(batch)
})

test('Jaeger and Zipkin captures state it in the tag that exporters write', () => {
  const ids = { traceID: 'a1', spanID: 'b1', processID: 'p' }
  const tags = [{ key: 'w3c.tracestate', type: 'string', value: 'ot=th:c' }]
  const jaeger = { data: [{ traceID: 'a1', spans: [{ ...ids, tags }], processes: {} }] }
  const zipkin = [{ traceId: 'a1', id: 'b1', tags: { 'w3c.tracestate': 'ot=th:c' } }]
  for (const capture of [jaeger, zipkin])
    expect(weightsOf(JSON.stringify(capture))).toEqual([codeOf('ot=th:c')])
})

function weightsOf(capture: string): number[] {
  return readAll(capture).flatMap((request) => (request.ok ? [...request.batch.weights] : []))
}
