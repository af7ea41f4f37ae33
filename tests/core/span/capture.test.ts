// Capture files of every form we read.
import { expect, test } from 'vitest'
import { readCapture } from '../../../core/span/import/sniff.ts'
import type { CaptureRequest } from '../../../core/span/import/value.ts'
import { oneSpan, toProtobuf } from './otlp-request.ts'

const request = oneSpan({ kind: 2 })
const line = JSON.stringify(request)
const read = (content: string | Uint8Array): CaptureRequest[] => [
  ...readCapture(typeof content === 'string' ? new TextEncoder().encode(content) : content),
]
const counts = (requests: readonly CaptureRequest[]): (number | string)[] =>
  requests.map((item) => (item.ok ? item.batch.count : item.place))

test('one request, on one line or on many, with or without a byte order mark', () => {
  for (const content of [line, `${line}\n`, JSON.stringify(request, null, 2), `\ufeff \n${line}`]) {
    expect(counts(read(content))).toEqual([1])
  }
})

test('a request a line, blank lines between, a line cut off at the end', () => {
  expect(counts(read(`${line}\n\n${line}\r\n  ${line}\n`))).toEqual([1, 1, 1])
  expect(counts(read(`${line}\n${line.slice(0, 40)}\n${line}`))).toEqual([1, 'line 2', 1])
  expect(counts(read(`${line.slice(0, 40)}\n${line}`))).toEqual(['line 1', 1])
  expect(counts(read(`${line}\n{"a":1}\nnonsense`))).toEqual([1, 'line 2', 'line 3'])
})

test('an array of requests', () => {
  expect(counts(read(`[${line},{"a":1},${line}]`))).toEqual([1, 'request 2', 1])
})

test('a protobuf request, also one that begins like a JSON object on the second line', () => {
  expect(counts(read(toProtobuf(request)))).toEqual([1])
  const withService = (name: string): Uint8Array =>
    toProtobuf(oneSpan({}, [{ key: 'service.name', value: { stringValue: name } }]))
  // 0x0a, then 0x7b: a newline and a brace, or a resource of 123 bytes.
  let name = 'x'
  while (withService(name)[1]! < 0x7b) name += 'x'
  expect([...withService(name).subarray(0, 2)]).toEqual([0x0a, 0x7b])
  expect(counts(read(withService(name)))).toEqual([1])
})

test('a case of the conformance suite, with its clock', () => {
  const file = `{"name":"x","otlp":${line},"then":[{"advance":"hold","otlp":${line}},{"otlp":${line}}]}`
  expect(read(file).map((item) => item.ok && item.advance)).toEqual(['none', 'hold', 'none'])
  const broken = `{"otlp":${line},"then":[{"advance":"hold","otlp":{"resourceSpans":1}}]}`
  expect(counts(read(broken))).toEqual([1, 'then 1'])
})

test('an empty file has no requests; another form is named as unknown', () => {
  expect(read('')).toEqual([])
  expect(read(' \n')).toEqual([])
  expect(counts(read('traceId,spanId\n1,2'))).toEqual(['file'])
  expect(counts(read('{"a":[]}'))).toEqual(['file'])
})
