// Of which incident an alert is, with a way to all of it; and above a list, that it shows one incident alone.
import { X } from 'lucide-react'
import Link from 'next/link'
import { displayName } from '../../core/graph/label.ts'
import type { HrefOf } from './alerts-screen.tsx'
import type { IncidentName } from './incident-view.ts'

/** In the detail of an alert. */
export function IncidentNote({ incident }: { readonly incident: IncidentName }) {
  return (
    <p className="mt-3 border-l-2 border-l-line-strong pl-3 text-[13px] [overflow-wrap:anywhere]">
      <span className="text-muted">Incident: </span>
      <bdi>{displayName(incident.sentence)}</bdi>{' '}
      <Link
        prefetch={false}
        href={`/alerts?incident=${incident.id}`}
        className="font-medium text-muted underline hover:text-ink"
      >
        All its alerts
      </Link>
    </p>
  )
}

type BarProps = { readonly incident: IncidentName; readonly hrefOf: HrefOf }

export function IncidentBar({ incident, hrefOf }: BarProps) {
  return (
    <div className="flex shrink-0 items-start gap-3 border-b bg-hover px-4 py-2 text-[13px]">
      <p className="mr-auto [overflow-wrap:anywhere]">
        <span className="text-muted">Incident: </span>
        <bdi className="font-semibold">{displayName(incident.sentence)}</bdi>
      </p>
      <Link
        prefetch={false}
        href={hrefOf({ incident: null, state: null, alert: null })}
        className="inline-flex shrink-0 items-center gap-1 font-medium text-muted hover:text-ink"
      >
        <X size={14} aria-hidden /> Alerts of all incidents
      </Link>
    </div>
  )
}
