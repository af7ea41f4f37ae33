// `strayline replay FILE... --to URL`: captures -> OTLP requests -> a collector, at a pace, as if they happened
// now. The files are decoded twice (to learn their times, then to send), so that a large capture never lies
// in memory as spans.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { DEFAULT_DECODE_LIMITS } from '../core/span/batch.ts'
import { type EncodedRequest, encodeRequests } from '../core/span/otlp/encode.ts'
import { type Rewrite, rewriteBatch } from '../core/span/rewrite.ts'
import { readCaptureFile } from './capture-file.ts'
import { findCollectorProblem, waitUntilFinal } from './collector-metrics.ts'
import { createSender, type Endpoint, parseEndpoint, sendRequest } from './otlp-sender.ts'
import type { Progress } from './progress.ts'
import { describeSystemError } from './system-error.ts'

/** How fast: as the collector takes it, as it was, or so many spans a second. */
export type Pace =
  | { readonly kind: 'fast' }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'rate'; readonly spansPerSecond: number }

export type Replay = {
  readonly files: readonly string[]
  readonly to: string
  readonly pace: Pace
  readonly keepsIds: boolean
  /** Ingest token of the collector. */
  readonly token: string | null
  /** Replaces what the spans state. */
  readonly environment: string | null
  /** Attributes that state the logical peer: kept, and sent on under names that every collector reads. */
  readonly peerKeys: readonly string[]
  /** Returns only when the collector has made everything final. */
  readonly waits: boolean
  /** How long one request is tried again before the replay ends. */
  readonly retryForMs: number
  /** Who is told how far it is. */
  readonly progress: Progress
}

type Capture = { readonly name: string; readonly bytes: Uint8Array }
type Extent = { spans: number; unreadable: number; firstEndNano: bigint; lastEndNano: bigint }

const EXIT_FAILED = 1
const EXIT_UNREADABLE = 2
/** Requests on their way at once. */
const LANES = 4
const BODY_BYTES_MAX = 1024 ** 2
const SPANS_MAX = 2_000
/** A pace is kept by small requests: so many spans, or those of so much time. */
const PACED_SPANS_MAX = 500
const PACED_SECONDS = 0.25
const NANOS_PER_MS = 1_000_000n

/** Gives the exit code: 0 all sent, 1 the collector did not take it, 2 bad address or nothing to read. */
export async function replayCaptures(replay: Replay): Promise<number> {
  const { progress } = replay
  const endpoint = parseEndpoint(replay.to)
  if (endpoint === null) {
    progress.fail(
      `--to must be the http or https URL of a collector, such as http://127.0.0.1:4318`,
    )
    return EXIT_UNREADABLE
  }
  const captures = await readCaptures(replay.files, progress)
  const extent = measureCaptures(captures, replay)
  if (extent.spans === 0) {
    progress.fail('nothing could be read')
    return EXIT_UNREADABLE
  }
  const problem = replay.waits ? await findCollectorProblem(endpoint.metricsUrl) : null
  if (problem !== null) {
    progress.fail(problem)
    return EXIT_FAILED
  }
  return sendCaptures({ replay, endpoint, captures, extent })
}

type Sending = {
  readonly replay: Replay
  readonly endpoint: Endpoint
  readonly captures: readonly Capture[]
  readonly extent: Extent
}

