// A latency histogram as one number: place i is worth 10^(16 i). Adding two is adding their histograms, so
// Postgres sums them with sum() (ten times as fast as element by element) and stores only the places in
// use. Sixteen digits a place: more calls than one window can hold.
import { HISTOGRAM_BUCKETS } from '../core/graph/histogram.ts'

const DIGITS = 16
const PLACE = 10n ** BigInt(DIGITS)

/** Counts by place, signed, as the text of a numeric; null when all are 0: nothing was measured. */
export function packCounts(counts: readonly number[] | null): string | null {
  if (!counts) return null
  const first = counts.findIndex((count) => count !== 0)
  if (first === -1) return null
  const last = counts.findLastIndex((count) => count !== 0)
  const used = counts.slice(first, last + 1)
  const digits = used.some((count) => count < 0) ? packSigned(used) : packPositive(used)
  return `${digits}e${DIGITS * first}`
}

function packPositive(counts: readonly number[]): string {
  return counts.toReversed().reduce((text, count) => text + String(count).padStart(DIGITS, '0'), '')
}

function packSigned(counts: readonly number[]): string {
  return String(counts.reduceRight((sum, count) => sum * PLACE + BigInt(count), 0n))
}

/**
 * The counts of a packed number, HISTOGRAM_BUCKETS long. A place below 0 (more was taken back than
 * is still kept) counts as 0.
 */
export function unpackCounts(packed: string | null): readonly number[] {
  const counts = new Array<number>(HISTOGRAM_BUCKETS).fill(0)
  if (packed === null) return counts
  let rest = BigInt(packed)
  for (let place = 0; place < HISTOGRAM_BUCKETS && rest !== 0n; place++) {
    const digit = BigInt.asIntN(64, ((rest % PLACE) + PLACE) % PLACE)
    const signed = digit >= PLACE / 2n ? digit - PLACE : digit
    counts[place] = Math.max(0, Number(signed))
    rest = (rest - signed) / PLACE
  }
  return counts
}
