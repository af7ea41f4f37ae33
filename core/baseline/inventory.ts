// What is known of nodes beside their traffic, by identity: the tags that rules match and that say
// where classified data lies. Live, not part of a version (docs/decisions/0016).
import { compareText, type NodeKey, nodeId } from '../graph/node.ts'
import { dataClassesOf, tagsFrom } from '../graph/tags.ts'
import type { TaggedNode, Tags } from './content.ts'

/** Tags by nodeId of the resolved identity; a node that is not in it has none. */
export type Inventory = ReadonlyMap<string, Tags>

const NO_TAGS = tagsFrom([])

/**
 * nodes: resolved, any order. Nodes that resolved to one identity are joined: all their classes, of
 * the other tags the first that says something, by code unit.
 */
export function inventoryOf(nodes: Iterable<TaggedNode>): Inventory {
  const inventory = new Map<string, Tags>()
  for (const node of nodes) {
    const id = nodeId(node)
    const known = inventory.get(id)
    const { owner, exposure, layer } = node
    const tags = { owner, dataClasses: dataClassesOf(node.dataClasses.join(',')), exposure, layer }
    inventory.set(id, known ? joinTags(known, tags) : tags)
  }
  return inventory
}

export function tagsOf(inventory: Inventory, node: NodeKey): Tags {
  return inventory.get(nodeId(node)) ?? NO_TAGS
}

export function isClassified(inventory: Inventory, node: NodeKey): boolean {
  return tagsOf(inventory, node).dataClasses.length > 0
}

/** Whether strangers can call it. */
export function isPublic(inventory: Inventory, node: NodeKey): boolean {
  return tagsOf(inventory, node).exposure.toLowerCase() === 'public'
}

function joinTags(a: Tags, b: Tags): Tags {
  return {
    owner: firstSaid(a.owner, b.owner),
    dataClasses: [...new Set([...a.dataClasses, ...b.dataClasses])].sort(compareText),
    exposure: firstSaid(a.exposure, b.exposure),
    layer: firstSaid(a.layer, b.layer),
  }
}

function firstSaid(a: string, b: string): string {
  return [a, b].filter((text) => text !== '').sort(compareText)[0] ?? ''
}
