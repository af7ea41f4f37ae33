// Keeping a message within the limits of a service: it is built anew, each time more tersely, until it fits. So
// nothing is ever cut that is already escaped or encoded.

export type Bounds = {
  /** Of one text, in UTF-16 units. */
  readonly textMax: number
  /** Of one list of an alert (reasons, owners); what is more is counted. */
  readonly itemsMax: number
  /** Of a digest: incidents, alerts of an incident, notices. */
  readonly listMax: number
}

/** From generous to terse. The last is smaller than any limit we keep, whatever the notice (tested). */
const LADDER: readonly Bounds[] = [
  { textMax: 1000, itemsMax: 20, listMax: 100 },
  { textMax: 600, itemsMax: 12, listMax: 100 },
  { textMax: 400, itemsMax: 8, listMax: 50 },
  { textMax: 250, itemsMax: 6, listMax: 25 },
  { textMax: 150, itemsMax: 4, listMax: 12 },
  { textMax: 100, itemsMax: 3, listMax: 6 },
  { textMax: 60, itemsMax: 2, listMax: 3 },
  { textMax: 40, itemsMax: 1, listMax: 1 },
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
