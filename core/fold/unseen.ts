// Calls that nobody recorded, summed by the weights of those that somebody did.
import { HISTOGRAM_BUCKETS } from '../graph/histogram.ts'
import { COUNTED_CLIENT, COUNTED_ERROR, COUNTED_SERVER, COUNTED_UNSEEN } from './sum-words.ts'

/** What sampling left out of a bucket, in 1/WEIGHT_UNIT. */
export type UnseenSums = {
  sampledCalls: number
  calls: number
  errors: number
  client: number[] | null
  server: number[] | null
}

/** Adds to a bucket what the call stands for beside itself. */
export function addUnseen(
  sums: Map<number, UnseenSums>,
  bucket: number,
  counted: Float64Array,
  sign: 1 | -1,
): void {
  const known = sums.get(bucket)
  const unseen = known ?? { sampledCalls: 0, calls: 0, errors: 0, client: null, server: null }
  if (!known) sums.set(bucket, unseen)
  const weight = sign * counted[COUNTED_UNSEEN]!
  unseen.sampledCalls += sign
  unseen.calls += weight
  unseen.errors += weight * counted[COUNTED_ERROR]!
  unseen.client = countLatency(unseen.client, counted[COUNTED_CLIENT]!, weight)
  unseen.server = countLatency(unseen.server, counted[COUNTED_SERVER]!, weight)
}

function countLatency(counts: number[] | null, bucket: number, weight: number): number[] | null {
  if (bucket < 0) return counts
  const latency = counts ?? new Array<number>(HISTOGRAM_BUCKETS).fill(0)
  latency[bucket]! += weight
  return latency
}
