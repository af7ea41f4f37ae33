// Values of kept attributes by their bytes: a value seen before costs a hash and a compare,
// and only a new one becomes a JavaScript string. Paths, new in nearly every span, are templated as bytes
// first and looked up by their template.

import { internValue } from '../builder.ts'
import type { BatchBuilder } from '../builder-columns.ts'
import type { Reduction } from '../keys.ts'
import * as path from '../path.ts'
import { authorityEnd, writeTemplate } from '../path.ts'
import {
  addBytes,
  type ByteSource,
  type ByteTable,
  createByteTable,
  findBytes,
  isByteTableFull,
} from './byte-table.ts'
import * as valueKind from './value-kind.ts'
import { createWireReader, readVarint } from './wire.ts'

const { TEMPLATE_BYTES_MAX } = path
const { ValueKind } = valueKind

const REDUCTIONS: readonly Reduction[] = [
  ...(['text', 'presence', 'origin', 'address', 'path', 'verb', 'table'] as const),
]
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

export type ValueCache = {
  readonly values: ByteTable
  /** Templates of paths. */
  readonly templates: ByteTable
  /** Where a template is written before it is looked up. */
  readonly scratch: ByteSource
  /** Position of the templated path of the url that internBytes gave last; 0 = it was no url. */
  path: number
}

export function createValueCache(): ValueCache {
  return {
    values: createByteTable(),
    templates: createByteTable(),
    scratch: createWireReader(new Uint8Array(TEMPLATE_BYTES_MAX)),
    path: 0,
  }
}

export function isValueCacheFull({ values, templates }: ValueCache): boolean {
  return isByteTableFull(values) || isByteTableFull(templates)
}

/** How values of a key are looked up; add the ValueKind. */
export function reductionMode(reduction: Reduction): number {
  return REDUCTIONS.indexOf(reduction) << 3
}

const ORIGIN_STRING = reductionMode('origin') + ValueKind.string
const PATH_STRING = reductionMode('path') + ValueKind.string

/** Interning: values reduced and looked up, once each, in the lexicon of the builder. */
type Interning = { readonly cache: ValueCache; readonly builder: BatchBuilder }

/**
 * Position in the lexicon of the value whose bytes lie at from .. to of the source, reduced; `path` of the
 * cache has the position of its url path. mode: reductionMode + ValueKind.
 */
export function internBytes(
  interning: Interning,
  source: ByteSource,
  mode: number,
  from: number,
  to: number,
): number {
  const { cache } = interning
  if (mode === PATH_STRING) return internTemplate(interning, source, from, to)
  if (mode === ORIGIN_STRING) return internUrl(interning, source, from, to)
  cache.path = 0
  const { values } = cache
  if (findBytes(values, source, mode, from, to)) return values.value
  return addValue(interning, source, mode, from, to)
}

function addValue(
  { cache, builder }: Interning,
  source: ByteSource,
  mode: number,
  from: number,
  to: number,
): number {
  const text = textOf(source.bytes, mode & 7, from, to)
  const value = internValue(builder, text, REDUCTIONS[mode >> 3]!)
  addBytes(cache.values, source, { mode, from, to }, value)
  return value
}

/** The origin is looked up by the bytes up to the end of the authority, the path by its template. */
function internUrl(interning: Interning, source: ByteSource, from: number, to: number): number {
  const { cache } = interning
  cache.path = 0
  const end = authorityEnd(source.bytes, from, to)
  if (end < 0) return 0
  const isKnown = findBytes(cache.values, source, ORIGIN_STRING, from, end)
  const origin = isKnown
    ? cache.values.value
    : addValue(interning, source, ORIGIN_STRING, from, end)
  cache.path = origin === 0 ? 0 : internTemplate(interning, source, from, to)
  return origin
}

function internTemplate(
  { cache, builder }: Interning,
  { bytes }: ByteSource,
  from: number,
  to: number,
): number {
  const { templates, scratch } = cache
  const end = writeTemplate(bytes, from, to, scratch.bytes, 0)
  if (findBytes(templates, scratch, PATH_STRING, 0, end)) return templates.value
  const text = UTF8.decode(scratch.bytes.subarray(0, end))
  const value = internValue(builder, text, 'text')
  addBytes(templates, scratch, { mode: PATH_STRING, from: 0, to: end }, value)
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
