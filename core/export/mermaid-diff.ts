// Edges that came, went or are forbidden, as a Mermaid flowchart for Markdown: only they and their ends, so that a
// change of three edges is a picture of three edges. Sign, line and colour each tell the three apart.
import type { EdgeKey } from '../graph/edge.ts'
import { type NodeKey, nodeId } from '../graph/node.ts'
import { escapeMermaid, mermaidNode } from './mermaid.ts'
import { numberNodes } from './numbered.ts'

export type EdgeMark = 'added' | 'removed' | 'denied' | 'changed'
/** label: a few words, such as the kind of a drift. */
export type MarkedEdge = EdgeKey & { readonly mark: EdgeMark; readonly label: string }

/** More make a picture that nobody reads, and Mermaid itself stops at 500. */
const EDGES_MAX = 100

const LINES: { readonly [mark in EdgeMark]: { readonly arrow: string; readonly style: string } } = {
  added: { arrow: '==>', style: 'stroke:#1a7f37,stroke-width:3px' },
  changed: { arrow: '-->', style: 'stroke:#9a6700,stroke-width:2px' },
  removed: { arrow: '-.->', style: 'stroke:#6e7781,stroke-width:1px' },
  denied: { arrow: '--x', style: 'stroke:#cf222e,stroke-width:3px' },
}
const SIGNS: { readonly [mark in EdgeMark]: string } = {
  ...{ added: '+ ', changed: '', removed: '- ', denied: '' },
}

/** Shapes: edges in the order in which they are worth telling; null when there are none. Ends in a line break. */
export function exportMermaidDiff(edges: readonly MarkedEdge[]): string | null {
  if (edges.length === 0) return null
  const drawn = edges.slice(0, EDGES_MAX)
  const keys = new Map<string, NodeKey>()
  for (const { source, target } of drawn)
    for (const key of [source, target]) keys.set(nodeId(key), key)
  const nodes = numberNodes([...keys.values()], () => true)
  const ids = new Map(nodes.map(({ id, key }) => [nodeId(key), id]))
  const lines = drawn.map(({ source, target, mark, label }) => {
    const text = escapeMermaid(`${SIGNS[mark]}${label}`.trim())
    return `  ${ids.get(nodeId(source))} ${LINES[mark].arrow}|"${text}"| ${ids.get(nodeId(target))}`
  })
  const styles = drawn.map(({ mark }, at) => `  linkStyle ${at} ${LINES[mark].style}`)
  const more = edges.length - drawn.length
  const rest = more > 0 ? [`  more["and ${more} more edges"]`] : []
  return `${['flowchart LR', ...nodes.map(mermaidNode), ...lines, ...rest, ...styles].join('\n')}\n`
}
