'use client'
// The list of alerts: what, between whom, since when; those of one incident under its sentence. The chosen one stays in
// sight.
import Link from 'next/link'
import { useEffect, useRef } from 'react'
import { displayName } from '../../core/graph/label.ts'
import { DRIFT_LABELS } from '../../core/notify/payload/words.ts'
import { Name } from '../ui/name.tsx'
import { Time } from '../ui/time.tsx'
import type { AlertView } from './alert-view.ts'
import type { HrefOf } from './alerts-screen.tsx'
import type { AlertGroup } from './group-alerts.ts'
import type { IncidentName } from './incident-view.ts'
import { SeverityBadge } from './severity-badge.tsx'
import { StateBadge } from './state-badge.tsx'

type Choosing = { readonly chosenId: string | null; readonly hrefOf: HrefOf }
export type AlertListProps = Choosing & { readonly groups: readonly AlertGroup[] }

export function AlertList({ groups, ...choosing }: AlertListProps) {
  const { chosenId } = choosing
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
      {groups.map((group) => (
        <li key={group.alerts[0]?.id}>
          {group.incident ? (
            <Incident group={group} incident={group.incident} {...choosing} />
          ) : (
            group.alerts.map((alert) => <Row key={alert.id} alert={alert} {...choosing} />)
          )}
        </li>
      ))}
    </ul>
  )
}

type IncidentProps = Choosing & { readonly group: AlertGroup; readonly incident: IncidentName }

function Incident({ group, incident, ...choosing }: IncidentProps) {
  const headingId = `incident-${incident.id}`
  return (
    <section aria-labelledby={headingId} className="border-b border-l-2 border-l-line-strong">
      <div className="border-b bg-hover px-3.5 py-2.5">
        <p className="flex items-center gap-2 text-[12px] text-muted">
          <SeverityBadge severity={group.severity} />
          <span className="number">{group.alerts.length} alerts of one incident</span>
        </p>
        <h2 id={headingId} className="mt-1 text-[13px] font-semibold [overflow-wrap:anywhere]">
          <bdi>{displayName(incident.sentence)}</bdi>
        </h2>
      </div>
      <ul>
        {group.alerts.map((alert) => (
          <li key={alert.id}>
            <Row alert={alert} {...choosing} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Row({ alert, chosenId, hrefOf }: Choosing & { readonly alert: AlertView }) {
  return (
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
  )
}
