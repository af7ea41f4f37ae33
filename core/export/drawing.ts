// What a vector drawing of the graph holds before anyone places it: boxes sized to their labels, and edges.
// Text cannot be measured here, so widths are estimated, rather too wide than too narrow. Units: px.
import type { Graph } from '../graph/graph.ts'
import { displayName, wrapLabel } from '../graph/label.ts'
import { captionOf, type NumberedEdge, type NumberedNode, numberGraph } from './numbered.ts'

export type DrawnNode = NumberedNode & {
  readonly width: number
  readonly height: number
  /** The name as shown: bounded, hidden characters visible. */
  readonly lines: readonly string[]
  /** One line under the name, or '': see captionOf. */
  readonly caption: string
}

export type Drawing = {
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly NumberedEdge[]
}

export const NAME_FONT_SIZE = 13
export const CAPTION_FONT_SIZE = 10
export const LINE_HEIGHT = 17
const WRAP = { lineCharsMax: 26, linesMax: 4 }
const CAPTION_WRAP = { lineCharsMax: 36, linesMax: 1 }
const WIDTH_MIN = 96
const PADDING_X = 18
const PADDING_Y = 11

/** Shapes: the graph in any order gives the same drawing. */
export function planDrawing(graph: Graph): Drawing {
  const { nodes, edges } = numberGraph(graph)
  return { nodes: nodes.map(sizeNode), edges }
}

/** Estimated width of one line of text. */
export function estimateWidth(line: string, fontSize: number): number {
  let ems = 0
  for (const char of line) ems += charEms(char)
  return Math.ceil(ems * fontSize)
}

function sizeNode(node: NumberedNode): DrawnNode {
  const lines = wrapLabel(displayName(node.key.name) || '(no name)', WRAP)
  const [caption = ''] = wrapLabel(displayName(captionOf(node)), CAPTION_WRAP)
  const widest = Math.max(...lines.map((line) => estimateWidth(line, NAME_FONT_SIZE)))
  const textWidth = Math.max(widest, estimateWidth(caption, CAPTION_FONT_SIZE))
  return {
    ...node,
    lines,
    caption,
    width: Math.max(WIDTH_MIN, textWidth + 2 * PADDING_X),
    height: (lines.length + (caption === '' ? 0 : 1)) * LINE_HEIGHT + 2 * PADDING_Y,
  }
}

function charEms(char: string): number {
  if (/\p{M}/u.test(char)) return 0
  if ((char.codePointAt(0) ?? 0) >= 0x1100) return 1.05
  if (/[iljtfr.,:;|!'` ()[\]-]/.test(char)) return 0.4
  return /[A-Zmw@%&]/.test(char) ? 0.85 : 0.62
}
