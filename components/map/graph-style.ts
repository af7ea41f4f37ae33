// How elements look: Cytoscape's stylesheet from the colour tokens. Kind is a shape and a glyph, drift is
// a colour, a width, an arrow and a badge, one-sided evidence is a dash: nothing rests on colour alone.
import type { StylesheetJson } from 'cytoscape'
import { NODE_KINDS, type NodeKind } from '../../core/graph/node.ts'
import { NODE_FONT_SIZE } from './graph-elements.ts'
import { kindIconUrl, unknownCallersUrl } from './graph-icons.ts'

/** Resolved colours (rgb or hex), read from the tokens of globals.css. */
export type GraphColors = {
  readonly canvas: string
  readonly surface: string
  readonly line: string
  readonly lineStrong: string
  readonly ink: string
  readonly muted: string
  readonly edge: string
  readonly drift: string
  readonly driftSoft: string
  readonly onDrift: string
}

/** Names of the tokens, by colour. */
export const GRAPH_TOKENS: { readonly [name in keyof GraphColors]: string } = {
  canvas: '--canvas',
  surface: '--surface',
  line: '--line',
  lineStrong: '--line-strong',
  ink: '--ink',
  muted: '--muted',
  edge: '--edge',
  drift: '--drift',
  driftSoft: '--drift-soft',
  onDrift: '--on-drift',
}

/** A long hexagon: straight above and below, a short point left and right. Also used by route.ts. */
export const HEXAGON_POINT_RATIO = 0.1

const SHAPES: { readonly [kind in NodeKind]: string } = {
  service: 'round-rectangle',
  database: 'barrel',
  messaging: 'cut-rectangle',
  external: 'polygon',
  user: 'ellipse',
}

/** The page's own font stack, for the canvas. */
export const CANVAS_FONT =
  'system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Noto Sans, sans-serif'

/** The whole stylesheet for one theme. */
export function graphStyle(colors: GraphColors): StylesheetJson {
  return [
    { selector: 'node', style: nodeStyle(colors) },
    ...NODE_KINDS.map((kind) => ({
      selector: `node[kind = "${kind}"]`,
      style: kindStyle(kind, colors),
    })),
    { selector: 'node[evidence = "stated"]', style: { 'border-style': 'dashed' } },
    { selector: 'node[callers = "unknown"]', style: unknownCallersStyle(colors) },
    { selector: 'node[status = "new"]', style: newNodeStyle(colors) },
    { selector: 'edge', style: edgeStyle(colors) },
    { selector: 'edge[evidence = "oneSided"]', style: oneSidedStyle() },
    { selector: 'edge[standing = "new"]', style: newEdgeStyle(colors) },
    { selector: 'edge[standing = "rejected"]', style: rejectedEdgeStyle(colors) },
    { selector: 'edge.routed', style: routedStyle() },
    { selector: '.dimmed', style: { opacity: 0.22 } },
    { selector: '.found', style: foundStyle(colors) },
    {
      selector: 'edge.near',
      style: { 'line-color': colors.muted, 'target-arrow-color': colors.muted },
    },
    { selector: 'edge.near[standing = "new"]', style: driftLine(colors) },
    { selector: 'node.chosen', style: { 'border-color': colors.ink, 'border-width': 2.5 } },
    { selector: 'edge.chosen', style: chosenEdgeStyle(colors) },
    { selector: 'node.cursor', style: cursorStyle(colors) },
    { selector: 'edge.cursor', style: { ...cursorStyle(colors), 'underlay-padding': 5 } },
  ] as StylesheetJson
}

function nodeStyle(colors: GraphColors) {
  return {
    width: 'data(width)',
    height: 'data(height)',
    'background-color': colors.surface,
    'border-width': 1.25,
    'border-color': colors.lineStrong,
    label: 'data(label)',
    color: colors.ink,
    'font-family': CANVAS_FONT,
    'font-size': NODE_FONT_SIZE,
    'font-weight': 500,
    'line-height': 1.25,
    'text-wrap': 'wrap',
    'text-max-width': '400px',
    'text-valign': 'center',
    'text-halign': 'center',
    'text-justification': 'left',
    'text-margin-x': 13,
    'background-width': '17px',
    'background-height': '17px',
    'background-position-x': '13px',
    'background-position-y': '50%',
    'background-offset-y': '0px',
    'overlay-opacity': 0,
    'transition-property': 'opacity, border-color',
    'transition-duration': 120,
  }
}

