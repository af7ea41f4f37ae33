// The desk on which a trace is evaluated: the trace as the rules see it, and what they conclude. One desk
// serves all traces, so that evaluation allocates nothing; spans are positions in its columns.
// Filled by view.ts, then by the rule files in the order of evaluate.ts; nothing on it is state.
import { endOf } from './calls.ts'
import * as draftWords from './draft-words.ts'
import { addPair, clearPairs, createPairTable, findPair, type PairTable } from './hash.ts'
import type { Proxies } from './proxies.ts'
import { createRowIndex, type RowIndex } from './records.ts'
import type { ShapeWords } from './shape-words.ts'
import type { Store } from './store.ts'

const { Mark, LINKED_WORDS, BORROWED_WORDS } = draftWords

export type Draft = {
  readonly store: Store
  readonly table: ShapeWords
  /** Services that are spliced out. */
  readonly transparent: ReadonlySet<number>
  /** Positions 0 .. count - 1 are the trace's spans. */
  count: number
  /** The traces that count as one, and where the spans of each end. */
  readonly members: number[]
  readonly memberEnds: number[]
  rows: Int32Array
  /** Where the span's shape begins in `table.words`. */
  shapes: Int32Array
  roles: Uint8Array
  /** Position in ShapeTable.services with inheritance, or -1: nameless. */
  services: Int32Array
  /** R4: position of the parent, or NO_PARENT, or LOST_PARENT when it is not there. */
  parents: Int32Array
  /** The nearest ancestor with a service, through nameless spans only; else NO_ or LOST_PARENT. */
  above: Int32Array
  flags: Uint8Array
  marks: Uint8Array
  /** Position in SPAN_CLASSES. */
  classes: Uint8Array
  /** Heads of lists in `linked`: what a span links to, who links to it; -1 at the end. */
  outgoing: Int32Array
  incoming: Int32Array
  /** Heads of lists in `borrowed`: brokers that the consumers of a client-side span state. */
  brokers: Int32Array
  hasNameless: boolean
  /** Some span is a producer or a consumer. */
  hasMessages: boolean
  /** Only spans that reached the hold time are here: see hold.ts. */
  isPartial: boolean
  isLinked: boolean
  /** Null when no transparent service takes part. */
  proxies: Proxies | null
  /** Trace of the last target of a link that was found. */
  targetTrace: number
  /** A second desk, for what is linked to from the first; made when first needed. */
  aside: Draft | null
  readonly ids: RowIndex
  readonly linked: Pool
  readonly borrowed: Pool
  readonly calls: Pool
  /** Which service answered which client-side span; and, as -1 - end, under which stated name. */
  readonly answers: PairTable
  /** Server spans whose caller never came and is not named (R10). */
  readonly unattributed: number[]
}

/** Entries of several words each, one behind the other. */
export type Pool = { words: Int32Array; count: number }

export function createDraft(
  store: Store,
  table: ShapeWords,
  transparent: ReadonlySet<number>,
): Draft {
  return {
    store,
    table,
    transparent,
    count: 0,
    members: [],
    memberEnds: [],
    ...createColumns(256),
    hasNameless: false,
    hasMessages: false,
    isPartial: false,
    isLinked: false,
    proxies: null,
    targetTrace: -1,
    aside: null,
    ids: createRowIndex(),
    linked: { words: new Int32Array(64 * LINKED_WORDS), count: 0 },
    borrowed: { words: new Int32Array(64 * BORROWED_WORDS), count: 0 },
    calls: { words: new Int32Array(2560), count: 0 },
    answers: createPairTable(),
    unattributed: [],
  }
}

function createColumns(count: number) {
  return {
    rows: new Int32Array(count),
    shapes: new Int32Array(count),
    roles: new Uint8Array(count),
    services: new Int32Array(count),
    parents: new Int32Array(count),
    above: new Int32Array(count),
    flags: new Uint8Array(count),
    marks: new Uint8Array(count),
    classes: new Uint8Array(count),
    outgoing: new Int32Array(count),
    incoming: new Int32Array(count),
    brokers: new Int32Array(count),
  }
}

/** An empty desk with room for so many spans. */
export function clearDraft(draft: Draft, count: number): void {
  if (count > draft.rows.length) Object.assign(draft, createColumns(Math.ceil(count * 1.5)))
  draft.count = 0
  draft.members.length = 0
  draft.memberEnds.length = 0
  draft.hasNameless = false
  draft.hasMessages = false
  draft.isPartial = false
  draft.isLinked = false
  draft.proxies = null
  draft.linked.count = 0
  draft.borrowed.count = 0
  draft.calls.count = 0
  draft.unattributed.length = 0
  clearPairs(draft.answers)
}

/** Where a new entry of so many words goes. */
export function growPool(pool: Pool, wordsPerEntry: number): number {
  const at = pool.count++ * wordsPerEntry
  if (at + wordsPerEntry > pool.words.length) {
    const words = new Int32Array(pool.words.length * 2)
    words.set(pool.words)
    pool.words = words
  }
  return at
}

/** Notes that a service answered a client-side span; false when that was known. */
export function addAnswer(draft: Draft, client: number, service: number): boolean {
  draft.marks[client]! |= Mark.answered
  const { answers, table } = draft
  const keys = draft.store.hashKeys
  if (findPair(answers, keys, client, service) >= 0) return false
  addPair(answers, keys, client, service, 0)
  const name = endOf(table.serviceEnds[service]!)
  if (findPair(answers, keys, client, name) < 0) addPair(answers, keys, client, name, 0)
  return true
}

export function isAnswered(draft: Draft, client: number): boolean {
  return (draft.marks[client]! & (Mark.answered | Mark.consumed)) !== 0
}

/** Whether a service of this name, stated as an end, answered the client-side span. */
export function isAnsweredByName(draft: Draft, client: number, end: number): boolean {
  return findPair(draft.answers, draft.store.hashKeys, client, endOf(end)) >= 0
}
