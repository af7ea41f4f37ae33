'use client'
// The live counter of the connect page: from "waiting for the first span" to what the map has, and hints at
// what keeps spans from being seen.
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Name } from '../ui/name.tsx'
import { formatCount, plural } from '../ui/numbers.ts'
import type { IntakeEnvironment, IntakeRefusal, IntakeView } from './intake-view.ts'
import { useIntake } from './use-intake.ts'

/** Older refusals are no news. */
const HINT_FOR_MS = 15 * 60_000

export function IntakeCounter({ initial }: { readonly initial: IntakeView }) {
  const view = useIntake(initial)
  const { nowMs, lastSpanMs, environments } = view
  const isWaiting = lastSpanMs === null
  return (
    <section aria-label="What has arrived" className="rounded-xl border bg-surface p-5">
      <div role="status" className="flex flex-col gap-2">
        <p className="flex items-center gap-2.5 font-medium">
          <span
            aria-hidden
            className={`size-2.5 shrink-0 rounded-full ${isWaiting ? 'animate-pulse border-[1.5px] border-muted' : 'bg-ink'}`}
          />
          {isWaiting
            ? 'Waiting for the first span…'
            : `Newest span ${sayAgo(nowMs - lastSpanMs)} ago`}
        </p>
        {environments.map((environment) => (
          <Coverage key={environment.name} environment={environment} />
        ))}
      </div>
      <Hints view={view} />
    </section>
  )
}

function Coverage({ environment }: { readonly environment: IntakeEnvironment }) {
  const { name, services, edges, silentCallers, silentCallerCount } = environment
  const silent =
    silentCallerCount === 1
      ? '1 service sends no client spans'
      : `${formatCount(silentCallerCount)} services send no client spans`
  return (
    <div className="flex flex-col gap-1 [overflow-wrap:anywhere]">
      <p className="number">
        <Link
          prefetch={false}
          className="font-medium underline underline-offset-2"
          href={`/map?${new URLSearchParams({ environment: name })}`}
        >
          <Name>{name}</Name>
        </Link>
        {`: ${plural(services, 'service')}, ${plural(edges, 'edge')}`}
        {silentCallerCount === 0 ? '' : `, ${silent}`}
      </p>
      {silentCallerCount === 0 ? null : (
        <details className="text-[13px] text-muted">
          <summary className="cursor-pointer">Which, and what that means</summary>
          <p className="mt-1">
            Called by others, and never seen to call:{' '}
            {silentCallers.map((service, at) => (
              <span key={service}>
                {at === 0 ? '' : ', '}
                <Name>{service}</Name>
              </span>
            ))}
            {silentCallerCount > silentCallers.length ? ' and more' : ''}. Such a service calls
            nobody, or its HTTP, RPC or database clients are not instrumented, and then its calls
            are missing from the map.
          </p>
        </details>
      )}
    </div>
  )
}

function Hints({ view }: { readonly view: IntakeView }) {
  const fresh = view.refusals.filter(({ lastAtMs }) => view.nowMs - lastAtMs < HINT_FOR_MS)
  const hints: ReactNode[] = fresh.map((refusal) => (
    <li key={refusal.reason}>
      {sayRefusal(refusal)} The newest {sayAgo(view.nowMs - refusal.lastAtMs)} ago.
    </li>
  ))
  if (view.namelessSpans > 0)
    hints.push(
      <li key="nameless">
        {plural(view.namelessSpans, 'span')} came without a service.name and belong to no service:
        set OTEL_SERVICE_NAME.
      </li>,
    )
  if (hints.length === 0) return null
  return (
    <ul className="mt-3 flex flex-col gap-1.5 rounded-md bg-warn-soft px-3 py-2 text-[13px] text-warn">
      {hints}
    </ul>
  )
}

function sayRefusal({ reason, count }: IntakeRefusal): string {
  switch (reason) {
    case 'unauthorized':
      return `${plural(count, 'request')} without the ingest token, or with a wrong one: check the headers.`
    case 'undecodable':
      return `${plural(count, 'request')} could not be read as traces: check the protocol and the port.`
    case 'otherSignal':
      return `${plural(count, 'request')} with metrics or logs, which Strayline does not take: set their exporters to none.`
    case 'malformedSpan':
      return `${plural(count, 'span')} left out: no proper trace id or span id.`
  }
}

function sayAgo(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 48 * 3600
    ? `${Math.floor(seconds / 3600)} h`
    : `${Math.floor(seconds / 86_400)} d`
}
