// The bar on top of every page behind sign-in.
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Mark } from './mark.tsx'

/** `children`: what stands at the right end. */
export type HeaderProps = { readonly nav: ReactNode; readonly children: ReactNode }

export function Header({ nav, children }: HeaderProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b bg-surface px-3 sm:gap-5 sm:px-4">
      <Link
        prefetch={false}
        href="/map"
        className="flex items-center gap-2 text-[15px] font-semibold tracking-[-0.01em]"
      >
        <Mark />
        <span className="max-md:sr-only">Strayline</span>
      </Link>
      {nav}
      <div className="ml-auto flex items-center gap-1.5 sm:gap-3">{children}</div>
    </header>
  )
}
