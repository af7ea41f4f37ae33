// Attributes that a user takes for the logical peer: kept beside the allow-list, whatever else they mean.
import { expect, test } from 'vitest'
import { DEFAULT_DECODE_LIMITS } from '../../../core/span/batch.ts'
import { PEER_KEYS_MAX } from '../../../core/span/keys.ts'
import { encodeOtlpProtobuf } from '../../../core/span/otlp/encode.ts'
import { decodeOtlpJson } from '../../../core/span/otlp/json.ts'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { oneSpan, text, toJson, toProtobuf } from './otlp-request.ts'
import { accepted, families, spanAttributes } from './read-batch.ts'

const limits = { ...DEFAULT_DECODE_LIMITS, peerKeys: ['upstream_cluster', 'db.name'] }
const request = oneSpan({
  attributes: [
    text('upstream_cluster', 'cart?token=s3cret'),
    text('db.name', 'orders'),
    text('upstream_host', 'unkept'),
  ],
})

test('they are kept by both decoders, cleaned as any text, and only when they are named', () => {
  const kept = { 'db.name': 'orders', 'strayline.peer.1': 'cart', 'strayline.peer.2': 'orders' }
  for (const result of [
    decodeOtlpProtobuf(toProtobuf(request), limits),
    decodeOtlpJson(toJson(request), limits),
  ]) {
    const { batch } = accepted(result)
    expect(spanAttributes(batch)).toEqual(kept)
    expect(families(batch)).toBe(1)
    // Sent on to a collector without these settings, they still say what they said.
    const again = accepted(decodeOtlpProtobuf(encodeOtlpProtobuf(batch))).batch
    expect(spanAttributes(again)).toEqual(kept)
  }
  for (const result of [decodeOtlpProtobuf(toProtobuf(request)), decodeOtlpJson(toJson(request))])
    expect(spanAttributes(accepted(result).batch)).toEqual({ 'db.name': 'orders' })
})

test('a repeated key whose last value has no text counts as absent, in both', () => {
  const twice = oneSpan({
    attributes: [
      text('upstream_cluster', 'cart'),
      { key: 'upstream_cluster', value: { bytesValue: 'AA==' } },
    ],
  })
  for (const result of [
    decodeOtlpProtobuf(toProtobuf(twice), limits),
    decodeOtlpJson(toJson(twice), limits),
  ])
    expect(spanAttributes(accepted(result).batch)).toEqual({})
})

test('there is room for four', () => {
  expect(PEER_KEYS_MAX).toBe(4)
})
