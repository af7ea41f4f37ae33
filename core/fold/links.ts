// Span links across traces: what a span links to, and who links to a span. A linked span is read
// where it lies; only a nameless one needs its own trace viewed, to inherit its service (R1).
import { SpanFlag } from '../span/batch.ts'
import type { Store } from './rows.ts'
import type { Shape, ShapeTable } from './shape.ts'
import { findSpan, isShortTraceId, tracesWithLowHalfOf } from './store.ts'
import { isClientSide, type TraceView, tracesAsOne, viewTraces } from './view.ts'

export type LinkedSpan = {
  readonly row: number
  readonly shape: Shape
  /** Position in ShapeTable.services, or -1: nameless. */
  readonly service: number
  readonly isError: boolean
}

/** The client-side spans that the view's spans link to, by position in the view. */
export function outgoingLinks(
  store: Store,
  table: ShapeTable,
  view: TraceView,
  traces: readonly number[],
): Map<number, LinkedSpan[]> {
  const outgoing = new Map<number, LinkedSpan[]>()
  const l = store.links.columns
  if (traces.every((trace) => store.traces.columns.linksOut[trace]! < 0)) return outgoing
  const positions = positionsByRow(view)
  for (const trace of traces) {
    let link = store.traces.columns.linksOut[trace]!
    for (; link >= 0; link = l.nextOut[link]!) {
      const target = linkTarget(store, table, link)
      if (target >= 0)
        push(outgoing, positions.get(l.span[link]!)!, linkedSpan(store, table, target))
    }
  }
  return outgoing
}

/** The spans, of whatever role, that link to the view's client-side spans, by position in the view. */
export function incomingLinks(
  store: Store,
  table: ShapeTable,
  view: TraceView,
  traces: readonly number[],
): Map<number, LinkedSpan[]> {
  const incoming = new Map<number, LinkedSpan[]>()
  const l = store.links.columns
  const group = tracesWithLowHalfOf(store, traces[0]!)
  if (group.every((trace) => store.traces.columns.linksIn[trace]! < 0)) return incoming
  const positions = positionsByRow(view)
  for (const trace of group) {
    let link = store.traces.columns.linksIn[trace]!
    for (; link >= 0; link = l.nextIn[link]!) {
      const target = linkTarget(store, table, link)
      const position = positions.get(target)
      if (position !== undefined && target !== l.span[link])
        push(incoming, position, linkedSpan(store, table, l.span[link]!))
    }
  }
  return incoming
}

function positionsByRow(view: TraceView): Map<number, number> {
  return new Map(view.rows.map((row, position) => [row, position]))
}

function push(map: Map<number, LinkedSpan[]>, position: number, span: LinkedSpan): void {
  const known = map.get(position)
  if (!known) map.set(position, [span])
  else if (!known.some((other) => other.row === span.row)) known.push(span)
}

/** Row of the client-side span that a link names, or -1. A link adds its own id, for itself (R1). */
function linkTarget(store: Store, table: ShapeTable, link: number): number {
  const l = store.links.columns
  const hi = l.targetHi[link]!
  const lo = l.targetLo[link]!
  let best = -1
  for (const trace of linkedTraces(store, l.targetTrace[link]!))
    findSpan(store, trace, hi, lo, (row) => {
      if (isClientSide(shapeOf(store, table, row)) && isBefore(store, table, row, best)) best = row
      return false
    })
  return best
}

/** The traces that the id of a link's target stands for. */
export function linkedTraces(store: Store, target: number): number[] {
  const group = tracesWithLowHalfOf(store, target)
  const known = group.filter((row) => store.traces.columns.spanCount[row]! > 0)
  const full = new Set(known.filter((row) => !isShortTraceId(store, row)))
  if (!isShortTraceId(store, target)) full.add(target)
  // The link's own id counts for itself, also where no span has it.
  const own = isShortTraceId(store, target) ? target : undefined
  const short = known.find((row) => isShortTraceId(store, row)) ?? own
  if (full.size === 1 && short !== undefined) return [...full, short]
  return [target]
}

/** Several client-side halves of one id: by service name, then kind, as R4 breaks its ties. */
function isBefore(store: Store, table: ShapeTable, row: number, best: number): boolean {
  if (best < 0) return true
  const a = shapeOf(store, table, row)
  const b = shapeOf(store, table, best)
  const aName = table.services[a.service]?.name ?? ''
  const bName = table.services[b.service]?.name ?? ''
  return aName === bName ? a.kind < b.kind : aName < bName
}

function shapeOf(store: Store, table: ShapeTable, row: number): Shape {
  return table.shapes[store.spans.columns.shape[row]!]!
}

function linkedSpan(store: Store, table: ShapeTable, row: number): LinkedSpan {
  const s = store.spans.columns
  const shape = shapeOf(store, table, row)
  const isError = (s.flags[row]! & SpanFlag.error) !== 0
  return { row, shape, service: effectiveService(store, table, row, shape), isError }
}

function effectiveService(store: Store, table: ShapeTable, row: number, shape: Shape): number {
  if (shape.service >= 0 && !table.transparent.has(shape.service)) return shape.service
  const view = viewTraces(store, table, tracesAsOne(store, store.spans.columns.trace[row]!))
  return view.services[view.rows.indexOf(row)]!
}

/** Adds the rows of all traces that a trace links to or is linked from, however their ids resolve. */
export function addNeighbours(store: Store, trace: number, into: Set<number>): void {
  const t = store.traces.columns
  const l = store.links.columns
  for (let link = t.linksOut[trace]!; link >= 0; link = l.nextOut[link]!)
    for (const row of tracesWithLowHalfOf(store, l.targetTrace[link]!)) into.add(row)
  for (let link = t.linksIn[trace]!; link >= 0; link = l.nextIn[link]!)
    for (const row of tracesWithLowHalfOf(store, store.spans.columns.trace[l.span[link]!]!))
      into.add(row)
}
