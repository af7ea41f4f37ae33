// Arrival time: what the journal writes beside each record, and the only time the fold ever sees.
// It never goes back: a step back of the wall clock adds nothing, and while arrival is ahead of the wall it
// runs at half speed until they meet. A jump of more than a minute (the machine slept, the collector was down,
// the clock was set) is passed on and counted as a gap.

export type ArrivalClock = {
  arrivalMs: number
  wallMs: number
  monotonicMs: number
  /** Jumps of more than a minute so far. */
  gaps: number
  /** Steps back of the wall clock so far. */
  stepsBack: number
}

/** Both clocks read at one moment; a test hands in clocks that step. */
export type ReadClocks = () => { readonly wallMs: number; readonly monotonicMs: number }

const GAP_MS = 60_000
/** Below this a difference between the two clocks is jitter, not a step. */
const STEP_MS = 10

/** lastArrivalMs: of the newest record on disk, 0 when there is none. */
export function createArrivalClock(
  lastArrivalMs: number,
  now: ReturnType<ReadClocks>,
): ArrivalClock {
  const isGap = lastArrivalMs > 0 && now.wallMs - lastArrivalMs > GAP_MS
  return {
    arrivalMs: Math.max(lastArrivalMs, now.wallMs),
    wallMs: now.wallMs,
    monotonicMs: now.monotonicMs,
    gaps: isGap ? 1 : 0,
    stepsBack: lastArrivalMs > now.wallMs + STEP_MS ? 1 : 0,
  }
}

/** The arrival time of a record written now, in whole unix ms; never below the last one. */
export function readArrivalMs(clock: ArrivalClock, now: ReturnType<ReadClocks>): number {
  const wallPassedMs = now.wallMs - clock.wallMs
  const passedMs = now.monotonicMs - clock.monotonicMs
  clock.wallMs = now.wallMs
  clock.monotonicMs = now.monotonicMs
  if (wallPassedMs < passedMs - STEP_MS && wallPassedMs < 0) clock.stepsBack++
  if (wallPassedMs - passedMs > GAP_MS) clock.gaps++
  const isAhead = clock.arrivalMs > now.wallMs
  const slewedMs = clock.arrivalMs + Math.max(0, wallPassedMs) / 2
  clock.arrivalMs = isAhead ? slewedMs : now.wallMs
  return Math.floor(clock.arrivalMs)
}

/** The two clocks of this machine. */
export function readMachineClocks(): ReturnType<ReadClocks> {
  return { wallMs: Date.now(), monotonicMs: performance.now() }
}
