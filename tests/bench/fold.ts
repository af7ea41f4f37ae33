// `npm run bench -- fold [seconds]`: the fold at 100,000 spans a second of simulated time, hold 30 s. Prints
// {"bench":"fold","foldSpansPerSecond","spansPerSecond","costRatio","bytesPerPendingSpan"}:
// - foldSpansPerSecond: fold alone (taking in, evaluating, handing out deltas every 250 ms of simulated time);
// - spansPerSecond: decode and fold; both at EDGES_FEW edges, once spans also leave the hold;
// - costRatio: cost of a span in the fold at EDGES_MANY edges over that at EDGES_FEW;
// - bytesPerPendingSpan: growth of heap and buffers when as many spans as fit into the hold are pending.
// Time is processor time of the whole process, collector of garbage included, in the cheapest of several
// stretches: other work on the machine then disturbs least. Requests are made while no clock runs.
// Fails (exit code 1) when the graph is not what the traffic was, or a span left early or counted twice.
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../core/fold/options.ts'
import type { GraphDelta } from '../../core/graph/edge.ts'
import { DEFAULT_DECODE_LIMITS } from '../../core/span/batch.ts'
import { createProtobufDecoder, type ProtobufDecoder } from '../../core/span/otlp/protobuf.ts'
import { readSize } from './rig/arguments.ts'
import { createTraffic, type Traffic } from './traffic.ts'
import { createWorld, type World } from './world.ts'

const EDGES_FEW = 100
const EDGES_MANY = 10_000
const SPANS_PER_SECOND = 100_000
const SPANS_PER_REQUEST = 8_000
const DELTA_EVERY_MS = 250
/** Of simulated time: then the hold is full, and the oldest traces make room. */
const FILL_MS = 1000 * readSize(42)
const STRETCH_MS = Math.min(3_000, FILL_MS / 4)
const STRETCHES = 5
const START_MS = 1_760_000_000_000

type Costs = {
  readonly decodeUs: number
  readonly foldUs: number
  readonly bytesPerPendingSpan: number
}

type Run = {
  readonly fold: Fold
  readonly decode: ProtobufDecoder
  readonly traffic: Traffic
  readonly counts: ReturnType<typeof createEdgeCounts>
  nowMs: number
  deltaMs: number
  spans: number
  decodeUs: number
  foldUs: number
}

const few = measure(EDGES_FEW)
const many = measure(EDGES_MANY)
console.log(
  JSON.stringify({
    bench: 'fold',
    foldSpansPerSecond: Math.round(1e6 / few.foldUs),
    spansPerSecond: Math.round(1e6 / (few.decodeUs + few.foldUs)),
    costRatio: Number((many.foldUs / few.foldUs).toFixed(2)),
    bytesPerPendingSpan: Number(few.bytesPerPendingSpan.toFixed(1)),
  }),
)

function measure(edges: number): Costs {
  const world = createWorld({ seed: 1, edges })
  const traffic = createTraffic({ world, seed: 2, spansPerRequest: SPANS_PER_REQUEST })
  const before = usedBytes()
  const run: Run = {
    fold: createFold(DEFAULT_FOLD_OPTIONS),
    decode: createProtobufDecoder(DEFAULT_DECODE_LIMITS),
    traffic,
    counts: createEdgeCounts(world),
    nowMs: START_MS,
    deltaMs: START_MS,
    spans: 0,
    decodeUs: 0,
    foldUs: 0,
  }
  send(run, Math.min(FILL_MS, DEFAULT_FOLD_OPTIONS.holdMs))
  const bytesPerPendingSpan = (usedBytes() - before) / foldCounters(run.fold).pending
  send(run, Math.max(0, FILL_MS - DEFAULT_FOLD_OPTIONS.holdMs))
  const stretches = Array.from({ length: STRETCHES }, () => sendStretch(run))
  finish(run)
  const cheapest = (of: (stretch: { decodeUs: number; foldUs: number }) => number) =>
    Math.min(...stretches.map(of))
  const foldUs = cheapest((stretch) => stretch.foldUs)
  const decodeUs = cheapest((stretch) => stretch.decodeUs + stretch.foldUs) - foldUs
  console.error(
    `${world.edges.length} edges: fold ${costs(stretches.map((one) => one.foldUs))} ns a span, ` +
      `decode ${costs(stretches.map((one) => one.decodeUs))}; ${bytesPerPendingSpan.toFixed(1)} bytes`,
  )
  return { decodeUs, foldUs, bytesPerPendingSpan }
}

