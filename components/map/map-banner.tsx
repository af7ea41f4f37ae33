'use client'
// The lines between toolbar and map: no baseline yet, and newer data that waits for a form to close.
import { RefreshCw, ShieldCheck } from 'lucide-react'
import { buttonClass } from '../ui/button.ts'
import { plural } from '../ui/numbers.ts'
import type { MapView } from './map-view.ts'

export type MapBannerProps = {
  readonly view: MapView
  readonly canDecide: boolean
  readonly waitingChanges: number
  readonly onShowWaiting: () => void
  readonly onApprove: () => void
}

export function MapBanner(props: MapBannerProps) {
  const { view, waitingChanges } = props
  return (
    <>
      {view.baseline === null && view.edges.length > 0 ? (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b bg-surface px-3 py-2 sm:px-4">
          <ShieldCheck size={16} aria-hidden className="text-muted" />
          <p className="min-w-0 text-[13px] max-sm:flex-1">
            <strong className="font-semibold">No baseline yet: approve this graph.</strong>{' '}
            <span className="text-muted">Until then nothing can stray, so nothing alerts.</span>
          </p>
          {props.canDecide ? (
            <button type="button" className={buttonClass('solid')} onClick={props.onApprove}>
              Approve…
            </button>
          ) : null}
        </div>
      ) : null}
      {waitingChanges > 0 ? (
        <div
          role="status"
          className="flex items-center justify-center gap-3 border-b bg-warn-soft px-4 py-1.5 text-[13px] text-warn"
        >
          {plural(waitingChanges, 'change')}:
          <button
            type="button"
            className="inline-flex items-center gap-1.5 font-semibold underline underline-offset-2"
            onClick={props.onShowWaiting}
          >
            <RefreshCw size={13} aria-hidden /> show
          </button>
        </div>
      ) : null}
    </>
  )
}
