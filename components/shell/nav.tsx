'use client'
// The pages, and how many alerts are open. The environment goes along from page to page.
import Link from 'next/link'
import { usePathname, useSearchParams } from 'next/navigation'
import { useLive } from './live.tsx'

const PAGES = [
  { href: '/map', label: 'Map' },
  { href: '/alerts', label: 'Alerts' },
]

export function Nav({ openAlerts }: { readonly openAlerts: number }) {
  const path = usePathname()
  const environment = useSearchParams().get('environment')
  const { pulse } = useLive()
  const open = pulse?.openAlerts ?? openAlerts
  const query = environment === null ? '' : `?${new URLSearchParams({ environment })}`
  return (
    <nav aria-label="Pages" className="flex h-full items-stretch gap-1">
      {PAGES.map(({ href, label }) => (
        <Link
          prefetch={false}
          key={href}
          href={`${href}${query}`}
          aria-current={path === href ? 'page' : undefined}
          className="flex items-center gap-1.5 border-b-2 border-transparent px-2 pt-0.5 text-[13.5px] sm:px-2.5 font-medium text-muted hover:text-ink aria-[current]:border-ink aria-[current]:text-ink"
        >
          {label}
          {href === '/alerts' && open > 0 ? (
            <span className="number min-w-5 rounded-full bg-drift px-1.5 text-center text-[11px] leading-[18px] font-semibold text-on-drift">
              {open > 999 ? '999+' : open}
              <span className="sr-only"> open</span>
            </span>
          ) : null}
        </Link>
      ))}
    </nav>
  )
}
