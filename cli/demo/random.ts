// Randomness that is the same for the same seed: the demo's traffic, its latencies and errors.
// Not for secrets, and not for ids that must be new on each run (see ids.ts).
import { createHash } from 'node:crypto'

/** Gives numbers with 0 <= number < 1. */
export type Random = () => number

/** The sequence of a seed and whatever else tells it from other sequences of the same seed. */
export function randomOf(seed: number, ...names: readonly (string | number)[]): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...names]))
    .digest()
  return mulberry32(digest.readUInt32LE(0))
}

/** Around a median, never below 0, now and then far above it, as latencies are. */
export function drawLatencyMs(random: Random, medianMs: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return medianMs * Math.exp(0.35 * normal)
}

/** So many hex digits. */
export function drawHex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
}

/** An index, as likely as its weight. weights: not empty, above 0. */
export function drawIndex(random: Random, weights: readonly number[]): number {
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0)
  const index = weights.findIndex((weight) => {
    rest -= weight
    return rest < 0
  })
  return index < 0 ? weights.length - 1 : index
}

/** A small, fast generator with 32 bits of state. */
function mulberry32(start: number): Random {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
