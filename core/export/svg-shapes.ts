// The outlines of nodes, as the map draws them (the kind is a shape, not a colour), and text made safe for
// XML. Units: px.
import type { NodeKind } from '../graph/node.ts'

export type Box = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const CORNER = 8
const CUT = 9
const HEXAGON_POINT_RATIO = 0.05
const BARREL_CURVE_MAX = 7

/** An SVG element's name and geometry, for whoever writes it. */
export type Shape = {
  readonly element: 'rect' | 'ellipse' | 'path' | 'polygon'
  readonly geometry: { readonly [attribute: string]: string }
}

/** The outline of a node of this kind that fills the box. */
export function shapeOf(kind: NodeKind, box: Box): Shape {
  const { x, y, width, height } = box
  switch (kind) {
    case 'service':
      return { element: 'rect', geometry: lengths({ x, y, width, height, rx: CORNER }) }
    case 'user': {
      const [rx, ry] = [width / 2, height / 2]
      return { element: 'ellipse', geometry: lengths({ cx: x + rx, cy: y + ry, rx, ry }) }
    }
    case 'database':
      return { element: 'path', geometry: { d: barrelPath(box) } }
    case 'messaging':
      return { element: 'polygon', geometry: { points: pointList(cutCorners(box)) } }
    case 'external':
      return { element: 'polygon', geometry: { points: pointList(hexagon(box)) } }
  }
}

/** The same as text. attributes: our own text, already safe. */
export function shapeElement(kind: NodeKind, box: Box, attributes: string): string {
  const { element, geometry } = shapeOf(kind, box)
  const own = Object.entries(geometry).map(([name, value]) => `${name}="${value}"`)
  return `<${element} ${own.join(' ')} ${attributes}/>`
}

/** A length as it is printed: at most two decimals, never -0. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100 + 0)
}

/**
 * Text for XML content and quoted attributes. Characters that XML 1.0 cannot hold become U+FFFD; line breaks
 * and tabs are written as references, so that a parser gives them back. Source: XML 1.0, sections 2.2, 2.11.
 */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[\t\n\r\u2028\u2029]/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/[\p{Cc}\ufffe\uffff]/gu, '\ufffd')
}

function lengths(values: { readonly [attribute: string]: number }) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, px(value)]))
}

function pointList(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ')
}

function barrelPath({ x, y, width, height }: Box): string {
  const curve = Math.min(BARREL_CURVE_MAX, height / 4)
  const [left, right, top, bottom] = [x, x + width, y + curve, y + height - curve].map(px)
  const [above, below] = [y - curve / 3, y + height + curve / 3].map(px)
  return (
    `M${left} ${top}C${left} ${above} ${right} ${above} ${right} ${top}V${bottom}` +
    `C${right} ${below} ${left} ${below} ${left} ${bottom}Z`
  )
}

function cutCorners({ x, y, width, height }: Box): (readonly [number, number])[] {
  const cut = Math.min(CUT, width / 3, height / 3)
  const [right, bottom] = [x + width, y + height]
  return [
    [x + cut, y],
    [right - cut, y],
    [right, y + cut],
    [right, bottom - cut],
    [right - cut, bottom],
    [x + cut, bottom],
    [x, bottom - cut],
    [x, y + cut],
  ]
}

function hexagon({ x, y, width, height }: Box): (readonly [number, number])[] {
  const point = width * HEXAGON_POINT_RATIO
  const [right, middle, bottom] = [x + width, y + height / 2, y + height]
  return [
    [x, middle],
    [x + point, y],
    [right - point, y],
    [right, middle],
    [right - point, bottom],
    [x + point, bottom],
  ]
}
