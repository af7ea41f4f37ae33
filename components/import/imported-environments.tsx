// The environments that imports have made.
import Link from 'next/link'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import type { KnownEnvironment } from './import-form.tsx'

export function ImportedEnvironments({
  environments,
}: {
  readonly environments: readonly KnownEnvironment[]
}) {
  if (environments.length === 0) return null
  return (
    <section className="mt-3">
      <h2 className="mb-2 font-semibold">Imported environments</h2>
      <ul className="divide-y rounded-xl border bg-surface">
        {environments.map(({ name }) => (
          <li key={name} className="flex items-center justify-between gap-3 px-4 py-2">
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <Name>{name}</Name>
            </span>
            <Link
              prefetch={false}
              className={buttonClass('outline')}
              href={`/map?${new URLSearchParams({ environment: name })}`}
            >
              Map
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
