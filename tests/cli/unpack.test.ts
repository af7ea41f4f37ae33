// Files in files: gzip, zstd and tar by their bytes, bounded; what is damaged is named, the rest counts.
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCaptureFile } from '../../cli/capture-file.ts'
import { unpack } from '../../cli/unpack.ts'
import { paxRecord, tarOf } from './tar-archive.ts'

const filesIn = (bytes: Uint8Array, bytesMax?: number): string[] =>
  [...unpack(bytes, bytesMax)].map((file) =>
    file.ok ? `${file.name}=${Buffer.from(file.bytes)}` : `${file.name}! ${file.reason}`,
  )

test('plain, gzip, zstd, tar, and these in each other', () => {
  const plain = Buffer.from('{"a":1}')
  const tar = tarOf({ name: 'x/', type: '5' }, { name: 'x/a.json', content: plain })
  for (const bytes of [plain, gzipSync(plain), zstdCompressSync(plain)]) {
    expect(filesIn(bytes)).toEqual(['={"a":1}'])
  }
  for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar), gzipSync(gzipSync(tar))]) {
    expect(filesIn(bytes)).toEqual(['x/a.json={"a":1}'])
  }
  const nested = tarOf(
    { name: 'in.tgz', content: gzipSync(tar) },
    { name: 'b.gz', content: gzipSync('2') },
  )
  expect(filesIn(nested)).toEqual(['in.tgz/x/a.json={"a":1}', 'b.gz=2'])
})

test('several parts of gzip or zstd in a row are one file', () => {
  expect(filesIn(Buffer.concat([gzipSync('a'), gzipSync('b')]))).toEqual(['=ab'])
  expect(filesIn(Buffer.concat([zstdCompressSync('a'), zstdCompressSync('b')]))).toEqual(['=ab'])
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3)
  expect(filesIn(Buffer.concat([skippable, zstdCompressSync('b')]))).toEqual(['=b'])
})

test('long names, of GNU and of pax', () => {
  const long = `${'folder/'.repeat(20)}a.json`
  const tar = tarOf(
    { name: '././@LongLink', type: 'L', content: `${long}\0` },
    { name: 'cut', content: '1' },
    { name: 'pax', type: 'x', content: paxRecord('mtime', '1.5') + paxRecord('path', 'ü.json') },
    { name: 'cut', content: '2' },
    { name: 'global', type: 'g', content: paxRecord('comment', 'x') },
    { name: 'link', type: '2' },
    { name: 'short', content: '3' },
  )
  expect(filesIn(tar)).toEqual([`${long}=1`, 'ü.json=2', 'short=3'])
})

test('a malformed pax record ends the reading of its header, not the program', () => {
  for (const content of [
    '2 path=q\n',
    '0 path=q\n',
    ' path=q\n',
    '99 path=q\n',
    '-1 path=q\n',
    'x',
  ]) {
    const tar = tarOf({ name: 'p', type: 'x', content }, { name: 'a', content: '1' })
    expect(filesIn(tar)).toEqual(['a=1'])
  }
})

test('a damaged file is named and the files beside it count', () => {
  const tar = tarOf(
    { name: 'cut.gz', content: gzipSync('a long enough text').subarray(0, 20) },
    { name: 'cut.zst', content: zstdCompressSync('a long enough text').subarray(0, 12) },
    { name: 'empty' },
    { name: 'good', content: '1' },
  )
  expect(filesIn(tar)).toEqual([
    'cut.gz! it is damaged gzip: it ends too early',
    expect.stringMatching(/^cut\.gz=a/),
    'cut.zst! it is damaged zstd: it ends too early',
    expect.stringMatching(/^cut\.zst=a/),
    'empty! it is empty',
    'good=1',
  ])
})

