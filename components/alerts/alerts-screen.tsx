'use client'
// The alerts page in the browser: filters, list and detail, all by URL; keys j, k, a and r.
import Link from 'next/link'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useEffectEvent, useState } from 'react'
import { ALERT_STATES, type AlertState } from '../../core/baseline/alert-state.ts'
import { isTyping } from '../map/use-map-keys.ts'
import { useLive } from '../shell/live.tsx'
import { AlertBudget, type AlertBudgetView } from './alert-budget.tsx'
import { AlertDetailPane } from './alert-detail.tsx'
import { AlertList } from './alert-list.tsx'
import type { AlertDetail, AlertView, StateCounts } from './alert-view.ts'
import { AllQuiet } from './all-quiet.tsx'
import type { DecideAction, Decision } from './decide-form.tsx'
import { DecideDialog, decisionsFor } from './decide-form.tsx'
import { groupAlerts } from './group-alerts.ts'
import { IncidentBar } from './incident-note.tsx'
import type { IncidentName } from './incident-view.ts'
import { NobodyTold } from './nobody-told.tsx'
import type { UndoAction } from './undo-button.tsx'

const REFRESH_AFTER_MS = 600

export type AlertsScreenProps = {
  readonly alerts: readonly AlertView[]
  readonly counts: StateCounts
  readonly state: AlertState | 'all'
  readonly chosen: AlertDetail | null
  /** Whose alerts alone are listed; null: those of all. */
  readonly incident: IncidentName | null
  /** Of the environment that the header shows; null: there is none. */
  readonly budget: AlertBudgetView | null
  readonly committedMs: number | null
  /** When this was read, by the server's clock: unix ms. */
  readonly readAtMs: number
  readonly canDecide: boolean
  /** No channel is told of alerts, and this person can change that. */
  readonly isNobodyTold: boolean
  readonly decide: DecideAction
  readonly undo: UndoAction
}

export function AlertsScreen(props: AlertsScreenProps) {
  const { chosen, canDecide, incident } = props
  const groups = groupAlerts(props.alerts)
  const alerts = groups.flatMap((group) => group.alerts)
  const [decision, setDecision] = useState<Decision | null>(null)
  const router = useRouter()
  const hrefOf = useHref()
  useRefresh(decision !== null)
  usePinned(chosen?.id ?? null, hrefOf)
  const fitting = canDecide && chosen ? decisionsFor(chosen.state) : []
  const go = (by: number) => {
    const at = alerts.findIndex((alert) => alert.id === chosen?.id)
    const next = alerts[Math.min(Math.max(at + by, 0), alerts.length - 1)]
    if (next) router.replace(hrefOf({ alert: next.id }), { scroll: false })
  }
  useAlertKeys({
    j: () => go(1),
    k: () => go(-1),
    a: () => fitting.includes('accept') && setDecision('accept'),
    r: () => fitting.includes('reject') && setDecision('reject'),
  })
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <StateFilters
        counts={props.counts}
        state={props.state}
        canDecide={canDecide}
        budget={props.budget}
        hrefOf={hrefOf}
      />
      {props.isNobodyTold ? <NobodyTold /> : null}
      {incident ? <IncidentBar incident={incident} hrefOf={hrefOf} /> : null}
      {alerts.length === 0 && chosen === null ? (
        <AllQuiet state={props.state} committedMs={props.committedMs} />
      ) : (
        <div className="flex min-h-0 flex-1 max-md:flex-col">
          {alerts.length > 0 ? (
            <AlertList groups={groups} chosenId={chosen?.id ?? null} hrefOf={hrefOf} />
          ) : null}
          {chosen ? (
            <AlertDetailPane
              alert={chosen}
              readAtMs={props.readAtMs}
              canDecide={canDecide}
              undo={props.undo}
              onChoose={setDecision}
            />
          ) : (
            <p className="p-6 text-muted">This alert is not there.</p>
          )}
        </div>
      )}
      {decision && chosen ? (
        <DecideDialog
          alertId={chosen.id}
          decision={decision}
          summary={chosen.summary}
          decide={props.decide}
          onClose={() => setDecision(null)}
          onDone={() => {
            setDecision(null)
            if (decision !== 'comment') router.replace(hrefOf({ alert: null }), { scroll: false })
          }}
        />
      ) : null}
    </div>
  )
}

