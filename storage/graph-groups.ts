// What several stored nodes and edges mean together, in resolved identities: a vendor's hosts are one node, a
// stated name is the one service of that name.
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { resolveNodes } from '../core/graph/resolve.ts'
import { readNodes, type StoredNode } from './nodes.ts'
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
}

export type Groups = {
  /** By nodeId of the resolved identity. */
  readonly nodes: ReadonlyMap<string, NodeGroup>
  readonly edges: readonly EdgeGroup[]
}

/** Everything stored of an environment, grouped by resolved identity. */
export async function readGroups(tx: Query, environment: string): Promise<Groups> {
  const stored = await readNodes(tx, environment)
  const resolved = resolveNodes(stored)
  const nodes = new Map<string, { id: bigint; key: NodeKey; members: StoredNode[] }>()
  const groupOf = new Map<bigint, string>()
  for (const node of stored) {
    const key = resolved.get(nodeId(node)) ?? node
    const id = nodeId(key)
    const group = nodes.get(id)
    if (group) {
      group.members.push(node)
      if (node.id < group.id) group.id = node.id
    } else nodes.set(id, { id: node.id, key, members: [node] })
    groupOf.set(node.id, id)
  }
  return { nodes, edges: groupEdges(await readEdges(tx, environment), nodes, groupOf) }
}

function groupEdges(
  stored: readonly StoredEdge[],
  nodes: ReadonlyMap<string, NodeGroup>,
  groupOf: ReadonlyMap<bigint, string>,
): readonly EdgeGroup[] {
  const edges = new Map<string, Omit<EdgeGroup, 'members'> & { members: StoredEdge[] }>()
  for (const edge of stored) {
    const source = groupOf.get(edge.sourceId) ?? ''
    const target = groupOf.get(edge.targetId) ?? ''
    const [sourceKey, targetKey] = [nodes.get(source)?.key, nodes.get(target)?.key]
    if (!sourceKey || !targetKey) throw new Error('an edge was read without its ends')
    const group = edges.get(`${source}\0\0${target}`)
    if (group) group.members.push(edge)
    else
      edges.set(`${source}\0\0${target}`, {
        ...{ id: edge.id, source: sourceKey, target: targetKey },
        ...{ sourceId: source, targetId: target },
        members: [edge],
      })
  }
  return [...edges.values()]
}
