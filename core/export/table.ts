// The graph as a text table for people at a terminal. Names come from spans, so they are untrusted:
// nothing in them may move the cursor, colour the screen or reorder the line.
import { TRUST_RULES } from '../graph/edge.ts'
import { compareEdges } from '../graph/from-delta.ts'
import type { Graph, GraphEdge } from '../graph/graph.ts'
import { compareNodes, type NodeKey, nodeId } from '../graph/node.ts'

type Column = {
  readonly title: string
  readonly isNumber?: boolean
  readonly cell: (edge: GraphEdge) => string
}

/** One line an edge, then the nodes without edges and a closing count. Ends in a line break. */
export function exportTable(graph: Graph): string {
  const edges = [...graph.edges].sort(compareEdges)
  const environments = new Set(graph.nodes.map((node) => node.environment))
  const columns = environments.size > 1 ? [ENVIRONMENT, ...COLUMNS] : COLUMNS
  const rows = [columns.map((column) => column.title)]
  for (const edge of edges) rows.push(columns.map((column) => printable(column.cell(edge))))
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => textWidth(row[at] ?? ''))))
  const lines = rows.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.isNumber ?? false))
      .join('  ')
      .trimEnd(),
  )
  return `${[...lines, ...describeRest(graph, edges)].join('\n')}\n`
}

/** A node in one word or two: services by name, all else by kind and name. */
export function nodeLabel(node: NodeKey): string {
  if (node.kind === 'service') return node.namespace ? `${node.namespace}/${node.name}` : node.name
  return node.kind === node.name ? node.name : `${node.kind} ${node.name}`
}

const ENVIRONMENT: Column = { title: 'ENVIRONMENT', cell: (edge) => edge.source.environment }
const COLUMNS: readonly Column[] = [
  { title: 'SOURCE', cell: (edge) => nodeLabel(edge.source) },
  { title: 'TARGET', cell: (edge) => nodeLabel(edge.target) },
  { title: 'PROTOCOL', cell: (edge) => edge.protocol },
  { title: 'CALLS', isNumber: true, cell: (edge) => counted(edge.calls, edge.estimate?.calls) },
  { title: 'ERRORS', isNumber: true, cell: (edge) => counted(edge.errors, edge.estimate?.errors) },
  { title: 'OPERATIONS', isNumber: true, cell: (edge) => String(edge.operations.length) },
  { title: 'TRUST', cell: describeTrust },
]

/** Recorded, or by sampling weights. */
function counted(recorded: number, estimated: number | undefined): string {
  return estimated === undefined ? String(recorded) : `≈ ${estimated}`
}

function describeTrust(edge: GraphEdge): string {
  const rules = TRUST_RULES.filter((rule) => edge.trust[rule] > 0)
  return rules.map((rule) => `${rule} ${edge.trust[rule]}`).join(', ')
}

function describeRest(graph: Graph, edges: readonly GraphEdge[]): string[] {
  const atEdges = new Set(edges.flatMap((edge) => [nodeId(edge.source), nodeId(edge.target)]))
  const alone = [...graph.nodes].sort(compareNodes).filter((node) => !atEdges.has(nodeId(node)))
  const count = `${plural(graph.nodes.length, 'node')}, ${plural(edges.length, 'edge')}`
  if (alone.length === 0) return ['', count]
  return ['', `without edges: ${alone.map((node) => printable(nodeLabel(node))).join(', ')}`, count]
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
}

function textWidth(text: string): number {
  return [...text].length
}

function pad(text: string, width: number, isNumber: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - textWidth(text)))
  return isNumber ? gap + text : text + gap
}
