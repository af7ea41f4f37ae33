// `strayline graph` as a process: forms of files, exit codes, what goes to which stream, equal bytes.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ROOT, runStrayline } from './run-command.ts'

const TRACES = path.join(ROOT, '..', 'shared/traces')
const CASES = path.join(ROOT, 'tests/conformance/cases')

const End = z.object({ kind: z.string(), name: z.string(), environment: z.string().optional() })
const Edge = z.object({ source: End, target: End, calls: z.number(), errors: z.number() })
const Graph = z.object({
  nodes: z.array(End),
  edges: z.array(Edge),
  counters: z.record(z.string(), z.number()),
})

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strayline-graph-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

type Half = { service: string; kind: number; span: string; parent?: string; trace?: string }

/** One OTLP/JSON request with one span. */
function request({ service, kind, span, parent = '', trace = '1' }: Half): string {
  const value = { stringValue: service }
  const resource = { attributes: [{ key: 'service.name', value }] }
  const start = { startTimeUnixNano: '1760000000000000000', endTimeUnixNano: '1760000000005000000' }
  const ids = {
    traceId: trace.padStart(32, '0'),
    spanId: span.padStart(16, '0'),
    ...(parent ? { parentSpanId: parent.padStart(16, '0') } : {}),
  }
  const scopeSpans = [{ spans: [{ ...ids, ...start, name: 'GET /', kind }] }]
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] })
}

const CLIENT = request({ service: 'web', kind: 3, span: 'a' })
const SERVER = request({ service: 'cart', kind: 2, span: 'b', parent: 'a' })
const PAIR = [
  { source: { kind: 'service', name: 'web' }, target: { kind: 'service', name: 'cart' }, calls: 1 },
]

async function graphOf(...args: readonly string[]) {
  const outcome = await runStrayline(['graph', ...args, '--format', 'json'])
  return { ...outcome, graph: Graph.parse(JSON.parse(outcome.stdout)) }
}

