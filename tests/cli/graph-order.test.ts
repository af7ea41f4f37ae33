// The same span stream, shuffled, repeated and cut into requests in a hundred random ways, gives the same
// bytes of nodes and edges: through the code of `strayline graph`, and some of it through the process.
// The stream is the whole conformance suite, each case under trace ids of its own: every rule, links
// across traces, shared ids, duplicates, 64-bit ids.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderFiles } from '../../cli/graph.ts'
import { SPAN_CLASSES } from '../../core/fold/calls.ts'
import { readCases, spanBySpan } from '../support/cases.ts'
import { createRandom, pickBelow, type Random, shuffle } from '../support/random.ts'
import { runStrayline } from './run-command.ts'

const WAYS = 100
const PROCESSES = 4
const SPANS_PER_REQUEST_MAX = 40
/** Of a stream, how many spans are sent once more. */
const REPEATED_RATIO = 0.1

type Request = { readonly resourceSpans: readonly unknown[] }
type Counters = Readonly<Record<string, number>>

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strayline-order-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const STREAM: readonly Request[] = readCases().flatMap((given, i) =>
  spanBySpan(given, false).map(({ otlp }) => underOwnTraceIds(otlp, i)),
)

test(`${WAYS} orders and cuts of one stream give equal bytes`, async () => {
  const whole = await graphOf([STREAM])
  expect(STREAM.length).toBeGreaterThan(500)
  for (let seed = 1; seed <= WAYS; seed++) {
    const graph = await graphOf(cutStream(createRandom(seed)))
    expect(graph.text, `seed ${seed}`).toBe(whole.text)
    expectIdentity(graph.counters)
  }
}, 120_000)

test('late spans too: with the hold time between any two requests, edges are the same', async () => {
  const whole = await graphOf([STREAM])
  for (let seed = 1; seed <= 20; seed++) {
    const random = createRandom(2_000 + seed)
    const [first = [], ...rest] = inParts(shuffle(random, STREAM), 2 + pickBelow(random, 12))
    const then = rest.map((part) => ({ advance: 'hold', otlp: merged(part) }))
    const graph = await graphOfText(JSON.stringify({ otlp: merged(first), then }))
    expect(graph.text, `seed ${seed}`).toBe(whole.text)
    expectIdentity(graph.counters)
  }
}, 60_000)

test('some of them through the process, from standard input', async () => {
  const whole = await graphOf([STREAM])
  for (let seed = 1; seed <= PROCESSES; seed++) {
    const stdin = linesOf(cutStream(createRandom(1_000 + seed)))
    const args = ['graph', '-', '--format', 'json']
    const { exitCode, stdout, stderr } = await runStrayline(args, { stdin })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(parted(stdout).text, `seed ${seed}`).toBe(whole.text)
  }
}, 60_000)

/** Shuffled, some spans repeated anywhere, and cut into requests. */
function cutStream(random: Random): Request[][] {
  const repeated = STREAM.filter(() => random() < REPEATED_RATIO)
  const stream = shuffle(random, [...STREAM, ...repeated])
  const requests: Request[][] = []
  for (let at = 0; at < stream.length; ) {
    const length = 1 + pickBelow(random, SPANS_PER_REQUEST_MAX)
    requests.push(stream.slice(at, at + length))
    at += length
  }
  return requests
}

/** So few that the whole stream is within the late window. */
function inParts(stream: readonly Request[], parts: number): Request[][] {
  const length = Math.ceil(stream.length / parts)
  return Array.from({ length: parts }, (_, part) =>
    stream.slice(part * length, (part + 1) * length),
  )
}

function graphOf(requests: readonly (readonly Request[])[]) {
  return graphOfText(linesOf(requests))
}

async function graphOfText(content: string) {
  const file = path.join(folder, 'stream.json')
  writeFileSync(file, content)
  return parted((await renderFiles({ files: [file], format: 'json' })) ?? '')
}

/** A request a line. */
function linesOf(requests: readonly (readonly Request[])[]): string {
  return requests.map((parts) => JSON.stringify(merged(parts))).join('\n')
}

function merged(parts: readonly Request[]): Request {
  return { resourceSpans: parts.flatMap((part) => part.resourceSpans) }
}

/** The text of nodes and edges, and the counters: how often something came is of arrival. */
function parted(json: string): { readonly text: string; readonly counters: Counters } {
  const end = json.indexOf('\n "counters":')
  expect(end).toBeGreaterThan(0)
  return { text: json.slice(0, end), counters: JSON.parse(json).counters as Counters }
}

function expectIdentity(counters: Counters): void {
  const final = SPAN_CLASSES.reduce((sum, name) => sum + (counters[name] ?? Number.NaN), 0)
  expect(counters.pending).toBe(0)
  expect(counters.accepted).toBe((counters.duplicate ?? Number.NaN) + final)
}

/** Cases use the same few ids: each gets its own, equal where they were equal, 64-bit ids staying such. */
function underOwnTraceIds(request: unknown, number: number): Request {
  const own = (key: string, value: unknown): unknown => {
    if (key !== 'traceId' || typeof value !== 'string' || !/^[\da-f]{16,}$/i.test(value))
      return value
    const end = Number.parseInt(value.slice(-8), 16)
    const changed = (end ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0
    return /[1-9a-f]/i.test(value)
      ? value.slice(0, -8) + changed.toString(16).padStart(8, '0')
      : value
  }
  return JSON.parse(JSON.stringify(request), own) as Request
}
