// Copies of one span (EDGES R2): which spans are copies of each other, and which copy stands for all.
import { compareText } from '../graph/node.ts'
import { SpanFlag } from '../span/batch.ts'
import { type BatchView, durationMs, traceIdAt } from './batch-view.ts'
import type { Fold } from './fold.ts'
import type { Store } from './rows.ts'

/** R2: same trace and span id (found already), kind and service name. */
export function isCopy(fold: Fold, row: number, shape: number): boolean {
  const { shapes, services } = fold.table
  const a = shapes[fold.store.spans.columns.shape[row]!]!
  const b = shapes[shape]!
  return a.kind === b.kind && services[a.service]?.name === services[b.service]?.name
}

/** A copy of a span: its position in the batch, its shape, and the row of the copy that is known. */
type Copy = { readonly span: number; readonly shape: number; readonly row: number }

/** Below 0: the copy in the batch sorts before the known one. */
export function compareCopies(fold: Fold, incoming: BatchView, copy: Copy): number {
  const { span, shape, row } = copy
  const { batch, parents } = incoming
  const s = fold.store.spans.columns
  const { shapes } = fold.table
  const known = shapes[s.shape[row]!]!.sortKey
  const other = shapes[shape]!.sortKey
  const knownLinks = linksText(fold.store, row)
  const otherLinks = batchLinksText(incoming, span)
  const duration = durationMs(incoming, span)
  return (
    parents.getUint32(span * 8) - s.parentHi[row]! ||
    parents.getUint32(span * 8 + 4) - s.parentLo[row]! ||
    (batch.flags[span]! & SpanFlag.parentLost) - (s.flags[row]! & SpanFlag.parentLost) ||
    compareText(other, known) ||
    compareText(otherLinks, knownLinks) ||
    Math.fround(duration) - s.durationMs[row]! ||
    shapes[shape]!.weight - shapes[s.shape[row]!]!.weight
  )
}

function linksText(store: Store, row: number): string {
  const l = store.links.columns
  const t = store.traces.columns
  const texts: string[] = []
  let link = t.linksOut[store.spans.columns.trace[row]!]!
  for (; link >= 0; link = l.nextOut[link]!) {
    if (l.span[link] !== row) continue
    const target = l.targetTrace[link]!
    const words = [t.id0, t.id1, t.id2, t.id3].map((column) => column[target]!)
    texts.push([...words, l.targetHi[link]!, l.targetLo[link]!].join(' '))
  }
  return texts.sort().join(',')
}

function batchLinksText(incoming: BatchView, span: number): string {
  const { batch, linkView, linkIds: ids } = incoming
  const texts: string[] = []
  for (let link = batch.linkStarts[span]!; link < batch.linkStarts[span + 1]!; link++) {
    const words = traceIdAt(linkView, link)
    texts.push([...words, ids.getUint32(link * 8), ids.getUint32(link * 8 + 4)].join(' '))
  }
  return texts.sort().join(',')
}