function kindStyle(kind: NodeKind, colors: GraphColors) {
  const p = 1 - HEXAGON_POINT_RATIO
  return {
    shape: SHAPES[kind],
    'background-image': kindIconUrl(kind, colors.muted),
    ...(kind === 'service' ? { 'corner-radius': 8 } : {}),
    ...(kind === 'messaging' ? { 'corner-radius': 9 } : {}),
    ...(kind === 'external'
      ? { 'shape-polygon-points': `-1 0 -${p} -1 ${p} -1 1 0 ${p} 1 -${p} 1` }
      : {}),
    ...(kind === 'user' ? { 'background-position-x': '18px', 'text-margin-x': 10 } : {}),
    ...(kind === 'external' ? { 'background-position-x': '16px' } : {}),
  }
}

/** A badge on the upper right corner, beside the glyph of a service: only those have callers of their own. */
function unknownCallersStyle(colors: GraphColors) {
  return {
    'background-image': [
      kindIconUrl('service', colors.muted),
      unknownCallersUrl(colors.muted, colors.canvas),
    ],
    'background-width': ['17px', '16px'],
    'background-height': ['17px', '16px'],
    'background-position-x': ['13px', '100%'],
    'background-position-y': ['50%', '0%'],
    'background-offset-x': ['0px', '6px'],
    'background-offset-y': ['0px', '-8px'],
    'background-clip': ['node', 'none'],
    'background-image-containment': ['inside', 'over'],
    'bounds-expansion': 9,
  }
}

function newNodeStyle(colors: GraphColors) {
  return {
    'border-color': colors.drift,
    'border-width': 2,
    'background-color': colors.driftSoft,
  }
}

function edgeStyle(colors: GraphColors) {
  return {
    width: 1.4,
    'line-color': colors.edge,
    'curve-style': 'bezier',
    'target-arrow-shape': 'triangle',
    'target-arrow-color': colors.edge,
    'arrow-scale': 0.85,
    'overlay-opacity': 0,
    label: 'data(badge)',
    'font-family': CANVAS_FONT,
    'transition-property': 'opacity',
    'transition-duration': 120,
  }
}

/** Routed around nodes by the layout: segments relative to the line between the two end points. */
function routedStyle() {
  return {
    'curve-style': 'round-segments',
    'segment-weights': 'data(weights)',
    'segment-distances': 'data(distances)',
    'segment-radii': 8,
    'edge-distances': 'endpoints',
    'source-endpoint': 'data(from)',
    'target-endpoint': 'data(to)',
  }
}

function oneSidedStyle() {
  return { 'line-style': 'dashed', 'line-dash-pattern': [5, 4] }
}

function driftLine(colors: GraphColors) {
  return { 'line-color': colors.drift, 'target-arrow-color': colors.drift }
}

function newEdgeStyle(colors: GraphColors) {
  return {
    ...driftLine(colors),
    width: 3.25,
    'target-arrow-shape': 'chevron',
    'arrow-scale': 1.25,
    'z-index': 5,
    'font-size': 15,
    'font-weight': 700,
    color: colors.onDrift,
    'text-background-color': colors.drift,
    'text-background-opacity': 1,
    'text-background-shape': 'round-rectangle',
    'text-background-padding': '3px',
    'text-border-opacity': 1,
    'text-border-width': 2,
    'text-border-color': colors.canvas,
  }
}

function rejectedEdgeStyle(colors: GraphColors) {
  return {
    ...newEdgeStyle(colors),
    width: 2.25,
    'target-arrow-shape': 'tee',
    color: colors.drift,
    'text-background-color': colors.canvas,
    'text-border-color': colors.drift,
    'text-border-width': 1.5,
  }
}

function chosenEdgeStyle(colors: GraphColors) {
  return {
    width: 3.25,
    'underlay-color': colors.ink,
    'underlay-opacity': 0.12,
    'underlay-padding': 5,
  }
}

function foundStyle(colors: GraphColors) {
  return {
    'underlay-color': colors.ink,
    'underlay-opacity': 0.1,
    'underlay-padding': 5,
    'underlay-shape': 'round-rectangle',
  }
}

function cursorStyle(colors: GraphColors) {
  return {
    'underlay-color': colors.ink,
    'underlay-opacity': 0.18,
    'underlay-padding': 6,
    'underlay-shape': 'round-rectangle',
  }
}
