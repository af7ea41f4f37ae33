'use client'
// Deliveries as rows: when, to whom, of what, and what became of it.
import { RotateCcw } from 'lucide-react'
import Link from 'next/link'
import type { DeliveryState } from '../../core/notify/delivery.ts'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { plural } from '../ui/numbers.ts'
import { Time } from '../ui/time.tsx'
import { type DeliveryView, sayTold } from './notification-view.ts'

export type DeliveryTableProps = {
  readonly deliveries: readonly DeliveryView[]
  readonly isBusy: boolean
  readonly resend: (ids: readonly string[]) => void
}

export function DeliveryTable({ deliveries, isBusy, resend }: DeliveryTableProps) {
  return (
    <ul aria-label="Deliveries" className="divide-y rounded-xl border bg-surface">
      {deliveries.map((delivery) => (
        <li key={delivery.id} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2.5">
          <span className="w-24 shrink-0">
            <StateMark state={delivery.state} />
          </span>
          <div className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">
            <p>
              <span className="font-medium">
                <Name>{delivery.channel}</Name>
              </span>
              : {sayTold(delivery)}
              {delivery.environment === null ? null : (
                <>
                  {' '}
                  in <Name>{delivery.environment}</Name>
                </>
              )}
            </p>
            <About delivery={delivery} />
            <p className="text-[12.5px] text-muted">
              <When delivery={delivery} />
              {delivery.route === null ? null : (
                <>
                  {' '}
                  Route <Name>{delivery.route}</Name>.
                </>
              )}
              {delivery.attempts > 1 ? ` ${plural(delivery.attempts, 'try', 'tries')}.` : null}
            </p>
            {delivery.lastError === null ? null : (
              <p
                className={`text-[13px] ${delivery.state === 'sent' ? 'text-muted' : 'text-danger'}`}
              >
                <Name>{delivery.lastError}</Name>
              </p>
            )}
          </div>
          {delivery.state === 'dead' ? (
            <button
              type="button"
              className={buttonClass('outline')}
              aria-label={`Send again to ${delivery.channel}: ${sayTold(delivery)}`}
              disabled={isBusy}
              onClick={() => resend([delivery.id])}
            >
              <RotateCcw size={14} aria-hidden /> Send again
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

function About({ delivery: { alertId, summary } }: { readonly delivery: DeliveryView }) {
  if (alertId === null || summary === null) return null
  return (
    <p className="text-[13px]">
      <Link prefetch={false} href={`/alerts?alert=${alertId}&state=all`} className="underline">
        <Name>{summary}</Name>
      </Link>
    </p>
  )
}

function When({ delivery }: { readonly delivery: DeliveryView }) {
  const { state, dueMs, createdMs, finishedMs } = delivery
  if (state === 'waiting')
    return (
      <>
        Due <Time ms={dueMs} />.
      </>
    )
  return (
    <>
      <Time ms={finishedMs ?? createdMs} />.
    </>
  )
}

/** A sign before the word, so that nothing hangs on a colour. */
const MARKS: { readonly [state in DeliveryState]: { sign: string; className: string } } = {
  waiting: { sign: '…', className: 'text-muted' },
  sent: { sign: '✓', className: 'text-ink' },
  dead: { sign: '✗', className: 'font-semibold text-danger' },
  superseded: { sign: '–', className: 'text-faint' },
}

export function StateMark({ state }: { readonly state: DeliveryState }) {
  const { sign, className } = MARKS[state]
  return (
    <span className={`inline-flex items-baseline gap-1.5 text-[13px] ${className}`}>
      <span aria-hidden>{sign}</span>
      {state}
    </span>
  )
}
