'use client'
// A table whose head sorts and whose rows can be chosen, by pointer or by the button in the first cell.
import type { ReactTable, RowData } from '@tanstack/react-table'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { sortingFeatures } from './table-features.ts'

type Sorting = typeof sortingFeatures

/** isFound: whether a search found the row; null: nothing is searched for. */
type Findable = RowData & { readonly isFound: boolean | null }

export type SortableTableProps<Row extends Findable> = {
  readonly caption: string
  readonly table: ReactTable<Sorting, Row>
  readonly chosen: string | null
  readonly onChoose: (rowId: string) => void
}

export function SortableTable<Row extends Findable>(props: SortableTableProps<Row>) {
  const { caption, table, chosen, onChoose } = props
  const rows = table.getRowModel().rows
  const body = useRef<HTMLTableSectionElement>(null)
  useEffect(() => {
    if (chosen === null) return
    body.current?.querySelector('tr[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <table className="number w-full border-separate border-spacing-0 text-[13px]">
      <caption className="sr-only">{caption}</caption>
      <SortableHead table={table} />
      <tbody ref={body}>
        {rows.map((row) => (
          <tr
            key={row.id}
            aria-current={row.id === chosen ? 'true' : undefined}
            data-row={row.id}
            data-found={row.original.isFound ?? undefined}
            onClick={() => onChoose(row.id)}
            className="data-[found=false]:text-muted cursor-pointer hover:bg-hover aria-[current]:bg-hover aria-[current]:shadow-[inset_3px_0_0_var(--ink)]"
          >
            {row.getAllCells().map((cell, at) =>
              at === 0 ? (
                <th
                  key={cell.id}
                  scope="row"
                  className="border-b px-3 py-1.5 text-left font-medium"
                >
                  <button type="button" className="min-w-48 text-left hover:underline">
                    {row.original.isFound ? <FoundSign /> : null}
                    <table.FlexRender cell={cell} />
                  </button>
                </th>
              ) : (
                <td key={cell.id} className="border-b px-3 py-1.5 whitespace-nowrap">
                  <table.FlexRender cell={cell} />
                </td>
              ),
            )}
          </tr>
        ))}
        {rows.length === 0 ? (
          <tr>
            <td colSpan={99} className="px-3 py-6 text-center text-muted">
              Nothing is left. Clear Hide to see all.
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  )
}

function FoundSign() {
  return (
    <>
      <span aria-hidden>◆ </span>
      <span className="sr-only">found: </span>
    </>
  )
}

function SortableHead<Row extends Findable>({ table }: Pick<SortableTableProps<Row>, 'table'>) {
  return (
    <thead>
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id}>
          {group.headers.map((header) => {
            const sorted = header.column.getIsSorted()
            return (
              <th
                key={header.id}
                scope="col"
                aria-sort={sorted === 'asc' ? 'ascending' : sorted ? 'descending' : 'none'}
                className="sticky top-0 z-10 border-b bg-surface px-3 py-1.5 text-left text-[12px] font-medium text-muted"
              >
                <button
                  type="button"
                  onClick={() => header.column.toggleSorting()}
                  className="inline-flex items-center gap-1 hover:text-ink"
                >
                  <table.FlexRender header={header} />
                  {sorted === 'asc' ? <ArrowUp size={12} aria-hidden /> : null}
                  {sorted === 'desc' ? <ArrowDown size={12} aria-hidden /> : null}
                </button>
              </th>
            )
          })}
        </tr>
      ))}
    </thead>
  )
}