export type HrefOf = (
  change: { readonly [name in 'state' | 'alert' | 'incident']?: string | null },
) => string

/** Addresses of this page with some parameters changed. */
function useHref(): HrefOf {
  const path = usePathname()
  const params = useSearchParams()
  return (change) => {
    const next = new URLSearchParams(params)
    for (const [name, value] of Object.entries(change))
      if (value === null || value === undefined) next.delete(name)
      else next.set(name, value)
    return `${path}?${next}`
  }
}

/** Writes the alert that is shown into the address, so that a newer one does not take its place. */
function usePinned(chosenId: string | null, hrefOf: HrefOf): void {
  const router = useRouter()
  const isPinned = useSearchParams().has('alert')
  const pin = useEffectEvent((id: string) => {
    router.replace(hrefOf({ alert: id }), { scroll: false })
  })
  useEffect(() => {
    if (chosenId !== null && !isPinned) pin(chosenId)
  }, [chosenId, isPinned])
}

/** The others are shown when there is an alert in them. */
const USUAL_STATES: ReadonlySet<AlertState> = new Set(['open', 'snoozed', 'accepted', 'rejected'])

type StateFiltersProps = {
  readonly counts: StateCounts
  readonly state: AlertState | 'all'
  readonly canDecide: boolean
  readonly budget: AlertBudgetView | null
  readonly hrefOf: HrefOf
}

function StateFilters({ counts, state, canDecide, budget, hrefOf }: StateFiltersProps) {
  const countOf = (one: AlertState) => counts[one] ?? 0
  const all = ALERT_STATES.reduce((sum, one) => sum + countOf(one), 0)
  const shown = ALERT_STATES.filter((one) => USUAL_STATES.has(one) || countOf(one) > 0)
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-1 border-b bg-surface px-3 py-1.5 sm:px-4">
      <h1 className="mr-3 text-[14px] font-semibold max-sm:sr-only">Alerts</h1>
      {([...shown, 'all'] as const).map((one) => (
        <Link
          prefetch={false}
          key={one}
          href={hrefOf({ state: one, alert: null })}
          aria-current={state === one ? 'true' : undefined}
          className="number rounded-md px-2.5 py-1 text-[13px] font-medium text-muted capitalize hover:text-ink aria-[current]:bg-hover aria-[current]:text-ink"
        >
          {one} <span className="text-faint">{one === 'all' ? all : countOf(one)}</span>
        </Link>
      ))}
      <p className="ml-auto text-[12px] text-faint max-lg:hidden">
        <Key>j</Key> <Key>k</Key> move
        {canDecide ? (
          <>
            , <Key>a</Key> accept, <Key>r</Key> reject
          </>
        ) : null}
      </p>
      {budget ? <AlertBudget budget={budget} /> : null}
    </div>
  )
}

function Key({ children }: { readonly children: string }) {
  return <kbd className="rounded border px-1 font-sans text-[11px]">{children}</kbd>
}

type AlertKeys = { readonly [key in 'j' | 'k' | 'a' | 'r']: () => void }

function useAlertKeys(keys: AlertKeys): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return
    const { key } = event
    if (key === 'j' || key === 'k' || key === 'a' || key === 'r') {
      event.preventDefault()
      keys[key]()
    }
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => act(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}

/** Reads the page anew when the live wire says so, but not under an open form. */
function useRefresh(isFormOpen: boolean): void {
  const router = useRouter()
  const { onChange } = useLive()
  useEffect(() => {
    if (isFormOpen) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onChange(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        router.refresh()
      }, REFRESH_AFTER_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [isFormOpen, onChange, router])
}
