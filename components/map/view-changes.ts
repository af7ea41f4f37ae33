// How much one view differs from another, for "3 changes: show". Counts alone are no change.
import type { MapView } from './map-view.ts'

/** Nodes and edges that came or went, and edges that stand differently. */
export function countChanges(before: MapView, after: MapView): number {
  const nodes = difference(
    before.nodes.map((node) => node.id),
    after.nodes.map((node) => node.id),
  )
  const standing = (view: MapView) => view.edges.map((edge) => `${edge.id} ${edge.standing}`)
  const edges = new Set(
    symmetric(standing(before), standing(after)).map((entry) => entry.split(' ')[0]),
  ).size
  const baseline = before.baseline?.version === after.baseline?.version ? 0 : 1
  return nodes + edges + baseline
}

function difference(a: readonly string[], b: readonly string[]): number {
  return symmetric(a, b).length
}

function symmetric(a: readonly string[], b: readonly string[]): string[] {
  const inA = new Set(a)
  const inB = new Set(b)
  return [...a.filter((entry) => !inB.has(entry)), ...b.filter((entry) => !inA.has(entry))]
}
