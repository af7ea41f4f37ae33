// Which part of a commit the database refuses: halves are tried out and rolled back until the parts at fault
// stand alone, so that one bad value costs itself and not the quarter second around it.
import type { GraphDelta } from '../core/graph/edge.ts'
import { type DeltaPart, listParts, selectParts } from '../core/graph/split-delta.ts'

/** Tries before the whole is given up: enough for a few faults among 100,000 parts. */
const TRIES_MAX = 200

export type Isolated = {
  /** What the database takes; null when that is nothing. */
  readonly good: GraphDelta | null
  readonly refused: GraphDelta | null
}

/**
 * isTaken: whether the database takes a delta, which is rolled back in any case. Errors: what it throws,
 * which must not be a refusal of data.
 */
export async function isolateRefused(
  delta: GraphDelta,
  isTaken: (part: GraphDelta) => Promise<boolean>,
): Promise<Isolated> {
  const { good, refused } = await siftParts<DeltaPart>(listParts(delta), (parts) =>
    isTaken(selectParts(delta, parts)),
  )
  const rest = good.length > 0 ? selectParts(delta, good) : null
  // Parts that are taken one by one and refused together: then nothing of it is safe.
  if (rest && refused.length > 0 && !(await isTaken(rest))) return { good: null, refused: delta }
  return { good: rest, refused: refused.length > 0 ? selectParts(delta, refused) : null }
}

export type Sifted<Part> = { readonly good: readonly Part[]; readonly refused: readonly Part[] }

/** Tells those of the parts that are refused from the others, both in the order given. Errors: as isTaken. */
export async function siftParts<Part>(
  parts: readonly Part[],
  isTaken: (parts: readonly Part[]) => Promise<boolean>,
): Promise<Sifted<Part>> {
  let tries = 0
  const good: Part[] = []
  const refused: Part[] = []
  const sift = async (some: readonly Part[]): Promise<void> => {
    if (some.length === 0) return
    if (tries++ < TRIES_MAX && (await isTaken(some))) {
      good.push(...some)
      return
    }
    if (some.length === 1 || tries >= TRIES_MAX) {
      refused.push(...some)
      return
    }
    const middle = some.length >> 1
    await sift(some.slice(0, middle))
    await sift(some.slice(middle))
  }
  await sift(parts)
  return { good, refused }
}
