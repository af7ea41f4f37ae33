// Writes the tables exemplar and trace_span: a few example traces an edge, operation and hour.
// Which ones stay depends on their trace ids alone (the smallest), so that order does not matter.
import type { Exemplar, ExemplarSpan } from '../core/graph/edge.ts'
import { type EdgePair, pairColumns } from './edge-pairs.ts'
import type { Query } from './sql.ts'

const PER_OPERATION_HOUR_MAX = 3
const SPANS_PER_TRACE_MAX = 1_000
const HOUR_MS = 3_600_000

export type ExemplarRow = {
  readonly edgeId: bigint
  readonly traceId: string
  readonly operation: string
  /** Unix ms of the trace's start. */
  readonly startMs: number
}

/** Keeps these exemplars and their traces' spans; a trace that comes again replaces its spans. */
export async function keepExemplars(
  tx: Query,
  exemplars: readonly ExemplarRow[],
  traces: readonly Exemplar[],
): Promise<void> {
  if (exemplars.length === 0) return
  await insertExemplars(tx, exemplars)
  const edgeIds = [...new Set(exemplars.map((exemplar) => exemplar.edgeId))]
  const cut = await cutExemplars(tx, edgeIds)
  const traceIds = traces.map((trace) => trace.traceId)
  await removeSpans(tx, traceIds)
  await insertSpans(tx, traces)
  await removeUnnamedTraces(tx, [...traceIds, ...cut])
}

async function insertExemplars(tx: Query, exemplars: readonly ExemplarRow[]): Promise<void> {
  const hours = exemplars.map(({ startMs }) => Math.floor(startMs / HOUR_MS) * HOUR_MS)
  await tx`
    insert into exemplar (edge_id, trace_id, operation_name, hour)
    select given.edge_id, given.trace_id, given.operation_name, min(to_timestamp(given.hour / 1000))
    from unnest(
      ${exemplars.map((exemplar) => String(exemplar.edgeId))}::bigint[],
      ${exemplars.map((exemplar) => exemplar.traceId)}::text[],
      ${exemplars.map((exemplar) => exemplar.operation)}::text[],
      ${hours}::float8[]
    ) as given(edge_id, trace_id, operation_name, hour)
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (edge_id, trace_id, operation_name) do update set
      hour = least(exemplar.hour, excluded.hour)`
}

type TraceRow = { trace_id: string }

/** Removes what is over the number an operation and hour may keep; returns the traces concerned. */
async function cutExemplars(tx: Query, edgeIds: readonly bigint[]): Promise<readonly string[]> {
  const rows = await tx<TraceRow[]>`
    delete from exemplar using (
      select edge_id, trace_id, operation_name, row_number() over (
        partition by edge_id, operation_name, hour order by trace_id
      ) as place
      from exemplar where edge_id = any(${edgeIds.map(String)}::bigint[])
    ) as ranked
    where ranked.place > ${PER_OPERATION_HOUR_MAX} and exemplar.edge_id = ranked.edge_id
      and exemplar.trace_id = ranked.trace_id and exemplar.operation_name = ranked.operation_name
    returning exemplar.trace_id`
  return rows.map((row) => row.trace_id)
}

async function removeSpans(tx: Query, traceIds: readonly string[]): Promise<void> {
  await tx`delete from trace_span where trace_id = any(${traceIds as string[]}::text[])`
}

type SpanRow = ExemplarSpan & { readonly traceId: string }

async function insertSpans(tx: Query, traces: readonly Exemplar[]): Promise<void> {
  const spans: SpanRow[] = traces.flatMap(({ traceId, spans: given }) =>
    given.slice(0, SPANS_PER_TRACE_MAX).map((span) => ({ ...span, traceId })),
  )
  await tx`
    insert into trace_span (trace_id, span_id, kind, service, parent_id, operation, start,
      duration_ms, is_error)
    select given.trace_id, given.span_id, given.kind, given.service, given.parent_id,
      given.operation, to_timestamp(given.start / 1000), given.duration_ms, given.is_error = 1
    from unnest(
      ${spans.map((span) => span.traceId)}::text[],
      ${spans.map((span) => span.spanId)}::text[],
      ${spans.map((span) => span.kind)}::smallint[],
      ${spans.map((span) => span.service)}::text[],
      ${spans.map((span) => span.parentId)}::text[],
      ${spans.map((span) => span.operation)}::text[],
      ${spans.map((span) => span.startMs)}::float8[],
      ${spans.map((span) => span.durationMs)}::float8[],
      ${spans.map((span) => (span.isError ? 1 : 0))}::int[]
    ) as given(trace_id, span_id, kind, service, parent_id, operation, start, duration_ms, is_error)
    order by 1, 2, 3, 4
    on conflict (trace_id, span_id, kind, service) do nothing`
}

