// What a collector answers, read back by another protobuf implementation.
import { expect, test } from 'vitest'
import { encodeStatus, encodeTraceResponse } from '../../../core/span/otlp/messages.ts'
import { messageType } from './otlp-request.ts'

const textOf = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))
const fieldsOf = (name: string, bytes: Uint8Array): unknown => {
  const type = messageType(name)
  return type.toObject(type.decode(bytes), { longs: Number, bytes: Array, defaults: false })
}

test('full success is an empty response', () => {
  const success = { rejected: 0, message: '' }
  expect(encodeTraceResponse(success, 'protobuf').length).toBe(0)
  expect(textOf(encodeTraceResponse(success, 'json'))).toEqual({})
})

test('partial success says how many spans were rejected and why', () => {
  const partial = { rejected: 300, message: 'trace or span id invalid €' }
  expect(fieldsOf('Response', encodeTraceResponse(partial, 'protobuf'))).toEqual({
    partialSuccess: { rejectedSpans: 300, errorMessage: partial.message },
  })
  expect(textOf(encodeTraceResponse(partial, 'json'))).toEqual({
    partialSuccess: { rejectedSpans: '300', errorMessage: partial.message },
  })
})

test('a warning without rejected spans is kept', () => {
  const warning = { rejected: 0, message: 'links cut' }
  expect(fieldsOf('Response', encodeTraceResponse(warning, 'protobuf'))).toEqual({
    partialSuccess: { errorMessage: 'links cut' },
  })
})

test('a status has a code and a message', () => {
  const status = { code: 3, message: 'x'.repeat(200) }
  expect(fieldsOf('RpcStatus', encodeStatus(status, 'protobuf'))).toEqual(status)
  expect(textOf(encodeStatus(status, 'json'))).toEqual(status)
})

test('a status tells when to try again', () => {
  const status = { code: 14, message: 'journal full', retryAfterMs: 1500 }
  const type = messageType('RpcStatus')
  const decoded = type.toObject(type.decode(encodeStatus(status, 'protobuf')))
  const [detail] = decoded.details as { typeUrl: string; value: Uint8Array }[]
  expect(detail?.typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo')
  expect(fieldsOf('RetryInfo', detail!.value)).toEqual({
    retryDelay: { seconds: 1, nanos: 500_000_000 },
  })
  expect(textOf(encodeStatus(status, 'json'))).toEqual({
    code: 14,
    message: 'journal full',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }],
  })
})
