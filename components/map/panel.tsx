'use client'
// The frame of the side panel and the small parts that both kinds of panel are made of.
import { X } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { buttonClass } from '../ui/button.ts'
import type { Detail } from './use-detail.ts'

export type PanelProps = {
  readonly kicker: ReactNode
  readonly title: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Panel({ kicker, title, onClose, children }: PanelProps) {
  const titleId = useId()
  return (
    <aside
      aria-labelledby={titleId}
      className="flex min-h-0 w-full shrink-0 flex-col border-l bg-surface max-md:absolute max-md:inset-0 max-md:z-20 max-md:border-l-0 md:w-[372px]"
    >
      <div className="flex items-start gap-2 border-b px-4 pt-3 pb-3">
        <div className="min-w-0 flex-1">
          <div className="mb-1 flex items-center gap-2 text-[12px] text-muted">{kicker}</div>
          <h2 id={titleId} className="text-[15px] leading-snug font-semibold break-words">
            {title}
          </h2>
        </div>
        <button
          type="button"
          className={buttonClass('icon', '-mr-1')}
          aria-label="Close panel"
          onClick={onClose}
        >
          <X size={16} aria-hidden />
        </button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </aside>
  )
}

export function Section({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <section className="border-b px-4 py-3.5 last:border-b-0">
      <h3 className="mb-2 text-[12px] font-semibold text-muted">{title}</h3>
      {children}
    </section>
  )
}

/** Name and value pairs. A row whose value is null is left out. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [label: string, value: ReactNode])[]
}) {
  return (
    <dl className="number grid grid-cols-[7.5rem_1fr] gap-x-3 gap-y-1.5 text-[13px]">
      {rows
        .filter(([, value]) => value !== null)
        .map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** What to show while a panel has nothing to show. */
export function DetailState({ detail }: { readonly detail: Detail<unknown> }) {
  const text = {
    reading: '',
    gone: 'This is no longer in the graph: its calls were taken back, or it was forgotten.',
    failed: 'This could not be read. It is tried again when the map changes.',
    here: '',
  }[detail.state]
  return <p className="px-4 py-6 text-muted empty:hidden">{text}</p>
}
