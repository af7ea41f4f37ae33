// The card around the sign-in and setup forms.
import type { ReactNode } from 'react'
import { Mark } from '../shell/mark.tsx'

export type FormShellProps = {
  readonly title: string
  readonly lead: string
  readonly children: ReactNode
}

export function FormShell({ title, lead, children }: FormShellProps) {
  return (
    <main className="grid min-h-full place-items-center p-6">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-2 text-[15px] font-semibold">
          <Mark /> Strayline
        </div>
        <div className="rounded-xl border bg-surface p-6">
          <h1 className="text-lg font-semibold">{title}</h1>
          <p className="mt-1 mb-5 text-muted">{lead}</p>
          {children}
        </div>
      </div>
    </main>
  )
}
