// Instances of a service, as far as they are told apart: two an edge and two a node, which is enough to know
// "only one" from "more". An instance is a digest of its name, five hex digits (core/fold/instances.ts).
import { compareText } from './node.ts'

/** Instances that are kept of an edge's callers, and of a node: the first texts, so that any order keeps the same. */
export const INSTANCES_KEPT = 2

/** digest: 1 to 2^20 - 1. The highest is the first in order of texts: the fold keeps those, 0 being none. */
export function instanceText(digest: number): string {
  return (2 ** 20 - digest).toString(16).padStart(5, '0')
}

/** What is kept of both, in order. Commutes and associates. */
export function mergeInstances(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0) return a
  return [...new Set([...a, ...b])].sort(compareText).slice(0, INSTANCES_KEPT)
}
