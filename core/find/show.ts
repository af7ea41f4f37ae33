// What is shown of a graph when one query hides and another finds.
import { matchQuery } from './evaluate.ts'
import type { FindGraph } from './find-graph.ts'
import type { OperandName } from './operands.ts'
import type { Query } from './query.ts'

export type Shown = {
  /** What is left to see. */
  readonly nodeIds: ReadonlySet<string>
  readonly edgeIds: ReadonlySet<string>
  /** What was found of it; null: nothing was looked for. */
  readonly found: {
    readonly nodeIds: ReadonlySet<string>
    readonly edgeIds: ReadonlySet<string>
  } | null
  /** What a query asks for and the graph was too large to be read with: it fits nothing. */
  readonly unread: readonly OperandName[]
}

/**
 * Hides first, then finds among what is left, so Hide wins. A hidden node hides its edges; nodes whose edges
 * are all hidden stay, because a service without edges is shown too. Ways and reach go by the whole graph,
 * hidden or not: what is hidden is still called.
 */
export function showGraph(
  graph: FindGraph,
  { find, hide }: { readonly find: Query | null; readonly hide: Query | null },
): Shown {
  const hidden = hide ? matchQuery(hide, graph) : null
  const nodeIds = new Set(graph.nodes.map(({ id }) => id).filter((id) => !hidden?.nodeIds.has(id)))
  const edgeIds = new Set(
    graph.edges
      .filter(({ id }) => !hidden?.edgeIds.has(id))
      .filter(({ sourceId, targetId }) => nodeIds.has(sourceId) && nodeIds.has(targetId))
      .map(({ id }) => id),
  )
  const matches = find ? matchQuery(find, graph) : null
  return {
    ...{ nodeIds, edgeIds },
    found: matches && {
      nodeIds: matches.nodeIds.intersection(nodeIds),
      edgeIds: matches.edgeIds.intersection(edgeIds),
    },
    unread: unreadOperands(graph, [find, hide]),
  }
}

function unreadOperands(graph: FindGraph, queries: readonly (Query | null)[]): OperandName[] {
  const asked = new Set(queries.flatMap((query) => (query ? operandsOf(query) : [])))
  const { edges } = graph
  const isUnread: { readonly [name in OperandName]?: () => boolean } = {
    operation: () => edges.some(({ operations }) => operations === null),
    p50: () => edges.length > 0 && edges.every(({ p50Ms }) => p50Ms === null),
    p95: () => edges.length > 0 && edges.every(({ p95Ms }) => p95Ms === null),
  }
  return [...asked].filter((name) => isUnread[name]?.())
}

function operandsOf(query: Query): readonly OperandName[] {
  switch (query.type) {
    case 'word':
      return []
    case 'not':
      return operandsOf(query.part)
    case 'and':
    case 'or':
      return query.parts.flatMap(operandsOf)
    case 'call':
      return query.args.flatMap(operandsOf)
    default:
      return [query.operand]
  }
}
