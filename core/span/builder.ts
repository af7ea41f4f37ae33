// Builds one SpanBatch: the place both decoders write to, so that equal requests give equal batches.
// Columns are typed arrays that double; a decoder fills row `count` and then commits it, or leaves it
// to be overwritten. Strings and attribute sets are interned; values are reduced before they are kept.
import { clearDraft, hasDraftValue, internSet, setDraftValue } from './attribute-sets.ts'
import type { DecodeCounts, SpanBatch } from './batch.ts'
import * as batch from './batch.ts'
import { type BatchBuilder, growColumns, grownBytes } from './builder-columns.ts'
import { type Reduction, SPAN_KEYS } from './keys.ts'
import { internString, takeTables } from './lexicon.ts'
import { pathOfUrl, reduceValue } from './reduce.ts'

const { Family, SpanFlag } = batch

const REMEMBERED_CHARS_MAX = 128
const URL_FULL = keyPosition('url.full')
const HTTP_URL = keyPosition('http.url')
const URL_PATH = keyPosition('url.path')
const HTTP_TARGET = keyPosition('http.target')

/** Begins anew, with what the lexicon knows. */
export function clearBuilder(builder: BatchBuilder): void {
  builder.count = 0
  builder.linkCount = 0
  builder.rejected = 0
  builder.linksCut = 0
}

/** Starts row `count`: room for it, nothing in its drafts. Ids and times are the decoder's to write. */
export function beginSpan(builder: BatchBuilder): void {
  if (builder.count === builder.capacity) growColumns(builder)
  builder.linkCount = builder.linkStarts[builder.count]!
  builder.rowLinksCut = 0
  clearSpanDraft(builder)
}

/** The row at hand has no attributes yet. */
export function clearSpanDraft(builder: BatchBuilder): void {
  builder.urlFullPath = 0
  builder.httpUrlPath = 0
  clearDraft(builder.spanDraft)
}

/**
 * Ends row `count`, whose ids, kind, flags, times and links are in the columns. Checks the ids
 * (EDGES R1): a zero trace or span id rejects the row, a parent equal to the own id is no parent.
 * resource, attributes: positions of sets in the lexicon.
 */
export function commitSpan(builder: BatchBuilder, resource: number, attributes: number): void {
  const row = builder.count
  const { traceWords, spanWords, parentWords } = builder
  const trace = 4 * row
  const high = spanWords[2 * row]!
  const low = spanWords[2 * row + 1]!
  const isTraceZero =
    (traceWords[trace]! |
      traceWords[trace + 1]! |
      traceWords[trace + 2]! |
      traceWords[trace + 3]!) ===
    0
  if (isTraceZero || (high | low) === 0) {
    rejectSpan(builder)
    return
  }
  if (parentWords[2 * row] === high && parentWords[2 * row + 1] === low) clearParent(builder)
  builder.resources[row] = resource
  builder.attributes[row] = attributes
  builder.linkStarts[row + 1] = builder.linkCount
  builder.linksCut += builder.rowLinksCut
  builder.count++
}

/** Leaves the row at hand out: its trace or span id has a wrong length. */
export function rejectSpan(builder: BatchBuilder): void {
  builder.rejected++
}

/** Room for one more link of the row at hand, or false (and counted) when it has its full number. */
export function beginLink(builder: BatchBuilder): boolean {
  const links = builder.linkCount - builder.linkStarts[builder.count]!
  if (links >= builder.limits.linksPerSpanMax) {
    builder.rowLinksCut++
    return false
  }
  if (8 * builder.linkCount === builder.linkSpanIds.length) {
    const capacity = Math.max(16, builder.linkCount * 2)
    builder.linkTraceIds = grownBytes(builder.linkTraceIds, 16 * capacity)
    builder.linkSpanIds = grownBytes(builder.linkSpanIds, 8 * capacity)
  }
  return true
}

/** Ends the link whose ids are at linkCount; one with a zero id is left out and counted. */
export function commitLink(builder: BatchBuilder): void {
  const link = builder.linkCount
  if (
    isZero(builder.linkTraceIds, 16 * link, 16 * link + 16) ||
    isZero(builder.linkSpanIds, 8 * link, 8 * link + 8)
  )
    builder.rowLinksCut++
  else builder.linkCount++
}

