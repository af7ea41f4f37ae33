'use client'
// The frame of all settings: the list of pages at the left, above them where there is no room.
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'

/** Groups of pages; a page of a group begins with its address. */
const GROUPS = [
  {
    title: 'Notifications',
    pages: [
      { href: '/settings/channels', label: 'Channels' },
      { href: '/settings/routes', label: 'Routes' },
      { href: '/settings/deliveries', label: 'Deliveries' },
    ],
  },
] as const

export function SettingsShell({ children }: { readonly children: ReactNode }) {
  const path = usePathname()
  return (
    <div className="flex min-h-0 flex-1 max-md:flex-col">
      <nav
        aria-label="Settings"
        className="shrink-0 bg-surface max-md:border-b max-md:px-3 max-md:py-1.5 md:w-52 md:border-r md:p-4"
      >
        {GROUPS.map(({ title, pages }) => (
          <div key={title} className="max-md:flex max-md:items-center max-md:gap-1">
            <h2 className="mb-1.5 px-2.5 text-[12.5px] font-semibold text-muted max-md:sr-only">
              {title}
            </h2>
            <ul className="flex gap-1 md:flex-col">
              {pages.map(({ href, label }) => (
                <li key={href}>
                  <Link
                    prefetch={false}
                    href={href}
                    aria-current={path.startsWith(href) ? 'page' : undefined}
                    className="block rounded-md px-2.5 py-1.5 text-[13.5px] font-medium text-muted hover:text-ink aria-[current]:bg-hover aria-[current]:text-ink"
                  >
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="min-h-0 min-w-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-4xl flex-col gap-5 p-4 sm:p-8">{children}</div>
      </div>
    </div>
  )
}

export type SettingsHeadProps = {
  readonly title: string
  readonly lead: string
  /** At the right of the title. */
  readonly children?: ReactNode
}

export function SettingsHead({ title, lead, children }: SettingsHeadProps) {
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
      <div className="mr-auto max-w-2xl">
        <h1 className="text-lg font-semibold [overflow-wrap:anywhere]">{title}</h1>
        <p className="mt-1 text-muted">{lead}</p>
      </div>
      {children}
    </div>
  )
}
