// Presence: notices when a trace may complete an edge never seen before, so that it is reported at
// once instead of after the quiet time. Spans are compared by face (shape.ts): what decides between
// edges, so ordinary traffic meets nothing new.
import type { Fold } from './fold.ts'
import { addPair, clearPairs, findPair, hashPair } from './hash.ts'
import * as layout from './layout.ts'
import { visitLinksOut } from './link-store.ts'
import type { RowIndex } from './records.ts'
import * as role from './role.ts'
import * as shapeWords from './shape-words.ts'
import * as spanIds from './span-ids.ts'
import { findSpans } from './span-ids.ts'
import { spansOfTrace } from './store.ts'

const {
  LINK_NEXT_IN,
  LINK_SPAN,
  LINK_TARGET_HIGH,
  LINK_TARGET_LOW,
  LINK_TARGET_TRACE,
  LINK_WORDS,
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
  TRACE_LINKS_IN,
  TRACE_WORDS,
} = layout
const { Role } = role
const { SHAPE_FACE, SHAPE_ROLE, SHAPE_SERVICE, SHAPE_WORDS } = shapeWords
const { SMALL_TRACE_SPANS } = spanIds

const MET_FACES_MAX = 1_000_000

export type Arrivals = {
  readonly trace: number
  /** Of the trace's spans. */
  readonly ids: RowIndex
  /** So many at the head of the trace's list came with the batch. */
  readonly fresh: number
  /** One of them has the id of another. */
  readonly isShared: boolean
}

/**
 * Whether two spans of the trace meet whose kind of meeting was never seen. A large trace always may: it is
 * not looked through.
 */
export function meetsNewFaces(fold: Fold, { trace, ids, fresh, isShared }: Arrivals): boolean {
  const { store } = fold
  if (spansOfTrace(store, trace) > SMALL_TRACE_SPANS) return true
  const spans = store.spans.words
  let isNew = false
  let row = store.traces.words[trace * TRACE_WORDS + TRACE_FIRST_SPAN]!
  for (let i = 0; row >= 0; i++) {
    const span = row * SPAN_WORDS
    if (i < fresh || spans[span + SPAN_FLAGS]! & RowFlag.waiting) {
      const high = spans[span + SPAN_PARENT_HIGH]!
      const low = spans[span + SPAN_PARENT_LOW]!
      spans[span + SPAN_FLAGS]! &= ~RowFlag.waiting
      if ((high | low) !== 0) {
        const met = meet(fold, ids, row, high, low)
        if (met === NOBODY) spans[span + SPAN_FLAGS]! |= RowFlag.waiting
        else if (met === NEW_FACE) isNew = true
      }
      if (isShared && i < fresh) {
        const own = meet(fold, ids, row, spans[span + SPAN_ID_HIGH]!, spans[span + SPAN_ID_LOW]!)
        if (own === NEW_FACE) isNew = true
      }
    }
    row = spans[span + SPAN_NEXT]!
  }
  return meetsThroughLinks(fold, trace) || isNew
}

const NOBODY = 0
const KNOWN_FACE = 1
const NEW_FACE = 2

/** What is new when the span meets those with this id, itself left out. */
function meet(fold: Fold, ids: RowIndex, row: number, high: number, low: number): number {
  const spans = fold.store.spans.words
  const { entries, mask } = ids
  const hash = hashPair(fold.store.hashKeys, high, low)
  let met = NOBODY
  let slot = (2 * hash) & mask
  for (let stored = entries[slot + 1]!; stored !== 0; stored = entries[slot + 1]!) {
    if (entries[slot] === hash && stored - 1 !== row) {
      const other = (stored - 1) * SPAN_WORDS
      if (spans[other + SPAN_ID_LOW] === low && spans[other + SPAN_ID_HIGH] === high)
        met = isFirstMeeting(fold, stored - 1, row) ? NEW_FACE : Math.max(met, KNOWN_FACE)
    }
    slot = (slot + 2) & mask
  }
  return met
}

function isFirstMeeting(fold: Fold, aboveRow: number, belowRow: number): boolean {
  const { words } = fold.shapeWords
  const spans = fold.store.spans.words
  const above = spans[aboveRow * SPAN_WORDS + SPAN_SHAPE]! * SHAPE_WORDS
  const below = spans[belowRow * SPAN_WORDS + SPAN_SHAPE]! * SHAPE_WORDS
  const role = words[below + SHAPE_ROLE]
  const isServerSide = role === Role.server || role === Role.consumer
  if (!isServerSide && words[above + SHAPE_SERVICE] === words[below + SHAPE_SERVICE]) return false
  const faces = fold.metFaces
  const keys = fold.store.hashKeys
  const aboveFace = words[above + SHAPE_FACE]!
  const belowFace = words[below + SHAPE_FACE]!
  if (findPair(faces, keys, aboveFace, belowFace) >= 0) return false
  if (faces.count >= MET_FACES_MAX) clearPairs(faces)
  addPair(faces, keys, aboveFace, belowFace, 0)
  return true
}

function meetsThroughLinks(fold: Fold, trace: number): boolean {
  const { store } = fold
  const links = store.links.words
  let isNew = false
  const meetTarget = (link: number) => {
    const base = link * LINK_WORDS
    const id = { high: links[base + LINK_TARGET_HIGH]!, low: links[base + LINK_TARGET_LOW]! }
    const found: number[] = []
    findSpans(store, links[base + LINK_TARGET_TRACE]!, id, found)
    for (const row of found) if (isFirstMeeting(fold, row, links[base + LINK_SPAN]!)) isNew = true
  }
  visitLinksOut(store, trace, meetTarget)
  let link = store.traces.words[trace * TRACE_WORDS + TRACE_LINKS_IN]!
  for (; link >= 0; link = links[link * LINK_WORDS + LINK_NEXT_IN]!) meetTarget(link)
  return isNew
}
