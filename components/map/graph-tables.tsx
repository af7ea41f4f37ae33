'use client'
// The map as tables: every node and edge of the view, in step with the map in what is chosen and found.
// This is the form that assistive technology reads, so nothing the map shows is missing here.
import { createColumnHelper, useTable } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import type { NodeKind } from '../../core/graph/node.ts'
import { KindIcon } from '../ui/kind-icon.tsx'
import { formatCount, formatDuration, formatRatio } from '../ui/numbers.ts'
import { StandingBadge } from '../ui/standing-badge.tsx'
import { Time } from '../ui/time.tsx'
import type { Found } from './find.ts'
import { edgeElementId, nodeElementId, nodeTitles } from './graph-elements.ts'
import { KIND_LABELS } from './graph-icons.ts'
import type { EdgeStanding, MapView } from './map-view.ts'
import { SortableTable } from './sortable-table.tsx'
import { sortingFeatures } from './table-features.ts'

export type GraphTablesProps = {
  readonly view: MapView
  readonly found: Found | null
  /** Element id of what is chosen. */
  readonly chosen: string | null
  readonly onChoose: (elementId: string) => void
}

type EdgeRow = {
  readonly elementId: string
  readonly title: string
  readonly source: string
  readonly target: string
  readonly protocol: string
  readonly standing: EdgeStanding
  readonly calls: number
  readonly errors: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly lastSeenMs: number
  readonly evidence: string
}

type NodeRow = {
  readonly elementId: string
  readonly title: string
  readonly kind: NodeKind
  readonly namespace: string
  readonly isNew: boolean
  readonly callers: number
  readonly callees: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
}

const edgeColumn = createColumnHelper<typeof sortingFeatures, EdgeRow>()
const nodeColumn = createColumnHelper<typeof sortingFeatures, NodeRow>()

const EDGE_COLUMNS = edgeColumn.columns([
  edgeColumn.accessor('title', {
    header: 'Edge',
    sortFn: 'text',
    cell: ({ row }) => (
      <span className="inline-flex flex-wrap items-baseline gap-x-1.5">
        <bdi>{row.original.source}</bdi>
        <span className="text-faint">→</span>
        <bdi>{row.original.target}</bdi>
      </span>
    ),
  }),
  edgeColumn.accessor('standing', {
    header: 'Baseline',
    sortFn: 'text',
    cell: ({ row }) => <StandingBadge standing={row.original.standing} />,
  }),
  edgeColumn.accessor('protocol', { header: 'Protocol', sortFn: 'text' }),
  edgeColumn.accessor('calls', {
    header: 'Calls',
    sortFn: 'basic',
    cell: ({ row }) => formatCount(row.original.calls),
  }),
  edgeColumn.accessor('errors', {
    header: 'Errors',
    sortFn: 'basic',
    cell: ({ row }) => <ErrorShare {...row.original} />,
  }),
  edgeColumn.accessor((row) => row.p50Ms ?? -1, {
    id: 'p50',
    header: 'p50',
    sortFn: 'basic',
    cell: ({ row }) => formatDuration(row.original.p50Ms),
  }),
  edgeColumn.accessor((row) => row.p95Ms ?? -1, {
    id: 'p95',
    header: 'p95',
    sortFn: 'basic',
    cell: ({ row }) => formatDuration(row.original.p95Ms),
  }),
  edgeColumn.accessor('lastSeenMs', {
    header: 'Last seen',
    sortFn: 'basic',
    cell: ({ row }) => <Time ms={row.original.lastSeenMs} />,
  }),
  edgeColumn.accessor('evidence', { header: 'Evidence', sortFn: 'text' }),
])

const NODE_COLUMNS = nodeColumn.columns([
  nodeColumn.accessor('title', {
    header: 'Node',
    sortFn: 'text',
    cell: ({ row }) => (
      <span className="inline-flex items-center gap-2">
        <KindIcon kind={row.original.kind} />
        <bdi>{row.original.title}</bdi>
      </span>
    ),
  }),
  nodeColumn.accessor('kind', {
    header: 'Kind',
    sortFn: 'text',
    cell: ({ row }) => KIND_LABELS[row.original.kind],
  }),
  nodeColumn.accessor('namespace', {
    header: 'Namespace',
    sortFn: 'text',
    cell: ({ row }) => <bdi>{row.original.namespace || '–'}</bdi>,
  }),
  nodeColumn.accessor((row) => (row.isNew ? 'new' : ''), {
    id: 'standing',
    header: 'Baseline',
    sortFn: 'text',
    cell: ({ row }) => (row.original.isNew ? <StandingBadge standing="new" /> : null),
  }),
  nodeColumn.accessor('callers', { header: 'Callers', sortFn: 'basic' }),
  nodeColumn.accessor('callees', { header: 'Calls to', sortFn: 'basic' }),
  nodeColumn.accessor('firstSeenMs', {
    header: 'First seen',
    sortFn: 'basic',
    cell: ({ row }) => <Time ms={row.original.firstSeenMs} />,
  }),
  nodeColumn.accessor('lastSeenMs', {
    header: 'Last seen',
    sortFn: 'basic',
    cell: ({ row }) => <Time ms={row.original.lastSeenMs} />,
  }),
])

