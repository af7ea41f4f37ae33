// Links between spans: they hang on the span that links and on the trace they point to. Both ways are
// walked; a span's links are found by its row, so that a trace's other links cost nothing.
import { hashPair } from './hash.ts'
import * as layout from './layout.ts'
import * as options from './options.ts'
import { addToIndex, releaseRow, removeFromIndex, reserveRows, takeRow } from './records.ts'
import { dropIfEmpty, type Store } from './store.ts'

const {
  LINK_NEXT_IN,
  LINK_NEXT_OUT,
  LINK_SPAN,
  LINK_TARGET_HIGH,
  LINK_TARGET_LOW,
  LINK_TARGET_TRACE,
  LINK_TRACE,
  LINK_WORDS,
  LINKS_IN_SHIFT,
  RowFlag,
  SPAN_FLAGS,
  SPAN_NEXT,
  SPAN_WORDS,
  TRACE_FIRST_SPAN,
  TRACE_FLAGS,
  TRACE_LINKS_IN,
  TRACE_WORDS,
  TraceFlag,
} = layout
const { LINKS_PER_TARGET_MAX } = options

/** The first link of a span, or -1; the others follow by LINK_NEXT_OUT. */
export function firstLinkOf(store: Store, span: number): number {
  if ((store.spans.words[span * SPAN_WORDS + SPAN_FLAGS]! & RowFlag.linking) === 0) return -1
  const { entries, mask } = store.linksOfSpan
  const hash = rowHash(store, span)
  for (let slot = (2 * hash) & mask; entries[slot + 1] !== 0; slot = (slot + 2) & mask) {
    const link = entries[slot + 1]! - 1
    if (store.links.words[link * LINK_WORDS + LINK_SPAN] === span) return link
  }
  return -1
}

/** Visits the links of all spans of a trace. */
export function visitLinksOut(store: Store, trace: number, visit: (link: number) => void): void {
  const spans = store.spans.words
  const base = trace * TRACE_WORDS
  if ((store.traces.words[base + TRACE_FLAGS]! & TraceFlag.linking) === 0) return
  let row = store.traces.words[base + TRACE_FIRST_SPAN]!
  for (; row >= 0; row = spans[row * SPAN_WORDS + SPAN_NEXT]!) {
    let link = firstLinkOf(store, row)
    for (; link >= 0; link = store.links.words[link * LINK_WORDS + LINK_NEXT_OUT]!) visit(link)
  }
}

export type NewLink = {
  readonly trace: number
  readonly span: number
  readonly targetTrace: number
  readonly targetHigh: number
  readonly targetLow: number
}

/** False when the link does not fit: too many links to the target, or no room. */
export function addLink(store: Store, link: NewLink): boolean {
  if (linksTo(store, link.targetTrace) >= LINKS_PER_TARGET_MAX) return false
  if (!reserveRows(store.links, 1)) return false
  const first = firstLinkOf(store, link.span)
  const row = takeRow(store.links)
  const base = row * LINK_WORDS
  const links = store.links.words
  const traces = store.traces.words
  const target = link.targetTrace * TRACE_WORDS
  links[base + LINK_SPAN] = link.span
  links[base + LINK_TRACE] = link.trace
  links[base + LINK_TARGET_TRACE] = link.targetTrace
  links[base + LINK_TARGET_HIGH] = link.targetHigh
  links[base + LINK_TARGET_LOW] = link.targetLow
  links[base + LINK_NEXT_IN] = traces[target + TRACE_LINKS_IN]!
  traces[target + TRACE_LINKS_IN] = row
  traces[target + TRACE_FLAGS]! += 1 << LINKS_IN_SHIFT
  if (first >= 0) {
    links[base + LINK_NEXT_OUT] = links[first * LINK_WORDS + LINK_NEXT_OUT]!
    links[first * LINK_WORDS + LINK_NEXT_OUT] = row
    return true
  }
  links[base + LINK_NEXT_OUT] = -1
  store.spans.words[link.span * SPAN_WORDS + SPAN_FLAGS]! |= RowFlag.linking
  traces[link.trace * TRACE_WORDS + TRACE_FLAGS]! |= TraceFlag.linking
  addToIndex(store.linksOfSpan, rowHash(store, link.span), row)
  return true
}

export function linksTo(store: Store, trace: number): number {
  return store.traces.words[trace * TRACE_WORDS + TRACE_FLAGS]! >>> LINKS_IN_SHIFT
}

/** Takes back the links of one span: it goes, or a copy that sorts before it had others. */
export function removeLinksOfSpan(store: Store, span: number): void {
  const first = firstLinkOf(store, span)
  if (first < 0) return
  removeFromIndex(store.linksOfSpan, rowHash(store, span), first)
  store.spans.words[span * SPAN_WORDS + SPAN_FLAGS]! &= ~RowFlag.linking
  for (let link = first; link >= 0; ) {
    const next = store.links.words[link * LINK_WORDS + LINK_NEXT_OUT]!
    dropIncoming(store, link)
    link = next
  }
}

export function removeLinksOfTrace(store: Store, trace: number): void {
  const spans = store.spans.words
  const base = trace * TRACE_WORDS
  if ((store.traces.words[base + TRACE_FLAGS]! & TraceFlag.linking) === 0) return
  let row = store.traces.words[base + TRACE_FIRST_SPAN]!
  for (; row >= 0; row = spans[row * SPAN_WORDS + SPAN_NEXT]!) removeLinksOfSpan(store, row)
}

function dropIncoming(store: Store, link: number): void {
  const links = store.links.words
  const traces = store.traces.words
  const target = links[link * LINK_WORDS + LINK_TARGET_TRACE]!
  const base = target * TRACE_WORDS
  const next = links[link * LINK_WORDS + LINK_NEXT_IN]!
  if (traces[base + TRACE_LINKS_IN] === link) traces[base + TRACE_LINKS_IN] = next
  else {
    let before = traces[base + TRACE_LINKS_IN]!
    while (links[before * LINK_WORDS + LINK_NEXT_IN] !== link)
      before = links[before * LINK_WORDS + LINK_NEXT_IN]!
    links[before * LINK_WORDS + LINK_NEXT_IN] = next
  }
  traces[base + TRACE_FLAGS]! -= 1 << LINKS_IN_SHIFT
  releaseRow(store.links, link)
  dropIfEmpty(store, target)
}

function rowHash(store: Store, row: number): number {
  return hashPair(store.hashKeys, row, 0)
}
