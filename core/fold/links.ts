// Span links across traces: what a consumer links to, and who links to a client-side span. A linked span is
// read where it lies; only a nameless one needs its own trace viewed, to inherit its service (R1).
import * as batch from '../span/batch.ts'
import { createDraft, type Draft, growPool } from './draft.ts'
import * as draftWords from './draft-words.ts'
import { hashPair } from './hash.ts'
import * as layout from './layout.ts'
import { firstLinkOf, visitLinksOut } from './link-store.ts'
import { viewWithoutProxies } from './proxies.ts'
import * as role from './role.ts'
import * as shapeWords from './shape-words.ts'
import { compareForTie } from './shape-words.ts'
import { findSpans } from './span-ids.ts'
import { hasTwin, type Store, tracesWithLowHalfOf } from './store.ts'
import { linkedTraces, tracesAsOne } from './twins.ts'

const { SpanFlag } = batch
const { LINKED_ERROR, LINKED_NEXT, LINKED_ROW, LINKED_SERVICE, LINKED_SHAPE, LINKED_WORDS } =
  draftWords
const {
  LINK_NEXT_IN,
  LINK_NEXT_OUT,
  LINK_SPAN,
  LINK_TARGET_HIGH,
  LINK_TARGET_LOW,
  LINK_TARGET_TRACE,
  LINK_TRACE,
  LINK_WORDS,
  RowFlag,
  SPAN_FLAGS,
  SPAN_ID_HIGH,
  SPAN_ID_LOW,
  SPAN_SHAPE,
  SPAN_WORDS,
  TRACE_FLAGS,
  TRACE_LINKS_IN,
  TRACE_WORDS,
  TraceFlag,
} = layout
const { Role } = role
const { SHAPE_ROLE, SHAPE_SERVICE, SHAPE_WORDS } = shapeWords

/** Fills `outgoing` of consumers and `incoming` of client-side spans. */
export function findLinks(draft: Draft): void {
  draft.outgoing.fill(-1, 0, draft.count)
  draft.incoming.fill(-1, 0, draft.count)
  findOutgoing(draft)
  findIncoming(draft)
}

function findOutgoing(draft: Draft): void {
  const { count, rows, roles, flags, outgoing, store } = draft
  for (let i = 0; i < count; i++) {
    if (roles[i] !== Role.consumer || (flags[i]! & RowFlag.linking) === 0) continue
    for (let link = firstLinkOf(store, rows[i]!); link >= 0; ) {
      const target = linkTarget(draft, link)
      if (target >= 0) addLinked(draft, outgoing, i, { row: target, trace: draft.targetTrace })
      link = store.links.words[link * LINK_WORDS + LINK_NEXT_OUT]!
    }
  }
}

function findIncoming(draft: Draft): void {
  const { store, incoming } = draft
  const links = store.links.words
  for (const trace of tracesWithLowHalfOf(store, draft.members[0]!)) {
    let link = store.traces.words[trace * TRACE_WORDS + TRACE_LINKS_IN]!
    for (; link >= 0; link = links[link * LINK_WORDS + LINK_NEXT_IN]!) {
      const target = linkTarget(draft, link)
      const source = links[link * LINK_WORDS + LINK_SPAN]!
      if (target < 0 || target === source) continue
      const position = positionOf(draft, target)
      const trace = links[link * LINK_WORDS + LINK_TRACE]!
      if (position >= 0) addLinked(draft, incoming, position, { row: source, trace })
    }
  }
}

/** Position of a span on the desk, or -1. */
function positionOf(draft: Draft, row: number): number {
  const { entries, mask } = draft.ids
  const spans = draft.store.spans.words
  const span = row * SPAN_WORDS
  const hash = hashPair(
    draft.store.hashKeys,
    spans[span + SPAN_ID_HIGH]!,
    spans[span + SPAN_ID_LOW]!,
  )
  let slot = (2 * hash) & mask
  for (let stored = entries[slot + 1]!; stored !== 0; stored = entries[slot + 1]!) {
    if (draft.rows[stored - 1] === row) return stored - 1
    slot = (slot + 2) & mask
  }
  return -1
}

