// `strayline graph` on the forms other tools write: one stream of files, problems with their places.
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { runStrayline } from './run-command.ts'
import { tarOf } from './tar-archive.ts'

const ids = { traceId: '1', id: 'a' }
const client = { ...ids, kind: 'CLIENT', localEndpoint: { serviceName: 'web' } }
const server = { ...ids, kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'cart' } }
const jaeger = {
  traceID: '1',
  processes: { p1: { serviceName: 'stock' } },
  spans: [
    {
      spanID: 'c',
      references: [{ refType: 'CHILD_OF', traceID: '1', spanID: 'b' }],
      processID: 'p1',
      tags: [
        { key: 'span.kind', type: 'string', value: 'server' },
        { key: 'error', type: 'bool', value: true },
      ],
    },
  ],
}
const cartCall = {
  traceId: '1',
  id: 'b',
  parentId: 'a',
  kind: 'CLIENT',
  localEndpoint: { serviceName: 'cart' },
}

test('an archive with files of several forms is one stream, told by its bytes', async () => {
  const archive = tarOf(
    { name: 'zipkin.json', content: `\ufeff${JSON.stringify([client, server, cartCall])}` },
    { name: 'jaeger.dat', content: zstdCompressSync(JSON.stringify({ data: [jaeger] }, null, 1)) },
    { name: 'broken.jsonl', content: `${JSON.stringify(jaeger)}\n{"traceID": "1", "spa` },
    { name: 'readme', content: 'nothing of ours' },
  )
  for (const stdin of [archive, gzipSync(archive), zstdCompressSync(archive)]) {
    const { exitCode, stdout, stderr } = await runStrayline(['graph', '-'], { stdin })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^cart +stock +other +1 +1 /m)
    expect(stdout).toMatch(/^web +cart +other +1 +0 /m)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^strayline: standard input: broken\.jsonl: line 2: not valid JSON/),
      expect.stringMatching(/^strayline: standard input: readme: no known capture/),
    ])
  }
})

test('exit code 2 when no file in the archive can be read', async () => {
  const stdin = tarOf({ name: 'readme', content: 'nothing of ours' })
  const { exitCode, stderr } = await runStrayline(['graph', '-'], { stdin })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('nothing could be read')
})

test('a file with many problems names the first of them', async () => {
  const stdin = `${JSON.stringify(jaeger)}\n${'{"cut\n'.repeat(100)}`
  const { exitCode, stderr } = await runStrayline(['graph', '-'], { stdin })
  expect(exitCode).toBe(0)
  expect(stderr).toContain('line 2:')
  expect(stderr).toContain('standard input: 80 more of these')
  expect(stderr.trim().split('\n')).toHaveLength(21)
})
