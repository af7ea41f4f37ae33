// The nodes and edges the fold has met: what keeps the limits on names, and says which hosts, ports,
// versions and examples are new. Bounded; what is over a limit goes to a named overflow.
import type { NodeKey } from '../graph/node.ts'
import { nodeId } from '../graph/node.ts'
import type { StatedTag } from '../graph/tags.ts'
import { addPair, createPairTable, findPair, type HashKeys, type PairTable } from './hash.ts'
import { type FoldOptions, OVERFLOW_NAME } from './options.ts'
import * as shapeWords from './shape-words.ts'

const { OVERFLOW_TEXT } = shapeWords

const ATTRIBUTES_PER_EDGE_MAX = 32

export type KnownEdge = {
  readonly source: number
  readonly target: number
  readonly hosts: Set<string>
  readonly ports: Set<number>
  operations: number
}

export type GraphMemory = {
  readonly nodes: NodeKey[]
  /** What each node's service said of itself: see node-sums.ts. */
  readonly versions: Set<string>[]
  readonly instances: number[][]
  readonly tags: (readonly StatedTag[])[]
  readonly nodeByKey: Map<string, number>
  /** Node of each service, by its position in ShapeTable.services; and of each end and environment. */
  readonly serviceNodes: (number | undefined)[]
  readonly endNodes: PairTable
  readonly edges: KnownEdge[]
  readonly edgeByEnds: PairTable
  /** Operations of edges, by edge and text: the text, and the hour (unix hours) of the last exemplar. */
  readonly operationByEdge: PairTable
  readonly operationTexts: number[]
  readonly exemplarHours: number[]
  /** The same of exemplars that show a call in the clear. */
  readonly plainHours: number[]
  /** Nodes by environment, and external ones by environment. */
  readonly nodeCounts: Map<string, number>
  readonly externalCounts: Map<string, number>
  /** Edges by the environment of their source. */
  readonly edgeCounts: Map<string, number>
  /** How often each limit bit. */
  overflowedEnvironments: number
  overflowedNodes: number
  overflowedEdges: number
  overflowedOperations: number
}

export function createGraphMemory(): GraphMemory {
  return {
    nodes: [],
    versions: [],
    instances: [],
    tags: [],
    nodeByKey: new Map(),
    serviceNodes: [],
    endNodes: createPairTable(),
    edges: [],
    edgeByEnds: createPairTable(),
    operationByEdge: createPairTable(),
    operationTexts: [],
    exemplarHours: [],
    plainHours: [],
    nodeCounts: new Map(),
    externalCounts: new Map(),
    edgeCounts: new Map(),
    overflowedEnvironments: 0,
    overflowedNodes: 0,
    overflowedEdges: 0,
    overflowedOperations: 0,
  }
}

export type MemoryRules = { readonly options: FoldOptions; readonly keys: HashKeys }

/** Position of a node in `memory.nodes`, or of the one that takes what is over a limit. */
export function internNode(memory: GraphMemory, options: FoldOptions, key: NodeKey): number {
  const id = nodeId(key)
  const known = memory.nodeByKey.get(id)
  if (known !== undefined) return known
  const { environment, kind } = key
  if (isOverEnvironments(memory, options, environment)) {
    memory.overflowedEnvironments++
    return internNode(memory, options, { ...key, environment: OVERFLOW_NAME })
  }
  const nodes = memory.nodeCounts.get(environment) ?? 0
  const externals = memory.externalCounts.get(environment) ?? 0
  const isFull =
    nodes >= options.nodesMax || (kind === 'external' && externals >= options.externalHostsMax)
  if (isFull && key.name !== OVERFLOW_NAME) {
    memory.overflowedNodes++
    return internOverflowNode(memory, options, key)
  }
  memory.nodeCounts.set(environment, nodes + 1)
  if (kind === 'external') memory.externalCounts.set(environment, externals + 1)
  const node = memory.nodes.push(key) - 1
  memory.versions.push(new Set())
  memory.instances.push([])
  memory.tags.push([])
  memory.nodeByKey.set(id, node)
  return node
}

function isOverEnvironments(
  { nodeCounts }: GraphMemory,
  { environmentsMax }: FoldOptions,
  environment: string,
): boolean {
  if (environment === OVERFLOW_NAME || nodeCounts.has(environment)) return false
  return nodeCounts.size - (nodeCounts.has(OVERFLOW_NAME) ? 1 : 0) >= environmentsMax
}

function internOverflowNode(memory: GraphMemory, options: FoldOptions, key: NodeKey): number {
  return internNode(memory, options, { ...key, namespace: '', name: OVERFLOW_NAME })
}

/** Position of an edge in `memory.edges`; over the limit its source is kept, as one that calls too much. */
export function internEdge(
  memory: GraphMemory,
  { options, keys }: MemoryRules,
  source: number,
  target: number,
): number {
  const known = findPair(memory.edgeByEnds, keys, source, target)
  if (known >= 0) return known
  const { environment } = memory.nodes[source]!
  const edges = memory.edgeCounts.get(environment) ?? 0
  const targetKey = memory.nodes[target]!
  if (edges >= options.edgesMax && targetKey.name !== OVERFLOW_NAME) {
    memory.overflowedEdges++
    const overflow = internOverflowNode(memory, options, targetKey)
    return internEdge(memory, { options, keys }, source, overflow)
  }
  memory.edgeCounts.set(environment, edges + 1)
  const edge = { source, target, hosts: new Set<string>(), ports: new Set<number>(), operations: 0 }
  const position = memory.edges.push(edge) - 1
  addPair(memory.edgeByEnds, keys, source, target, position)
  return position
}

/** Position of an edge's operation: its own, or that of the overflow where the edge has too many. */
export function internOperation(
  memory: GraphMemory,
  { options, keys }: MemoryRules,
  edge: number,
  text: number,
): number {
  const known = findPair(memory.operationByEdge, keys, edge, text)
  if (known >= 0) return known
  const edgeKnown = memory.edges[edge]!
  if (edgeKnown.operations >= options.operationsPerEdgeMax && text !== OVERFLOW_TEXT) {
    memory.overflowedOperations++
    return internOperation(memory, { options, keys }, edge, OVERFLOW_TEXT)
  }
  edgeKnown.operations++
  const position = memory.operationTexts.push(text) - 1
  memory.exemplarHours.push(-1)
  memory.plainHours.push(-1)
  addPair(memory.operationByEdge, keys, edge, text, position)
  return position
}

/** True when the value is new and fits. */
export function noteAttribute<Value>(known: Set<Value>, value: Value): boolean {
  if (known.has(value) || known.size >= ATTRIBUTES_PER_EDGE_MAX) return false
  known.add(value)
  return true
}