function costs(us: readonly number[]): string {
  return us.map((one) => Math.round(1000 * one)).join(' ')
}

/** Microseconds a span. */
function sendStretch(run: Run): { decodeUs: number; foldUs: number } {
  const { spans, decodeUs, foldUs } = run
  send(run, STRETCH_MS)
  const sent = run.spans - spans
  return { decodeUs: (run.decodeUs - decodeUs) / sent, foldUs: (run.foldUs - foldUs) / sent }
}

function send(run: Run, durationMs: number): void {
  const endMs = run.nowMs + durationMs
  while (run.nowMs < endMs) {
    const request = run.traffic.next(run.nowMs - 20)
    foldRequest(run, request.body)
    run.nowMs += (1000 * request.spans) / SPANS_PER_SECOND
  }
}

function foldRequest(run: Run, body: Uint8Array): void {
  const startUs = processUs()
  const decoded = run.decode(body)
  if (!decoded.ok) fail(`a request does not decode: ${decoded.reason}`)
  const decodedUs = processUs()
  foldBatch(run.fold, decoded.batch, run.nowMs)
  advanceFold(run.fold, run.nowMs)
  const isDeltaDue = run.nowMs >= run.deltaMs + DELTA_EVERY_MS
  const delta = isDeltaDue ? takeDelta(run.fold) : null
  const foldedUs = processUs()
  if (isDeltaDue) run.deltaMs = run.nowMs
  if (delta) run.counts.add(delta)
  run.spans += decoded.batch.count
  run.decodeUs += decodedUs - startUs
  run.foldUs += foldedUs - decodedUs
}

/** Ends the traffic and holds what was counted against what was sent. */
function finish(run: Run): void {
  const rest = run.traffic.rest()
  if (rest) foldRequest(run, rest.body)
  finishFold(run.fold)
  const delta = takeDelta(run.fold)
  if (delta) run.counts.add(delta)
  const { duplicate, evictedEarly, pending, accepted } = foldCounters(run.fold)
  if (accepted !== run.spans || duplicate + evictedEarly + pending > 0)
    fail(`accepted ${accepted} of ${run.spans}, ${duplicate} twice, ${evictedEarly} left early`)
  run.counts.compare(run.traffic)
}

function createEdgeCounts(world: World) {
  const calls = new Map<string, number>(world.edges.map((edge) => [edge, 0]))
  const errors = new Map(calls)
  return {
    add: (delta: GraphDelta) => {
      for (const edge of delta.edges) {
        const [source, target] = [delta.nodes[edge.source]!, delta.nodes[edge.target]!]
        const name = `${source.kind} ${source.name} -> ${target.kind} ${target.name}`
        calls.set(name, (calls.get(name) ?? 0) + edge.calls)
        errors.set(name, (errors.get(name) ?? 0) + edge.errors)
      }
    },
    compare: (truth: Traffic) => {
      if (calls.size !== world.edges.length) fail(`${calls.size} edges of ${world.edges.length}`)
      world.edges.forEach((edge, i) => {
        if (calls.get(edge) !== truth.calls[i] || errors.get(edge) !== truth.errors[i])
          fail(`${edge}: ${calls.get(edge)} calls of ${truth.calls[i]}, ${errors.get(edge)} errors`)
      })
    },
  }
}

function processUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function usedBytes(): number {
  if (!globalThis.gc) fail('the bench runs with --expose-gc')
  // Twice: what the first one frees of buffers, the second one counts.
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function fail(reason: string): never {
  console.error(`fold: ${reason}`)
  process.exit(1)
}
