// Traces as networks deliver them: shuffled, cut into requests, repeated, late, with spans missing and time
// passing in between, through full memory and past the late window. The graph is that of the spans that
// came, the accounting identity holds after every step, and no count is ever below zero.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SPAN_CLASSES } from '../../../core/fold/calls.ts'
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from '../../../core/fold/options.ts'
import type { GraphDelta } from '../../../core/graph/edge.ts'
import { sumEdges } from '../../support/cases.ts'
import { arbitrarySpans, batchOf, type TestSpan } from '../../support/spans.ts'
import { expectIdentity } from './identity.ts'

const START_MS = 1_760_000_000_000
const { holdMs, lateWindowMs, quietMs } = DEFAULT_FOLD_OPTIONS

/** A request, or the time until the next one. */
type Step = { readonly spans: readonly TestSpan[] } | { readonly tickMs: number }

type Run = { readonly fold: Fold; readonly deltas: readonly GraphDelta[] }

/** Takes what was emitted only now and then, as commits do. */
function deliver(steps: readonly Step[], options: Partial<FoldOptions> = {}): Run {
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, ...options })
  const deltas: GraphDelta[] = []
  const take = () => {
    const delta = takeDelta(fold)
    if (delta) deltas.push(delta)
    sumEdges(deltas) // throws when an edge is below zero
  }
  let nowMs = START_MS
  for (const [at, step] of steps.entries()) {
    if ('tickMs' in step) nowMs += step.tickMs
    else foldBatch(fold, batchOf(step.spans), nowMs)
    advanceFold(fold, nowMs)
    expectIdentity(fold)
    if (at % 3 === 0) take()
  }
  finishFold(fold)
  take()
  expectIdentity(fold)
  return { fold, deltas }
}

/** Edges without the protocol, which only ever rises while spans come in. */
function edgesOf({ deltas }: Run): unknown {
  return sumEdges(deltas).map(({ protocol, ...edge }) => edge)
}

/**
 * Some of the spans (the others are lost on the way), in any order, some of them again, in requests of any
 * size with any of these ticks between them.
 */
function arbitraryDelivery(ticksMs: readonly number[]): fc.Arbitrary<{
  readonly arrived: readonly TestSpan[]
  readonly steps: readonly Step[]
}> {
  return arbitrarySpans()
    .chain((spans) => fc.subarray(spans, { minLength: 1 }))
    .chain((arrived) =>
      fc.record({
        arrived: fc.constant(arrived),
        stream: fc.subarray(arrived).chain((again) =>
          fc.shuffledSubarray([...arrived, ...again], {
            minLength: arrived.length + again.length,
          }),
        ),
        sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 48, maxLength: 48 }),
        ticks: fc.array(fc.constantFrom(0, ...ticksMs), { minLength: 48, maxLength: 48 }),
      }),
    )
    .map(({ arrived, stream, sizes, ticks }) => {
      const steps: Step[] = []
      for (let at = 0, request = 0; at < stream.length; at += sizes[request++]!) {
        steps.push({ spans: stream.slice(at, at + sizes[request]!) })
        steps.push({ tickMs: ticks[request]! })
      }
      return { arrived, steps }
    })
}

test('within the late window the graph is that of the spans that came, whenever they came', () => {
  // 48 ticks of the longest are still within the late window.
  const ticks = [1, quietMs - 1, quietMs, 5_000, lateWindowMs / 50]
  fc.assert(
    fc.property(arbitraryDelivery(ticks), ({ arrived, steps }) => {
      const whole = deliver([{ spans: arrived }])
      const run = deliver(steps)
      expect(edgesOf(run)).toEqual(edgesOf(whole))
      const [counters, once] = [foldCounters(run.fold), foldCounters(whole.fold)]
      expect(counters.accepted - counters.duplicate).toBe(once.accepted - once.duplicate)
      expect(counters.evictedEarly + counters.forgottenEarly).toBe(0)
      for (const name of SPAN_CLASSES) expect([name, counters[name]]).toEqual([name, once[name]])
    }),
    { numRuns: 200 },
  )
})

test('past the late window traces begin anew, and nothing is lost or kept', () => {
  const ticks = [holdMs, holdMs + 1, lateWindowMs, holdMs + lateWindowMs, 3 * lateWindowMs]
  fc.assert(
    fc.property(arbitraryDelivery(ticks), ({ steps }) => {
      const { fold } = deliver(steps)
      const counters = foldCounters(fold)
      expect(counters.accepted).toBe(sentIn(steps))
      expect(counters.pending).toBe(0)
    }),
    { numRuns: 150 },
  )
})

test('a full memory finalises the oldest early, counts it, and keeps the identity', () => {
  let evictedEarly = 0
  fc.assert(
    fc.property(
      arbitraryDelivery([1, quietMs, holdMs]),
      fc.integer({ min: 1, max: 12 }),
      ({ steps }, pendingSpansMax) => {
        const { fold } = deliver(steps, { pendingSpansMax })
        const counters = foldCounters(fold)
        expect(counters.accepted).toBe(sentIn(steps))
        expect(counters.evictedEarly).toBeLessThanOrEqual(counters.accepted)
        evictedEarly += counters.evictedEarly
      },
    ),
    { numRuns: 200 },
  )
  // Some 190 in the mean: enough of it happened for the property to mean anything.
  expect(evictedEarly).toBeGreaterThan(20)
})

function sentIn(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + ('spans' in step ? step.spans.length : 0), 0)
}
