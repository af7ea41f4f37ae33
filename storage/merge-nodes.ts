// Makes several stored nodes one: edges that come to have the same ends are added up, with their operations,
// buckets of every tier, running sums and examples. The caller holds the environments and the roll-up.
import { mergeBuckets } from './buckets.ts'
import type { EdgePair } from './edge-pairs.ts'
import { mergeEdges, type PlacedEdge, placeEdges } from './edges.ts'
import { mergeExemplars } from './exemplars.ts'
import { mergeStoredNodes } from './nodes.ts'
import { mergeOperations } from './operations.ts'
import type { Query } from './sql.ts'
import { mergeTallies } from './tallies.ts'

export type NodeMerge = {
  /** All edges at any of the nodes, locked. */
  readonly edges: readonly PlacedEdge[]
  readonly fromIds: readonly bigint[]
  readonly intoId: bigint
}

/** Returns the ids of the edges that are left, in need of being judged. The merged nodes stay, bare. */
export async function mergeInto(tx: Query, merge: NodeMerge): Promise<readonly bigint[]> {
  const from = new Set(merge.fromIds)
  const place = (id: bigint) => (from.has(id) ? merge.intoId : id)
  const groups = Map.groupBy(
    merge.edges,
    (edge) => `${place(edge.sourceId)}-${place(edge.targetId)}`,
  )
  for (const pairs of roundsOf([...groups.values()])) {
    const operations = await mergeOperations(tx, pairs)
    await mergeBuckets(tx, pairs, operations)
    await mergeTallies(tx, pairs)
    await mergeExemplars(tx, pairs)
    await mergeEdges(tx, pairs)
  }
  const kept = [...groups.values()].flatMap((group) => group.slice(0, 1))
  await placeEdges(
    tx,
    kept.map((edge) => ({
      ...{ id: edge.id, sourceId: place(edge.sourceId), targetId: place(edge.targetId) },
    })),
  )
  await mergeStoredNodes(tx, merge.fromIds, merge.intoId)
  return kept.map((edge) => edge.id)
}

/** Into the first of each group go the second, then the third: no two into one at a time. */
function roundsOf(groups: readonly (readonly PlacedEdge[])[]): readonly EdgePair[][] {
  const rounds: EdgePair[][] = []
  for (const [first, ...rest] of groups)
    for (const [round, edge] of rest.entries()) {
      rounds[round] ??= []
      if (first) rounds[round]?.push({ from: edge.id, into: first.id })
    }
  return rounds
}