async function sendCaptures(sending: Sending): Promise<number> {
  const { replay, endpoint, captures, extent } = sending
  const startMs = Date.now()
  const requests = encodeCaptures(captures, chooseRewrite(replay, extent, startMs), replay)
  const sender = createSender(endpoint, replay)
  const counts = { spans: 0, requests: 0, begun: 0 }
  // Told before the first request: who follows may take it that nothing was sent until then.
  replay.progress.step({ sent: 0, total: extent.spans, note: 'sending' })
  let failure: string | null = null
  const failing = new AbortController()
  const lane = async () => {
    for (const request of requests) {
      const dueMs = dueTime(request, replay.pace, { startMs, spansBefore: counts.begun })
      counts.begun += request.spans
      await pause(dueMs - Date.now(), failing.signal)
      if (failing.signal.aborted) return
      const problem = await sendRequest(sender, request.body)
      if (problem !== null) {
        failure ??= problem
        failing.abort()
        return
      }
      counts.spans += request.spans
      counts.requests++
      replay.progress.step({ sent: counts.spans, total: extent.spans, note: 'sending' })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const sent = { spans: counts.spans, requests: counts.requests, retries: sender.retries }
  return finishReplay(sending, sent, failure)
}

type Sent = { readonly spans: number; readonly requests: number; readonly retries: number }

async function finishReplay(
  { replay, endpoint, extent }: Sending,
  sent: Sent,
  failure: string | null,
): Promise<number> {
  const { progress } = replay
  const { spans, requests, retries } = sent
  if (failure !== null) {
    progress.fail(`${failure}; ${spans} of ${extent.spans} spans were sent`)
    return EXIT_FAILED
  }
  const sentence = `sent ${spans} spans in ${requests} requests, ${retries} retries`
  const problem = replay.waits
    ? await waitUntilFinal(endpoint.metricsUrl, (pending) =>
        progress.step({ sent: spans - Math.min(spans, pending), total: spans, note: 'settling' }),
      )
    : null
  if (problem !== null) {
    progress.fail(`${sentence}, but ${problem}`)
    return EXIT_FAILED
  }
  progress.done({ ...sent, unreadable: extent.unreadable }, sentence)
  return 0
}

async function readCaptures(files: readonly string[], progress: Progress): Promise<Capture[]> {
  const captures: Capture[] = []
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file
    progress.step({ sent: 0, total: null, note: 'reading' })
    try {
      captures.push({ name, bytes: file === '-' ? await readStdin() : await readFile(file) })
    } catch (error) {
      progress.problem({ file: name, place: '', reason: describeSystemError(error) })
    }
  }
  return captures
}

/** Counts spans and finds the first and last end; names what cannot be read. */
function measureCaptures(captures: readonly Capture[], { progress, peerKeys }: Replay): Extent {
  const extent: Extent = { spans: 0, unreadable: 0, firstEndNano: 2n ** 64n, lastEndNano: 0n }
  for (const { name, bytes } of captures) {
    for (const request of readCaptureFile(bytes, { ...DEFAULT_DECODE_LIMITS, peerKeys })) {
      if (!request.ok) {
        extent.unreadable++
        progress.problem({ file: name, place: request.place, reason: request.reason })
        continue
      }
      extent.spans += request.batch.count
      for (const end of request.batch.endUnixNanos) {
        if (end === 0n) continue
        if (end < extent.firstEndNano) extent.firstEndNano = end
        if (end > extent.lastEndNano) extent.lastEndNano = end
      }
      progress.step({ sent: extent.spans, total: null, note: 'reading' })
    }
  }
  return extent
}

/** As recorded the first span ends now and the rest follows; otherwise the last span ends now. */
function chooseRewrite(replay: Replay, extent: Extent, nowMs: number): Rewrite {
  const anchor = replay.pace.kind === 'recorded' ? extent.firstEndNano : extent.lastEndNano
  return {
    shiftNanos: BigInt(nowMs) * NANOS_PER_MS - anchor,
    traceMask: replay.keepsIds ? null : randomBytes(16),
    environment: replay.environment,
  }
}

function* encodeCaptures(
  captures: readonly Capture[],
  rewrite: Rewrite,
  { pace, peerKeys }: Replay,
): Generator<EncodedRequest, void, void> {
  const limits = { bytesMax: BODY_BYTES_MAX, spansMax: spansPerRequest(pace) }
  for (const { bytes } of captures) {
    for (const request of readCaptureFile(bytes, { ...DEFAULT_DECODE_LIMITS, peerKeys }))
      if (request.ok) yield* encodeRequests(rewriteBatch(request.batch, rewrite), limits)
  }
}

function spansPerRequest(pace: Pace): number {
  if (pace.kind === 'fast') return SPANS_MAX
  if (pace.kind === 'recorded') return PACED_SPANS_MAX
  return Math.min(PACED_SPANS_MAX, Math.max(1, Math.floor(pace.spansPerSecond * PACED_SECONDS)))
}

/** Unix ms at which a request may leave. As recorded: when its last span has ended. */
function dueTime(
  request: EncodedRequest,
  pace: Pace,
  sofar: { readonly startMs: number; readonly spansBefore: number },
): number {
  if (pace.kind === 'recorded') return Number(request.endUnixNano / NANOS_PER_MS)
  if (pace.kind === 'fast') return sofar.startMs
  return sofar.startMs + (sofar.spansBefore / pace.spansPerSecond) * 1000
}

/** Ends early when the replay fails. Timers take at most some 24 days. */
async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0) return
  try {
    await setTimeout(Math.min(durationMs, 2 ** 31 - 1), undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}
