// What stands where there is nothing yet: what it is, why, and one way on.
import type { ReactNode } from 'react'

export type NoticeProps = { readonly title: string; readonly children: ReactNode }

export function Notice({ title, children }: NoticeProps) {
  return (
    <section className="flex max-w-2xl flex-col gap-4 rounded-xl border bg-surface p-6">
      <h2 className="font-semibold">{title}</h2>
      <div className="contents text-muted">{children}</div>
    </section>
  )
}
