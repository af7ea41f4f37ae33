'use client'
// Which environment the page shows. The choice is in the URL; a list of one says its name and no more.
import { ChevronDown } from 'lucide-react'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useEffect } from 'react'
import { displayName } from '../../core/graph/label.ts'
import { rememberEnvironment } from './environment-cookie.ts'

/** Pages that are of one environment. */
const PAGES: ReadonlySet<string> = new Set(['/map', '/alerts'])

export type EnvironmentSwitchProps = {
  readonly environments: readonly string[]
  /** What pages show whose address names none. */
  readonly fallback: string
}

export function EnvironmentSwitch({ environments, fallback }: EnvironmentSwitchProps) {
  const router = useRouter()
  const path = usePathname()
  const params = useSearchParams()
  const all = path === '/alerts'
  const named = params.get('environment')
  const chosen = named ?? (all ? '' : fallback)
  const isKnown = named !== null && environments.includes(named)
  useEffect(() => {
    if (isKnown) rememberEnvironment(named)
  }, [isKnown, named])
  const choose = (environment: string) => {
    const next = new URLSearchParams(params)
    for (const name of ['select', 'alert', 'q']) next.delete(name)
    if (environment === '') next.delete('environment')
    else {
      next.set('environment', environment)
      rememberEnvironment(environment)
    }
    // A page that is of no environment leads to the map of the one that was chosen.
    router.push(`${PAGES.has(path) ? path : '/map'}?${next}`)
  }
  if (environments.length === 0) return null
  // An address may name one that nothing has been seen of: the page shows that one, so this does.
  const options =
    chosen === '' || environments.includes(chosen) ? environments : [chosen, ...environments]
  return (
    <span className="relative inline-flex items-center">
      <select
        aria-label="Environment"
        value={chosen}
        onChange={(event) => choose(event.target.value)}
        className="h-8 max-w-44 max-sm:max-w-26 appearance-none truncate rounded-md border border-line-strong bg-surface pr-7 pl-2.5 text-[13px] font-medium hover:bg-hover"
      >
        {all ? <option value="">All environments</option> : null}
        {options.map((environment) => (
          <option key={environment} value={environment}>
            {displayName(environment)}
          </option>
        ))}
      </select>
      <ChevronDown
        size={14}
        aria-hidden
        className="pointer-events-none absolute right-2 text-muted"
      />
    </span>
  )
}
