'use client'
// What a route, as it is typed, would have told of the last days: how many messages, and what is in them. Nothing is
// sent.
import { History } from 'lucide-react'
import { useState, useTransition } from 'react'
import type { Severity } from '../../core/baseline/drift.ts'
import type { NoticeAct } from '../../core/notify/notice.ts'
import { SelectField } from '../settings/form.tsx'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { SIGNED_OUT } from '../ui/no-answer.ts'
import { plural } from '../ui/numbers.ts'
import { Time } from '../ui/time.tsx'
import { sayTold } from './notification-view.ts'

const TITLE = 'What it would have told'
const DAYS = 7
const DAY_MS = 86_400_000
const MESSAGES_SHOWN = 10
const ALERTS_SHOWN = 5

/** What of the API's answer is shown. */
type Forecast = {
  readonly totals: { readonly [name in 'alerts' | 'told' | 'untold' | 'messages']: number }
  readonly messages: readonly {
    readonly atMs: number
    readonly notices: number
    readonly told: readonly {
      readonly alertId: string
      readonly act: NoticeAct
      readonly severity: Severity
      readonly summary: string
    }[]
  }[]
}
type Asked =
  | { readonly ok: true; readonly environment: string; readonly forecast: Forecast }
  | { readonly ok: false; readonly problem: string }

export type RoutePreviewProps = {
  readonly environments: readonly string[]
  /** The route as it is typed: its id, null for a new one. */
  readonly readRoute: () => {
    readonly id: string | null
    readonly channelId: string
    readonly settings: object
  }
}

export function RoutePreview({ environments, readRoute }: RoutePreviewProps) {
  const [environment, setEnvironment] = useState(environments[0] ?? '')
  const [asked, setAsked] = useState<Asked | null>(null)
  const [isPending, startTransition] = useTransition()
  if (environments.length === 0) return null
  const ask = () =>
    startTransition(async () => setAsked(await askForecast(environment, readRoute())))
  return (
    <section aria-label={TITLE} className="flex flex-col gap-3 rounded-xl border px-4 py-3">
      <h2 className="text-[13px] font-semibold">{TITLE}</h2>
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-48">
          <SelectField
            label="Over the last 7 days of"
            problem={null}
            value={environment}
            onChange={setEnvironment}
            options={Object.fromEntries(environments.map((each) => [each, each]))}
          />
        </div>
        <button
          type="button"
          className={buttonClass('outline', 'mb-1.5')}
          disabled={isPending}
          onClick={ask}
        >
          <History size={14} aria-hidden /> Look
        </button>
      </div>
      <div role="status" className="flex flex-col gap-2 text-[13px] empty:hidden">
        {isPending ? <p className="text-muted">Looking through what happened…</p> : null}
        {!isPending && asked?.ok ? <Told {...asked} /> : null}
        {!isPending && asked?.ok === false ? <p className="text-danger">{asked.problem}</p> : null}
      </div>
    </section>
  )
}

function Told({ environment, forecast }: Extract<Asked, { ok: true }>) {
  const { totals, messages } = forecast
  const shown = messages.slice(0, MESSAGES_SHOWN)
  return (
    <>
      <p>
        {plural(totals.alerts, 'alert')} opened in <Name>{environment}</Name>;{' '}
        {totals.told === 0 ? 'none of them would have been told' : `${totals.told} of them told`} by
        this route, {plural(totals.messages, 'message')} in all.
        {totals.untold === 0 ? '' : ` No route at all is about ${totals.untold} of them.`}
      </p>
      <ol className="flex flex-col gap-2">
        {shown.map(({ atMs, notices, told }) => (
          <li key={`${atMs} ${told[0]?.alertId} ${told[0]?.act}`}>
            <span className="text-muted">
              <Time ms={atMs} />
              {notices > 1 ? `, ${notices} in one` : ''}
            </span>
            {told.slice(0, ALERTS_SHOWN).map(({ alertId, act, severity, summary }) => (
              <span key={`${alertId} ${act}`} className="block [overflow-wrap:anywhere]">
                {severity}, {sayTold({ type: 'alert', act })}: <Name>{summary}</Name>
              </span>
            ))}
          </li>
        ))}
      </ol>
      {totals.messages > shown.length ? (
        <p className="text-muted">And {totals.messages - shown.length} more.</p>
      ) : null}
    </>
  )
}

async function askForecast(environment: string, route: object): Promise<Asked> {
  const body = { what: 'route', window: { fromMs: Date.now() - DAYS * DAY_MS }, route }
  try {
    const answer = await fetch(`/api/v1/environments/${encodeURIComponent(environment)}/backtest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (answer.status === 401) return { ok: false, problem: SIGNED_OUT }
    const read: unknown = await answer.json()
    if (answer.ok) return { ok: true, environment, forecast: read as Forecast }
    return { ok: false, problem: String((read as { readonly detail?: unknown }).detail) }
  } catch {
    return { ok: false, problem: 'The server did not answer. Try again in a moment.' }
  }
}
