// Values of kept attributes by their bytes: a value seen before in the batch costs a hash and a compare,
// and only a new one becomes a JavaScript string. Paths, new in nearly every span, are templated as bytes
// first and looked up by their template.

import { internValue } from '../builder.ts'
import type { BatchBuilder } from '../builder-columns.ts'
import type { Reduction } from '../keys.ts'
import { authorityEnd, TEMPLATE_BYTES_MAX, writeTemplate } from '../path.ts'
import { addBytes, type ByteTable, createByteTable, findBytes } from './byte-table.ts'
import { createWireReader, readVarint } from './wire.ts'

/** Kind of an AnyValue; `other` has no text of its own (arrays, kvlists, bytes). */
export const ValueKind = { none: 0, string: 1, bool: 2, int: 3, double: 4, other: 5 } as const

const REDUCTIONS: readonly Reduction[] = [
  ...(['text', 'presence', 'origin', 'address', 'path', 'verb', 'table'] as const),
]
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

export type ValueCache = {
  readonly builder: BatchBuilder
  /** Over the body, which must stay as it is while the cache is used. */
  readonly values: ByteTable
  /** Over templates of paths, one behind the other. */
  readonly templates: ByteTable
  templatesEnd: number
  /** Position of the templated path of the url that internBytes gave last; 0 = it was no url. */
  path: number
}

export function createValueCache(body: Uint8Array, builder: BatchBuilder): ValueCache {
  return {
    builder,
    values: createByteTable(body),
    templates: createByteTable(new Uint8Array(8 * TEMPLATE_BYTES_MAX)),
    templatesEnd: 0,
    path: 0,
  }
}

/** How values of a key are looked up; add the ValueKind. */
export function reductionMode(reduction: Reduction): number {
  return REDUCTIONS.indexOf(reduction) << 3
}

const ORIGIN_STRING = reductionMode('origin') + ValueKind.string
const PATH_STRING = reductionMode('path') + ValueKind.string

/**
 * Position in the string table of the value whose bytes lie at from .. to, reduced; `path` of the cache
 * has the position of its url path. mode: reductionMode + ValueKind.
 */
export function internBytes(cache: ValueCache, mode: number, from: number, to: number): number {
  if (mode === PATH_STRING) return internTemplate(cache, from, to)
  if (mode === ORIGIN_STRING) return internUrl(cache, from, to)
  cache.path = 0
  const { values } = cache
  return findBytes(values, mode, from, to) ? values.value : addValue(cache, mode, from, to)
}

function addValue(cache: ValueCache, mode: number, from: number, to: number): number {
  const { builder, values } = cache
  const text = textOf(values.bytes, mode & 7, from, to)
  const value = internValue(builder, text, REDUCTIONS[mode >> 3]!)
  addBytes(values, { mode, from, to }, value)
  return value
}

/** The origin is looked up by the bytes up to the end of the authority, the path by its template. */
function internUrl(cache: ValueCache, from: number, to: number): number {
  const { values } = cache
  cache.path = 0
  const end = authorityEnd(values.bytes, from, to)
  if (end < 0) return 0
  const isKnown = findBytes(values, ORIGIN_STRING, from, end)
  const origin = isKnown ? values.value : addValue(cache, ORIGIN_STRING, from, end)
  cache.path = origin === 0 ? 0 : internTemplate(cache, from, to)
  return origin
}

function internTemplate(cache: ValueCache, from: number, to: number): number {
  const { builder, templates, templatesEnd } = cache
  if (templatesEnd + TEMPLATE_BYTES_MAX > templates.bytes.length) growTemplates(templates)
  const end = writeTemplate(cache.values.bytes, from, to, templates.bytes, templatesEnd)
  if (findBytes(templates, PATH_STRING, templatesEnd, end)) return templates.value
  const text = UTF8.decode(templates.bytes.subarray(templatesEnd, end))
  const value = internValue(builder, text, 'text')
  const place = { mode: PATH_STRING, from: templatesEnd, to: end }
  if (addBytes(templates, place, value)) cache.templatesEnd = end
  return value
}

function textOf(body: Uint8Array, kind: number, from: number, to: number): string {
  const bytes = body.subarray(from, to)
  if (kind === ValueKind.string) return UTF8.decode(bytes)
  const reader = createWireReader(bytes)
  if (kind === ValueKind.double) return String(reader.view.getFloat64(0, true))
  const low = readVarint(reader, bytes.length)
  if (kind === ValueKind.bool) return String(low !== 0 || reader.high !== 0)
  return String(BigInt.asIntN(64, (BigInt(reader.high) << 32n) | BigInt(low)))
}

function growTemplates(table: ByteTable): void {
  const bytes = new Uint8Array(table.bytes.length * 2)
  bytes.set(table.bytes)
  table.bytes = bytes
  table.view = new DataView(bytes.buffer)
}
