// The whole graph as one SVG: title block, boxes and edges where the caller's layout put them, legend.
// Vector only, no script, no outside reference, no clock; equal input gives equal bytes. Every name is there
// in full as a title element, and bounded and wrapped as the visible label.
import { displayName, wrapLabel } from '../graph/label.ts'
import { NODE_KINDS } from '../graph/node.ts'
import {
  CAPTION_FONT_SIZE,
  type Drawing,
  type DrawnNode,
  estimateWidth,
  LINE_HEIGHT,
  NAME_FONT_SIZE,
} from './drawing.ts'
import type { Layout, Point } from './layout.ts'
import { counted, describeEdge, type NumberedEdge } from './numbered.ts'
import { type Box, escapeXml, px, shapeElement } from './svg-shapes.ts'

export type SvgTitle = {
  /** Where the graph comes from: file names, or an environment. */
  readonly source: string
  /** More lines for the title block, such as the window of time; the caller's words. */
  readonly details: readonly string[]
}

const MARGIN = 32
const TITLE_FONT_SIZE = 18
const TITLE_WRAP = { lineCharsMax: 100, linesMax: 1 }
const LEGEND_COLUMN_WIDTH = 186
const LEGEND_COLUMNS = 4
const LEGEND_ROW_HEIGHT = 30
const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Noto Sans, sans-serif'
const INK = '#1b1b1f'
const MUTED = '#5b5b66'
const LINE = '#74747f'
const DASH = 'stroke-dasharray="5 4"'

/** A standalone SVG document. Shapes: layout holds a position for every node of the drawing. */
export function exportSvg(input: {
  readonly drawing: Drawing
  readonly layout: Layout
  readonly title: SvgTitle
}): string {
  const { drawing, layout, title } = input
  const head = titleLines(drawing, title)
  const headHeight = TITLE_FONT_SIZE + head.length * LINE_HEIGHT
  const extent = measureExtent(drawing, layout)
  const legendTop = MARGIN + headHeight + MARGIN + extent.height + MARGIN
  const legend = legendItems()
  const legendHeight = Math.ceil(legend.length / LEGEND_COLUMNS) * LEGEND_ROW_HEIGHT
  const headWidth = Math.max(...head.map((line) => estimateWidth(line, TITLE_FONT_SIZE)))
  const inner = Math.max(extent.width, headWidth, LEGEND_COLUMN_WIDTH * LEGEND_COLUMNS)
  const width = Math.ceil(inner + 2 * MARGIN)
  const height = Math.ceil(legendTop + legendHeight + MARGIN)
  const shift = `translate(${px(MARGIN - extent.x)} ${px(MARGIN + headHeight + MARGIN - extent.y)})`
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONT}">`,
    `<title>${escapeXml(head.join(', '))}</title>`,
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5L8 4L0 7.5Z" fill="${LINE}"/></marker></defs>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...drawTitle(head),
    `<g transform="${shift}">`,
    ...drawing.edges.map((edge) => drawEdge(edge, drawing, layout)),
    ...drawing.nodes.map((node) => drawNode(node, positionOf(layout, node.id))),
    '</g>',
    `<g transform="translate(${MARGIN} ${px(legendTop)})">`,
    ...legend.map(drawLegendItem),
    '</g>',
    '</svg>',
  ]
  return `${lines.join('\n')}\n`
}

function titleLines({ nodes, edges }: Drawing, { source, details }: SvgTitle): string[] {
  const counts = `${counted(nodes.length, 'node')}, ${counted(edges.length, 'edge')}`
  return [source, counts, ...details].map(
    (line) => wrapLabel(displayName(line), TITLE_WRAP)[0] ?? '',
  )
}

function drawTitle(lines: readonly string[]): string[] {
  return lines.map((line, at) => {
    const style =
      at === 0
        ? `font-size="${TITLE_FONT_SIZE}" font-weight="600" fill="${INK}"`
        : `font-size="${NAME_FONT_SIZE}" fill="${MUTED}"`
    const y = MARGIN + TITLE_FONT_SIZE + at * (LINE_HEIGHT + 2)
    return `<text x="${MARGIN}" y="${y}" ${style}>${isolated(line)}</text>`
  })
}

