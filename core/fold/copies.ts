// Copies of one span (EDGES R2): which spans are copies of each other, and which copy stands for all.
import { compareText } from '../graph/node.ts'
import * as batch from '../span/batch.ts'
import { type BatchView, bigEndian, durationMs, hexOf } from './batch-view.ts'
import type { Fold } from './fold.ts'
import * as layout from './layout.ts'
import { firstLinkOf } from './link-store.ts'
import type { Store } from './store.ts'
import type { Incoming } from './write-span.ts'

const { SpanFlag } = batch
const {
  INSTANCE_SHIFT,
  LINK_NEXT_OUT,
  LINK_TARGET_HIGH,
  LINK_TARGET_TRACE,
  LINK_WORDS,
  SPAN_DURATION,
  SPAN_FLAGS,
  SPAN_PARENT_HIGH,
  SPAN_PARENT_LOW,
  SPAN_SHAPE,
  SPAN_WORDS,
  TRACE_ID,
  TRACE_WORDS,
} = layout

/** R2: same trace and span id (found already), kind and service name. */
export function isCopy(fold: Fold, row: number, shape: number): boolean {
  const { shapes, services } = fold.table
  const known = fold.store.spans.words[row * SPAN_WORDS + SPAN_SHAPE]!
  if (known === shape) return true
  const a = shapes[known]!
  const b = shapes[shape]!
  return a.kind === b.kind && services[a.service]?.name === services[b.service]?.name
}

/** A copy of a span: its position in the batch, its shape, and the row of the copy that is known. */
type Copy = { readonly span: number; readonly shape: number; readonly row: number }

/** Below 0: the copy in the batch sorts before the known one. */
export function compareCopies(fold: Fold, incoming: Incoming, copy: Copy): number {
  const { span, shape, row } = copy
  const { words, floats } = fold.store.spans
  const { shapes } = fold.table
  const base = row * SPAN_WORDS
  const known = shapes[words[base + SPAN_SHAPE]!]!
  const other = shapes[shape]!
  const lost = SpanFlag.parentLost
  return (
    bigEndian(incoming.parents[2 * span]!) - bigEndian(words[base + SPAN_PARENT_HIGH]!) ||
    bigEndian(incoming.parents[2 * span + 1]!) - bigEndian(words[base + SPAN_PARENT_LOW]!) ||
    (incoming.batch.flags[span]! & lost) - (words[base + SPAN_FLAGS]! & lost) ||
    compareText(other.sortKey, known.sortKey) ||
    compareText(batchLinksText(incoming, span), linksText(fold.store, row)) ||
    Math.fround(durationMs(incoming, span)) - floats[base + SPAN_DURATION]! ||
    other.weight - known.weight ||
    incoming.instances[incoming.batch.resources[span]!]! -
      (words[base + SPAN_FLAGS]! >>> INSTANCE_SHIFT)
  )
}

function linksText(store: Store, row: number): string {
  const links = store.links.words
  const texts: string[] = []
  for (let link = firstLinkOf(store, row); link >= 0; ) {
    const base = link * LINK_WORDS
    const id = links[base + LINK_TARGET_TRACE]! * TRACE_WORDS + TRACE_ID
    texts.push(hexOf(store.traces.words, id, 4) + hexOf(links, base + LINK_TARGET_HIGH, 2))
    link = links[base + LINK_NEXT_OUT]!
  }
  return texts.sort().join(',')
}

/** Each link once, as the store has them. */
function batchLinksText({ batch, linkTraceIds, linkIds }: BatchView, span: number): string {
  const texts = new Set<string>()
  for (let link = batch.linkStarts[span]!; link < batch.linkStarts[span + 1]!; link++) {
    texts.add(hexOf(linkTraceIds, 4 * link, 4) + hexOf(linkIds, 2 * link, 2))
  }
  return [...texts].sort().join(',')
}