/** Row of the client-side span that a link names, or -1; its trace goes to `targetTrace`. */
function linkTarget(draft: Draft, link: number): number {
  const { store } = draft
  const links = store.links.words
  const base = link * LINK_WORDS
  const id = { high: links[base + LINK_TARGET_HIGH]!, low: links[base + LINK_TARGET_LOW]! }
  const target = links[base + LINK_TARGET_TRACE]!
  let best = -1
  // A link adds its own id, for itself (R1).
  for (const trace of hasTwin(store, target) ? linkedTraces(store, target) : [target]) {
    const found: number[] = []
    findSpans(store, trace, id, found)
    for (const row of found) {
      const role = draft.table.words[shapeOf(store, row) + SHAPE_ROLE]
      if (role !== Role.client && role !== Role.producer) continue
      const order =
        best < 0 ? -1 : compareForTie(draft.table, shapeOf(store, row), shapeOf(store, best))
      if (order >= 0) continue
      best = row
      draft.targetTrace = trace
    }
  }
  return best
}

type Place = { readonly row: number; readonly trace: number }

function addLinked(draft: Draft, heads: Int32Array, position: number, place: Place): void {
  const { linked, store } = draft
  const { row } = place
  for (let at = heads[position]!; at >= 0; at = linked.words[at + LINKED_NEXT]!)
    if (linked.words[at + LINKED_ROW] === row) return
  const shape = shapeOf(store, row)
  const service = serviceOf(draft, place, shape)
  const at = growPool(linked, LINKED_WORDS)
  linked.words[at + LINKED_ROW] = row
  linked.words[at + LINKED_SHAPE] = shape
  linked.words[at + LINKED_SERVICE] = service
  linked.words[at + LINKED_ERROR] =
    store.spans.words[row * SPAN_WORDS + SPAN_FLAGS]! & SpanFlag.error
  linked.words[at + LINKED_NEXT] = heads[position]!
  heads[position] = at
}

function shapeOf(store: Store, row: number): number {
  return store.spans.words[row * SPAN_WORDS + SPAN_SHAPE]! * SHAPE_WORDS
}

function serviceOf(draft: Draft, { row, trace }: Place, shape: number): number {
  const { store, table, transparent } = draft
  const stated = table.words[shape + SHAPE_SERVICE]!
  if (stated >= 0 && !transparent.has(stated)) return stated
  draft.aside ??= createDraft(store, table, transparent)
  viewWithoutProxies(draft.aside, hasTwin(store, trace) ? tracesAsOne(store, trace) : [trace])
  return draft.aside.services[positionOf(draft.aside, row)]!
}

/** Most traces: nothing links to or from it, and no other one shares its low half. */
export function isAlone(store: Store, trace: number): boolean {
  const base = trace * TRACE_WORDS
  const { words } = store.traces
  const isLinking = (words[base + TRACE_FLAGS]! & TraceFlag.linking) !== 0
  return words[base + TRACE_LINKS_IN]! < 0 && !isLinking && !hasTwin(store, trace)
}

/** The trace, those whose ids may stand for it, and all that they link to or are linked from. */
export function tracesAround(store: Store, trace: number): Set<number> {
  const rows = new Set(tracesWithLowHalfOf(store, trace))
  for (const row of [...rows]) addNeighbours(store, row, rows)
  return rows
}

/** Adds the rows of all traces that a trace links to or is linked from, however their ids resolve. */
function addNeighbours(store: Store, trace: number, into: Set<number>): void {
  const links = store.links.words
  const add = (row: number) => {
    for (const other of tracesWithLowHalfOf(store, row)) into.add(other)
  }
  visitLinksOut(store, trace, (link) => add(links[link * LINK_WORDS + LINK_TARGET_TRACE]!))
  let link = store.traces.words[trace * TRACE_WORDS + TRACE_LINKS_IN]!
  for (; link >= 0; link = links[link * LINK_WORDS + LINK_NEXT_IN]!)
    add(links[link * LINK_WORDS + LINK_TRACE]!)
}