export function GraphTables({ view, found, chosen, onChoose }: GraphTablesProps) {
  const [kind, setKind] = useState<'edges' | 'nodes'>('edges')
  const titles = useMemo(() => nodeTitles(view), [view])
  const edges = useMemo(() => edgeRows(view, titles, found), [view, titles, found])
  const nodes = useMemo(() => nodeRows(view, titles, found), [view, titles, found])
  const tabs = [
    { id: 'edges', label: `Edges ${edges.length}` },
    { id: 'nodes', label: `Nodes ${nodes.length}` },
  ] as const
  return (
    <section aria-label="Tables" className="flex h-full min-h-0 flex-col bg-surface">
      <fieldset className="flex shrink-0 gap-1 border-b px-3 pt-1">
        <legend className="sr-only">Rows</legend>
        {tabs.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            aria-pressed={kind === id}
            onClick={() => setKind(id)}
            className="number border-b-2 border-transparent px-2 py-1.5 text-[13px] font-medium text-muted aria-pressed:border-ink aria-pressed:text-ink"
          >
            {label}
          </button>
        ))}
      </fieldset>
      <div className="min-h-0 flex-1 overflow-auto">
        {kind === 'edges' ? (
          <EdgeTable rows={edges} chosen={chosen} onChoose={onChoose} />
        ) : (
          <NodeTable rows={nodes} chosen={chosen} onChoose={onChoose} />
        )}
      </div>
    </section>
  )
}

type RowsProps<Row> = {
  readonly rows: Row[]
  readonly chosen: string | null
  readonly onChoose: (elementId: string) => void
}

function EdgeTable({ rows, chosen, onChoose }: RowsProps<EdgeRow>) {
  const table = useTable({
    features: sortingFeatures,
    columns: EDGE_COLUMNS,
    data: rows,
    getRowId: (row) => row.elementId,
  })
  return <SortableTable caption="Edges" table={table} chosen={chosen} onChoose={onChoose} />
}

function NodeTable({ rows, chosen, onChoose }: RowsProps<NodeRow>) {
  const table = useTable({
    features: sortingFeatures,
    columns: NODE_COLUMNS,
    data: rows,
    getRowId: (row) => row.elementId,
  })
  return <SortableTable caption="Nodes" table={table} chosen={chosen} onChoose={onChoose} />
}

function ErrorShare({ errors, calls }: { readonly errors: number; readonly calls: number }) {
  if (errors === 0) return <span className="text-faint">0</span>
  return (
    <span className="text-danger">
      {formatCount(errors)} <span className="text-[11.5px]">({formatRatio(errors, calls)})</span>
    </span>
  )
}

const STANDING_ORDER: readonly EdgeStanding[] = ['new', 'rejected', 'known', 'neutral']

/** What strays comes first, until the person sorts. */
function edgeRows(view: MapView, titles: ReadonlyMap<string, string>, found: Found | null) {
  const rank = (standing: EdgeStanding) => STANDING_ORDER.indexOf(standing)
  return view.edges
    .filter((edge) => found === null || found.edgeIds.has(edge.id))
    .toSorted((a, b) => rank(a.standing) - rank(b.standing))
    .map((edge): EdgeRow => {
      const source = titles.get(edge.sourceId) ?? '?'
      const target = titles.get(edge.targetId) ?? '?'
      return {
        elementId: edgeElementId(edge.id),
        title: `${source} → ${target}`,
        source,
        target,
        protocol: edge.protocol,
        standing: edge.standing,
        calls: edge.calls,
        errors: edge.errors,
        p50Ms: edge.p50Ms,
        p95Ms: edge.p95Ms,
        lastSeenMs: edge.lastSeenMs,
        evidence: edge.isConfirmed ? 'both sides' : 'one side',
      }
    })
}

function nodeRows(view: MapView, titles: ReadonlyMap<string, string>, found: Found | null) {
  return view.nodes
    .filter((node) => found === null || found.nodeIds.has(node.id))
    .map(
      (node): NodeRow => ({
        elementId: nodeElementId(node.id),
        title: titles.get(node.id) ?? '?',
        kind: node.kind,
        namespace: node.namespace,
        isNew: node.isNew,
        callers: view.edges.filter((edge) => edge.targetId === node.id).length,
        callees: view.edges.filter((edge) => edge.sourceId === node.id).length,
        firstSeenMs: node.firstSeenMs,
        lastSeenMs: node.lastSeenMs,
      }),
    )
}
