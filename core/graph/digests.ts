// Which instances call over an edge, which traces show it, which instances a service has: as far as it matters,
// which is "one" or "several". So two are kept, each as a digest of its name, five hex digits.
import { compareText } from './node.ts'

/** The first texts are kept, so that any order keeps the same. */
export const DIGESTS_KEPT = 2

/** digest: 1 to 2^20 - 1. The highest is the first in order of texts: the fold keeps those, 0 being none. */
export function digestText(digest: number): string {
  return (2 ** 20 - digest).toString(16).padStart(5, '0')
}

/** Those that are kept of several, in order; of merged lists, in whatever order they are merged, the same. */
export function firstDigests(digests: readonly string[]): readonly string[] {
  if (digests.length < 2) return digests
  return [...new Set(digests)].sort(compareText).slice(0, DIGESTS_KEPT)
}

export function mergeDigests(a: readonly string[], b: readonly string[]): readonly string[] {
  return b.length === 0 ? a : firstDigests([...a, ...b])
}
