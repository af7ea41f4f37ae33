// Presence: notices when a trace may complete an edge never seen before, so that it is reported at
// once instead of after the quiet time. Spans are compared by face (shape.ts): what decides between
// edges, so ordinary traffic meets nothing new.
import type { Fold } from './fold.ts'
import { RowFlag, TraceFlag } from './rows.ts'
import type { Shape } from './shape.ts'
import { findSpan } from './store.ts'
import { isServerSideShape } from './view.ts'

const MET_FACES_MAX = 1_000_000

/** Marks the trace urgent when two of its spans meet whose kind of meeting was never seen. */
export function noticeNewEdges(fold: Fold, trace: number): void {
  const { store } = fold
  const s = store.spans.columns
  const t = store.traces.columns
  let isNew = false
  for (let row = t.firstSpan[trace]!; row >= 0; row = s.next[row]!) {
    const flags = s.flags[row]!
    if ((flags & (RowFlag.fresh | RowFlag.waiting)) === 0) continue
    s.flags[row]! &= ~RowFlag.fresh
    const shape = fold.table.shapes[s.shape[row]!]!
    const meet = (other: number) => {
      if (other === row) return false
      if (isFirstMeeting(fold, fold.table.shapes[s.shape[other]!]!, shape)) isNew = true
      s.flags[row]! &= ~RowFlag.waiting
      return false
    }
    if ((s.parentHi[row]! | s.parentLo[row]!) === 0) s.flags[row]! &= ~RowFlag.waiting
    else findSpan(store, trace, s.parentHi[row]!, s.parentLo[row]!, meet)
    if (flags & RowFlag.fresh) findSpan(store, trace, s.idHi[row]!, s.idLo[row]!, meet)
  }
  if (meetsThroughLinks(fold, trace)) isNew = true
  if (!isNew || t.flags[trace]! & TraceFlag.urgent) return
  t.flags[trace]! |= TraceFlag.urgent
  fold.urgent.push(trace)
}

function isFirstMeeting(fold: Fold, above: Shape, below: Shape): boolean {
  if (above.service === below.service && !isServerSideShape(below)) return false
  const key = above.face * 2 ** 26 + below.face
  if (fold.metFaces.has(key)) return false
  if (fold.metFaces.size >= MET_FACES_MAX) fold.metFaces.clear()
  fold.metFaces.add(key)
  return true
}

function meetsThroughLinks(fold: Fold, trace: number): boolean {
  const { store } = fold
  const s = store.spans.columns
  const t = store.traces.columns
  const l = store.links.columns
  let isNew = false
  const meet = (link: number) => {
    const below = fold.table.shapes[s.shape[l.span[link]!]!]!
    findSpan(store, l.targetTrace[link]!, l.targetHi[link]!, l.targetLo[link]!, (row) => {
      if (isFirstMeeting(fold, fold.table.shapes[s.shape[row]!]!, below)) isNew = true
      return false
    })
  }
  for (let link = t.linksOut[trace]!; link >= 0; link = l.nextOut[link]!) meet(link)
  for (let link = t.linksIn[trace]!; link >= 0; link = l.nextIn[link]!) meet(link)
  return isNew
}
