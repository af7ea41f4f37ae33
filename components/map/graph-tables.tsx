'use client'
// The map as tables: every node and edge that is shown, in step with the map in what is chosen and found.
// This is the form that assistive technology reads, so nothing the map shows is missing here.
import { useTable } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import type { Found } from './ask-view.ts'
import { nodeTitles } from './graph-elements.ts'
import type { MapView } from './map-view.ts'
import { SortableTable } from './sortable-table.tsx'
import { sortingFeatures } from './table-features.ts'
import {
  EDGE_COLUMNS,
  type EdgeRow,
  edgeRows,
  NODE_COLUMNS,
  type NodeRow,
  nodeRows,
} from './table-rows.tsx'

export type GraphTablesProps = {
  readonly view: MapView
  readonly found: Found | null
  /** Element id of what is chosen. */
  readonly chosen: string | null
  readonly onChoose: (elementId: string) => void
}

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
