// Writes the table span: every span that arrived, by COPY in the commit that counts it, so each is there once for
// each time it was acknowledged; only when STRAYLINE_TRACE_RETENTION is all.
import type { AttributeSet, SpanBatch } from '../core/span/batch.ts'
import { SpanFlag } from '../core/span/batch.ts'
import { RESOURCE_KEYS, SPAN_KEYS } from '../core/span/keys.ts'
import { copyIn } from './copy-in.ts'
import type { Query } from './sql.ts'

export type ArrivedBatch = {
  readonly batch: SpanBatch
  /** Unix ms. */
  readonly arrivalMs: number
}

/** Stores the spans of these batches. */
export async function copySpans(tx: Query, batches: readonly ArrivedBatch[]): Promise<void> {
  if (batches.length === 0) return
  const copy = tx`
    copy span (arrived, trace_id, span_id, parent_id, kind, service, start, duration_ms, is_error,
      resource, attributes) from stdin`
  await copyIn(copy, batches.map(rowsOf))
}

/** The rows of one batch as COPY text. Source: PostgreSQL manual, COPY, Text Format. */
function rowsOf({ batch, arrivalMs }: ArrivedBatch): string {
  const arrived = new Date(arrivalMs).toISOString()
  const resources = batch.resourceSets.map((set) => readSet(set, RESOURCE_KEYS, batch.strings))
  const resourceTexts = resources.map(escapedJson)
  const attributeTexts = batch.attributeSets.map((set) =>
    escapedJson(readSet(set, SPAN_KEYS, batch.strings)),
  )
  let rows = ''
  for (let at = 0; at < batch.count; at++) {
    const startNano = batch.startUnixNanos[at] ?? 0n
    const durationMs = Number((batch.endUnixNanos[at] ?? 0n) - startNano) / 1e6
    const resource = batch.resources[at] ?? 0
    const fields = [
      ...[arrived, hex(batch.traceIds, at, 16), hex(batch.spanIds, at, 8)],
      ...[hex(batch.parentIds, at, 8).replace(/^0+$/, ''), batch.kinds[at] ?? 0],
      escaped(storable(resources[resource]?.['service.name'] ?? '')),
      ...[timeOf(startNano), durationMs, (batch.flags[at] ?? 0) & SpanFlag.error ? 't' : 'f'],
      ...[resourceTexts[resource] ?? '{}', attributeTexts[batch.attributes[at] ?? 0] ?? '{}'],
    ]
    rows += `${fields.join('\t')}\n`
  }
  return rows
}

type Values = { readonly [name: string]: string }

function readSet(
  set: AttributeSet,
  keys: readonly { readonly name: string }[],
  strings: readonly string[],
): Values {
  const entries = [...set.keys].map((key, at): [string, string] => [
    keys[key]?.name ?? String(key),
    storable(strings[set.values[at] ?? 0] ?? ''),
  ])
  return Object.fromEntries(entries)
}

function hex(ids: Uint8Array, at: number, bytes: number): string {
  return Buffer.from(ids.buffer, ids.byteOffset + at * bytes, bytes).toString('hex')
}

/** The year 10000 and later, which no clock means, would be a date that Postgres cannot read. */
const LATEST_NANO = 253_402_300_799_000_000_000n

function timeOf(unixNano: bigint): string {
  const capped = unixNano < LATEST_NANO ? unixNano : LATEST_NANO
  const micros = String((capped / 1000n) % 1000n).padStart(3, '0')
  return new Date(Number(capped / 1_000_000n)).toISOString().replace('Z', `${micros}Z`)
}

/** Neither NUL nor half a character can be stored. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

function escapedJson(values: Values): string {
  return escaped(JSON.stringify(values))
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
}

export type KeptSpan = {
  readonly traceId: string
  readonly spanId: string
  /** '' for none. */
  readonly parentId: string
  readonly kind: number
  readonly service: string
  readonly startMs: number
  readonly durationMs: number
  readonly isError: boolean
  readonly resource: Values
  readonly attributes: Values
}

type SpanRow = {
  trace_id: string
  span_id: string
  parent_id: string
  kind: number
  service: string
  start: Date
  duration_ms: number
  is_error: boolean
  resource: Values
  attributes: Values
}

const SPANS_MAX = 10_000

/** The kept spans of one trace (32 hex digits) by start; a span that was sent twice is told once. */
export async function readTrace(sql: Query, traceId: string): Promise<readonly KeptSpan[]> {
  const rows = await sql<SpanRow[]>`
    select distinct on (start, span_id, kind, service) trace_id, span_id, parent_id, kind, service,
      start, duration_ms, is_error, resource, attributes
    from span where trace_id = ${traceId}
    order by start, span_id, kind, service, arrived limit ${SPANS_MAX}`
  return rows.map((row) => ({
    ...{ traceId: row.trace_id, spanId: row.span_id, parentId: row.parent_id, kind: row.kind },
    ...{ service: row.service, startMs: row.start.getTime(), durationMs: row.duration_ms },
    ...{ isError: row.is_error, resource: row.resource, attributes: row.attributes },
  }))
}