/** Removes the spans of those of these traces that no exemplar names any more. */
async function removeUnnamedTraces(tx: Query, traceIds: readonly string[]): Promise<void> {
  await tx`
    delete from trace_span
    where trace_id = any(${traceIds as string[]}::text[])
      and not exists (select from exemplar where exemplar.trace_id = trace_span.trace_id)`
}

/**
 * Before those of these edges go whose calls have returned to 0: their exemplars, and traces only
 * they named.
 */
export async function removeExemplarsOfEmptyEdges(
  tx: Query,
  edgeIds: readonly bigint[],
): Promise<void> {
  const rows = await tx<TraceRow[]>`
    delete from exemplar using edge
    where edge.id = exemplar.edge_id and edge.id = any(${edgeIds.map(String)}::bigint[])
      and edge.calls <= 0
    returning exemplar.trace_id`
  const traceIds = rows.map((row) => row.trace_id)
  if (traceIds.length > 0) await removeUnnamedTraces(tx, traceIds)
}

/** Before these edges go, whatever they count: their exemplars, and traces only they named. */
export async function removeExemplarsOf(tx: Query, edgeIds: readonly bigint[]): Promise<void> {
  const rows = await tx<TraceRow[]>`
    delete from exemplar where edge_id = any(${edgeIds.map(String)}::bigint[])
    returning trace_id`
  await removeUnnamedTraces(
    tx,
    rows.map((row) => row.trace_id),
  )
}

/** Removes exemplars older than a time, but for those behind an open alert; returns how many. */
export async function pruneExemplars(tx: Query, beforeMs: number): Promise<number> {
  const rows = await tx<TraceRow[]>`
    delete from exemplar using edge left join alert on alert.id = edge.alert_id
    where edge.id = exemplar.edge_id and exemplar.hour < to_timestamp(${beforeMs}::float8 / 1000)
      and alert.state is distinct from 'open'
    returning exemplar.trace_id`
  await removeUnnamedTraces(
    tx,
    rows.map((row) => row.trace_id),
  )
  return rows.length
}

export type KeptTrace = {
  readonly traceId: string
  readonly operation: string
  readonly spans: readonly ExemplarSpan[]
}

type KeptRow = {
  trace_id: string
  operation_name: string
  span_id: string
  parent_id: string
  kind: number
  service: string
  operation: string
  start: Date
  duration_ms: number
  is_error: boolean
}

const SHOWN_MAX = 5

/** The newest example traces of these edges, spans by start. */
export async function readExemplars(
  sql: Query,
  edgeIds: readonly bigint[],
): Promise<readonly KeptTrace[]> {
  const rows = await sql<KeptRow[]>`
    with newest as (
      select trace_id, min(operation_name) as operation_name, max(hour) as hour from exemplar
      where edge_id = any(${edgeIds.map(String)}::bigint[])
      group by trace_id order by 3 desc, 1 limit ${SHOWN_MAX}
    )
    select newest.trace_id, newest.operation_name, trace_span.span_id, trace_span.parent_id,
      trace_span.kind, trace_span.service, trace_span.operation, trace_span.start,
      trace_span.duration_ms, trace_span.is_error
    from newest join trace_span on trace_span.trace_id = newest.trace_id
    order by newest.hour desc, newest.trace_id, trace_span.start, trace_span.span_id`
  const traces = new Map<string, { operation: string; spans: ExemplarSpan[] }>()
  for (const row of rows) {
    const trace = traces.get(row.trace_id) ?? { operation: row.operation_name, spans: [] }
    trace.spans.push(spanOf(row))
    traces.set(row.trace_id, trace)
  }
  return [...traces].map(([traceId, trace]) => ({ traceId, ...trace }))
}

function spanOf(row: KeptRow): ExemplarSpan {
  return {
    spanId: row.span_id,
    parentId: row.parent_id,
    kind: row.kind,
    service: row.service,
    operation: row.operation,
    startMs: row.start.getTime(),
    durationMs: row.duration_ms,
    isError: row.is_error,
  }
}

/** Gives the exemplars of merged edges to what they were merged into, no more than an edge may keep. */
export async function mergeExemplars(tx: Query, edges: readonly EdgePair[]): Promise<void> {
  const { from, into } = pairColumns(edges)
  await tx`
    insert into exemplar as stored (edge_id, trace_id, operation_name, hour)
    select pair.into_id, old.trace_id, old.operation_name, old.hour
    from unnest(${from}::bigint[], ${into}::bigint[]) as pair(from_id, into_id)
    join exemplar as old on old.edge_id = pair.from_id
    on conflict (edge_id, trace_id, operation_name) do update set
      hour = least(stored.hour, excluded.hour)`
  await tx`delete from exemplar where edge_id = any(${from}::bigint[])`
  const cut = await cutExemplars(
    tx,
    edges.map((pair) => pair.into),
  )
  await removeUnnamedTraces(tx, cut)
}