/** Position of a value in the string table, reduced as its key wants it. */
export function internValue(builder: BatchBuilder, text: string, reduction: Reduction): number {
  const { lexicon, limits } = builder
  return internString(lexicon, reduceValue(text, reduction, limits.nameBytesMax))
}

/** internValue that remembers what short texts became. */
export function internRawValue(builder: BatchBuilder, text: string, reduction: Reduction): number {
  if ((reduction !== 'text' && reduction !== 'address') || text.length > REMEMBERED_CHARS_MAX) {
    return internValue(builder, text, reduction)
  }
  const { reduced } = builder.lexicon
  const known = reduced[reduction].get(text)
  if (known !== undefined) return known
  const position = internValue(builder, text, reduction)
  reduced[reduction].set(text, position)
  return position
}

/** Position of the templated path of a url, 0 when it is no url. */
export function internUrlPath(builder: BatchBuilder, text: string): number {
  return internString(builder.lexicon, pathOfUrl(text, builder.limits.nameBytesMax))
}

/** path: of a value of this key, from internUrlPath; only of the two url keys it is kept. */
export function noteUrlPath(builder: BatchBuilder, key: number, path: number): void {
  if (key === URL_FULL) builder.urlFullPath = path
  else if (key === HTTP_URL) builder.httpUrlPath = path
}

/** Position in the lexicon of the set that was put together for the row at hand. */
export function internSpanSet(builder: BatchBuilder): number {
  finishSpanDraft(builder)
  return internSet(builder.lexicon.spanSets, builder.spanDraft)
}

/** The batch of all committed rows. */
export function finishBatch(builder: BatchBuilder): { batch: SpanBatch; counts: DecodeCounts } {
  const { count } = builder
  const links = builder.linkStarts[count]!
  const resources = builder.resources.slice(0, count)
  const attributes = builder.attributes.slice(0, count)
  const batch: SpanBatch = {
    count,
    traceIds: builder.traceIds.slice(0, 16 * count),
    spanIds: builder.spanIds.slice(0, 8 * count),
    parentIds: builder.parentIds.slice(0, 8 * count),
    kinds: builder.kinds.slice(0, count),
    flags: builder.flags.slice(0, count),
    startUnixNanos: builder.startUnixNanos.slice(0, count),
    endUnixNanos: builder.endUnixNanos.slice(0, count),
    weights: builder.weights.slice(0, count),
    resources,
    attributes,
    linkStarts: builder.linkStarts.slice(0, count + 1),
    linkTraceIds: builder.linkTraceIds.slice(0, 16 * links),
    linkSpanIds: builder.linkSpanIds.slice(0, 8 * links),
    ...takeTables(builder.lexicon, resources, attributes),
  }
  return { batch, counts: { rejected: builder.rejected, linksCut: builder.linksCut } }
}

/** What follows from several attributes at once. Source: EDGES R11, section 6. */
function finishSpanDraft(builder: BatchBuilder): void {
  const draft = builder.spanDraft
  const hasUrlFull = hasDraftValue(draft, URL_FULL)
  if (hasUrlFull) {
    const origin = builder.lexicon.strings[draft.values[URL_FULL]!]!
    if (origin.startsWith('http://') || origin.startsWith('https://')) {
      draft.families |= Family.http
    }
  }
  const hasHttpUrl = hasDraftValue(draft, HTTP_URL)
  if (!hasUrlFull && !hasHttpUrl) return
  const hasPath =
    (hasDraftValue(draft, URL_PATH) && draft.values[URL_PATH] !== 0) ||
    (hasDraftValue(draft, HTTP_TARGET) && draft.values[HTTP_TARGET] !== 0)
  const path = (hasUrlFull && builder.urlFullPath) || (hasHttpUrl && builder.httpUrlPath) || 0
  if (!hasPath && path !== 0) setDraftValue(draft, URL_PATH, path)
}

/** The row at hand has no parent. */
export function clearParent(builder: BatchBuilder): void {
  builder.parentWords[2 * builder.count] = 0
  builder.parentWords[2 * builder.count + 1] = 0
}

/** The row's parent id has a wrong length: it never arrives. */
export function loseParent(builder: BatchBuilder): void {
  clearParent(builder)
  builder.flags[builder.count]! |= SpanFlag.parentLost
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false
  return true
}

function keyPosition(name: string): number {
  const position = SPAN_KEYS.findIndex((key) => key.name === name)
  if (position < 0) throw new Error(`no kept attribute ${name}`)
  return position
}
