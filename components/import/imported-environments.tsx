'use client'
// The environments that imports have made, with the way to their maps and the way out.
import { Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { RemoveDialog, type RemoveGraphAction } from '../demo/remove-dialog.tsx'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'

export type ImportedEnvironmentsProps = {
  readonly names: readonly string[]
  readonly canRemove: boolean
  readonly remove: RemoveGraphAction
}

export function ImportedEnvironments({ names, canRemove, remove }: ImportedEnvironmentsProps) {
  const [removing, setRemoving] = useState<string | null>(null)
  if (names.length === 0) return null
  return (
    <section className="mt-3">
      <h2 className="mb-2 font-semibold">Imported environments</h2>
      <ul className="divide-y rounded-xl border bg-surface">
        {names.map((name) => (
          <li key={name} className="flex items-center gap-2 px-4 py-2">
            <span className="mr-auto min-w-0 [overflow-wrap:anywhere]">
              <Name>{name}</Name>
            </span>
            <Link
              prefetch={false}
              className={buttonClass('outline')}
              aria-label={`Map of ${name}`}
              href={`/map?${new URLSearchParams({ environment: name })}`}
            >
              Map
            </Link>
            {canRemove ? (
              <button
                type="button"
                className={buttonClass('icon')}
                aria-label={`Remove ${name}`}
                onClick={() => setRemoving(name)}
              >
                <Trash2 size={15} aria-hidden />
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {removing === null ? null : (
        <RemoveDialog
          environment={removing}
          lead="Its map, its alerts and its baselines go. The imported file itself was not kept."
          remove={remove}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  )
}
