// The shop's customers: traces one after the other, as many a second as the hour has, until it is stopped.
// Which trace comes next is the seed's; only how many have come depends on the clock.
import { busyRatio } from './rhythm.ts'
import { emitTrace, type Shop } from './sdk.ts'
import { drawTrace } from './traces.ts'

/** Even at night the map should move. */
const TRACES_PER_SECOND_MIN = 2
const TRACES_PER_SECOND_MAX = 6
const LOOK_EVERY_MS = 100

/** Begins with the trace of that number. Returns how to stop. */
export function startTraffic(shop: Shop, seed: number, firstNumber: number): () => void {
  let number = firstNumber
  let due = 0
  let lookedMs = performance.now()
  const timer = setInterval(() => {
    const nowMs = performance.now()
    // A machine that slept sends no flood afterwards.
    const passedMs = Math.min(nowMs - lookedMs, 1_000)
    lookedMs = nowMs
    due += (passedMs / 1000) * tracesPerSecond(Date.now())
    for (; due >= 1; due--) emitTrace(shop, drawTrace(seed, number++), Date.now())
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

function tracesPerSecond(atMs: number): number {
  return TRACES_PER_SECOND_MIN + (TRACES_PER_SECOND_MAX - TRACES_PER_SECOND_MIN) * busyRatio(atMs)
}
