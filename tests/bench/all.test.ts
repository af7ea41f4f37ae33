// Every bench in its short form, as `npm run bench -- all` runs them: that they work, compare their graph with what
// was sent and print the fields they promise. No figure is looked at.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
/** For what hangs: alone on two cores all of them take a minute and a half. */
const MS_MAX = 900_000

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  decode: ['spansPerSecond', 'ratioToProtobufjs'],
  fold: ['foldSpansPerSecond', 'spansPerSecond', 'costRatio', 'bytesPerPendingSpan'],
  ingest: ['http', 'grpc', 'rssMaxMb', 'cpuShare'],
  small: ['requestsPerSecond', 'ackP99Ms'],
  latency: ['alertP50Ms', 'alertP99Ms', 'ackP99Ms'],
  notify: ['p50Ms', 'p99Ms'],
  memory: ['rssMaxMb', 'growthMbPerMinute'],
  query: ['graphP95Ms', 'seriesP95Ms'],
  storage: ['bytesPerMillionSpans'],
  restart: ['seconds'],
  start: ['coldSeconds', 'warmSeconds'],
}

async function runBench(...words: readonly string[]) {
  const file = path.join(ROOT, 'scripts/bench.ts')
  const child = spawn(process.execPath, [file, ...words], { cwd: ROOT })
  const written = { output: '', words: '' }
  child.stdout.on('data', (chunk) => {
    written.output += chunk
  })
  child.stderr.on('data', (chunk) => {
    written.words += chunk
  })
  const [code] = await once(child, 'close')
  return { code, ...written }
}

test('every bench runs, finds its graph right, and prints what it promises', {
  timeout: MS_MAX,
}, async () => {
  const { code, output, words } = await runBench('all')
  expect(code, words).toBe(0)
  const lines = output.trim().split('\n')
  const printed = lines.map((line): readonly [string, readonly string[]] => {
    const { bench, ...figures } = JSON.parse(line) as { readonly bench: string }
    return [bench, Object.keys(figures)]
  })
  expect(Object.fromEntries(printed)).toEqual(FIELDS)
})

test('a bench that is not there, or a size that is none, ends with code 2', async () => {
  expect((await runBench('nothing')).code).toBe(2)
  expect((await runBench('decode', '3')).code).toBe(2)
  expect((await runBench('ingest', 'soon')).code).toBe(2)
})
