'use client'
// The list of alerts: what, between whom, since when. The chosen one stays in sight.
import Link from 'next/link'
import { useEffect, useRef } from 'react'
import { Name } from '../ui/name.tsx'
import { Time } from '../ui/time.tsx'
import { type AlertView, DRIFT_LABELS } from './alert-view.ts'
import type { HrefOf } from './alerts-screen.tsx'
import { SeverityBadge } from './severity-badge.tsx'
import { StateBadge } from './state-badge.tsx'

export type AlertListProps = {
  readonly alerts: readonly AlertView[]
  readonly chosenId: string | null
  readonly hrefOf: HrefOf
}

export function AlertList({ alerts, chosenId, hrefOf }: AlertListProps) {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    if (chosenId === null) return
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [chosenId])
  return (
    <ul
      ref={list}
      aria-label="Alerts"
      className="w-full shrink-0 overflow-y-auto border-r bg-surface max-md:max-h-[42%] max-md:border-r-0 max-md:border-b md:w-[400px]"
    >
      {alerts.map((alert) => (
        <li key={alert.id}>
          <Link
            prefetch={false}
            href={hrefOf({ alert: alert.id })}
            replace
            scroll={false}
            aria-current={alert.id === chosenId ? 'true' : undefined}
            className="block border-b px-4 py-3 hover:bg-hover aria-[current]:bg-hover aria-[current]:shadow-[inset_3px_0_0_var(--ink)]"
          >
            <span className="flex items-center gap-2 text-[12px] text-muted">
              <StateBadge state={alert.state} />
              <SeverityBadge severity={alert.severity} />
              <span className="ml-auto">
                <Time ms={alert.lastMs} />
              </span>
            </span>
            <span className="mt-1.5 flex flex-wrap items-baseline gap-x-1.5 text-[14px] font-medium">
              <Name>{alert.source.name}</Name>
              {alert.target ? (
                <>
                  <span className="text-faint">→</span>
                  <Name>{alert.target.name}</Name>
                </>
              ) : null}
            </span>
            <span className="mt-0.5 block text-[12px] text-faint">
              {DRIFT_LABELS[alert.kind]} in <Name>{alert.environment}</Name>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
