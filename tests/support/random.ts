// A small seeded generator (mulberry32) and choices made with it: a seed is a whole run again.
export type Random = () => number

/** 0 <= value < 1. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number, from 0 to below `end`. */
export function pickBelow(random: Random, end: number): number {
  return Math.floor(random() * end)
}

/** The values in an order of the generator's choosing. */
export function shuffle<T>(random: Random, values: readonly T[]): T[] {
  const shuffled = [...values]
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = pickBelow(random, at + 1)
    ;[shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!]
  }
  return shuffled
}
