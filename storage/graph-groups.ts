// What several stored nodes and edges mean together, in resolved identities: a vendor's hosts are one node, a
// stated name is the one service of that name.
import type { Tags } from '../core/baseline/content.ts'
import { inventoryOf } from '../core/baseline/inventory.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { resolveNodes } from '../core/graph/resolve.ts'
import { tagsFrom } from '../core/graph/tags.ts'
import { readTags } from './node-tags.ts'
import { readNodes, readTwinCandidates, type StoredNode } from './nodes.ts'
import type { Query } from './sql.ts'
import { readEdges, type StoredEdge } from './stored-edges.ts'

/** Stored edges that are one edge in resolved identities. */
export type EdgeGroup = {
  /** The smallest id of its members, whatever the window: stable while it is stored. */
  readonly id: bigint
  readonly source: NodeKey
  readonly target: NodeKey
  /** nodeId of the two. */
  readonly sourceId: string
  readonly targetId: string
  readonly members: readonly StoredEdge[]
}

export type NodeGroup = {
  readonly id: bigint
  readonly key: NodeKey
  readonly members: readonly StoredNode[]
  readonly tags: Tags
}

export type Groups = {
  /** By nodeId of the resolved identity. */
  readonly nodes: ReadonlyMap<string, NodeGroup>
  readonly edges: readonly EdgeGroup[]
}

/** Everything stored of an environment, grouped by resolved identity. */
export async function readGroups(tx: Query, environment: string): Promise<Groups> {
  const [stored, edges] = await Promise.all([
    readNodes(tx, environment),
    readEdges(tx, environment),
  ])
  const resolved = resolveNodes(stored)
  const untagged = tagsFrom([])
  const environments = [...new Set([environment, ...stored.map((node) => node.environment)])]
  const tagged = await readTags(tx, environments)
  const inventory = inventoryOf(tagged.map((node) => ({ ...node, ...resolved.get(nodeId(node)) })))
  const nodes = new Map<string, NodeGroup & { id: bigint; members: StoredNode[] }>()
  const groupOf = new Map<bigint, string>()
  for (const node of stored) {
    const key = resolved.get(nodeId(node)) ?? node
    const id = nodeId(key)
    const group = nodes.get(id)
    if (group) {
      group.members.push(node)
      if (node.id < group.id) group.id = node.id
    } else nodes.set(id, { id: node.id, key, members: [node], tags: inventory.get(id) ?? untagged })
    groupOf.set(node.id, id)
  }
  return { nodes, edges: groupEdges(edges, nodes, groupOf) }
}

/** Pairs of places are one number as a key: long texts as keys cost more than all the rest. */
function groupEdges(
  stored: readonly StoredEdge[],
  nodes: ReadonlyMap<string, NodeGroup>,
  groupOf: ReadonlyMap<bigint, string>,
): readonly EdgeGroup[] {
  const ends = [...nodes].map(([id, { key }]) => ({ id, key }))
  const placeOfGroup = new Map(ends.map(({ id }, place) => [id, place]))
  const placeOf = new Map([...groupOf].map(([id, group]) => [id, placeOfGroup.get(group) ?? 0]))
  const edges = new Map<number, Omit<EdgeGroup, 'members'> & { members: StoredEdge[] }>()
  for (const edge of stored) {
    const [sourcePlace = -1, targetPlace = -1] = [
      placeOf.get(edge.sourceId),
      placeOf.get(edge.targetId),
    ]
    const [source, target] = [ends[sourcePlace], ends[targetPlace]]
    if (!source || !target) throw new Error('an edge was read without its ends')
    const pair = sourcePlace * ends.length + targetPlace
    const group = edges.get(pair)
    if (group) group.members.push(edge)
    else
      edges.set(pair, {
        id: edge.id,
        source: source.key,
        target: target.key,
        sourceId: source.id,
        targetId: target.id,
        members: [edge],
      })
  }
  return [...edges.values()]
}

/** Ids of the stored edges that are one edge with this one in resolved identities; none if unknown. */
export async function readTwinIds(tx: Query, edgeId: bigint): Promise<readonly bigint[]> {
  const [ends] = await tx<{ source_id: bigint; target_id: bigint }[]>`
    select source_id, target_id from edge where id = ${String(edgeId)}::bigint`
  if (!ends) return []
  const sources = await readTwinNodes(tx, ends.source_id)
  const targets = await readTwinNodes(tx, ends.target_id)
  const rows = await tx<{ id: bigint }[]>`
    select id from edge where source_id = any(${sources.map(String)}::bigint[])
      and target_id = any(${targets.map(String)}::bigint[])`
  return rows.map((row) => row.id)
}

async function readTwinNodes(tx: Query, id: bigint): Promise<readonly bigint[]> {
  const candidates = await readTwinCandidates(tx, id)
  const resolved = resolveNodes(candidates)
  const idOf = (node: NodeKey) => nodeId(resolved.get(nodeId(node)) ?? node)
  const self = candidates.find((node) => node.id === id)
  return candidates.filter((node) => self && idOf(node) === idOf(self)).map((node) => node.id)
}