function drawNode(node: DrawnNode, centre: Point): string {
  const { width, height, lines } = node
  const box = { x: centre.x - width / 2, y: centre.y - height / 2, width, height }
  const dash = node.isStated ? ` ${DASH}` : ''
  const shape = shapeElement(
    node.key.kind,
    box,
    `fill="#ffffff" stroke="${MUTED}" stroke-width="1.25"${dash}`,
  )
  const rows = lines.length + (node.caption === '' ? 0 : 1)
  const top = centre.y - (rows * LINE_HEIGHT) / 2 + NAME_FONT_SIZE
  const text = (line: string, at: number, style: string) =>
    `<text x="${px(centre.x)}" y="${px(top + at * LINE_HEIGHT)}" text-anchor="middle" ${style}>${isolated(line)}</text>`
  const name = `font-size="${NAME_FONT_SIZE}" font-weight="500" fill="${INK}"`
  const caption = `font-size="${CAPTION_FONT_SIZE}" fill="${MUTED}"`
  return [
    `<g id="${node.id}"><title>${escapeXml(node.key.name)}</title>${shape}`,
    ...lines.map((line, at) => text(line, at, name)),
    ...(node.caption === '' ? [] : [text(node.caption, lines.length, caption)]),
    '</g>',
  ].join('\n')
}

function drawEdge(edge: NumberedEdge, drawing: Drawing, layout: Layout): string {
  const routed = layout.routes.get(edge.id)
  const points = routed ?? [positionOf(layout, edge.source), positionOf(layout, edge.target)]
  const path = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('')
  const nameOf = (id: string) => drawing.nodes.find((node) => node.id === id)?.key.name ?? ''
  const title = `${nameOf(edge.source)} → ${nameOf(edge.target)}: ${describeEdge(edge.edge)}`
  const dash = edge.isOneSided ? ` ${DASH}` : ''
  return (
    `<path id="${edge.id}" d="${path}" fill="none" stroke="${LINE}" stroke-width="1.4" ` +
    `stroke-linejoin="round" marker-end="url(#arrow)"${dash}><title>${escapeXml(title)}</title></path>`
  )
}

type LegendItem = { readonly swatch: string; readonly text: string }

function legendItems(): LegendItem[] {
  const box: Box = { x: 0, y: 4, width: 34, height: 18 }
  const outline = `fill="#ffffff" stroke="${MUTED}" stroke-width="1.25"`
  const line = (dash: string) =>
    `<path d="M0 13L33 13" fill="none" stroke="${LINE}" stroke-width="1.4" marker-end="url(#arrow)"${dash}/>`
  return [
    ...NODE_KINDS.map((kind) => ({ swatch: shapeElement(kind, box, outline), text: kind })),
    { swatch: shapeElement('service', box, `${outline} ${DASH}`), text: 'named by others only' },
    { swatch: line(''), text: 'call' },
    { swatch: line(` ${DASH}`), text: 'known from one side only' },
  ]
}

function drawLegendItem({ swatch, text }: LegendItem, at: number): string {
  const x = (at % LEGEND_COLUMNS) * LEGEND_COLUMN_WIDTH
  const y = Math.floor(at / LEGEND_COLUMNS) * LEGEND_ROW_HEIGHT
  return (
    `<g transform="translate(${x} ${y})">${swatch}` +
    `<text x="44" y="17" font-size="11" fill="${MUTED}">${text}</text></g>`
  )
}

function measureExtent(drawing: Drawing, layout: Layout): Box {
  const xs: number[] = []
  const ys: number[] = []
  for (const { id, width, height } of drawing.nodes) {
    const { x, y } = positionOf(layout, id)
    xs.push(x - width / 2, x + width / 2)
    ys.push(y - height / 2, y + height / 2)
  }
  for (const route of layout.routes.values())
    for (const point of route) {
      xs.push(point.x)
      ys.push(point.y)
    }
  const [left, right] = spread(xs)
  const [top, bottom] = spread(ys)
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** Not Math.min(...values): a large graph has more values than a call takes arguments. */
function spread(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 0]
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

function positionOf(layout: Layout, id: string): Point {
  const position = layout.positions.get(id)
  if (!position) throw new Error(`the layout has no position for ${id}`)
  return position
}

/** First strong isolate: the direction of one line never reaches the next. */
function isolated(line: string): string {
  return `\u2068${escapeXml(line)}\u2069`
}
