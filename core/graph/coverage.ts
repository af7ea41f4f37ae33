// How much of a service the traces show: which services are called and never seen to call.
import { TRUST_RULES, type Trust } from './edge.ts'
import { compareNodes, type NodeKey, nodeId } from './node.ts'

export type CoveredGraph = {
  readonly nodes: readonly (NodeKey & { readonly isObserved: boolean })[]
  readonly edges: readonly {
    readonly source: NodeKey
    readonly target: NodeKey
    readonly trust: Trust
  }[]
}

/**
 * Services that send spans and are called, but of which no span of their own is behind any edge that leaves
 * them: each either calls nobody, or its instrumentation makes no client spans, and then its calls are
 * missing from the map. Which of the two cannot be told from spans. Calls that only the other side told
 * (EDGES R5.3) are no word of the caller's own; a hop (R6) may be one, and counts as one. Sorted.
 */
export function findSilentCallers({ nodes, edges }: CoveredGraph): readonly NodeKey[] {
  const called = new Set<string>()
  const calling = new Set<string>()
  for (const { source, target, trust } of edges) {
    called.add(nodeId(target))
    if (TRUST_RULES.some((rule) => rule !== 'serverOnly' && trust[rule] > 0))
      calling.add(nodeId(source))
  }
  return nodes
    .filter((node) => node.kind === 'service' && node.isObserved)
    .filter((node) => called.has(nodeId(node)) && !calling.has(nodeId(node)))
    .toSorted(compareNodes)
}
