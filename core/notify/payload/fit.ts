// Keeping a message within the limits of a service: it is built anew, each time more tersely, until it fits. So
// nothing is ever cut that is already escaped or encoded.

export type Bounds = {
  /** Of one text, in UTF-16 units. */
  readonly textMax: number
  /** Of one list; what is more is counted. */
  readonly listMax: number
}

/** From generous to terse. The last is smaller than any limit we keep, whatever the notice (tested). */
const LADDER: readonly Bounds[] = [
  { textMax: 2000, listMax: 100 },
  { textMax: 1000, listMax: 50 },
  { textMax: 500, listMax: 25 },
  { textMax: 300, listMax: 12 },
  { textMax: 150, listMax: 8 },
  { textMax: 100, listMax: 4 },
  { textMax: 60, listMax: 2 },
  { textMax: 40, listMax: 1 },
]

/** The most generous that is not over its limit. */
export function buildToFit<Built>(
  build: (bounds: Bounds) => Built,
  isWithin: (built: Built) => boolean,
): Built {
  for (const bounds of LADDER.slice(0, -1)) {
    const built = build(bounds)
    if (isWithin(built)) return built
  }
  return build(LADDER.at(-1)!)
}
