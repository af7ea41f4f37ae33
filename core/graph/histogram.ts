// Latency histogram with fixed exponential buckets: equal everywhere, so that merging is adding.
// Bucket i counts durations up to 0.1 ms * 2^(i/2); the last one takes the rest (above 74 s).

export const HISTOGRAM_BUCKETS = 40
const FIRST_BOUND_MS = 0.1

/** Position of a duration's bucket. Negative and NaN durations (skewed clocks) count as 0 ms. */
export function histogramBucket(durationMs: number): number {
  if (!(durationMs > FIRST_BOUND_MS)) return 0
  const bucket = Math.ceil(2 * Math.log2(durationMs / FIRST_BOUND_MS) - 1e-9)
  return Math.min(bucket, HISTOGRAM_BUCKETS - 1)
}

/** Upper bound of a bucket in ms. */
export function histogramBoundMs(bucket: number): number {
  return FIRST_BOUND_MS * 2 ** (bucket / 2)
}

/**
 * The q-quantile (0..1) in ms: the upper bound of the bucket it falls into, so at most a factor of
 * sqrt(2) too high; null when nothing was counted.
 */
export function histogramQuantileMs(counts: readonly number[], q: number): number | null {
  let total = 0
  for (const count of counts) total += count
  if (total <= 0) return null
  const rank = Math.max(1, Math.ceil(q * total))
  let seen = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket] ?? 0
    if (seen >= rank) return histogramBoundMs(bucket)
  }
  return histogramBoundMs(counts.length - 1)
}