test('a packed file that ends too early still gives its beginning', () => {
  const lines = Array.from({ length: 20_000 }, () => Math.random()).join('\n')
  for (const packed of [gzipSync(lines), zstdCompressSync(lines)]) {
    const [problem, file, ...rest] = unpack(packed.subarray(0, packed.length * 0.7))
    expect(problem).toMatchObject({
      ok: false,
      name: '',
      reason: expect.stringMatching(/ends too early$/),
    })
    if (!file?.ok) throw new Error('nothing came out')
    expect(file.bytes.length).toBeGreaterThan(lines.length / 2)
    expect(lines.startsWith(Buffer.from(file.bytes).toString())).toBe(true)
    expect(rest).toEqual([])
  }
  const several = Buffer.concat([zstdCompressSync('first'), zstdCompressSync('second')])
  expect(filesIn(several.subarray(0, -3))).toEqual([
    '! it is damaged zstd: it ends too early',
    expect.stringMatching(/^=first/),
  ])
})

test('a damaged or cut archive gives the files before the damage', () => {
  const tar = tarOf({ name: 'a', content: '1' }, { name: 'b', content: '2' })
  const damaged = Buffer.from(tar)
  damaged[1024 + 5] = 0xff
  expect(filesIn(damaged)).toEqual(['a=1', '! the archive is damaged at byte 1024'])
  expect(filesIn(tar.subarray(0, 1536))).toEqual(['a=1', 'b! the archive ends in the middle of it'])
  const tooLong = tarOf({ name: 'a', size: 8 ** 11 - 1, content: '1' })
  expect(filesIn(tooLong)).toEqual(['a! the archive ends in the middle of it'])
  expect(filesIn(tarOf({ name: 'x/', type: '5' }))).toEqual(['! it is an archive without files'])
})

test('what unpacks to too much is refused, over all files of an archive', () => {
  const bomb = gzipSync(Buffer.alloc(100_000))
  expect(filesIn(bomb, 50_000)).toEqual([
    expect.stringContaining('! it is damaged gzip: it unpacks'),
  ])
  const zstdBomb = zstdCompressSync(Buffer.alloc(100_000))
  expect(filesIn(zstdBomb, 50_000)).toEqual([expect.stringContaining('it unpacks to more than')])
  const part = gzipSync(Buffer.alloc(30_000, '.'))
  const names = filesIn(tarOf({ name: 'a', content: part }, { name: 'b', content: part }), 50_000)
  expect(names.map((name) => name.slice(0, 2))).toEqual(['a=', 'b!'])
  let layers = gzipSync('x')
  for (let layer = 0; layer < 8; layer++) layers = gzipSync(layers)
  expect(filesIn(layers)).toEqual(['! it is packed more than 6 times'])
})

test('attributes that macOS puts beside files are no files', () => {
  const attributes = Uint8Array.of(0, 5, 0x16, 7, 0, 2, 0, 0)
  const tar = tarOf({ name: './._a.json', content: attributes }, { name: 'a.json', content: '1' })
  expect(filesIn(tar)).toEqual(['a.json=1'])
})

test('any damage to an archive gives files or named problems', () => {
  const tar = tarOf(
    { name: 'a', content: '1' },
    { name: 'p', type: 'x', content: paxRecord('path', 'q') },
  )
  const change = fc.tuple(fc.nat(tar.length - 1), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5 }), (changes) => {
      const bytes = Buffer.from(tar)
      for (const [at, byte] of changes) bytes[at] = byte
      for (const file of unpack(bytes)) expect(typeof file.name).toBe('string')
    }),
    { numRuns: 5000 },
  )
})

test('the place of a problem names the file in the archive, then the line or the request in it', () => {
  const span = '{"traceId":"1","id":"2"}'
  const tar = tarOf(
    { name: 'lines.jsonl', content: `${span}\n{"cut` },
    {
      name: 'traces.json',
      content: `{"data":[{"traceID":"1","spans":[]},{"traceID":"2","spans":1}]}`,
    },
    { name: 'notes\u001b.txt', content: 'hello there' },
  )
  const requests = [...readCaptureFile(gzipSync(tar))]
  expect(requests.map((request) => (request.ok ? request.batch.count : request.place))).toEqual([
    'lines.jsonl: line 2',
    1,
    0,
    'traces.json: trace 2',
    'notes\ufffd.txt',
  ])
})
