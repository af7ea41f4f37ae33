// An example trace as a small waterfall: one line a span, in order of start, indented by depth. Drawn as
// SVG with attributes, because the content security policy refuses style attributes.
import type { Exemplar, ExemplarSpan } from '../../core/graph/edge.ts'
import { displayName } from '../../core/graph/label.ts'
import { formatDuration } from '../ui/numbers.ts'

const ROWS_MAX = 40
const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer']

export function Waterfall({ exemplar }: { readonly exemplar: Exemplar }) {
  const rows = arrangeSpans(exemplar.spans)
  const startMs = Math.min(...rows.map(({ span }) => span.startMs))
  const endMs = Math.max(...rows.map(({ span }) => span.startMs + span.durationMs))
  const scale = 100 / Math.max(endMs - startMs, 0.001)
  return (
    <div>
      <ol className="flex flex-col gap-1.5">
        {rows.slice(0, ROWS_MAX).map(({ span, depth }) => (
          <li key={`${span.spanId}${span.kind}${span.service}`} className="text-[12.5px]">
            <SpanLine span={span} depth={depth} />
            <svg
              viewBox="0 0 100 3"
              preserveAspectRatio="none"
              className="mt-0.5 block h-1.5 w-full"
              aria-hidden="true"
            >
              <rect width="100" height="3" rx="0.5" className="fill-hover" />
              <rect
                x={(span.startMs - startMs) * scale}
                width={Math.max(span.durationMs * scale, 0.7)}
                height="3"
                className={span.isError ? 'fill-danger' : 'fill-muted'}
              />
            </svg>
          </li>
        ))}
      </ol>
      {rows.length > ROWS_MAX ? (
        <p className="mt-2 text-[12px] text-muted">{rows.length - ROWS_MAX} more spans</p>
      ) : null}
      <p className="mt-2 font-mono text-[11.5px] break-all text-faint">trace {exemplar.traceId}</p>
    </div>
  )
}

function SpanLine({ span, depth }: { readonly span: ExemplarSpan; readonly depth: number }) {
  return (
    <div className="flex items-baseline gap-1.5">
      <span aria-hidden className="text-faint">
        {depth > 0 ? `${'\u2002'.repeat(Math.min(depth, 6) - 1)}└` : ''}
      </span>
      <bdi className="font-medium">{displayName(span.service)}</bdi>
      <bdi className="min-w-0 flex-1 truncate text-muted">{displayName(span.operation)}</bdi>
      <span className="text-[11.5px] text-faint">{KINDS[span.kind] ?? ''}</span>
      <span className={`number whitespace-nowrap ${span.isError ? 'text-danger' : 'text-muted'}`}>
        {span.isError ? 'error ' : ''}
        {formatDuration(span.durationMs)}
      </span>
    </div>
  )
}

type Row = { readonly span: ExemplarSpan; readonly depth: number }

/** Parents before children, siblings by start. Spans whose parent is not there are roots; cycles end. */
export function arrangeSpans(spans: readonly ExemplarSpan[]): Row[] {
  const byStart = spans.toSorted((a, b) => a.startMs - b.startMs || a.durationMs - b.durationMs)
  const ids = new Set(spans.map((span) => span.spanId))
  const rows: Row[] = []
  const seen = new Set<ExemplarSpan>()
  const visit = (span: ExemplarSpan, depth: number) => {
    if (seen.has(span)) return
    seen.add(span)
    rows.push({ span, depth })
    // Zipkin's way: both halves of one call have one id; the server half goes below the client half.
    for (const child of byStart) if (child.parentId === span.spanId) visit(child, depth + 1)
  }
  for (const span of byStart)
    if (!ids.has(span.parentId) || span.parentId === span.spanId) visit(span, 0)
  for (const span of byStart) visit(span, 0)
  return rows
}
