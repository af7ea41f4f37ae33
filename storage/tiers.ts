// Which tier answers for which time. Minutes are kept for days, hours for weeks, days for a year; a slice that
// is rolled up and not due again is equal to the sum of its parts, so a read takes the coarsest that fits. Pure.

export const TIERS = ['minute', 'hour', 'day'] as const
export type Tier = (typeof TIERS)[number]
/** Tiers that are sums of the one before. */
export type SummedTier = Exclude<Tier, 'minute'>

export const SLICE_MS: { readonly [tier in Tier]: number } = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}

/** Unix ms. */
export type TierState = {
  /** Every slice that ends at or before this is rolled up into the tier; minutes never are. */
  readonly rolledUntilMs: number
  /** Slices that begin before this are gone from the tier, or are about to go. */
  readonly keptSinceMs: number
}

export type TierStates = {
  readonly [tier in Tier]: TierState
} & {
  /** `${tier} ${startMs}` of slices that are not equal to the sum of their parts right now. */
  readonly due: ReadonlySet<string>
}

export function sliceKey(tier: Tier, startMs: number): string {
  return `${tier} ${startMs}`
}

export function sliceStart(tier: Tier, ms: number): number {
  return Math.floor(ms / SLICE_MS[tier]) * SLICE_MS[tier]
}

/** The finest tier that still keeps a moment; older than all: the coarsest. */
export function finestTier(states: TierStates, ms: number): Tier {
  return TIERS.find((tier) => ms >= states[tier].keptSinceMs) ?? 'day'
}

export type Segment = {
  readonly tier: Tier
  /** Whether the tier's running sums (edge_tally) hold for it, too. */
  readonly isTallied: boolean
  /** Unix ms, [fromMs, toMs), whole slices. */
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Cuts a window into segments, each to be read from one tier: together exactly the window, widened
 * at each end to the finest slice that is kept there. Shapes: fromMs < toMs, ascending segments.
 */
export function planWindow(
  states: TierStates,
  window: { readonly fromMs: number; readonly toMs: number },
): readonly Segment[] {
  const fromMs = sliceStart(finestTier(states, window.fromMs), window.fromMs)
  const ending = finestTier(states, window.toMs - 1)
  const toMs = sliceStart(ending, window.toMs - 1) + SLICE_MS[ending]
  const segments: Segment[] = []
  for (let atMs = fromMs; atMs < toMs; ) {
    const segment = coarsestAt(states, atMs, toMs)
    const last = segments.at(-1)
    if (last && last.tier === segment.tier && last.isTallied === segment.isTallied)
      segments[segments.length - 1] = { ...last, toMs: segment.toMs }
    else segments.push(segment)
    atMs = segment.toMs
  }
  return segments
}

/** The longest slice that begins here, ends in time, and can be trusted; else the finest kept. */
function coarsestAt(states: TierStates, atMs: number, untilMs: number): Segment {
  const finest = finestTier(states, atMs)
  for (const tier of TIERS.toReversed()) {
    const toMs = atMs + SLICE_MS[tier]
    const isAligned = atMs % SLICE_MS[tier] === 0 && toMs <= untilMs
    const isSettled = isRolled(states, tier, atMs) && !states.due.has(sliceKey(tier, atMs))
    if (tier === finest) return { tier, isTallied: isSettled, fromMs: atMs, toMs }
    if (isAligned && isSettled) return { tier, isTallied: true, fromMs: atMs, toMs }
  }
  throw new Error('a moment is kept in no tier')
}

/** Whether a slice has been rolled up, be it due again or not. */
export function isRolled(states: TierStates, tier: Tier, startMs: number): boolean {
  return tier !== 'minute' && startMs + SLICE_MS[tier] <= states[tier].rolledUntilMs
}
