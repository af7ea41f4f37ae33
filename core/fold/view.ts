// A trace as the rules see it: its spans with parents resolved (R4) and services inherited (R1).
// Built afresh for each evaluation from the store, in an order that arrival does not influence
// wherever order could show.
import { SpanFlag, SpanKind } from '../span/batch.ts'
import { NESTING_MAX } from './options.ts'
import { type Proxies, spliceProxies } from './proxies.ts'
import { Role } from './role.ts'
import type { Store } from './rows.ts'
import type { Shape, ShapeTable } from './shape.ts'
import { hasTwin, isShortTraceId, tracesWithLowHalfOf } from './store.ts'

/** Values of `TraceView.parents` that are no span. */
export const NO_PARENT = -1
export const LOST_PARENT = -2

export type TraceView = {
  /** Rows of the spans in the store; a span's number in this view is its position here. */
  readonly rows: readonly number[]
  readonly shapes: readonly Shape[]
  /** R4: position of the parent, or NO_PARENT, or LOST_PARENT when it is not there. */
  readonly parents: readonly number[]
  /** Position in ShapeTable.services with inheritance, or -1: nameless. */
  readonly services: readonly number[]
  readonly isError: readonly boolean[]
  /** Null when no transparent service takes part. */
  readonly proxies: Proxies | null
}

/**
 * The traces that count as one with this one: a 64-bit id joins the only full id known with its low
 * half (EDGES, Decided, R1). The first is the one that owns the results.
 */
export function tracesAsOne(store: Store, trace: number): number[] {
  if (!hasTwin(store, trace)) return [trace]
  const withSpans = tracesWithLowHalfOf(store, trace).filter(
    (row) => store.traces.columns.spanCount[row]! > 0,
  )
  const short = withSpans.find((row) => isShortTraceId(store, row))
  const full = withSpans.filter((row) => row !== short)
  if (short !== undefined && full.length === 1 && (trace === short || trace === full[0]))
    return [full[0]!, short]
  return [trace]
}

/** Views the traces given (one, or two that count as one). */
export function viewTraces(store: Store, table: ShapeTable, traces: readonly number[]): TraceView {
  const s = store.spans.columns
  const rows: number[] = []
  for (const trace of traces)
    for (let row = store.traces.columns.firstSpan[trace]!; row >= 0; row = s.next[row]!)
      rows.push(row)
  const shapes = rows.map((row) => table.shapes[s.shape[row]!]!)
  const isError = rows.map((row) => (s.flags[row]! & SpanFlag.error) !== 0)
  const byId = indexById(store, rows)
  const parents = rows.map((row, i) => parentOf({ store, table, rows, shapes, byId }, row, i))
  const services = inheritServices(shapes, parents)
  const view = { rows, shapes, parents, services, isError, proxies: null }
  return table.transparent.size === 0 ? view : spliceProxies(table, view)
}

type Lookup = {
  readonly store: Store
  readonly table: ShapeTable
  readonly rows: readonly number[]
  readonly shapes: readonly Shape[]
  /** Null when the trace is small enough to be scanned. */
  readonly byId: ReadonlyMap<number, number[]> | null
}

/** Below this a scan of the ids is faster than a map of them. */
const SCANNED_SPANS_MAX = 24

/** 52 bits of an id, exact as a number; at most 4,096 ids share them, and use compares in full. */
function keyOfId(hi: number, lo: number): number {
  return (hi & 0xfffff) * 2 ** 32 + lo
}

function indexById(store: Store, rows: readonly number[]): Map<number, number[]> | null {
  if (rows.length <= SCANNED_SPANS_MAX) return null
  const s = store.spans.columns
  const byId = new Map<number, number[]>()
  for (let i = 0; i < rows.length; i++) {
    const key = keyOfId(s.idHi[rows[i]!]!, s.idLo[rows[i]!]!)
    const known = byId.get(key)
    if (known === undefined) byId.set(key, [i])
    else known.push(i)
  }
  return byId
}

const NONE: readonly number[] = []

function spansWithId(lookup: Lookup, hi: number, lo: number): readonly number[] {
  const { rows } = lookup
  const s = lookup.store.spans.columns
  if (lookup.byId) {
    const candidates = lookup.byId.get(keyOfId(hi, lo)) ?? NONE
    return candidates.every((i) => s.idHi[rows[i]!] === hi)
      ? candidates
      : candidates.filter((i) => s.idHi[rows[i]!] === hi)
  }
  let found: number[] | null = null
  for (let i = 0; i < rows.length; i++) {
    if (s.idLo[rows[i]!] !== lo || s.idHi[rows[i]!] !== hi) continue
    if (found) found.push(i)
    else found = [i]
  }
  return found ?? NONE
}

