// The slow way from attributes to a set, for what is new: attribute by attribute into the builder's draft.
// The only place that says what an attribute means.
import {
  clearDraft,
  dropDraftValue,
  internSet,
  type SetDraft,
  setDraftValue,
} from '../attribute-sets.ts'
import { clearSpanDraft, internSpanSet, noteUrlPath } from '../builder.ts'
import type { BatchBuilder } from '../builder-columns.ts'
import { FIRST_PEER_KEY, RESOURCE_KEYS, SPAN_KEYS } from '../keys.ts'
import { createKeyTable, familyOfBytes, type KeyTable, matchKey } from './key-table.ts'
import { type KeyValueReader, readKeyValue } from './key-value.ts'
import { internBytes, reductionMode, type ValueCache } from './value-cache.ts'
import * as valueKind from './value-kind.ts'

const { ValueKind } = valueKind

const SPAN_TABLE = createKeyTable(SPAN_KEYS.map((key) => key.name))
const SPAN_MODES = Uint8Array.from(SPAN_KEYS, (key) => reductionMode(key.reduction))
const PRESENCE = reductionMode('presence')
const TEXT = reductionMode('text')
const RESOURCE_TABLE = createKeyTable(RESOURCE_KEYS.map((key) => key.name))
const RESOURCE_MODES = Uint8Array.from(RESOURCE_KEYS, (key) => reductionMode(key.reduction))

/** Where the attributes of the span or resource at hand go. */
export type AttributeDraft = {
  readonly builder: BatchBuilder
  readonly cache: ValueCache
  /** Null when the user names no attributes of his own. */
  readonly peerTable: KeyTable | null
  isResource: boolean
}

export function clearAttributes({ builder, isResource }: AttributeDraft): void {
  if (isResource) clearDraft(builder.resourceDraft)
  else clearSpanDraft(builder)
}

/** How the text of the pair read last is reduced: a mode of value-cache.ts; -1: only its key counts. */
export function modeOfText(
  { isResource, peerTable }: AttributeDraft,
  { wire, keyStart, keyEnd }: KeyValueReader,
): number {
  if (isResource) {
    const key = matchKey(RESOURCE_TABLE, wire, keyStart, keyEnd)
    return key < 0 ? -1 : RESOURCE_MODES[key]! + ValueKind.string
  }
  if (peerTable && matchKey(peerTable, wire, keyStart, keyEnd) >= 0) return TEXT + ValueKind.string
  const key = matchKey(SPAN_TABLE, wire, keyStart, keyEnd)
  return key < 0 || SPAN_MODES[key] === PRESENCE ? -1 : SPAN_MODES[key]! + ValueKind.string
}

/** Position in the lexicon of the set that was put together. */
export function internAttributes({ builder, isResource }: AttributeDraft): number {
  if (!isResource) return internSpanSet(builder)
  return internSet(builder.lexicon.resourceSets, builder.resourceDraft)
}

/** Reads the KeyValue that ends at `end`. */
export function decodeAttribute(draft: AttributeDraft, pair: KeyValueReader, end: number): void {
  readKeyValue(pair, end)
  if (draft.isResource) decodeResourceAttribute(draft, pair)
  else decodeSpanAttribute(draft, pair)
}

function decodeResourceAttribute(into: AttributeDraft, pair: KeyValueReader): void {
  const key = matchKey(RESOURCE_TABLE, pair.wire, pair.keyStart, pair.keyEnd)
  if (key >= 0) keep(into, pair, into.builder.resourceDraft, key, RESOURCE_MODES[key]!)
}

function decodeSpanAttribute(into: AttributeDraft, pair: KeyValueReader): void {
  const { builder, peerTable, cache } = into
  const { wire, keyStart, keyEnd } = pair
  const draft = builder.spanDraft
  const key = matchKey(SPAN_TABLE, wire, keyStart, keyEnd)
  // An attribute that a user takes for the peer, whatever else it means.
  const peer = peerTable ? matchKey(peerTable, wire, keyStart, keyEnd) : -1
  if (peer >= 0) keep(into, pair, draft, FIRST_PEER_KEY + peer, TEXT)
  if (key < 0) {
    draft.families |= familyOfBytes(wire.bytes, keyStart, keyEnd)
    return
  }
  draft.families |= SPAN_TABLE.families[key]!
  const mode = SPAN_MODES[key]!
  if (mode === PRESENCE) setDraftValue(draft, key, 0)
  else {
    keep(into, pair, draft, key, mode)
    noteUrlPath(builder, key, cache.path)
  }
}

/** mode: reductionMode. */
function keep(
  into: AttributeDraft,
  { wire, kind, valueStart, valueEnd }: KeyValueReader,
  draft: SetDraft,
  key: number,
  mode: number,
): void {
  if (kind === ValueKind.none || kind === ValueKind.other) dropDraftValue(draft, key)
  else setDraftValue(draft, key, internBytes(into, wire, mode + kind, valueStart, valueEnd))
}
