// The one owner of a Cytoscape instance: shows views, keeps positions, marks what is chosen. State is the
// plain record `GraphMap`, which the canvas component holds; nothing here knows React.
import cytoscape, { type Core, type ElementDefinition } from 'cytoscape'
import ElkConstructor, { type ELK } from 'elkjs/lib/elk-api.js'
import { type LayoutEdge, type LayoutNode, layOut, type Point } from '../../core/export/layout.ts'
import { routeEdges, unrouteEdgesOf } from './edge-drawing.ts'
import { graphElements, type MeasureText, NODE_FONT_SIZE } from './graph-elements.ts'
import { CANVAS_FONT, type GraphColors, graphStyle } from './graph-style.ts'
import type { MapView } from './map-view.ts'
import { placeBeside } from './place-beside.ts'
import { loadLayout, type StoredLayout, saveLayout } from './stored-layout.ts'

const FIT_PADDING = 36
const FIT_ZOOM_MAX = 1.2

export type GraphMap = {
  readonly cy: Core
  readonly elk: ELK
  readonly measure: MeasureText
  environment: string
  layout: StoredLayout
  /** The person has panned or zoomed: the view is theirs. */
  isViewTheirs: boolean
  /** Counts arrangements, so that a slow layout never overwrites a newer one. */
  turn: number
  /** The newest view that waits for the one being shown; null when none does. */
  wanted: MapView | null
  showing: Promise<void> | null
}

export type GraphMapOptions = {
  readonly container: HTMLElement
  readonly environment: string
  readonly colors: GraphColors
  /** Element id of what was clicked; null for the empty canvas. */
  readonly onTap: (elementId: string | null) => void
}

/** Makes an empty map in a container. End it with `destroyGraphMap`. */
export function createGraphMap(options: GraphMapOptions): GraphMap {
  const cy = cytoscape({
    container: options.container,
    style: graphStyle(options.colors),
    minZoom: 0.02,
    maxZoom: 3,
    boxSelectionEnabled: false,
    autounselectify: true,
  })
  const map: GraphMap = {
    cy,
    elk: new ElkConstructor({ workerUrl: '/elk-worker.js' }),
    measure: createMeasure(),
    environment: options.environment,
    layout: loadLayout(window.localStorage, options.environment),
    isViewTheirs: false,
    turn: 0,
    wanted: null,
    showing: null,
  }
  cy.on('tap', (event) => options.onTap(event.target === cy ? null : event.target.id()))
  cy.on('dragpan scrollzoom pinchzoom', () => {
    map.isViewTheirs = true
  })
  cy.on('dragfree', 'node', (event) => keepMoved(map, event.target.id()))
  followPointer(cy)
  return map
}

export function destroyGraphMap(map: GraphMap): void {
  map.turn++
  map.elk.terminateWorker()
  map.cy.destroy()
}

/**
 * Shows a view: what left is removed, what stays stays put, what is new is placed. One at a time, then the
 * newest: were each to give way to the next, a slow machine would never show one while much comes in.
 */
export function showView(map: GraphMap, view: MapView): Promise<void> {
  map.wanted = view
  map.showing ??= showWanted(map).finally(() => {
    map.showing = null
  })
  return map.showing
}

async function showWanted(map: GraphMap): Promise<void> {
  for (let view = map.wanted; view !== null && !map.cy.destroyed(); view = map.wanted) {
    map.wanted = null
    // Arranged anew meanwhile: once more, by the new layout.
    if (!(await showOne(map, view))) map.wanted ??= view
  }
}

/** False when the layout changed under it. */
async function showOne(map: GraphMap, view: MapView): Promise<boolean> {
  const { turn } = map
  if (view.environment !== map.environment) switchEnvironment(map, view.environment)
  const elements = graphElements(view, map.measure)
  const nodes = layoutNodes(elements)
  const edges = layoutEdges(elements)
  const isFirst = map.cy.nodes().empty()
  const layout = await findLayout(map, view, nodes, edges)
  if (turn !== map.turn) return false
  if (map.wanted !== null && map.wanted.environment !== view.environment) return true
  map.layout = layout
  saveLayout(window.localStorage, map.environment, layout)
  drawElements(map, elements)
  if (isFirst || !map.isViewTheirs) fitMap(map)
  return true
}

/** Lays everything out anew and shows all of it. */
export async function rearrange(map: GraphMap): Promise<void> {
  map.layout = { ...map.layout, positions: new Map(), routes: new Map(), isArranged: false }
  const turn = ++map.turn
  const elements = map.cy.elements().map((element) => ({
    group: element.group(),
    data: { ...element.data() },
  })) as ElementDefinition[]
  const fresh = await layOut(map.elk, layoutNodes(elements), layoutEdges(elements))
  if (turn !== map.turn) return
  map.layout = { ...fresh, isArranged: false }
  saveLayout(window.localStorage, map.environment, map.layout)
  map.cy.batch(() => {
    for (const [id, position] of fresh.positions)
      map.cy.getElementById(id).position({ ...position })
    routeEdges(map.cy, map.layout.routes)
  })
  fitMap(map)
}

/** Shows everything, never larger than is pleasant to read. */
export function fitMap(map: GraphMap): void {
  map.isViewTheirs = false
  const { cy } = map
  if (cy.nodes().empty()) return
  cy.fit(undefined, FIT_PADDING)
  if (cy.zoom() > FIT_ZOOM_MAX) {
    cy.zoom(FIT_ZOOM_MAX)
    cy.center()
  }
}

