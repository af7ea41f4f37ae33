// `strayline replay` as a process: into a real collector and its Postgres, and against a server that refuses.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SpanBatch } from '../../core/span/batch.ts'
import { decodeOtlpProtobuf } from '../../core/span/otlp/protobuf.ts'
import { readGraph } from '../../storage/graph.ts'
import { type OpenCollector, openCollector } from '../support/open-collector.ts'
import { requestOf, span } from '../support/spans.ts'
import { ROOT, runStrayline } from './run-command.ts'

const TOKEN = 'a-long-enough-ingest-token'
const folder = mkdtempSync(path.join(tmpdir(), 'strayline-replay-'))
let running: OpenCollector

beforeAll(async () => {
  running = await openCollector({
    STRAYLINE_HOLD: '500ms',
    STRAYLINE_QUIET: '100ms',
    STRAYLINE_INGEST_TOKEN: TOKEN,
  })
})
afterAll(async () => {
  await running?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Three traces of web -> cart -> database, recorded long ago. */
function writeCapture(): string {
  const spans = [1, 2, 3].flatMap((trace) => [
    span({ trace, id: 1, service: 'web', kind: 'client' }),
    span({ trace, id: 2, service: 'cart', kind: 'server', parent: 1 }),
    span({
      ...{ trace, id: 3, service: 'cart', kind: 'client', parent: 2 },
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'orders' },
    }),
  ])
  const file = path.join(folder, 'capture.json.gz')
  writeFileSync(file, gzipSync(JSON.stringify(requestOf(spans))))
  return file
}

async function storedCalls(environment: string): Promise<Record<string, number>> {
  const nowMs = Date.now()
  const window = { environment, fromMs: nowMs - 600_000, toMs: nowMs + 60_000 }
  const { edges } = await readGraph(running.sql, window)
  return Object.fromEntries(
    edges.map(({ source, target, calls }) => [`${source.name} -> ${target.name}`, calls]),
  )
}

const sendTo = (url: string, ...args: readonly string[]) =>
  runStrayline(['replay', writeCapture(), '--to', url, ...args], {
    environment: { STRAYLINE_INGEST_TOKEN: TOKEN },
  })

test('a replay gives its edges in Postgres, and another one doubles the calls', async () => {
  const once = await sendTo(running.collector.httpUrl, '--wait', '--environment', 'replayed')
  expect(once).toMatchObject({ exitCode: 0, stderr: '' })
  expect(once.stdout).toMatch(/^sent 9 spans in 1 requests?, 0 retries\n$/)
  const calls = await storedCalls('replayed')
  expect(calls['web -> cart']).toBe(3)
  expect(Object.values(calls)).toEqual([3, 3])
  const again = await sendTo(running.collector.httpUrl, '--wait', '--environment', 'replayed')
  expect(again.exitCode).toBe(0)
  expect(Object.values(await storedCalls('replayed'))).toEqual([6, 6])
})

test('--wait waits for a collector that has just started and does not know its fold yet', async () => {
  const early = 'strayline_journal_ticks_total 0\n'
  const pages = [
    early,
    early,
    `${early}strayline_spans_pending 0\nstrayline_commit_lag_seconds 0\n`,
  ]
  let asked = 0
  const server = createServer((request, response) => {
    request.resume()
    const page = pages[Math.min(asked, pages.length - 1)] ?? ''
    if (request.url === '/metrics') asked++
    response.end(request.url === '/metrics' ? page : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { exitCode, stderr } = await sendTo(`http://127.0.0.1:${port}`, '--wait')
  server.close()
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(asked).toBeGreaterThanOrEqual(4)
})

test('with --keep-ids another replay is the same traces again', async () => {
  for (let run = 0; run < 2; run++) {
    const args = ['--wait', '--keep-ids', '--environment', 'kept']
    expect(await sendTo(running.collector.httpUrl, ...args)).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
  }
  expect(Object.values(await storedCalls('kept'))).toEqual([3, 3])
})

test('a capture that holds a request twice is waited for too', async () => {
  const line = JSON.stringify(requestOf([span({ id: 1, service: 'web', kind: 'internal' })]))
  const file = path.join(folder, 'twice.jsonl')
  writeFileSync(file, `${line}\n${line}\n`)
  const args = ['replay', file, '--to', running.collector.httpUrl, '--wait', '--token', TOKEN]
  const { exitCode, stdout } = await runStrayline(args)
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: 'sent 2 spans in 2 requests, 0 retries\n',
  })
})

test('for a program it tells its progress as JSON lines, problems with their place', async () => {
  const file = path.join(folder, 'partly.jsonl')
  const line = JSON.stringify(requestOf([span({ id: 1, service: 'web', kind: 'internal' })]))
  writeFileSync(file, `${line}\n{"no": "trace"\n`)
  const args = ['replay', file, '--to', running.collector.httpUrl, '--token', TOKEN, '--wait']
  const { exitCode, stdout, stderr } = await runStrayline([...args, '--progress', 'json'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const lines = stdout.trimEnd().split('\n')
  const told = lines.map((text): Record<string, unknown> => JSON.parse(text))
  expect(told.find((one) => one.type === 'problem')).toMatchObject({ file, place: 'line 2' })
  const steps = told.filter((one) => one.type === 'progress').map((one) => one.note)
  expect([...new Set(steps)]).toEqual(['reading', 'sending', 'settling'])
  expect(told.at(-1)).toEqual({
    ...{ type: 'done', spans: 1, requests: 1, retries: 0, unreadable: 1 },
  })
  const failed = await runStrayline([...args, '--to', 'ftp://x', '--progress', 'json'])
  expect(JSON.parse(failed.stdout)).toMatchObject({ type: 'failed' })
})

test('for a program it ends when that program does', async () => {
  const args = ['replay', writeCapture(), '--to', running.collector.httpUrl, '--rate', '0.01']
  const child = fork(path.join(ROOT, 'cli/main.ts'), [...args, '--progress', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
    env: { PATH: process.env.PATH, STRAYLINE_INGEST_TOKEN: TOKEN, NODE_ENV: 'test' },
  })
  await once(child.stdout!, 'data')
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([1, null])
})

test('a wrong token is one sentence and exit code 1', async () => {
  const { exitCode, stdout, stderr } = await sendTo(running.collector.httpUrl, '--token', 'wrong')
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toMatch(/^strayline: .* answered 401: the ingest token is missing or wrong.*\n$/)
  expect(stderr).not.toContain(TOKEN)
})

type Answer = { readonly status: number; readonly headers?: Record<string, string> }
type Seen = { readonly batch: SpanBatch; readonly atMs: number; readonly token: string | undefined }

/** Answers in turn, the last answer from then on; and what it was sent. */
async function startFake(answers: readonly Answer[]) {
  const seen: Seen[] = []
  let next = 0
  const server: Server = createServer(async (request, response) => {
    const decoded = decodeOtlpProtobuf(await readAll(request))
    if (!decoded.ok) throw new Error(decoded.reason)
    seen.push({ batch: decoded.batch, atMs: Date.now(), token: request.headers.authorization })
    const { status, headers } = answers[Math.min(next++, answers.length - 1)] ?? { status: 200 }
    response.writeHead(status, headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () => server.close()
  return { url: `http://127.0.0.1:${port}`, seen, stop }
}

async function readAll(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('503 and 429 are tried again, after the time they ask for, with the same bytes', async () => {
  const busy = { status: 503, headers: { 'retry-after': '1' } }
  const fake = await startFake([busy, { status: 429 }, { status: 200 }])
  const { exitCode, stdout } = await sendTo(`${fake.url}/v1/traces`)
  fake.stop()
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: 'sent 9 spans in 1 requests, 2 retries\n',
  })
  const [first, second, third] = fake.seen
  expect(fake.seen).toHaveLength(3)
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(950)
  expect(third?.batch).toEqual(first?.batch)
  expect(first?.token).toBe(`Bearer ${TOKEN}`)
})

test('the last span ends now, and trace ids are new but consistent', async () => {
  const fake = await startFake([{ status: 200 }])
  const beforeMs = Date.now()
  for (let run = 0; run < 2; run++) expect((await sendTo(fake.url)).exitCode).toBe(0)
  fake.stop()
  const runs = fake.seen.map(({ batch, atMs }) => {
    const hex = Buffer.from(batch.traceIds).toString('hex')
    const ids = new Set(hex.match(/.{32}/g))
    const lastEndMs = Math.max(...[...batch.endUnixNanos].map((nanos) => Number(nanos) / 1e6))
    expect(lastEndMs).toBeGreaterThanOrEqual(beforeMs)
    expect(lastEndMs).toBeLessThanOrEqual(atMs)
    return ids
  })
  expect(runs.map((ids) => ids.size)).toEqual([3, 3])
  expect(new Set(runs.flatMap((ids) => [...ids])).size).toBe(6)
})

test('--rate spreads the spans over time', async () => {
  const fake = await startFake([{ status: 200 }])
  expect((await sendTo(fake.url, '--rate', '3')).exitCode).toBe(0)
  fake.stop()
  const times = fake.seen.map(({ atMs }) => atMs)
  expect(fake.seen.map(({ batch }) => batch.count)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1])
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(1_500)
})

/** Two requests, the second so much later. */
function writeTwoRequests(laterSeconds: number): string {
  const line = JSON.stringify(requestOf([span({ id: 1, service: 'web', kind: 'internal' })]))
  const later = line.replaceAll('1760000000', String(1_760_000_000 + laterSeconds))
  const file = path.join(folder, `later-${laterSeconds}.jsonl`)
  writeFileSync(file, `${line}\n${later}\n`)
  return file
}

test('--as-recorded sends each request when its last span ends', async () => {
  const fake = await startFake([{ status: 200 }])
  const args = ['replay', writeTwoRequests(3), '--to', fake.url, '--as-recorded']
  expect(await runStrayline(args)).toMatchObject({ exitCode: 0, stderr: '' })
  fake.stop()
  const [first, second] = fake.seen
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(1_500)
  for (const { batch, atMs } of fake.seen)
    expect(atMs).toBeGreaterThanOrEqual(Math.floor(Number(batch.endUnixNanos[0]) / 1e6))
})

test('a failure ends a replay at once, however long its pauses are', async () => {
  const fake = await startFake([{ status: 400 }])
  const args = ['replay', writeTwoRequests(3600), '--to', fake.url, '--as-recorded']
  expect(await runStrayline(args)).toMatchObject({ exitCode: 1, stdout: '' })
  fake.stop()
  expect(fake.seen).toHaveLength(1)
})

test('what cannot be sent ends with one sentence and exit code 1', async () => {
  const refusing = await startFake([{ status: 400 }])
  const refused = await sendTo(refusing.url)
  refusing.stop()
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('answered 400; 0 of 9 spans were sent')
  const gone = await sendTo(refusing.url, '--retry-for', '600ms')
  expect(gone).toMatchObject({ exitCode: 1, stdout: '' })
  expect(gone.stderr).toContain('refuses connections, and no longer tried again')
  const { exitCode, stderr } = await sendTo(refusing.url, '--wait')
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`no collector answers at ${refusing.url}`)
})

test('bad usage and unreadable input exit with 2', async () => {
  const broken = path.join(folder, 'broken.txt')
  writeFileSync(broken, 'hello')
  for (const args of [
    [],
    ['x'],
    [broken, '--to', 'http://127.0.0.1:1'],
    [writeCapture(), '--to', 'nowhere'],
    [writeCapture(), '--to', 'http://user:secret@127.0.0.1:1'],
    [writeCapture(), '--to', 'http://127.0.0.1:1', '--rate', '0'],
    [writeCapture(), '--to', 'http://127.0.0.1:1', '--rate', '1', '--as-recorded'],
  ]) {
    const { exitCode, stdout, stderr } = await runStrayline(['replay', ...args])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).not.toBe('')
    expect(stderr).not.toContain('secret')
  }
})