function parentOf(lookup: Lookup, row: number, i: number): number {
  const s = lookup.store.spans.columns
  const shape = lookup.shapes[i]!
  const isServerSide = shape.role === Role.server || shape.role === Role.consumer
  if (isServerSide) {
    const sharing = spansWithId(lookup, s.idHi[row]!, s.idLo[row]!)
    const halves =
      sharing.length > 1 ? sharing.filter((j) => isClientSide(lookup.shapes[j]!)) : NONE
    if (halves.length > 0) return firstOf(lookup, halves)
  }
  const hi = s.parentHi[row]!
  const lo = s.parentLo[row]!
  if (hi === 0 && lo === 0) return s.flags[row]! & SpanFlag.parentLost ? LOST_PARENT : NO_PARENT
  if (hi === s.idHi[row] && lo === s.idLo[row]) return NO_PARENT
  const named = spansWithId(lookup, hi, lo)
  if (named.length === 0) return LOST_PARENT
  return named.length === 1 ? named[0]! : chooseParent(lookup, named, shape, isServerSide)
}

/** R4, when an id names several spans. */
function chooseParent(
  lookup: Lookup,
  named: readonly number[],
  child: Shape,
  isServerSide: boolean,
): number {
  const clients = named.filter((j) => isClientSide(lookup.shapes[j]!))
  if (isServerSide) return firstOf(lookup, clients.length > 0 ? clients : named)
  const own = named.filter((j) => child.service >= 0 && lookup.shapes[j]!.service === child.service)
  const choice = own.length > 0 ? own : named
  const servers = choice.filter((j) => isServerSideShape(lookup.shapes[j]!))
  return firstOf(lookup, servers.length > 0 ? servers : choice)
}

/** Ties are broken by service name, then kind; never by arrival. */
function firstOf(lookup: Lookup, candidates: readonly number[]): number {
  let first = candidates[0]!
  for (const other of candidates) if (compareForTie(lookup, other, first) < 0) first = other
  return first
}

function compareForTie(lookup: Lookup, a: number, b: number): number {
  const left = lookup.shapes[a]!
  const right = lookup.shapes[b]!
  const leftName = serviceText(lookup.table, left)
  const rightName = serviceText(lookup.table, right)
  if (leftName !== rightName) return leftName < rightName ? -1 : 1
  return left.kind - right.kind
}

function serviceText(table: ShapeTable, shape: Shape): string {
  const service = table.services[shape.service]
  return service ? `${service.name}\0${service.namespace}\0${service.environment}` : ''
}

export function isClientSide(shape: Shape): boolean {
  return shape.role === Role.client || shape.role === Role.producer
}

export function isServerSideShape(shape: Shape): boolean {
  return shape.role === Role.server || shape.role === Role.consumer
}

/** R1: a nameless span inherits within its process: not when it is, or climbs past, a SERVER or CONSUMER. */
function inheritServices(shapes: readonly Shape[], parents: readonly number[]): number[] {
  const services = shapes.map((shape) => shape.service)
  for (let i = 0; i < shapes.length; i++) {
    if (services[i]! >= 0) continue
    let at = i
    for (let level = 0; level < NESTING_MAX && !isAnotherProcess(shapes[at]!); level++) {
      at = parents[at]!
      if (at < 0) break
      if (shapes[at]!.service >= 0) {
        services[i] = shapes[at]!.service
        break
      }
    }
  }
  return services
}

function isAnotherProcess(shape: Shape): boolean {
  return shape.service < 0 && (shape.kind === SpanKind.server || shape.kind === SpanKind.consumer)
}

/** The nearest ancestor with a service, walking through nameless spans only; else NO_ or LOST_PARENT. */
export function nearestNamed(view: TraceView, i: number): number {
  let at = view.parents[i]!
  for (let level = 0; at >= 0 && view.services[at]! < 0; level++) {
    if (level === NESTING_MAX) return LOST_PARENT
    at = view.parents[at]!
  }
  return at
}

/**
 * R5.2: the client-side span on top of the INTERNAL chain of one service that `i` ends, or -1.
 * A client-side `i` is its own top.
 */
export function clientOnTop(view: TraceView, i: number): number {
  const service = view.services[i]!
  let at = i
  for (let level = 0; level <= NESTING_MAX && at >= 0 && view.services[at] === service; level++) {
    const shape = view.shapes[at]!
    if (isClientSide(shape)) return at
    if (shape.role !== Role.internal) return -1
    at = nearestNamed(view, at)
  }
  return -1
}

/** Whether `ancestor` is met when climbing from `i`: parent references may be cyclic (R13). */
export function isAncestor(view: TraceView, ancestor: number, i: number): boolean {
  let at = i
  for (let level = 0; level <= NESTING_MAX && at >= 0; level++) {
    if (at === ancestor) return true
    at = view.parents[at]!
  }
  return false
}
