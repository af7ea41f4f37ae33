// The graph in Graphviz's DOT language. Ids are ours and quoted; in labels everything that means something to
// Graphviz (quotes, backslashes, entities) or reorders the text around it is written as an escape.
// Source: graphviz.org, "DOT Language", "escString", "Character set and HTML-like entities".
import type { Graph } from '../graph/graph.ts'
import type { NodeKind } from '../graph/node.ts'
import { captionOf, describeEdge, type NumberedNode, numberGraph } from './numbered.ts'

const SHAPES: { readonly [kind in NodeKind]: string } = {
  service: 'shape=box, style="rounded,filled"',
  database: 'shape=cylinder, style=filled',
  messaging: 'shape=octagon, style=filled',
  external: 'shape=hexagon, style=filled',
  user: 'shape=ellipse, style=filled',
}

/** A digraph, left to right; edges that one side alone vouches for are dashed. Ends in a line break. */
export function exportDot(graph: Graph): string {
  const { nodes, edges } = numberGraph(graph)
  const lines = [
    'digraph strayline {',
    '  graph [rankdir=LR, charset="UTF-8"]',
    '  node [fontname="sans-serif", fontsize=12, fillcolor="#ffffff", color="#5b5b66"]',
    '  edge [fontname="sans-serif", fontsize=9, color="#5b5b66", fontcolor="#5b5b66"]',
    ...nodes.map((node) => `  "${node.id}" [label="${nodeText(node)}", ${SHAPES[node.key.kind]}]`),
    ...edges.map(({ source, target, edge, isOneSided }) => {
      const style = isOneSided ? ', style=dashed' : ''
      return `  "${source}" -> "${target}" [label="${escapeDot(describeEdge(edge))}"${style}]`
    }),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

function nodeText(node: NumberedNode): string {
  const caption = captionOf(node)
  const name = escapeDot(node.key.name || '(no name)')
  return caption === '' ? name : `${name}\\n${escapeDot(caption)}`
}

/** Text inside a quoted escString. Hidden format characters stay, as entities that act in the label only. */
function escapeDot(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/\r\n|[\n\r\u2028\u2029]/g, '\\n')
    .replace(/[\p{Cc}\ufffe\uffff]/gu, '\ufffd')
    .replace(/\p{Cf}/gu, (char) => `&#${char.codePointAt(0)};`)
}
