// A trace as the rules see it: its spans with parents resolved (R4) and services inherited (R1), laid out on
// the desk. Made afresh for each evaluation from the store, in an order that arrival does not influence
// wherever order could show.
import * as batch from '../span/batch.ts'
import * as callWords from './call-words.ts'
import { clearDraft, type Draft } from './draft.ts'
import * as draftWords from './draft-words.ts'
import { hashPair } from './hash.ts'
import * as layout from './layout.ts'
import * as options from './options.ts'
import { resetIndex } from './records.ts'
import * as role from './role.ts'
import * as shapeWords from './shape-words.ts'
import { compareForTie } from './shape-words.ts'
import { hasTwin, spansOfTrace } from './store.ts'

const { SpanFlag, SpanKind } = batch
const { Class } = callWords
const { LOST_PARENT, Mark, NO_PARENT } = draftWords
const {
  RowFlag,
  SPAN_FLAGS,
  SPAN_ID_HIGH,
  SPAN_ID_LOW,
  SPAN_NEXT,
  SPAN_PARENT_HIGH,
  SPAN_PARENT_LOW,
  SPAN_SHAPE,
  SPAN_WORDS,
  TRACE_FIRST_SPAN,
  TRACE_FLAGS,
  TRACE_LINKS_IN,
  TRACE_WORDS,
  TraceFlag,
} = layout
const { NESTING_MAX } = options
const { Role } = role
const { SHAPE_KIND, SHAPE_ROLE, SHAPE_SERVICE, SHAPE_WORDS } = shapeWords

/** Lays out the traces given (one, or two that count as one), without links and proxies. */
export function viewTraces(draft: Draft, members: readonly number[]): void {
  const { store } = draft
  let count = 0
  for (const member of members) count += spansOfTrace(store, member)
  clearDraft(draft, count)
  resetIndex(draft.ids, count)
  // A link to any of the ids that may stand for this one.
  if (hasTwin(store, members[0]!)) draft.isLinked = true
  for (const member of members) {
    draft.members.push(member)
    addSpans(draft, member)
    draft.memberEnds.push(draft.count)
  }
  resolveParents(draft)
  if (draft.hasNameless) inheritServices(draft)
  findNamedAbove(draft)
}

function addSpans(draft: Draft, member: number): void {
  const { store, table, rows, shapes, roles, services, flags, marks, classes, brokers } = draft
  const spans = store.spans.words
  const traces = store.traces.words
  const { words } = table
  const base = member * TRACE_WORDS
  const isLinking = (traces[base + TRACE_FLAGS]! & TraceFlag.linking) !== 0
  if (isLinking || traces[base + TRACE_LINKS_IN]! >= 0) draft.isLinked = true
  let count = draft.count
  for (let row = traces[base + TRACE_FIRST_SPAN]!; row >= 0; count++) {
    const span = row * SPAN_WORDS
    const shape = spans[span + SPAN_SHAPE]! * SHAPE_WORDS
    const service = words[shape + SHAPE_SERVICE]!
    rows[count] = row
    shapes[count] = shape
    roles[count] = words[shape + SHAPE_ROLE]!
    services[count] = service
    flags[count] = spans[span + SPAN_FLAGS]!
    marks[count] = flags[count]! & RowFlag.held ? Mark.held : 0
    brokers[count] = -1
    classes[count] = Class.internal
    if (service < 0) draft.hasNameless = true
    if (roles[count]! >= Role.producer) draft.hasMessages = true
    indexSpan(draft, count, span)
    row = spans[span + SPAN_NEXT]!
  }
  draft.count = count
}

/** Makes the span findable by its id, and marks those that have the same. The index has room. */
function indexSpan(draft: Draft, position: number, span: number): void {
  const { rows, marks, store } = draft
  const { entries, mask } = draft.ids
  const spans = store.spans.words
  const high = spans[span + SPAN_ID_HIGH]!
  const low = spans[span + SPAN_ID_LOW]!
  const hash = hashPair(store.hashKeys, high, low)
  let slot = (2 * hash) & mask
  for (let stored = entries[slot + 1]!; stored !== 0; stored = entries[slot + 1]!) {
    if (entries[slot] === hash) {
      const other = rows[stored - 1]! * SPAN_WORDS
      if (spans[other + SPAN_ID_LOW] === low && spans[other + SPAN_ID_HIGH] === high) {
        marks[stored - 1]! |= Mark.shared
        marks[position]! |= Mark.shared
      }
    }
    slot = (slot + 2) & mask
  }
  entries[slot] = hash
  entries[slot + 1] = position + 1
}

function resolveParents(draft: Draft): void {
  const { count, rows, parents, marks, flags } = draft
  const spans = draft.store.spans.words
  for (let i = 0; i < count; i++) {
    const span = rows[i]! * SPAN_WORDS
    if (marks[i]! & Mark.shared && isServerSide(draft, i)) {
      const half = sharedHalf(draft, i)
      if (half >= 0) {
        parents[i] = half
        continue
      }
    }
    const high = spans[span + SPAN_PARENT_HIGH]!
    const low = spans[span + SPAN_PARENT_LOW]!
    if ((high | low) === 0) {
      parents[i] = flags[i]! & SpanFlag.parentLost ? LOST_PARENT : NO_PARENT
    } else if (high === spans[span + SPAN_ID_HIGH] && low === spans[span + SPAN_ID_LOW]) {
      parents[i] = NO_PARENT
    } else {
      const named = firstWithId(draft, high, low)
      if (named < 0) parents[i] = LOST_PARENT
      else parents[i] = marks[named]! & Mark.shared ? chooseParent(draft, i, high, low) : named
    }
  }
}