test('several files are one stream, plain or gzip, one request or one a line', async () => {
  const lines = write(
    'lines.jsonl',
    `${CLIENT}\n\n${request({ service: 'x', kind: 1, span: 'c' })}\n`,
  )
  const packed = write('packed.gz', gzipSync(SERVER))
  const { exitCode, stderr, graph } = await graphOf(lines, packed)
  expect(graph.edges).toMatchObject(PAIR)
  expect(graph.counters).toMatchObject({ accepted: 3, paired: 2, internal: 1, requests: 3 })
  expect(graph.nodes.map((node) => node.name)).toEqual(['cart', 'web', 'x'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
})

test('equal spans in any order and cut give equal bytes', async () => {
  const one = await graphOf(write('one.jsonl', `${CLIENT}\n${SERVER}\n`))
  const two = await graphOf(write('two.jsonl', `${SERVER}\n${CLIENT}\n`))
  expect(two.stdout).toBe(one.stdout)
})

test('a dash is standard input, and the table is the default', async () => {
  const { exitCode, stdout } = await runStrayline(['graph', '-'], { stdin: `${CLIENT}\n${SERVER}` })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^SOURCE +TARGET +PROTOCOL +CALLS +ERRORS/)
  expect(stdout).toMatch(/^web +cart +other +1 +0 +1 +paired 1$/m)
  expect(stdout).toMatch(/^2 nodes, 1 edge$/m)
})

test.each([
  ['csv', /^source_environment,[^\r]*\r\ndefault,service,,web,default,service,,cart,other,1,0,/],
  ['dot', /^digraph strayline \{\n[\s\S]*"n2" -> "n1" \[label="other, 1 call"\]\n\}\n$/],
  ['mermaid', /^flowchart LR\n {2}n1\("cart"\)\n {2}n2\("web"\)\n {2}n2 -->/],
  ['svg', /^<\?xml [\s\S]*standard input, 2 nodes, 1 edge[\s\S]*<\/svg>\n$/],
])('--format %s prints the graph in that form', async (format, form) => {
  const stdin = `${CLIENT}\n${SERVER}`
  const outcome = await runStrayline(['graph', '-', '--format', format], { stdin })
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  expect(outcome.stdout).toMatch(form)
})

test('the conformance form moves the clock past the hold where it says so', async () => {
  const then = [{ advance: 'hold', otlp: JSON.parse(SERVER) }]
  const { graph } = await graphOf(
    write('case.json', JSON.stringify({ otlp: JSON.parse(CLIENT), then })),
  )
  expect(graph.edges).toMatchObject(PAIR)
})

test('a broken line is named with its place and the rest counts', async () => {
  const file = write('broken.jsonl', `${CLIENT}\n{"resourceSpans": [\n${SERVER}\n`)
  const { exitCode, stderr, graph } = await graphOf(file)
  expect(exitCode).toBe(0)
  expect(stderr).toContain('broken.jsonl: line 2:')
  expect(graph.edges).toMatchObject(PAIR)
})

test('an unreadable file beside a good one is named and exit code stays 0', async () => {
  const { exitCode, stderr } = await graphOf(
    path.join(folder, 'none.json'),
    write('ok.json', CLIENT),
  )
  expect(exitCode).toBe(0)
  expect(stderr).toContain('there is no such file')
})

test('exit code 2 when nothing could be read, and stdout stays empty', async () => {
  const damaged = gzipSync(CLIENT).subarray(0, 40)
  const files = [write('text.txt', 'hello'), write('empty', ''), write('cut.gz', damaged), folder]
  const { exitCode, stdout, stderr } = await runStrayline(['graph', ...files])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain('it is empty')
  expect(stderr).toContain('damaged gzip: it ends too early')
  expect(stderr).toContain('it is a folder')
})

test('names from spans cannot steer the terminal', async () => {
  const evil = request({ service: 'a\u001b[31mb\u202ec', kind: 2, span: 'e' })
  const { stdout } = await runStrayline(['graph', '-'], { stdin: evil })
  expect(stdout).toContain('a\ufffd[31mb\ufffdc')
})

test('help is there for each command, and bad usage exits with 2', async () => {
  for (const args of [
    ['--help'],
    ['graph', '--help'],
    ['serve', '--help'],
    ['replay', '--help'],
    ['doctor', '--help'],
  ]) {
    const { exitCode, stdout } = await runStrayline(args)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Usage: strayline')
  }
  for (const args of [['graph'], ['graph', 'x', '--format', 'xml'], ['nonsense'], ['--nonsense']]) {
    const { exitCode, stderr } = await runStrayline(args)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error:')
  }
})

const CAPTURES = [
  ...['normal-2022-08-23-17_00', 'fault-2022-08-23-12_03', 'fault-2022-08-23-12_11'],
  ...['fault-2022-08-23-12_19', 'fault-2022-08-23-12_29'],
].map((name) => `online-boutique/${name}`)

test.skipIf(!existsSync(TRACES)).each(['train-ticket/normal-2023-01-29-08_50', ...CAPTURES])(
  'the capture %s gives exactly its edges',
  async (name) => {
    const file = path.join(TRACES, name)
    const wanted = z.array(Edge).parse(JSON.parse(readFileSync(`${file}.edges.json`, 'utf8')))
    const { graph } = await graphOf(`${file}.otlp.jsonl.gz`)
    expect(graph.edges.map(summary).sort()).toEqual(wanted.map(summary).sort())
  },
)

test('conformance cases are accepted as they are', async () => {
  const file = path.join(CASES, 'dec-batch-publish-across-traces.json')
  const expected = z.object({ expect: z.object({ edges: z.array(Edge) }) })
  const wanted = expected.parse(JSON.parse(readFileSync(file, 'utf8'))).expect.edges
  const { graph } = await graphOf(file)
  expect(graph.edges.map(summary).sort()).toEqual(wanted.map(summary).sort())
})

function summary({ source, target, calls, errors }: z.infer<typeof Edge>): string {
  return `${source.kind} ${source.name} -> ${target.kind} ${target.name}: ${calls}, ${errors}`
}
