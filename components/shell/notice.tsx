// A page that has nothing but something to say: why, and what to do.
import type { ReactNode } from 'react'
import { Mark } from './mark.tsx'

export type NoticeProps = {
  readonly title: string
  readonly children: ReactNode
}

export function Notice({ title, children }: NoticeProps) {
  return (
    <main className="grid min-h-full place-items-center p-6">
      <div className="w-full max-w-md">
        <div className="mb-5 flex items-center gap-2 text-[15px] font-semibold">
          <Mark /> Strayline
        </div>
        <div className="rounded-xl border bg-surface p-6">
          <h1 className="mb-3 text-lg font-semibold">{title}</h1>
          <div className="flex flex-col gap-3 text-muted">{children}</div>
        </div>
      </div>
    </main>
  )
}
