// The graph as a Mermaid flowchart, for Markdown. Ids are ours; in labels every character but letters, digits
// and a few harmless signs is an entity code, so that no name is syntax, markup or a directive.
// Source: mermaid.js.org, "Flowcharts - Basic Syntax", "Entity codes to escape characters".
import type { Graph } from '../graph/graph.ts'
import type { NodeKind } from '../graph/node.ts'
import { captionOf, describeEdge, type NumberedNode, numberGraph } from './numbered.ts'

/** What stands before and after the quoted label. */
const SHAPES: { readonly [kind in NodeKind]: readonly [string, string] } = {
  service: ['(', ')'],
  database: ['[(', ')]'],
  messaging: ['[[', ']]'],
  external: ['{{', '}}'],
  user: ['([', '])'],
}

/** flowchart LR; edges that one side alone vouches for are dotted. Ends in a line break. */
export function exportMermaid(graph: Graph): string {
  const { nodes, edges } = numberGraph(graph)
  const lines = [
    'flowchart LR',
    ...nodes.map(mermaidNode),
    ...edges.map(({ source, target, edge, isOneSided }) => {
      const arrow = isOneSided ? '-.->' : '-->'
      return `  ${source} ${arrow}|"${escapeMermaid(describeEdge(edge))}"| ${target}`
    }),
  ]
  return `${lines.join('\n')}\n`
}

/** The line that draws a node. */
export function mermaidNode(node: NumberedNode): string {
  const [open, close] = SHAPES[node.key.kind]
  return `  ${node.id}${open}"${nodeText(node)}"${close}`
}

function nodeText(node: NumberedNode): string {
  const caption = captionOf(node)
  const name = escapeMermaid(node.key.name || '(no name)')
  return caption === '' ? name : `${name}<br>${escapeMermaid(caption)}`
}

/**
 * Text inside a quoted label. `#quot;` and decimal codes are Mermaid's own; ﬂ and ß are letters that it uses
 * itself while it decodes them; a dash or number in front would be read as a Markdown list. Where Mermaid would draw
 * an icon or decode what is no code of its own, a word joiner keeps the name.
 */
export function escapeMermaid(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?<=fa\w?:)(?=fa-)|(?<=ﬂ)(?=°)|(?<=¶)(?=ß)/g, '\u2060')
    .replace(/\r\n|[\n\r\u2028\u2029]/g, '\n')
    .replace(/[^\p{L}\p{N} .,/-]|[ﬂß]|^-|(?<=^\d+)\./gu, (char) => {
      if (char === '\n') return '<br>'
      if (char === '"') return '#quot;'
      return /[\p{Cc}\ufffe\uffff]/u.test(char) ? '\ufffd' : `#${char.codePointAt(0)};`
    })
}
