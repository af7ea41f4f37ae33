// Latency buckets: every duration falls under its bound, and quantiles are at most sqrt(2) too high.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  HISTOGRAM_BUCKETS,
  histogramBoundMs,
  histogramBucket,
  histogramQuantileMs,
} from '../../../core/graph/histogram.ts'

const durationMs = fc.double({ min: 0.1, max: 70_000, noNaN: true })

function countsOf(durations: readonly number[]): number[] {
  const counts = new Array<number>(HISTOGRAM_BUCKETS).fill(0)
  for (const duration of durations) counts[histogramBucket(duration)]! += 1
  return counts
}

test('a duration lies within its bucket', () => {
  fc.assert(
    fc.property(durationMs, (duration) => {
      const bucket = histogramBucket(duration)
      expect(duration).toBeLessThanOrEqual(histogramBoundMs(bucket) * (1 + 1e-6))
      if (bucket > 0) expect(duration).toBeGreaterThan(histogramBoundMs(bucket - 1) * (1 - 1e-6))
    }),
  )
})

test('skewed and endless durations have a bucket too', () => {
  expect(histogramBucket(-5)).toBe(0)
  expect(histogramBucket(Number.NaN)).toBe(0)
  expect(histogramBucket(Number.POSITIVE_INFINITY)).toBe(HISTOGRAM_BUCKETS - 1)
})

test('a quantile is the true one, rounded up by at most sqrt(2)', () => {
  const quantile = fc.constantFrom(0.5, 0.95, 0.99, 1)
  fc.assert(
    fc.property(fc.array(durationMs, { minLength: 1 }), quantile, (durations, q) => {
      const sorted = [...durations].sort((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!
      const estimate = histogramQuantileMs(countsOf(durations), q)!
      expect(estimate).toBeGreaterThanOrEqual(exact * (1 - 1e-6))
      expect(estimate).toBeLessThanOrEqual(exact * Math.SQRT2 * (1 + 1e-6))
    }),
  )
})

test('nothing counted has no quantile', () => {
  expect(histogramQuantileMs(countsOf([]), 0.5)).toBeNull()
})
