'use client'
// What was told to whom: by channel and state, the newest first. What could not be delivered says why and can be sent
// again, one by one or all that are shown.
import { RotateCcw } from 'lucide-react'
import Link from 'next/link'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useState, useTransition } from 'react'
import { DELIVERY_STATES, type DeliveryState } from '../../core/notify/delivery.ts'
import { type SaveResult, saved } from '../settings/form.tsx'
import { SettingsHead } from '../settings/settings-shell.tsx'
import { buttonClass, FIELD_CLASS } from '../ui/button.ts'
import { plural } from '../ui/numbers.ts'
import { DeliveryTable } from './delivery-table.tsx'
import { Notice } from './notice-box.tsx'
import type { DeliveryView } from './notification-view.ts'

const REFRESH_EVERY_MS = 3_000

export type ResendAction = (input: { readonly ids: readonly string[] }) => Promise<SaveResult>

export type DeliveriesScreenProps = {
  readonly deliveries: readonly DeliveryView[]
  readonly isMore: boolean
  readonly isFirst: boolean
  /** Of the channel that is chosen; absent: none. */
  readonly counts: { readonly [state in DeliveryState]?: number }
  /** Name by id. */
  readonly channels: { readonly [id: string]: string }
  /** Null: all. */
  readonly channelId: string | null
  readonly state: DeliveryState | null
  readonly resend: ResendAction
}

export function DeliveriesScreen(props: DeliveriesScreenProps) {
  const { deliveries, counts, state } = props
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const hrefOf = useHref()
  useRefreshWhile(deliveries.some((delivery) => delivery.state === 'waiting'))
  const dead = deliveries.filter((delivery) => delivery.state === 'dead')
  const resend = (ids: readonly string[]) =>
    startTransition(async () => {
      const result = await saved(props.resend({ ids }))
      setProblem(result.ok ? null : (result.problems[0]?.sentence ?? 'Nothing was sent again.'))
    })
  const all = DELIVERY_STATES.reduce((sum, each) => sum + (counts[each] ?? 0), 0)
  return (
    <>
      <SettingsHead
        title="Deliveries"
        lead="What was told to whom in the last 30 days, and what waits. What failed for good is dead until somebody sends it again."
      >
        {dead.length === 0 ? null : (
          <button
            type="button"
            className={buttonClass('outline')}
            disabled={isPending}
            onClick={() => resend(dead.map(({ id }) => id))}
          >
            <RotateCcw size={14} aria-hidden /> Send {plural(dead.length, 'dead one')} again
          </button>
        )}
      </SettingsHead>
      <div className="flex flex-wrap items-center gap-2">
        <ChannelFilter channels={props.channels} channelId={props.channelId} hrefOf={hrefOf} />
        {([null, ...DELIVERY_STATES] as const).map((each) => (
          <Link
            prefetch={false}
            key={each ?? 'all'}
            href={hrefOf({ state: each })}
            aria-current={state === each ? 'true' : undefined}
            className="number rounded-md px-2.5 py-1 text-[13px] font-medium text-muted hover:text-ink aria-[current]:bg-hover aria-[current]:text-ink"
          >
            {each ?? 'all'}{' '}
            <span className="text-faint">{each === null ? all : (counts[each] ?? 0)}</span>
          </Link>
        ))}
      </div>
      <p role="alert" className="text-[13px] text-danger empty:hidden">
        {problem}
      </p>
      {deliveries.length === 0 ? (
        <Nothing state={state} isNothingAtAll={all === 0} />
      ) : (
        <DeliveryTable deliveries={deliveries} isBusy={isPending} resend={resend} />
      )}
      <div className="flex gap-2">
        {props.isFirst ? null : (
          <Link prefetch={false} href={hrefOf({})} className={buttonClass('outline')}>
            The newest
          </Link>
        )}
        {props.isMore ? (
          <Link
            prefetch={false}
            href={hrefOf({ after: deliveries.at(-1)?.id ?? null })}
            className={buttonClass('outline')}
          >
            Older
          </Link>
        ) : null}
      </div>
    </>
  )
}

/** Reads the page anew every few seconds, so that what waits is seen to end. */
function useRefreshWhile(isWaiting: boolean): void {
  const router = useRouter()
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh()
    }, REFRESH_EVERY_MS)
    return () => clearInterval(timer)
  }, [isWaiting, router])
}

type HrefOf = (
  change: {
    readonly [name in 'channel' | 'state' | 'after']?: string | null
  },
) => string

/** This page with some filters changed, from its newest on unless `after` is given. */
function useHref(): HrefOf {
  const path = usePathname()
  const params = useSearchParams()
  return (change) => {
    const next = new URLSearchParams(params)
    for (const [name, value] of Object.entries({ after: null, ...change }))
      if (value === null || value === undefined) next.delete(name)
      else next.set(name, value)
    return `${path}?${next}`
  }
}

type ChannelFilterProps = Pick<DeliveriesScreenProps, 'channels' | 'channelId'> & {
  readonly hrefOf: HrefOf
}

function ChannelFilter({ channels, channelId, hrefOf }: ChannelFilterProps) {
  const router = useRouter()
  return (
    <select
      aria-label="Channel"
      className={`${FIELD_CLASS} max-w-52`}
      value={channelId ?? ''}
      onChange={(event) => router.push(hrefOf({ channel: event.target.value || null }))}
    >
      <option value="">All channels</option>
      {Object.entries(channels).map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}

type NothingProps = { readonly state: DeliveryState | null; readonly isNothingAtAll: boolean }

function Nothing({ state, isNothingAtAll }: NothingProps) {
  if (state === 'dead' && !isNothingAtAll)
    return (
      <Notice title="Nothing is dead">
        <p>Whatever was to be told has arrived, or is still being tried.</p>
      </Notice>
    )
  return (
    <Notice title={isNothingAtAll ? 'Nothing was told yet' : 'Nothing here'}>
      <p>
        {isNothingAtAll
          ? 'A delivery is made when an alert opens that a route is about. A test message is one, too.'
          : 'There is nothing of this state. Choose another one, or all.'}
      </p>
    </Notice>
  )
}