export function zoomBy(map: GraphMap, factor: number): void {
  map.isViewTheirs = true
  const { cy } = map
  cy.zoom({
    level: cy.zoom() * factor,
    renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 },
  })
}

export type Marks = {
  /** Element ids. */
  readonly chosen: string | null
  readonly cursor: string | null
  /** What was found, and what stays clear beside it; null: nothing is searched for. */
  readonly matches: {
    readonly found: ReadonlySet<string>
    readonly near: ReadonlySet<string>
  } | null
}

/** Marks what is chosen, where the keyboard stands, and dims what a search does not find. */
export function markElements({ cy }: GraphMap, marks: Marks): void {
  cy.batch(() => {
    cy.elements().removeClass('chosen cursor near dimmed found')
    if (marks.matches) {
      const { found, near } = marks.matches
      for (const element of cy.elements().toArray())
        if (found.has(element.id())) element.addClass('found')
        else if (!near.has(element.id())) element.addClass('dimmed')
    }
    if (marks.chosen !== null) {
      const chosen = cy.getElementById(marks.chosen)
      chosen.addClass('chosen')
      chosen.connectedEdges().addClass('near')
    }
    if (marks.cursor !== null) cy.getElementById(marks.cursor).addClass('cursor')
  })
}

/** Brings an element into sight without changing the zoom, when it is not in sight already. */
export function reveal({ cy }: GraphMap, elementId: string): void {
  const element = cy.getElementById(elementId)
  if (element.empty()) return
  const box = element.renderedBoundingBox()
  const isInside = box.x1 >= 0 && box.y1 >= 0 && box.x2 <= cy.width() && box.y2 <= cy.height()
  if (!isInside) cy.center(element)
}

export function paintMap({ cy }: GraphMap, colors: GraphColors): void {
  cy.style(graphStyle(colors))
}

function switchEnvironment(map: GraphMap, environment: string): void {
  map.cy.elements().remove()
  map.environment = environment
  map.layout = loadLayout(window.localStorage, environment)
  map.isViewTheirs = false
}

/**
 * Before there is a baseline the graph is still being learned, so the whole is laid out again whenever it
 * grows. With a baseline, or once somebody has moved a node, what is there stays and new nodes go beside.
 */
async function findLayout(
  map: GraphMap,
  view: MapView,
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
): Promise<StoredLayout> {
  const { layout } = map
  const missing = nodes.filter((node) => !layout.positions.has(node.id)).length
  const isUnrouted = edges.some((edge) => !layout.routes.has(edge.id))
  if (missing === 0 && (!isUnrouted || view.baseline !== null || layout.isArranged)) return layout
  const mayMove = view.baseline === null && !layout.isArranged
  if (mayMove || missing > nodes.length / 2) {
    const fresh = await layOut(map.elk, nodes, edges).catch(() => null)
    if (fresh) return { ...fresh, isArranged: false }
    // The worker could not run: better a plain arrangement than none.
  }
  const added = placeBeside(nodes, edges, layout.positions, layout.routes.values())
  return { ...layout, positions: new Map([...layout.positions, ...added]) }
}

function drawElements(map: GraphMap, elements: readonly ElementDefinition[]): void {
  const { cy } = map
  const ids = new Set(elements.map((element) => element.data.id))
  cy.batch(() => {
    cy.elements()
      .filter((element) => !ids.has(element.id()))
      .remove()
    for (const element of elements) {
      const drawn = cy.getElementById(element.data.id ?? '')
      const position = map.layout.positions.get(element.data.id ?? '')
      if (drawn.empty()) cy.add({ ...element, ...(position ? { position: { ...position } } : {}) })
      else {
        drawn.data(element.data)
        if (position && drawn.isNode()) drawn.position({ ...position })
      }
    }
    routeEdges(cy, map.layout.routes)
  })
}

function layoutNodes(elements: readonly ElementDefinition[]): LayoutNode[] {
  return elements
    .filter((element) => element.group === 'nodes')
    .map(({ data }) => ({ id: data.id ?? '', width: data.width, height: data.height }))
}

function layoutEdges(elements: readonly ElementDefinition[]): LayoutEdge[] {
  return elements
    .filter((element) => element.group === 'edges')
    .map(({ data }) => ({ id: data.id ?? '', source: data.source, target: data.target }))
}

function keepMoved(map: GraphMap, nodeElementId: string): void {
  const node = map.cy.getElementById(nodeElementId)
  const positions = new Map<string, Point>(map.layout.positions)
  positions.set(nodeElementId, { ...node.position() })
  const routes = unrouteEdgesOf(map.cy, nodeElementId, map.layout.routes)
  map.layout = { positions, routes, isArranged: true }
  saveLayout(window.localStorage, map.environment, map.layout)
}

function followPointer(cy: Core): void {
  cy.on('mouseover', 'node, edge', (event) => {
    event.target.connectedEdges().union(event.target).edges().addClass('near')
    const container = cy.container()
    if (container) container.style.cursor = 'pointer'
  })
  cy.on('mouseout', 'node, edge', () => {
    cy.edges().removeClass('near')
    const container = cy.container()
    if (container) container.style.cursor = ''
  })
}

function createMeasure(): MeasureText {
  const context = document.createElement('canvas').getContext('2d')
  if (!context) return (line) => line.length * 7
  context.font = `500 ${NODE_FONT_SIZE}px ${CANVAS_FONT}`
  return (line) => context.measureText(line).width
}