/** A span with this id, or -1. */
function firstWithId(draft: Draft, high: number, low: number): number {
  const { rows, store } = draft
  const { entries, mask } = draft.ids
  const spans = store.spans.words
  const hash = hashPair(store.hashKeys, high, low)
  let slot = (2 * hash) & mask
  for (let stored = entries[slot + 1]!; stored !== 0; stored = entries[slot + 1]!) {
    if (entries[slot] === hash) {
      const span = rows[stored - 1]! * SPAN_WORDS
      if (spans[span + SPAN_ID_LOW] === low && spans[span + SPAN_ID_HIGH] === high)
        return stored - 1
    }
    slot = (slot + 2) & mask
  }
  return -1
}

/** All spans with this id: for those that share one, which are few. */
function allWithId(draft: Draft, high: number, low: number): number[] {
  const { entries, mask } = draft.ids
  const spans = draft.store.spans.words
  const found: number[] = []
  let slot = (2 * hashPair(draft.store.hashKeys, high, low)) & mask
  for (let stored = entries[slot + 1]!; stored !== 0; stored = entries[slot + 1]!) {
    const span = draft.rows[stored - 1]! * SPAN_WORDS
    if (spans[span + SPAN_ID_LOW] === low && spans[span + SPAN_ID_HIGH] === high)
      found.push(stored - 1)
    slot = (slot + 2) & mask
  }
  return found
}

/** The client-side span of the same id, or -1. */
function sharedHalf(draft: Draft, i: number): number {
  const span = draft.rows[i]! * SPAN_WORDS
  const spans = draft.store.spans.words
  const sharing = allWithId(draft, spans[span + SPAN_ID_HIGH]!, spans[span + SPAN_ID_LOW]!)
  const halves = sharing.filter((other) => isClientSide(draft, other))
  return halves.length > 0 ? firstOf(draft, halves) : -1
}

/** R4, when an id names several spans. */
function chooseParent(draft: Draft, child: number, high: number, low: number): number {
  const named = allWithId(draft, high, low)
  if (isServerSide(draft, child)) {
    const clients = named.filter((i) => isClientSide(draft, i))
    return firstOf(draft, clients.length > 0 ? clients : named)
  }
  const service = serviceOfShape(draft, child)
  const own = named.filter((i) => service >= 0 && serviceOfShape(draft, i) === service)
  const choice = own.length > 0 ? own : named
  const servers = choice.filter((i) => isServerSide(draft, i))
  return firstOf(draft, servers.length > 0 ? servers : choice)
}

function firstOf(draft: Draft, candidates: readonly number[]): number {
  let first = candidates[0]!
  for (const other of candidates)
    if (compareForTie(draft.table, draft.shapes[other]!, draft.shapes[first]!) < 0) first = other
  return first
}

/** The service that the span itself states, without inheritance. */
function serviceOfShape(draft: Draft, i: number): number {
  return draft.table.words[draft.shapes[i]! + SHAPE_SERVICE]!
}

export function isClientSide({ roles }: Draft, i: number): boolean {
  return roles[i] === Role.client || roles[i] === Role.producer
}

export function isServerSide({ roles }: Draft, i: number): boolean {
  return roles[i] === Role.server || roles[i] === Role.consumer
}

/** R1: a nameless span takes the service of the nearest ancestor that states one, within one process. */
function inheritServices(draft: Draft): void {
  const { count, services, parents } = draft
  for (let i = 0; i < count; i++) {
    if (serviceOfShape(draft, i) >= 0) continue
    let at = i
    for (let level = 0; level < NESTING_MAX && !isAnotherProcess(draft, at); level++) {
      at = parents[at]!
      if (at < 0) break
      if (serviceOfShape(draft, at) >= 0) {
        services[i] = serviceOfShape(draft, at)
        break
      }
    }
    if (services[i]! < 0) draft.classes[i] = Class.nameless
  }
}

function isAnotherProcess(draft: Draft, i: number): boolean {
  const kind = draft.table.words[draft.shapes[i]! + SHAPE_KIND]!
  return serviceOfShape(draft, i) < 0 && (kind === SpanKind.server || kind === SpanKind.consumer)
}

/** Fills `above` from `parents` and `services`. */
export function findNamedAbove(draft: Draft): void {
  const { count, parents, services, above } = draft
  for (let i = 0; i < count; i++) {
    let at = parents[i]!
    for (let level = 0; at >= 0 && services[at]! < 0; level++) {
      at = level === NESTING_MAX ? LOST_PARENT : parents[at]!
    }
    above[i] = at
  }
}

/**
 * R5.2: the client-side span on top of the INTERNAL chain of one service that `i` ends, or -1.
 * A client-side `i` is its own top.
 */
export function clientOnTop(draft: Draft, i: number): number {
  const { services, roles, above } = draft
  const service = services[i]!
  let at = i
  for (let level = 0; level <= NESTING_MAX && at >= 0 && services[at] === service; level++) {
    if (isClientSide(draft, at)) return at
    if (roles[at] !== Role.internal) return -1
    at = above[at]!
  }
  return -1
}

/** Whether `ancestor` is met when climbing from `i`: parent references may be cyclic (R13). */
export function isAncestor({ parents }: Draft, ancestor: number, i: number): boolean {
  let at = i
  for (let level = 0; level <= NESTING_MAX && at >= 0; level++) {
    if (at === ancestor) return true
    at = parents[at]!
  }
  return false
}
