// A titled part of an alert.
import type { ReactNode } from 'react'

export function Block({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <section className="mt-6 rounded-xl border bg-surface px-5 py-4">
      <h3 className="mb-2.5 text-[12.5px] font-semibold text-muted">{title}</h3>
      {children}
    </section>
  )
}
