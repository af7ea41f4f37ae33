// What the first bytes of a file say about it.
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { mayBeCapture, packingOf } from '../../../core/span/import/packing.ts'
import { tarOf } from '../../cli/tar-archive.ts'

const text = (content: string) => new TextEncoder().encode(content)

test.each([
  ['gzip', gzipSync('x')],
  ['zstd', zstdCompressSync('x')],
  ['none', text('{}')],
  ['none', new Uint8Array(0)],
] as const)('%s is told by its first bytes', (packing, bytes) => {
  expect(packingOf(bytes)).toBe(packing)
})

test.each([
  ['OTLP JSON', text('{"resourceSpans":[]}')],
  ['JSON after a byte order mark and white space', text('\ufeff \r\n\t[')],
  ['lines, the first of them broken', text('half a line"}\n{"resourceSpans":[]}\n')],
  ['protobuf', new Uint8Array([0x0a, 0x02, 0x0a, 0x00])],
  ['gzip', gzipSync('x')],
  ['an archive', tarOf({ name: 'a.json', content: '{}' })],
])('%s may be a capture', (_, bytes) => {
  expect(mayBeCapture(bytes)).toBe(true)
})

test.each([
  ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
  ['a page', text('<!doctype html>\n<title>{"resourceSpans":[]}</title>\n')],
  ['a table', text('source,target\nweb,cart\n')],
  ['nothing', new Uint8Array(0)],
])('%s cannot be a capture', (_, bytes) => {
  expect(mayBeCapture(bytes)).toBe(false)
})
