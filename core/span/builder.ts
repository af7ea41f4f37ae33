// Builds one SpanBatch: the place both decoders write to, so that equal requests give equal batches.
// Columns are typed arrays that double; a decoder fills row `count` and then commits it, or leaves it
// to be overwritten. Strings and attribute sets are interned; values are reduced before they are kept.
import {
  clearDraft,
  finishSets,
  hasDraftValue,
  internSet,
  setDraftValue,
} from './attribute-sets.ts'
import { type DecodeCounts, Family, type SpanBatch, SpanFlag } from './batch.ts'
import { type BatchBuilder, growColumns, grownBytes } from './builder-columns.ts'
import { type Reduction, SPAN_KEYS } from './keys.ts'
import { pathOfUrl, reduceValue } from './reduce.ts'

const REMEMBERED_CHARS_MAX = 128
const URL_FULL = keyPosition('url.full')
const HTTP_URL = keyPosition('http.url')
const URL_PATH = keyPosition('url.path')
const HTTP_TARGET = keyPosition('http.target')

/** Starts row `count`: room for it, nothing in its drafts. Ids and times are the decoder's to write. */
export function beginSpan(builder: BatchBuilder): void {
  if (builder.count === builder.capacity) growColumns(builder)
  builder.linkCount = builder.linkStarts[builder.count]!
  builder.rowLinksCut = 0
  builder.urlFullPath = 0
  builder.httpUrlPath = 0
  clearDraft(builder.spanDraft)
}

/**
 * Ends row `count`, whose ids, kind, flags, times and links are in the columns. Checks the ids
 * (EDGES R1): a zero trace or span id rejects the row, a parent equal to the own id is no parent.
 */
export function commitSpan(builder: BatchBuilder, resource: number): void {
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
  finishSpanDraft(builder)
  builder.attributes[row] = internSet(builder.spanSets, builder.spanDraft)
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
  return internString(builder, reduceValue(text, reduction, builder.limits.nameBytesMax))
}

/** internValue that remembers what short texts became. */
export function internRawValue(builder: BatchBuilder, text: string, reduction: Reduction): number {
  if ((reduction !== 'text' && reduction !== 'address') || text.length > REMEMBERED_CHARS_MAX) {
    return internValue(builder, text, reduction)
  }
  const known = builder.reduced[reduction].get(text)
  if (known !== undefined) return known
  const position = internValue(builder, text, reduction)
  builder.reduced[reduction].set(text, position)
  return position
}

/** Position of the templated path of a url, 0 when it is no url. */
export function internUrlPath(builder: BatchBuilder, text: string): number {
  return internString(builder, pathOfUrl(text, builder.limits.nameBytesMax))
}

/**
 * A kept span attribute: `value` from internValue, `path` from internUrlPath for the two url keys
 * (0 otherwise). Positional because it runs once an attribute.
 */
export function setSpanValue(
  builder: BatchBuilder,
  key: number,
  value: number,
  path: number,
): void {
  setDraftValue(builder.spanDraft, key, value)
  if (key === URL_FULL) builder.urlFullPath = path
  else if (key === HTTP_URL) builder.httpUrlPath = path
}

/** The batch of all committed rows; the builder must not be used afterwards. */
export function finishBatch(builder: BatchBuilder): { batch: SpanBatch; counts: DecodeCounts } {
  const { count } = builder
  const links = builder.linkStarts[count]!
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
    resources: builder.resources.slice(0, count),
    attributes: builder.attributes.slice(0, count),
    linkStarts: builder.linkStarts.slice(0, count + 1),
    linkTraceIds: builder.linkTraceIds.slice(0, 16 * links),
    linkSpanIds: builder.linkSpanIds.slice(0, 8 * links),
    resourceSets: finishSets(builder.resourceSets),
    attributeSets: finishSets(builder.spanSets),
    strings: builder.strings,
  }
  return { batch, counts: { rejected: builder.rejected, linksCut: builder.linksCut } }
}

/** What follows from several attributes at once. Source: EDGES R11, section 6. */
function finishSpanDraft(builder: BatchBuilder): void {
  const draft = builder.spanDraft
  const hasUrlFull = hasDraftValue(draft, URL_FULL)
  if (hasUrlFull) {
    const origin = builder.strings[draft.values[URL_FULL]!]!
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

function internString(builder: BatchBuilder, text: string): number {
  const known = builder.stringPositions.get(text)
  if (known !== undefined) return known
  const position = builder.strings.length
  builder.strings.push(text)
  builder.stringPositions.set(text, position)
  return position
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
